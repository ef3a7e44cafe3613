/** The files of a version, a folder at a time. */
import { useNavigate } from "@tanstack/react-router";
import { Suspense, useMemo } from "react";
import { keys } from "@/api/keys";
import { archiveUrl, AT_ONCE, listEntries } from "@/api/repositories";
import type { Entry } from "@/api/repository-types";
import { follow } from "@/drive/actions/downloading";
import { usePreviewAddress } from "@/drive/pages/usePreviewAddress";
import { SkeletonList } from "@/drive/view/SkeletonList";
import { type OnShow, useOnShow } from "@/repositories/context";
import { CommitLine } from "@/repositories/files/CommitLine";
import { EntryList, type EntryPlace } from "@/repositories/files/EntryList";
import { PathCrumbs } from "@/repositories/PathCrumbs";
import { parentOf } from "@/repositories/paths";
import { inOrder } from "@/repositories/rows/order";
import { Trouble } from "@/repositories/Trouble";
import type { FilesSearch } from "@/repositories/urlState";
import { type Endless, useEndless } from "@/repositories/useEndless";
import { type Meant, useMeant } from "@/repositories/useRepository";
import { repositories as words } from "@/text/repositories";
import { Button, IconButton } from "@/ui/Button";
import { later } from "@/ui/later";
import { Message } from "@/ui/Message";
import "@/repositories/files/files.css";

const EntryPreview = later(() => import("@/repositories/files/EntryPreview"));

export default function FilesView({ search }: { search: FilesSearch }) {
  const onShow = useOnShow();
  const meant = useMeant(onShow.repository.id, onShow.refs, onShow.ref);
  if (meant.error) return <Trouble error={meant.error} retry={meant.retry} repository={onShow.repository} />;
  return <Folder {...onShow} meant={meant} search={search} />;
}

function Folder({ repository, meant, search }: OnShow & { meant: Meant; search: FilesSearch }) {
  const navigate = useNavigate();
  const onPreview = usePreviewAddress();
  const { commit } = meant;
  const path = search.path ?? "";
  const asked = useEndless({
    queryKey: keys.entries(repository.id, commit ?? "", path),
    fetch: (options) => listEntries(repository.id, commit ?? "", path, options),
    isFinal: true,
    enabled: commit !== null,
  });
  const isWhole = !asked.hasMore && asked.items.length <= AT_ONCE;
  const items = useMemo(() => inOrder(asked.items, ({ kind }) => kind === "folder", isWhole), [asked.items, isWhole]);
  const list = { ...asked, items };
  const goTo = (folder: string) => void navigate({ to: ".", search: (old) => ({ ...old, path: folder || undefined, preview: undefined }) });
  const place = useMemo(() => ({ repository, commit: commit ?? "", path }), [repository, commit, path]);

  function open(entry: Entry) {
    if (entry.kind === "folder") goTo(entry.path);
    else if (entry.kind === "file") onPreview(entry.name);
  }

  return (
    <div className="files-view">
      {commit && <CommitLine commit={commit} />}
      <div className="toolbar">
        <PathCrumbs root={repository.name} path={path} onGo={goTo} />
        <div className="toolbar-view">
          <p className="muted tabular view-count" aria-live="polite">
            {list.isLoading || list.error ? "" : list.hasMore ? words.itemsSoFar(list.items.length) : words.items(list.items.length)}
          </p>
          {commit && <IconButton icon="download" label={words.file.downloadZip} onPress={() => follow(archiveUrl(repository.id, commit, path))} />}
        </div>
      </div>
      <div className="view-body">
        <Content place={place} list={list} onOpen={open} onGo={goTo} />
      </div>
      {search.preview !== undefined && commit && (
        <Suspense fallback={null}>
          <EntryPreview place={place} name={search.preview} entries={list.items} isListed={!list.isLoading} onNavigate={(name) => onPreview(name, true)} onClose={() => onPreview(null)} />
        </Suspense>
      )}
    </div>
  );
}

interface ContentProps {
  place: EntryPlace;
  list: Endless<Entry>;
  onOpen: (entry: Entry) => void;
  onGo: (path: string) => void;
}

/** The files, or why there are none to show. */
function Content({ place, list, onOpen, onGo }: ContentProps) {
  const up = place.path === "" ? null : () => onGo(parentOf(place.path));
  if (list.isLoading) return <SkeletonList view="list" />;
  if (list.items.length > 0) return <EntryList place={place} list={list} onOpen={onOpen} {...(up ? { onUp: up } : {})} />;
  if (list.error) return <Trouble error={list.error} retry={list.retry} repository={place.repository} />;
  return (
    <Message icon="folder" title={words.file.emptyTitle} hint={words.file.emptyHint}>
      {up && <Button icon="arrowUp" onPress={up}>{words.file.up}</Button>}
    </Message>
  );
}
