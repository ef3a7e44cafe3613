/** Which commit the address means, as far as the branches and tags tell. */
import type { RepositoryRef } from "@/api/repository-types";
import { visible } from "@/ui/visible";

const HASH = /^[0-9a-f]{64}$/;
const SHORT = 10;

export function shortHash(hash: string): string {
  return hash.slice(0, SHORT);
}

/** The branch or tag that a text names: the branch first, and by `branch:` or `tag:` only that. */
export function findRef(refs: readonly RepositoryRef[], text: string): RepositoryRef | null {
  const [, kind, name] = /^(?:(branch|tag):)?(.+)$/.exec(text) ?? [];
  const named = refs.filter((ref) => ref.name === name && (kind === undefined || ref.kind === kind));
  return named.find((ref) => ref.kind === "branch") ?? named[0] ?? null;
}

/** The commit that a text names, or null where only the service can tell. */
export function knownCommit(refs: readonly RepositoryRef[], text: string): string | null {
  return findRef(refs, text)?.commit ?? (HASH.test(text) ? text : null);
}

/** How an address names a branch or tag, so that it is found again. */
export function refText(ref: Pick<RepositoryRef, "kind" | "name">, refs: readonly RepositoryRef[]): string {
  const found = findRef(refs, ref.name);
  return found?.kind === ref.kind ? ref.name : `${ref.kind}:${ref.name}`;
}

/** How a person reads what an address names. */
export function refLabel(text: string): string {
  if (HASH.test(text)) return shortHash(text);
  return visible(text.replace(/^(?:branch|tag):/, ""));
}
