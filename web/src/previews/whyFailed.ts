/** Why the bytes of a file did not come, where the service that gives them can tell. */
import { queryOptions } from "@tanstack/react-query";
import { messageOf, problemFromResponse } from "@/api/problem";
import type { PreviewFile } from "@/previews/file";

/** The reason, or null where the bytes are there and the browser does not know what to do with them. */
export function whyFailed(file: PreviewFile) {
  const url = file.addresses?.inline;
  return queryOptions({
    queryKey: ["why-failed", file.id, file.etag],
    queryFn: async ({ signal }) => {
      if (url === undefined) return null;
      const answer = await fetch(url, { signal });
      if (!answer.ok) return messageOf(await problemFromResponse(answer));
      await answer.body?.cancel();
      return null;
    },
    staleTime: Infinity,
    retry: false,
  });
}
