/** Which two versions are compared, and choosing others. */
import { useNavigate } from "@tanstack/react-router";
import type { Compared } from "@/repositories/changes/useCompared";
import { useOnShow } from "@/repositories/context";
import { versionGroups } from "@/repositories/head/VersionMenu";
import { findRef, refLabel, shortHash } from "@/repositories/refs";
import { repositories } from "@/text/repositories";
import { Button, IconButton } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Menu } from "@/ui/Menu";
import type { MenuGroup } from "@/ui/menu-items";

const words = repositories.changes;

export function CompareHead({ compared }: { compared: Compared }) {
  const navigate = useNavigate();
  const { repository, refs } = useOnShow();
  const { pair } = compared;
  const choose = (search: { from?: string | undefined; to?: string | undefined }) =>
    void navigate({ to: ".", search: (old) => ({ ...old, ...search, path: undefined, preview: undefined }) });
  const another: MenuGroup = {
    id: "another",
    items: [{ id: "another", label: words.other, icon: "clock", onAction: () => void navigate({ to: "/repositories/$id/history", params: { id: repository.id } }) }],
  };
  const parent: MenuGroup = {
    id: "parent",
    items: [{ id: "parent", label: words.parent, checked: compared.isOneCommit, onAction: () => choose({ from: undefined }) }],
  };
  const nothing = pair?.from === null;
  const fromLabel = compared.from !== null ? refLabel(compared.from) : pair?.from ? shortHash(pair.from) : words.nothing;
  return (
    <div className="compare-head">
      <Picker
        what={words.from}
        label={fromLabel}
        icon={compared.from === null ? (nothing ? "minus" : "commit") : (findRef(refs, compared.from)?.kind ?? "commit")}
        groups={[parent, ...versionGroups(refs, compared.from, (from) => choose({ from })), another]}
      />
      {pair?.from ? (
        <IconButton icon="compare" label={words.swap} onPress={() => choose({ from: compared.to, to: compared.from ?? pair.from ?? undefined })} />
      ) : (
        <Icon name="chevronRight" size={16} className="muted" />
      )}
      <Picker
        what={words.to}
        label={refLabel(compared.to)}
        icon={findRef(refs, compared.to)?.kind ?? "commit"}
        groups={[...versionGroups(refs, compared.to, (to) => choose({ to })), another]}
      />
    </div>
  );
}

interface PickerProps {
  what: string;
  label: string;
  icon: "branch" | "tag" | "commit" | "minus";
  groups: MenuGroup[];
}

function Picker({ what, label, icon, groups }: PickerProps) {
  return (
    <Menu label={what} groups={groups}>
      <Button className="version-button" icon={icon} aria-label={words.pick(what, label)}>
        <span className="picker-what">{what}</span>
        <span className="truncate">{label}</span>
        <Icon name="chevronDown" size={14} />
      </Button>
    </Menu>
  );
}
