/** Small pictures of large originals, of which only the small ones are kept. */
import { queryOptions } from "@tanstack/react-query";
import type { PreviewFile } from "@/previews/file";
import { inlineUrl } from "@/previews/inlineUrl";

/** Up to here an original is its own small picture: it costs little to fetch, and to decode as often as it is seen. */
const MAX_DIRECT_BYTES = 1024 * 1024;
const KEPT_MS = 5 * 60_000;

export function isLarge(file: Pick<PreviewFile, "size">): boolean {
  return file.size > MAX_DIRECT_BYTES;
}

/** A small picture as a `data:` URL. Where none can be made of it, the address of the original, for the browser to try. */
export function smallPicture(file: PreviewFile) {
  return queryOptions({
    queryKey: ["small-picture", file.id, file.etag],
    queryFn: async ({ client, signal }) => {
      const { makeSmall } = await import("@/previews/make-small");
      return makeSmall(() => client.query(inlineUrl(file)), signal);
    },
    staleTime: Infinity,
    gcTime: KEPT_MS,
    retry: 1,
  });
}
