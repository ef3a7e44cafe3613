/** Makes lists show what has arrived, a few times a minute however many files land. */
import type { QueryClient } from "@tanstack/react-query";
import { isCheapToRefetch } from "@/api/cache";
import { keys } from "@/api/keys";
import type { Target } from "@/api/types";

const EVERY_MS = 1500;
/** The first of many shows soon, with those that land beside it. */
const SOON_MS = 150;

export class RefreshLists {
  readonly #targets = new Map<string, Target>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #next = 0;

  constructor(private readonly client: QueryClient) {}

  note(target: Target): void {
    this.#targets.set(`${target.space}/${target.parentId ?? ""}`, target);
    this.#timer ??= setTimeout(() => this.#refresh(), Math.max(SOON_MS, this.#next - performance.now()));
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #refresh(): void {
    this.#timer = undefined;
    this.#next = performance.now() + EVERY_MS;
    const targets = [...this.#targets.values()];
    this.#targets.clear();
    // Sizes of the folders above have grown: fetched again when somebody looks at them.
    void this.client.invalidateQueries({ queryKey: keys.drive, refetchType: "none" });
    for (const target of targets) {
      // In whatever order the folder is shown.
      const folder = keys.folder(target, { key: "name", order: "asc" }).slice(0, 4);
      for (const queryKey of [folder, keys.tree(target), keys.path(target.parentId ?? "")]) {
        void this.client.refetchQueries({ queryKey, type: "active", predicate: isCheapToRefetch });
      }
    }
  }
}
