/** Keeps the code of the first paint small: in one file that compresses well, and a build above the budget fails. */
import { gzipSync } from "node:zlib";
import type { Plugin, Rolldown } from "vite";

/** What is there before anything is shown; the rest is split where it is first needed. */
export const FIRST_PAINT = { groups: [{ name: "first", tags: ["$initial" as const] }] };

export function firstPaintBudget(maxBytes: number): Plugin {
  return {
    name: "first-paint-budget",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const size = [...firstChunks(bundle)].reduce((sum, chunk) => sum + gzipSync(chunk.code).length, 0);
        if (size > maxBytes) this.error(`the code of the first paint takes ${size} bytes by gzip, of ${maxBytes} that it may`);
      },
    },
  };
}

/** The entry, and all that it imports at once. */
function firstChunks(bundle: Rolldown.OutputBundle): Set<Rolldown.OutputChunk> {
  const found = new Set<Rolldown.OutputChunk>();
  const add = (chunk: Rolldown.OutputAsset | Rolldown.OutputChunk | undefined) => {
    if (chunk?.type !== "chunk" || found.has(chunk)) return;
    found.add(chunk);
    chunk.imports.forEach((name) => add(bundle[name]));
  };
  Object.values(bundle).forEach((chunk) => chunk.type === "chunk" && chunk.isEntry && add(chunk));
  return found;
}
