/** The way into the trash, out of it, and out of existence. */
import type { QueryClient } from "@tanstack/react-query";
import { refreshDrive } from "@/api/cache";
import { emptyTrash, measureTrash, restoreFile } from "@/api/drive";
import type { BatchResult, DriveFile, TrashSummary } from "@/api/types";
import { namesOf, type Outcome, reportFailures, sendRemoving } from "@/drive/actions/sending";
import { later } from "@/ui/later";
import { reportError } from "@/ui/reportError";
import { followJob } from "@/jobs/store";
import { text } from "@/text";
import { ask } from "@/ui/dialogs";
import { formatBytes } from "@/ui/format";
import { dismissToast, showToast } from "@/ui/toasts";

const ParentGoneDialog = later(() => import("@/drive/dialogs/ParentGoneDialog"));
const DeleteDialog = later(() => import("@/drive/dialogs/DeleteDialog"));

/** Messages that offer to undo what was thrown away. */
const offers = new Set<number>();

/** Takes the offers away once something in the trash is gone for ever. */
function withdrawOffers(): void {
  offers.forEach(dismissToast);
  offers.clear();
}

function doneOf(files: readonly DriveFile[], outcome: Outcome): DriveFile[] {
  const ids = new Set(outcome.done.map((result) => result.id));
  return files.filter((file) => ids.has(file.id));
}

export async function trashFiles(client: QueryClient, files: readonly DriveFile[]): Promise<void> {
  try {
    const outcome = await sendRemoving(client, "trash", files);
    const gone = doneOf(files, outcome);
    if (gone.length) {
      const undo = { label: text.undo, run: () => void restoreFiles(client, gone, text.drive.done.undone) };
      offers.add(showToast(text.drive.done.trashed(gone.map((file) => file.filename)), { action: undo }));
    }
    reportFailures(outcome.failed);
  } catch (error) {
    reportError(error);
  }
  await refreshDrive(client);
}

/** Restores to where each was; asks about taken names and about folders that are gone. */
export async function restoreFiles(client: QueryClient, files: readonly DriveFile[], said?: string): Promise<void> {
  try {
    const outcome = await sendRemoving(client, "restore", files);
    const orphans = outcome.failed.filter((result) => result.problem?.code === "parent-gone");
    const toRoot = orphans.length ? await restoreOrphans(files, orphans) : [];
    const names = namesOf(files, [...outcome.done, ...toRoot]);
    if (names.length) showToast(said ?? text.drive.done.restored(names), { tone: "success" });
    reportFailures(outcome.failed.filter((result) => !orphans.includes(result)));
  } catch (error) {
    reportError(error);
  }
  await refreshDrive(client);
}

async function restoreOrphans(files: readonly DriveFile[], orphans: readonly BatchResult[]): Promise<BatchResult[]> {
  const wanted = await ask<boolean>((done) => <ParentGoneDialog names={namesOf(files, orphans)} onDone={done} />);
  if (!wanted) return [];
  const restored: BatchResult[] = [];
  for (const orphan of orphans) {
    const { file, job } = await restoreFile(orphan.id, { parentId: null, onConflict: "rename" });
    followJob(job);
    restored.push({ id: orphan.id, status: "ok", file, problem: null });
  }
  return restored;
}

export async function deleteFiles(client: QueryClient, files: readonly DriveFile[]): Promise<void> {
  const names = files.map((file) => file.filename);
  const sure = await ask<boolean>((done) => <DeleteDialog title={text.drive.deleteDialog.title} message={text.drive.deleteDialog.files(names)} onDone={done} />);
  if (!sure) return;
  try {
    const outcome = await sendRemoving(client, "delete", files);
    if (outcome.done.length) {
      withdrawOffers();
      showToast(text.drive.done.deleted(namesOf(files, outcome.done)));
    }
    reportFailures(outcome.failed);
  } catch (error) {
    reportError(error);
  }
  await refreshDrive(client);
}

export async function emptyWholeTrash(client: QueryClient): Promise<void> {
  const summary = measureTrash();
  const sure = await ask<boolean>((done) => <DeleteDialog title={text.drive.deleteDialog.emptyTitle} message={summary.then(describe)} onDone={done} />);
  if (!sure) return;
  try {
    const { job } = await emptyTrash();
    followJob(job);
    withdrawOffers();
    showToast(job ? text.drive.done.trashEmptying : text.drive.done.trashEmptied);
  } catch (error) {
    reportError(error);
  }
  await refreshDrive(client);
}

function describe(summary: TrashSummary): string {
  const words = text.drive.deleteDialog;
  const what = [summary.files > 0 && words.fileCount(summary.files), summary.folders > 0 && words.folderCount(summary.folders)];
  return words.empty(what.filter((part) => part !== false), formatBytes(summary.bytes));
}
