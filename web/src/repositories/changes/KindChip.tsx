/** What happened at a path, in a word and a colour. */
import type { ChangeKind } from "@/api/repository-types";
import { repositories } from "@/text/repositories";

const words = repositories.changes;

export function KindChip({ kind }: { kind: ChangeKind }) {
  return <span className={`kind-chip ${kind}`}>{words[kind]}</span>;
}
