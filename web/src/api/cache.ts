/** Keeping the cached lists true while and after the drive changes. */
import type { InfiniteData, Query, QueryClient } from "@tanstack/react-query";
import { keys } from "@/api/keys";
import type { DriveFile, ListedFile, Page } from "@/api/types";

export type ListData = InfiniteData<Page<ListedFile>, string | null>;

/** A list longer than this is patched in place and never fetched again as a whole. */
export const MAX_REFETCHED_PAGES = 4;

export function isCheapToRefetch(query: Pick<Query, "state">): boolean {
  const data = query.state.data as Partial<ListData> | undefined; // other queries have no pages
  return (data?.pages?.length ?? 0) <= MAX_REFETCHED_PAGES;
}

/** Marks all drive answers stale and fetches those on show again, unless that means many pages. */
export async function refreshDrive(client: QueryClient): Promise<void> {
  await client.invalidateQueries({ queryKey: keys.drive, refetchType: "none" });
  await client.refetchQueries({ queryKey: keys.drive, type: "active", predicate: isCheapToRefetch });
}

/** Keeps only the first pages of a list that is no longer shown, so that coming back costs little. */
export function trimList(client: QueryClient, queryKey: readonly unknown[]): void {
  const state = client.getQueryState<ListData>(queryKey);
  if (!state?.data || state.data.pages.length <= MAX_REFETCHED_PAGES) return;
  const { pages, pageParams } = state.data;
  const kept = { pages: pages.slice(0, MAX_REFETCHED_PAGES), pageParams: pageParams.slice(0, MAX_REFETCHED_PAGES) };
  client.setQueryData<ListData>(queryKey, kept, { updatedAt: state.dataUpdatedAt });
}

function updateLists(client: QueryClient, update: (items: ListedFile[]) => ListedFile[]): void {
  client.setQueriesData<ListData>({ queryKey: keys.lists }, (data) =>
    data && {
      ...data,
      pages: data.pages.map((page) => {
        const items = update(page.items);
        return items === page.items ? page : { ...page, items };
      }),
    },
  );
}

function findFile(client: QueryClient, id: string): ListedFile | undefined {
  for (const [, data] of client.getQueriesData<ListData>({ queryKey: keys.lists })) {
    for (const page of data?.pages ?? []) {
      const found = page.items.find((item) => item.id === id);
      if (found) return found;
    }
  }
  return undefined;
}

/** The path of a folder as the cached answers tell it, for the time until the service does. */
export function knownPath(client: QueryClient, id: string): DriveFile[] | undefined {
  const folder = findFile(client, id);
  if (!folder) return undefined;
  const above = folder.parent_id === null ? [] : client.getQueryData<DriveFile[]>(keys.path(folder.parent_id));
  return above && [...above, folder];
}

/** Writes known changes into every list that shows the file. */
export function patchFiles(client: QueryClient, changes: ReadonlyMap<string, Partial<DriveFile>>): void {
  updateLists(client, (items) =>
    items.some((item) => changes.has(item.id)) ? items.map((item) => ({ ...item, ...changes.get(item.id) })) : items,
  );
}

export function removeFiles(client: QueryClient, ids: ReadonlySet<string>): void {
  updateLists(client, (items) => (items.some((item) => ids.has(item.id)) ? items.filter((item) => !ids.has(item.id)) : items));
}

/**
 * Changes the lists at once by `apply`, and returns how to put them back.
 * Fetches under way are stopped first, since their answers would undo what `apply` shows.
 */
export async function applyEarly(client: QueryClient, apply: () => void): Promise<() => void> {
  await client.cancelQueries({ queryKey: keys.lists });
  const before = client.getQueriesData<ListData>({ queryKey: keys.lists });
  apply();
  return () => before.forEach(([key, data]) => client.setQueryData(key, data));
}

/** Shows `apply` at once and then sends `call`; a failure puts the lists back and rejects. */
export async function optimistically<T>(client: QueryClient, apply: () => void, call: () => Promise<T>): Promise<T> {
  const putBack = await applyEarly(client, apply);
  try {
    return await call();
  } catch (error) {
    putBack();
    throw error;
  }
}
