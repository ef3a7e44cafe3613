/** Where the view is in the drive; every step is a place to go and to drop on. */
import { Link } from "@tanstack/react-router";
import { type NamedTarget, whyNotInto } from "@/drive/targets";
import type { Actions } from "@/drive/actions/useActions";
import { useDropTarget } from "@/drive/dragging";
import { reveal } from "@/drive/reveal";
import type { DriveSearch } from "@/drive/urlState";
import { text } from "@/text";
import { IconButton } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Menu } from "@/ui/Menu";
import { useMediaQuery } from "@/ui/useMediaQuery";
import { visible } from "@/ui/visible";
import { useUploads } from "@/uploads";

export interface Crumb extends NamedTarget {
  /** Where it leads. */
  to: "/" | "/shared" | "/folder/$id";
}

interface BreadcrumbsProps {
  crumbs: readonly Crumb[];
  search: DriveSearch;
  actions: Actions;
  onGo: (crumb: Crumb) => void;
}

/** More steps than this fold into a menu, so that the last ones stay readable. */
const MAX_SHOWN = 4;
const NARROW = "(max-width: 640px)";

function fold(crumbs: readonly Crumb[], isNarrow: boolean): { before: readonly Crumb[]; folded: readonly Crumb[]; after: readonly Crumb[] } {
  if (isNarrow) return { before: [], folded: crumbs.slice(0, -1), after: crumbs.slice(-1) };
  if (crumbs.length <= MAX_SHOWN) return { before: [], folded: [], after: crumbs };
  return { before: crumbs.slice(0, 1), folded: crumbs.slice(1, -2), after: crumbs.slice(-2) };
}

export function Breadcrumbs({ crumbs, search, actions, onGo }: BreadcrumbsProps) {
  const { before, folded, after } = fold(crumbs, useMediaQuery(NARROW));
  const step = (crumb: Crumb) => {
    const index = crumbs.indexOf(crumb);
    return <Step key={crumb.parentId ?? crumb.space} crumb={crumb} child={crumbs[index + 1]} search={search} actions={actions} />;
  };
  return (
    <nav className="crumbs" aria-label={text.drive.breadcrumbs}>
      <ol>
        {before.map(step)}
        {folded.length > 0 && <Folded crumbs={folded} onGo={onGo} />}
        {after.map(step)}
      </ol>
    </nav>
  );
}

function Line() {
  return (
    <li aria-hidden="true" className="crumb-line">
      <Icon name="chevronRight" size={14} />
    </li>
  );
}

/** The steps for which there is no room, in a menu with the nearest first. */
function Folded({ crumbs, onGo }: Pick<BreadcrumbsProps, "crumbs" | "onGo">) {
  const items = crumbs.toReversed().map((crumb) => ({
    id: crumb.parentId ?? crumb.space,
    label: crumb.name,
    icon: crumb.parentId === null ? ("shelf" as const) : ("folder" as const),
    onAction: () => onGo(crumb),
  }));
  return (
    <>
      <li className="crumb-folded">
        <Menu label={text.drive.breadcrumbs} groups={[{ id: "path", items }]}>
          <IconButton icon="more" label={text.drive.folders} className="small" />
        </Menu>
      </li>
      <Line />
    </>
  );
}

interface StepProps extends Pick<BreadcrumbsProps, "search" | "actions"> {
  crumb: Crumb;
  /** The next step down; the last one has none. */
  child: Crumb | undefined;
}

function Step({ crumb, child, search, actions }: StepProps) {
  const { addDataTransfer } = useUploads();
  const { isOver, props } = useDropTarget({
    accepts: (files) => whyNotInto(files, crumb) === null,
    onFiles: (files, copy) => void (copy ? actions.copy(files, crumb) : actions.move(files, crumb)),
    onUpload: (transfer) => addDataTransfer(transfer, crumb),
  });
  return (
    <>
      <li className={isOver ? "drop-over" : ""} {...props}>
        {!child ? (
          <h1 className="crumb truncate" title={visible(crumb.name)}>{visible(crumb.name)}</h1>
        ) : (
          <Link
            className="crumb truncate"
            title={visible(crumb.name)}
            to={crumb.to}
            params={{ id: crumb.parentId ?? "" }}
            search={{ sort: search.sort, order: search.order }}
            draggable={false}
            onClick={() => child.parentId && reveal(child.parentId, crumb)}
          >
            {visible(crumb.name)}
          </Link>
        )}
      </li>
      {child && <Line />}
    </>
  );
}
