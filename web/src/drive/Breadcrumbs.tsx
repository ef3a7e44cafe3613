/** Where the view is in the drive; every step is a place to go and to drop on. */
import { Link } from "@tanstack/react-router";
import { type NamedTarget, whyNotInto } from "@/drive/actions/moving";
import type { Actions } from "@/drive/actions/useActions";
import { useDropTarget } from "@/drive/dragging";
import { reveal } from "@/drive/reveal";
import type { DriveSearch } from "@/drive/urlState";
import { text } from "@/text";
import { Icon } from "@/ui/Icon";
import { Menu } from "@/ui/Menu";
import { IconButton } from "@/ui/Button";
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

export function Breadcrumbs({ crumbs, search, actions, onGo }: BreadcrumbsProps) {
  const folded = crumbs.length > MAX_SHOWN ? crumbs.slice(1, crumbs.length - 2) : [];
  const shown = folded.length ? [...crumbs.slice(0, 1), ...crumbs.slice(-2)] : crumbs;
  return (
    <nav className="crumbs" aria-label={text.drive.breadcrumbs}>
      <ol>
        {shown.map((crumb, index) => (
          <Step
            key={crumb.parentId ?? crumb.space}
            crumb={crumb}
            child={crumbs[crumbs.indexOf(crumb) + 1]}
            isLast={index === shown.length - 1}
            search={search}
            actions={actions}
          >
            {index === 0 && folded.length > 0 && (
              <Menu label={text.drive.breadcrumbs} groups={[{ id: "path", items: folded.map((step) => ({ id: step.parentId ?? "", label: step.name, icon: "folder", onAction: () => onGo(step) })) }]}>
                <IconButton icon="more" label={text.drive.breadcrumbs} className="small" />
              </Menu>
            )}
          </Step>
        ))}
      </ol>
    </nav>
  );
}

interface StepProps extends Omit<BreadcrumbsProps, "crumbs" | "onGo"> {
  crumb: Crumb;
  child: Crumb | undefined;
  isLast: boolean;
  children: React.ReactNode;
}

function Step({ crumb, child, isLast, search, actions, children }: StepProps) {
  const { addDataTransfer } = useUploads();
  const { isOver, props } = useDropTarget({
    accepts: (files) => whyNotInto(files, crumb) === null,
    onFiles: (files, copy) => void (copy ? actions.copy(files, crumb) : actions.move(files, crumb)),
    onUpload: (transfer) => addDataTransfer(transfer, crumb),
  });
  return (
    <>
      <li className={isOver ? "drop-over" : ""} {...props}>
        {isLast ? (
          <h1 className="crumb truncate" title={crumb.name}>{crumb.name}</h1>
        ) : (
          <Link
            className="crumb truncate"
            title={crumb.name}
            to={crumb.to}
            params={{ id: crumb.parentId ?? "" }}
            search={{ sort: search.sort, order: search.order }}
            draggable={false}
            onClick={() => child?.parentId && reveal(child.parentId)}
          >
            {crumb.name}
          </Link>
        )}
      </li>
      {!isLast && <li aria-hidden="true" className="crumb-line"><Icon name="chevronRight" size={14} /></li>}
      {children && (
        <>
          <li>{children}</li>
          <li aria-hidden="true" className="crumb-line"><Icon name="chevronRight" size={14} /></li>
        </>
      )}
    </>
  );
}
