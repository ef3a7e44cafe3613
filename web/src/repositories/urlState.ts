/** What the address says about a view of a repository. */

export interface FilesSearch {
  /** A branch, a tag or a commit; the default branch where it is not told. */
  ref?: string | undefined;
  path?: string | undefined;
  /** The name of the file being previewed, in the folder on show. */
  preview?: string | undefined;
}

export interface HistorySearch {
  ref?: string | undefined;
}

export interface ChangesSearch extends HistorySearch {
  /** Versions to compare. Without `to` the one that is on show, without `from` its first parent. */
  from?: string | undefined;
  to?: string | undefined;
  path?: string | undefined;
  /** All changed files in one list, in place of a line for each folder. */
  view?: "files" | undefined;
  /** The path of the changed file being previewed, and where it was before it was renamed. */
  preview?: string | undefined;
  was?: string | undefined;
}

type Raw = Record<string, unknown>;

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function parseFilesSearch(raw: Raw): FilesSearch {
  return { ref: textOf(raw.ref), path: pathOf(raw.path), preview: textOf(raw.preview) };
}

export function parseHistorySearch(raw: Raw): HistorySearch {
  return { ref: textOf(raw.ref) };
}

export function parseChangesSearch(raw: Raw): ChangesSearch {
  return {
    ref: textOf(raw.ref),
    from: textOf(raw.from),
    to: textOf(raw.to),
    path: pathOf(raw.path),
    view: raw.view === "files" ? "files" : undefined,
    preview: textOf(raw.preview),
    was: raw.preview === undefined ? undefined : textOf(raw.was),
  };
}

function pathOf(value: unknown): string | undefined {
  const names = (textOf(value) ?? "").split("/").filter(Boolean);
  return names.length > 0 ? names.join("/") : undefined;
}
