/** Addresses that show a file in place: asked for once, used while they last. */
import { queryOptions } from "@tanstack/react-query";
import { getDownloadUrl } from "@/api/drive";
import type { PreviewFile } from "@/previews/file";

/** However wrong the clock of this machine is, an address that has just come is used. */
const FRESH_MS = 30_000;
/** A known address does not expire; for a day nobody needs to look again. */
const KNOWN_MS = 24 * 3600_000;

/** The same address for the same bytes, so that the browser's own cache serves a picture seen before. */
export function inlineUrl(file: Pick<PreviewFile, "id" | "etag" | "addresses">) {
  return queryOptions({
    queryKey: ["inline-url", file.id, file.etag],
    queryFn: ({ signal }) => (file.addresses ? known(file.addresses.inline) : getDownloadUrl(file.id, true, signal)),
    select: ({ url }) => url,
    // Half of its life may go by before a new one is asked for: long enough to watch what was begun.
    staleTime: ({ state }) =>
      state.data === undefined ? 0 : Math.max(FRESH_MS, (Date.parse(state.data.expires_at) - state.dataUpdatedAt) / 2),
    gcTime: 30 * 60_000,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    retry: 1,
  });
}

function known(url: string): { url: string; expires_at: string } {
  return { url, expires_at: new Date(Date.now() + KNOWN_MS).toISOString() };
}
