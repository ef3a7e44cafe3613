/** Asks again for files whose thumbnails are being made, until they are there. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { patchFiles } from "@/api/cache";
import { getFile } from "@/api/drive";
import type { ListedFile } from "@/api/types";

const FIRST_MS = 700;
const MOST_MS = 10_000;
const SLOWER = 1.6;
/** Of a list too long to be fetched again, so many files at a time. */
const AT_ONCE = 10;

/** The pause before the next question: short at first, longer while nothing changes. */
export function pauseOf(asked: number): number {
  return Math.min(MOST_MS, FIRST_MS * SLOWER ** asked);
}

export function idsOfWaiting(items: readonly ListedFile[]): string[] {
  return items.filter((item) => item.media?.state === "waiting").map((item) => item.id);
}

/** `refetch` asks for the whole list; null where that costs too much, and then the files are asked for one by one. */
export function useWaitingMedia(items: readonly ListedFile[], refetch: (() => Promise<unknown>) | null): void {
  const client = useQueryClient();
  const waiting = useMemo(() => idsOfWaiting(items).join(" "), [items]);

  useEffect(() => {
    if (waiting === "") return undefined;
    const stop = new AbortController();
    let asked = 0;
    let timer = setTimeout(() => void ask(), pauseOf(asked));

    async function ask(): Promise<void> {
      asked += 1;
      // What fails here is asked for again below; the list itself tells when the service is away.
      if (document.visibilityState === "visible") await (refetch ?? askOneByOne)().catch(() => undefined);
      if (!stop.signal.aborted) timer = setTimeout(() => void ask(), pauseOf(asked));
    }
    async function askOneByOne(): Promise<void> {
      const files = await Promise.all(waiting.split(" ").slice(0, AT_ONCE).map((id) => getFile(id, stop.signal)));
      patchFiles(client, new Map(files.map((file) => [file.id, file])));
    }
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [client, waiting, refetch]);
}
