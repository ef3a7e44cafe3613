/** The branches and tags that name a commit. */
import type { RepositoryRef } from "@/api/repository-types";
import { text } from "@/text";
import { Icon } from "@/ui/Icon";

const words = text.repositories.refs;

export function RefChips({ refs }: { refs: readonly Pick<RepositoryRef, "kind" | "name">[] }) {
  if (refs.length === 0) return null;
  return (
    <span className="ref-chips">
      {refs.map(({ kind, name }) => (
        <span key={`${kind}:${name}`} className={`ref-chip ${kind}`} title={`${words[kind]} ${name}`}>
          <Icon name={kind} size={12} />
          <span className="visually-hidden">{words[kind]} </span>
          <span className="truncate">{name}</span>
        </span>
      ))}
    </span>
  );
}
