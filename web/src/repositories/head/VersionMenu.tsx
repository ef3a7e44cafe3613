/** Choosing the branch or tag to look at. */
import { useNavigate } from "@tanstack/react-router";
import type { RefKind, RepositoryRef } from "@/api/repository-types";
import { useOnShow } from "@/repositories/context";
import { findRef, refLabel, refText } from "@/repositories/refs";
import { repositories } from "@/text/repositories";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Menu } from "@/ui/Menu";
import type { MenuGroup } from "@/ui/menu-items";

const words = repositories.refs;

/** Branches and tags as a menu, the one on show ticked. */
export function versionGroups(refs: readonly RepositoryRef[], shown: string | null, onChoose: (ref: string) => void): MenuGroup[] {
  const current = shown === null ? null : findRef(refs, shown);
  const group = (kind: RefKind, title: string): MenuGroup => ({
    id: kind,
    title,
    items: refs
      .filter((ref) => ref.kind === kind)
      .map((ref) => ({ id: `${kind}:${ref.name}`, label: ref.name, checked: ref === current, onAction: () => onChoose(refText(ref, refs)) })),
  });
  return [group("branch", words.branches), group("tag", words.tags)];
}

export function VersionMenu() {
  const navigate = useNavigate();
  const { repository, refs, ref } = useOnShow();
  if (ref === null || refs.length === 0) return null;
  const choose = (chosen: string) =>
    void navigate({
      to: ".",
      search: (old) => ({ ...old, ref: chosen === repository.default_branch ? undefined : chosen, from: undefined, to: undefined, preview: undefined }),
    });
  const found = findRef(refs, ref);
  return (
    <Menu label={words.label} groups={versionGroups(refs, ref, choose)}>
      <Button className="version-button" aria-label={words.choose(refLabel(ref))} icon={found?.kind ?? "commit"}>
        <span className="truncate">{refLabel(ref)}</span>
        <Icon name="chevronDown" size={14} />
      </Button>
    </Menu>
  );
}
