/** The folders that uploads go into, each made once. */
import type { Target } from "@/api/types";
import { NameTaken, Refused } from "@/uploads/failures";
import type { FolderRequest } from "@/uploads/transport";

export class FolderMaker {
  readonly #made = new Map<string, Promise<string>>();

  /** `make` creates one folder or finds it. */
  constructor(private readonly make: (request: FolderRequest) => Promise<string>) {}

  /**
   * Return the id of the folder at `path` below the target, making what lacks.
   *
   * `scope` keeps gestures apart: a folder that was trashed between two drops is made anew.
   * A failure is not remembered, so that the next call tries again.
   */
  async resolve(scope: string, target: Target, path: readonly string[]): Promise<string | null> {
    const name = path.at(-1);
    if (name === undefined) return target.parentId;
    const key = JSON.stringify([scope, target.space, target.parentId, path]);
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const made = this.#makeBelow(scope, target, path.slice(0, -1), name);
    this.#made.set(key, made);
    made.catch(() => this.#made.delete(key));
    return made;
  }

  async #makeBelow(scope: string, target: Target, above: readonly string[], name: string): Promise<string> {
    const parentId = await this.resolve(scope, target, above);
    try {
      return await this.make({ name, parentId, space: target.space });
    } catch (error) {
      // A file has the folder's name. That is no question about the file being uploaded.
      if (error instanceof NameTaken) throw new Refused(error.message, { cause: error });
      throw error;
    }
  }
}
