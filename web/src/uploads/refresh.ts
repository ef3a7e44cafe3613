/** Makes lists show what has arrived, a few times a minute however many files land. */
import type { QueryClient } from "@tanstack/react-query";
import { keys } from "@/api/keys";
import type { Target } from "@/api/types";

const EVERY_MS = 1500;

export class RefreshLists {
  readonly #targets = new Map<string, Target>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly client: QueryClient) {}

  note(target: Target): void {
    this.#targets.set(`${target.space}/${target.parentId ?? ""}`, target);
    this.#timer ??= setTimeout(() => this.#refresh(), EVERY_MS);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #refresh(): void {
    this.#timer = undefined;
    const targets = [...this.#targets.values()];
    this.#targets.clear();
    for (const target of targets) {
      // In whatever order the folder is shown.
      const folder = keys.folder(target, { key: "name", order: "asc" }).slice(0, 4);
      void this.client.invalidateQueries({ queryKey: folder });
      void this.client.invalidateQueries({ queryKey: keys.tree(target) });
    }
    // Sizes of the folders above have grown: fetched again when somebody looks at them.
    void this.client.invalidateQueries({ queryKey: keys.drive, refetchType: "none" });
  }
}
