/** The file browser: one view's files with all that can be done with them. */
import { type MouseEvent, type ReactNode, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import type { Sort } from "@/api/drive";
import { messageOf } from "@/api/problem";
import type { DriveFile, ListedFile } from "@/api/types";
import { usePreferences } from "@/app/preferences";
import { useSession } from "@/app/session";
import type { NamedTarget } from "@/drive/targets";
import { choosable, type ColumnId } from "@/drive/columns";
import { fileMenu, placeMenu, trashMenu } from "@/drive/commands";
import { DropZone } from "@/drive/DropZone";
import { useClipboard } from "@/drive/clipboard";
import { type Listing, useListing } from "@/drive/listing";
import { SelectionBar } from "@/drive/SelectionBar";
import { clear } from "@/drive/selection";
import { columnsOf, type Source } from "@/drive/source";
import { Toolbar } from "@/drive/Toolbar";
import { nextSort } from "@/drive/urlState";
import { useBrowserSelection } from "@/drive/useBrowserSelection";
import { useCommands } from "@/drive/useCommands";
import { useDetails } from "@/drive/useDetails";
import { usePaste } from "@/drive/usePaste";
import { Collection } from "@/drive/view/Collection";
import { SkeletonList } from "@/drive/view/SkeletonList";
import { text } from "@/text";
import { announce } from "@/ui/announce";
import { Button } from "@/ui/Button";
import { focusFiles } from "@/ui/focusFiles";
import { later } from "@/ui/later";
import { ContextMenu } from "@/ui/Menu";
import { Message } from "@/ui/Message";
import { useUploads } from "@/uploads";
import "@/drive/browser.css";

const DetailsPanel = later(() => import("@/drive/DetailsPanel"));
const PreviewHost = later(() => import("@/drive/PreviewHost"));

export interface BrowserProps {
  /** Names the view: another name starts with nothing selected. */
  name: string;
  label: string;
  source: Source;
  /** Where new folders and uploads go; null where there is no such place. */
  target: NamedTarget | null;
  /** The folder on show; null for roots and for lists that cut across folders. */
  folder: DriveFile | null;
  /** Where files dropped anywhere go; null until that is known, and so long the view shows no files. */
  dropTarget: NamedTarget | null;
  head: ReactNode;
  empty: ReactNode;
  onSort: (sort: Sort) => void;
  previewId: string | undefined;
  onPreview: (id: string | null, replace?: boolean) => void;
}

export function Browser(props: BrowserProps) {
  const { source, target, name } = props;
  const inTrash = source.kind === "trash";
  const session = useSession();
  const preferences = usePreferences();
  const listing = useListing(source);
  const { selection, setSelection, selected, selectEverything, isSelectingAll } = useBrowserSelection(name, listing);
  const [renaming, setRenaming] = useState<string | null>(null);
  const [menu, setMenu] = useState<{ at: { x: number; y: number }; onFile: boolean } | null>(null);
  const details = useDetails("details");
  const { addDataTransfer } = useUploads();
  const clipboard = useClipboard();
  const cut = useMemo(() => new Set(clipboard?.mode === "cut" ? clipboard.files.map((file) => file.id) : []), [clipboard]);

  const { commands, actions, onCommand } = useCommands({
    source,
    target,
    selected,
    onPreview: props.onPreview,
    onRename: setRenaming,
    onDetails: () => details.set(true),
    onSelectAll: () => void selectEverything(),
  });
  usePaste(target, selected, actions, inTrash);

  useEffect(() => {
    if (selection.ids.size > 0) announce(text.drive.selectedCount(selection.ids.size));
  }, [selection.ids.size]);

  // Stable, like all that each row gets: a row is drawn again only when it changed.
  const finishRename = useCallback(
    (file: ListedFile, newName: string | null) => {
      setRenaming(null);
      focusFiles();
      if (newName !== null) void actions.rename(file, newName);
    },
    [actions],
  );

  function closeDetails() {
    details.set(false);
    focusFiles();
  }

  /** The button goes with what it was for. */
  function renew() {
    focusFiles();
    listing.renew();
  }

  const sort = source.kind === "folder" ? source.sort : undefined;
  const columns = useMemo(() => columnsOf(source, preferences.columns), [source, preferences.columns]);

  return (
    <DropZone className="browser" target={props.dropTarget}>
      <div className="browser-head">{props.head}</div>
      <Toolbar sort={sort} onSort={props.onSort} offered={offeredColumns(source)} detailsOpen={details.isOpen} onDetails={details.set}>
        {selected.length > 0 ? (
          <SelectionBar files={selected} inTrash={inTrash} isSelectingAll={isSelectingAll} commands={commands} onClear={() => setSelection(clear)} />
        ) : (
          <div className="toolbar-count">
            <p className="muted tabular" aria-live="polite">
              {countOf(listing)}
            </p>
            {(listing.isBehind || listing.isRenewing) && (
              <Button variant="quiet" isDisabled={listing.isRenewing} onPress={renew}>{listing.isRenewing ? text.loading : text.drive.showChanges}</Button>
            )}
          </div>
        )}
      </Toolbar>
      <div className="browser-body">
        <div className="browser-files" id="files" tabIndex={-1}>
          <Content listing={listing} isLoading={listing.isLoading || props.dropTarget === null} view={preferences.view} empty={props.empty} onMenu={(at) => setMenu({ at, onFile: false })}>
            <Collection
              key={preferences.view}
              name={name}
              label={props.label}
              listing={listing}
              view={preferences.view}
              columns={columns}
              sort={sort}
              onSort={(key) => sort && props.onSort(nextSort(sort, key))}
              selection={selection}
              onSelect={setSelection}
              onSelectAll={() => void selectEverything()}
              renaming={renaming}
              onRenamed={finishRename}
              cut={cut}
              inTrash={inTrash}
              me={session.identity.id}
              onOpen={commands.open}
              onFavorite={(file) => commands.favorite([file], !file.favorited)}
              onMenu={(at, file) => setMenu({ at, onFile: file !== null })}
              onCommand={onCommand}
              onDropFiles={(files, folder, copy) => void actions[copy ? "copy" : "move"](files, targetOf(folder))}
              onDropUpload={(transfer, folder) => addDataTransfer(transfer, targetOf(folder))}
            />
          </Content>
        </div>
        {details.isOpen && (
          <Suspense fallback={<aside className="details" />}>
            <DetailsPanel files={selected} place={target && { name: target.name, folder: props.folder, listing }} actions={actions} onClose={closeDetails} />
          </Suspense>
        )}
      </div>
      {menu && (
        <ContextMenu
          label={text.drive.actions.more}
          at={menu.at}
          groups={menu.onFile && selected.length > 0 ? (inTrash ? trashMenu : fileMenu)(selected, commands) : placeMenu(inTrash, commands)}
          onClose={() => setMenu(null)}
        />
      )}
      {props.previewId && (
        <Suspense fallback={null}>
          <PreviewHost id={props.previewId} items={listing.items} actions={actions} onNavigate={(id) => props.onPreview(id, true)} onClose={() => props.onPreview(null)} />
        </Suspense>
      )}
    </DropZone>
  );
}

interface ContentProps {
  listing: Listing;
  isLoading: boolean;
  view: "list" | "grid";
  empty: ReactNode;
  onMenu: (at: { x: number; y: number }) => void;
  children: ReactNode;
}

/** The files, or why there are none to show. */
function Content({ listing, isLoading, view, empty, onMenu, children }: ContentProps) {
  if (isLoading) return <SkeletonList view={view} />;
  if (listing.items.length > 0) return children;
  if (listing.error) {
    return (
      <Message icon="warning" title={text.drive.loadFailed} hint={messageOf(listing.error)}>
        <Button variant="primary" onPress={listing.retry}>{text.retry}</Button>
      </Message>
    );
  }
  function onContextMenu(event: MouseEvent) {
    event.preventDefault();
    onMenu({ x: event.clientX, y: event.clientY });
  }
  return <div className="browser-empty" onContextMenu={onContextMenu}>{empty}</div>;
}

function countOf(listing: Listing): string {
  if (listing.isLoading || listing.error) return "";
  const count = listing.items.length;
  return listing.hasMore ? text.drive.itemsSoFar(count) : text.drive.items(count);
}

function targetOf(folder: ListedFile): NamedTarget {
  return { parentId: folder.id, space: folder.space, name: folder.filename };
}

function offeredColumns(source: Source): readonly ColumnId[] {
  return source.kind === "trash" ? ["size", "type"] : choosable;
}
