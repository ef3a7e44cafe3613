/** A list that comes in pages, flat, fetched as far as it is looked at. */
import { type QueryKey, useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";
import { messageOf, Problem } from "@/api/problem";
import type { Page } from "@/api/types";
import { text } from "@/text";
import { showToast } from "@/ui/toasts";

interface EndlessOptions<T> {
  queryKey: QueryKey;
  fetch: (options: { cursor: string | null; signal: AbortSignal }) => Promise<Page<T>>;
  /** Whether what was answered once holds for ever, as everything about a commit does. */
  isFinal?: boolean;
  enabled?: boolean;
}

export interface Endless<T> {
  items: readonly T[];
  isLoading: boolean;
  error: Error | null;
  hasMore: boolean;
  loadMore: () => void;
  loadAll: () => void;
  retry: () => void;
}

export function useEndless<T>({ queryKey, fetch, isFinal = false, enabled = true }: EndlessOptions<T>): Endless<T> {
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => fetch({ cursor: pageParam, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    enabled,
    retry: retryTransient,
    ...(isFinal ? { staleTime: Infinity } : { staleTime: 0 }),
  });
  const { data, fetchNextPage, hasNextPage, isFetchingNextPage, isError, error, refetch } = query;
  const items = useMemo(() => (data?.pages ?? []).flatMap((page) => page.items), [data]);
  const hasSome = items.length > 0;
  useEffect(() => {
    if (error && hasSome) showToast(messageOf(error), { tone: "error", action: { label: text.retry, run: () => void fetchNextPage() } });
  }, [error, hasSome, fetchNextPage]);
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage({ cancelRefetch: false });
  }, [hasNextPage, isFetchingNextPage, isError, fetchNextPage]);
  const loadAll = useCallback(async () => {
    for (let hasMore = true; hasMore; ) {
      const now = await fetchNextPage({ cancelRefetch: false });
      hasMore = now.hasNextPage && !now.isError;
    }
  }, [fetchNextPage]);
  return {
    items,
    isLoading: query.isPending,
    error,
    hasMore: hasNextPage,
    loadMore,
    loadAll: useCallback(() => void loadAll(), [loadAll]),
    retry: useCallback(() => void refetch(), [refetch]),
  };
}

/** Damage is an answer: asking again gives the same one. */
export function retryTransient(count: number, error: Error): boolean {
  return error instanceof Problem && error.isTransient && error.status !== 500 && navigator.onLine && count < 2;
}
