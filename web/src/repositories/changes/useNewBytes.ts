/** Bytes that were not there before in any file, at a path and below: what changes really added. */
import { useQuery } from "@tanstack/react-query";
import { keys } from "@/api/keys";
import { measureNewBytes } from "@/api/repositories";
import type { ChangePlace } from "@/repositories/changes/place";
import { retryTransient } from "@/repositories/useEndless";
import { Limiter } from "@/uploads/limiter";

/** Measuring is work for the service; a click on something else is not to wait for a screen full of it. */
const AT_ONCE = 3;
const limiter = new Limiter(AT_ONCE);

export function useNewBytes({ repository, pair }: ChangePlace, path: string, enabled = true) {
  return useQuery({
    queryKey: keys.newBytes(repository.id, pair, path),
    queryFn: ({ signal }) => limiter.run(() => measureNewBytes(repository.id, pair, path, signal), signal),
    enabled,
    staleTime: Infinity,
    retry: retryTransient,
  });
}
