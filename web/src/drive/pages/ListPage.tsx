/** The lists that cut across folders: recent, favourites, trash. */
import { useEffect, useMemo } from "react";
import { useSession } from "@/app/session";
import { useActions } from "@/drive/actions/useActions";
import { Browser } from "@/drive/Browser";
import { usePreviewAddress } from "@/drive/pages/usePreviewAddress";
import type { DriveSearch } from "@/drive/urlState";
import { text } from "@/text";
import { Button } from "@/ui/Button";
import type { IconName } from "@/ui/Icon";
import { Message } from "@/ui/Message";

interface ListPageProps {
  kind: "recent" | "favorites" | "trash";
  search: DriveSearch;
}

/** Where files dropped on such a list go. */
const root = { parentId: null, space: "my-files", name: text.navigation.myFiles } as const;
const icons: Record<ListPageProps["kind"], IconName> = { recent: "clock", favorites: "star", trash: "trash" };

export default function ListPage({ kind, search }: ListPageProps) {
  const onPreview = usePreviewAddress();
  const actions = useActions();
  const { trash_days: days } = useSession();
  const source = useMemo(() => ({ kind }), [kind]);
  const title = text.navigation[kind];
  const words = text.drive.empty[kind];
  const hint = kind === "trash" ? text.drive.empty.trash.hint(days) : words.hint;

  useEffect(() => {
    document.title = `${title} – ${text.product}`;
  }, [title]);

  return (
    <Browser
      key={kind}
      name={kind}
      label={title}
      source={source}
      target={null}
      folder={null}
      dropTarget={root}
      head={
        <>
          <div className="page-title">
            <h1>{title}</h1>
            {kind === "trash" && <p className="muted">{text.drive.trashHint(days)}</p>}
          </div>
          {kind === "trash" && <Button icon="trash" onPress={() => void actions.emptyTrash()}>{text.drive.actions.emptyTrash}</Button>}
        </>
      }
      empty={<Message icon={icons[kind]} title={words.title} hint={typeof hint === "string" ? hint : ""} />}
      onSort={() => undefined}
      previewId={search.preview}
      onPreview={onPreview}
    />
  );
}
