/** The items of a view: pages fetched as they are needed, one flat list to show. */
import { hashKey, type InfiniteData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { isCheapToRefetch, type ListData, MAX_REFETCHED_PAGES, trimList } from "@/api/cache";
import type { ListedFile, Page } from "@/api/types";
import { fetchPage, type Source, sourceKey } from "@/drive/source";
import { useWaitingMedia } from "@/drive/useWaitingMedia";

export interface Listing {
  items: readonly ListedFile[];
  ids: readonly string[];
  isLoading: boolean;
  error: Error | null;
  hasMore: boolean;
  loadMore: () => void;
  /** Fetches every page that is left and returns all ids. */
  loadAll: () => Promise<readonly string[]>;
  retry: () => void;
  /** The drive has changed and the list is too long to be fetched again unasked. */
  isBehind: boolean;
  isRenewing: boolean;
  /** Fetches all loaded pages again, in their place. */
  renew: () => void;
}

export function useListing(source: Source, enabled = true): Listing {
  const client = useQueryClient();
  const queryKey = sourceKey(source);
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => fetchPage(source, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    // Others change the drive too: what was seen before shows at once, and is asked for again.
    staleTime: 0,
    refetchOnWindowFocus: isCheapToRefetch,
    refetchOnReconnect: isCheapToRefetch,
    enabled,
  });
  const { data, fetchNextPage, hasNextPage, isFetchingNextPage, refetch } = query;

  const name = JSON.stringify(queryKey);
  useEffect(() => () => trimList(client, JSON.parse(name) as readonly unknown[]), [client, name]); // as it was written above

  const [isBehind, setIsBehind] = useState(false);
  const [isRenewing, setIsRenewing] = useState(false);
  useEffect(() => {
    const hash = hashKey(JSON.parse(name) as readonly unknown[]); // as it was written above
    const unsubscribe = client.getQueryCache().subscribe((event) => {
      const isOutdated = event.type === "updated" && event.action.type === "invalidate" && event.query.queryHash === hash;
      if (isOutdated && !isCheapToRefetch(event.query)) setIsBehind(true);
    });
    return () => {
      unsubscribe();
      setIsBehind(false);
    };
  }, [client, name]);

  const items = useMemo(() => flatten(data), [data]);
  const ids = useMemo(() => items.map((item) => item.id), [items]);

  /** While all pages are being fetched, the list asks for none by itself: its answer would replace theirs. */
  const isGathering = useRef(false);
  const askAgain = useCallback(() => (isGathering.current ? Promise.resolve() : refetch()), [refetch]);
  useWaitingMedia(items, (data?.pages.length ?? 0) <= MAX_REFETCHED_PAGES ? askAgain : null);

  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isGathering.current) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const loadAll = useCallback(async () => {
    const key = JSON.parse(name) as readonly unknown[]; // as it was written above
    isGathering.current = true;
    try {
      await client.cancelQueries({ queryKey: key, exact: true });
      const loaded = client.getQueryData<ListData>(key);
      if (loaded) {
        const rest = await fetchRest(source, loaded);
        client.setQueryData<ListData>(key, (now) => now && join(now, rest));
      }
    } finally {
      isGathering.current = false;
    }
    return flatten(client.getQueryData<ListData>(key)).map((item) => item.id);
  }, [client, name, source]);

  const renew = useCallback(async () => {
    isGathering.current = true;
    setIsBehind(false);
    setIsRenewing(true);
    try {
      const { isError } = await refetch();
      if (isError) setIsBehind(true);
    } finally {
      setIsRenewing(false);
      isGathering.current = false;
    }
  }, [refetch]);

  return {
    items,
    ids,
    isLoading: query.isPending,
    error: query.error,
    hasMore: hasNextPage,
    loadMore,
    loadAll,
    retry: useCallback(() => void refetch(), [refetch]),
    isBehind,
    isRenewing,
    renew: useCallback(() => void renew(), [renew]),
  };
}

function lastCursor(data: ListData): string | null {
  return data.pages.at(-1)?.next_cursor ?? null;
}

/** All pages that follow, fetched before any is shown: a list that grew 200 times would be drawn 200 times. */
async function fetchRest(source: Source, loaded: ListData): Promise<ListData> {
  const rest: ListData = { pages: [], pageParams: [] };
  const { signal } = new AbortController();
  for (let cursor = lastCursor(loaded); cursor !== null; cursor = lastCursor(rest)) {
    rest.pageParams.push(cursor);
    rest.pages.push(await fetchPage(source, cursor, signal));
  }
  return rest;
}

/** The pages of `rest` after those the list has; where it changed meanwhile and they do not fit, it stays as it is. */
function join(now: ListData, rest: ListData): ListData {
  const start = rest.pageParams.indexOf(lastCursor(now));
  if (start < 0) return now;
  return { pages: [...now.pages, ...rest.pages.slice(start)], pageParams: [...now.pageParams, ...rest.pageParams.slice(start)] };
}

/** One list of all pages; an item that moved between two pages while they were fetched appears once. */
function flatten(data: Pick<InfiniteData<Page<ListedFile>>, "pages"> | undefined): ListedFile[] {
  const seen = new Set<string>();
  return (data?.pages ?? []).flatMap((page) =>
    page.items.filter((item) => {
      if (seen.has(item.id)) return false;
      seen.add(item.id);
      return true;
    }),
  );
}
