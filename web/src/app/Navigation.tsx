/** The places of the drive, on most of which files can be dropped, and the repositories. */
import { Link, useRouterState } from "@tanstack/react-router";
import { useCurrentSpace } from "@/app/currentSpace";
import { useSession } from "@/app/session";
import { type NamedTarget, whyNotInto } from "@/drive/targets";
import { useActions } from "@/drive/actions/useActions";
import { type DropRules, useDropTarget } from "@/drive/dragging";
import { text } from "@/text";
import { Icon, type IconName } from "@/ui/Icon";
import { useUploads } from "@/uploads";

const words = text.navigation;
const spaces = {
  "/": { parentId: null, space: "my-files", name: words.myFiles },
  "/shared": { parentId: null, space: "shared", name: words.shared },
} as const satisfies Record<string, NamedTarget>;

interface PlaceProps {
  to: "/" | "/shared" | "/favorites" | "/recent" | "/trash" | "/repositories" | "/operations";
  icon: IconName;
  label: string;
  isCurrent: boolean;
  rules: DropRules | null;
}

function Place({ to, icon, label, isCurrent, rules }: PlaceProps) {
  const { isOver, props } = useDropTarget(rules);
  return (
    <li>
      <Link to={to} className={`place ${isCurrent ? "current" : ""} ${isOver ? "drop-over" : ""}`} aria-current={isCurrent ? "page" : undefined} draggable={false} {...props}>
        <Icon name={icon} />
        <span>{label}</span>
      </Link>
    </li>
  );
}

export function Navigation({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { version, store, is_admin: isAdmin } = useSession();
  const actions = useActions();
  const { addDataTransfer } = useUploads();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const space = useCurrentSpace();
  const here = path.startsWith("/folder/") ? (space === "shared" ? "/shared" : space === "my-files" ? "/" : null) : path;

  const intoSpace = (target: NamedTarget): DropRules => ({
    accepts: (files) => whyNotInto(files, target) === null,
    onFiles: (files, copy) => void (copy ? actions.copy(files, target) : actions.move(files, target)),
    onUpload: (transfer) => addDataTransfer(transfer, target),
  });
  const intoFavorites: DropRules = {
    accepts: (files) => files.some((file) => !file.favorited),
    onFiles: (files) => void actions.favorite(files, true),
  };
  const intoTrash: DropRules = { accepts: () => true, onFiles: (files) => void actions.trash(files) };

  return (
    <>
      {isOpen && <button type="button" className="drawer-scrim" aria-label={words.close} onClick={onClose} />}
      <nav className={`navigation ${isOpen ? "open" : ""}`} aria-label={words.label} id="navigation">
        <ul>
          <Place to="/" icon="shelf" label={words.myFiles} isCurrent={here === "/"} rules={intoSpace(spaces["/"])} />
          <Place to="/shared" icon="people" label={words.shared} isCurrent={here === "/shared"} rules={intoSpace(spaces["/shared"])} />
        </ul>
        <ul>
          <Place to="/favorites" icon="star" label={words.favorites} isCurrent={here === "/favorites"} rules={intoFavorites} />
          <Place to="/recent" icon="clock" label={words.recent} isCurrent={here === "/recent"} rules={null} />
          <Place to="/trash" icon="trash" label={words.trash} isCurrent={here === "/trash"} rules={intoTrash} />
        </ul>
        <ul>
          <Place to="/repositories" icon="layers" label={words.repositories} isCurrent={path.startsWith("/repositories")} rules={null} />
          {isAdmin && <Place to="/operations" icon="gauge" label={words.operations} isCurrent={path.startsWith("/operations")} rules={null} />}
        </ul>
        <p className="navigation-foot">
          <span className="truncate" title={store.bucket}>{store.bucket}</span>
          <span>{text.product} {version}</span>
        </p>
      </nav>
    </>
  );
}
