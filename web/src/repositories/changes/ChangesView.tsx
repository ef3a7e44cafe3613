/** What changed between two versions: by folder, or file by file. */
import { Link, useNavigate } from "@tanstack/react-router";
import { Suspense, useMemo } from "react";
import { usePreviewAddress } from "@/drive/pages/usePreviewAddress";
import { SkeletonList } from "@/drive/view/SkeletonList";
import { ChangedFiles } from "@/repositories/changes/ChangedFiles";
import { CommitCard } from "@/repositories/changes/CommitCard";
import { CompareHead } from "@/repositories/changes/CompareHead";
import { FolderChanges } from "@/repositories/changes/FolderChanges";
import { useCompared } from "@/repositories/changes/useCompared";
import { useOnShow } from "@/repositories/context";
import { PathCrumbs } from "@/repositories/PathCrumbs";
import { Trouble } from "@/repositories/Trouble";
import type { ChangesSearch } from "@/repositories/urlState";
import { repositories } from "@/text/repositories";
import { later } from "@/ui/later";
import "@/repositories/changes/changes.css";

const ChangePreview = later(() => import("@/repositories/changes/ChangePreview"));
const words = repositories.changes;

export default function ChangesView({ search }: { search: ChangesSearch }) {
  const navigate = useNavigate();
  const onPreview = usePreviewAddress();
  const { repository } = useOnShow();
  const compared = useCompared(search);
  const path = search.path ?? "";
  const { pair } = compared;
  const place = useMemo(() => pair && { repository, pair, path }, [repository, pair, path]);
  if (compared.error) return <Trouble error={compared.error} retry={compared.retry} repository={repository} />;
  if (!place) return <SkeletonList view="list" />;

  const goTo = (folder: string) => void navigate({ to: ".", search: (old) => ({ ...old, path: folder || undefined, preview: undefined }) });
  const openFile = (preview: string, was?: string) =>
    void navigate({ to: ".", search: (old) => ({ ...old, preview, was }), state: { openedHere: true } });
  const isByFolder = search.view !== "files";
  const show = (view: "files" | undefined) => ({ to: "." as const, search: (old: object) => ({ ...old, view, preview: undefined }), replace: true });
  return (
    <div className="changes-view">
      <div className="changes-head">
        <CompareHead compared={compared} />
        <nav className="switch" aria-label={words.views}>
          <Link {...show(undefined)} className={isByFolder ? "current" : ""} aria-current={isByFolder ? "page" : undefined}>{words.byFolder}</Link>
          <Link {...show("files")} className={isByFolder ? "" : "current"} aria-current={isByFolder ? undefined : "page"}>{words.allFiles}</Link>
        </nav>
      </div>
      {compared.isOneCommit && path === "" && <CommitCard commit={place.pair.to} />}
      {path !== "" && <div className="changes-path"><PathCrumbs root={repository.name} path={path} onGo={goTo} /></div>}
      {isByFolder ? (
        <FolderChanges place={place} onFolder={goTo} onFile={openFile} />
      ) : (
        <ChangedFiles place={place} onFile={openFile} />
      )}
      {search.preview !== undefined && (
        <Suspense fallback={null}>
          <ChangePreview key={search.preview} place={place} path={search.preview} oldPath={search.was ?? null} onClose={() => onPreview(null)} />
        </Suspense>
      )}
    </div>
  );
}
