/** Paths inside a repository: names joined by slashes, the root as an empty text. */

export function joined(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Every folder on the way to a path and the path itself, from the top. */
export function stepsOf(path: string): string[] {
  const names = path.split("/").filter(Boolean);
  return names.map((_, index) => names.slice(0, index + 1).join("/"));
}

/** How a path reads seen from a folder above it. */
export function relativeTo(folder: string, path: string): string {
  return folder !== "" && path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}
