/** The branches and tags that name a commit. */
import { useOnShow } from "@/repositories/context";
import { repositories } from "@/text/repositories";
import { Icon } from "@/ui/Icon";
import { visible } from "@/ui/visible";

const words = repositories.refs;

export function RefChips({ commit }: { commit: string }) {
  const { refs } = useOnShow();
  const here = refs.filter((ref) => ref.commit === commit);
  if (here.length === 0) return null;
  return (
    <span className="ref-chips">
      {here.map(({ kind, name }) => (
        <span key={`${kind}:${name}`} className={`ref-chip ${kind}`} title={`${words[kind]} ${visible(name)}`}>
          <Icon name={kind} size={12} />
          <span className="visually-hidden">{words[kind]} </span>
          <span className="truncate">{visible(name)}</span>
        </span>
      ))}
    </span>
  );
}
