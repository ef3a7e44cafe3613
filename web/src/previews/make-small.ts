/** Makes small pictures: a few originals fetched at once, and decoded away from the page. */
import type { Original, Shrunk } from "@/previews/shrink.worker";
import { Limiter } from "@/uploads/limiter";

/** A decoded photograph takes 100 MB; this many there are at once. */
const AT_ONCE = 2;

const limiter = new Limiter(AT_ONCE);
const waiting = new Map<number, (answer: Shrunk) => void>();
let worker: Worker | null = null;
let asked = 0;

/** Return a small picture as a `data:` URL, or the address of the original where none can be made of it. */
export function makeSmall(address: () => Promise<string>, signal: AbortSignal): Promise<string> {
  return limiter.run(async () => {
    const url = await address();
    try {
      const response = await fetch(url, { signal });
      return response.ok ? ((await shrink(await response.blob())) ?? url) : url;
    } catch {
      // A bucket may forbid pages to read what it lets them show.
      signal.throwIfAborted();
      return url;
    }
  }, signal);
}

function shrink(original: Blob): Promise<string | null> {
  worker ??= startWorker();
  const question: Original = { id: ++asked, original };
  const answer = new Promise<string | null>((resolve) => waiting.set(question.id, ({ url }) => resolve(url)));
  worker.postMessage(question);
  return answer;
}

function startWorker(): Worker {
  const started = new Worker(new URL("./shrink.worker.ts", import.meta.url), { type: "module" });
  started.onmessage = ({ data }: MessageEvent<Shrunk>) => {
    waiting.get(data.id)?.(data);
    waiting.delete(data.id);
  };
  // It cannot run here at all: no answer will come.
  started.onerror = () => {
    for (const [id, answer] of waiting) answer({ id, url: null });
    waiting.clear();
    worker = null;
  };
  return started;
}
