/** Changing one thing about files: a name, a star; and making folders. */
import type { QueryClient } from "@tanstack/react-query";
import { optimistically, patchFiles, refreshDrive } from "@/api/cache";
import { createFolder, getFile, renameFile, setFavorite } from "@/api/drive";
import { hasCode } from "@/api/problem";
import type { Changed, DriveFile, Target } from "@/api/types";
import { reportFailures, send } from "@/drive/actions/sending";
import { later } from "@/ui/later";
import { reportError } from "@/ui/reportError";
import { followJob } from "@/jobs/store";
import { text } from "@/text";
import { ask } from "@/ui/dialogs";
import { showToast } from "@/ui/toasts";

const NewFolderDialog = later(() => import("@/drive/dialogs/NewFolderDialog"));

/**
 * Renames a file that is still called what the person saw, whatever else has changed of it: its
 * key follows an earlier name, say.
 */
async function renameAsSeen(file: DriveFile, filename: string): Promise<Changed> {
  try {
    return await renameFile(file, filename);
  } catch (error) {
    if (!hasCode(error, "precondition-failed")) throw error;
    const now = await getFile(file.id);
    if (now.filename !== file.filename || now.parent_id !== file.parent_id) throw error;
    return renameFile(now, filename);
  }
}

export async function rename(client: QueryClient, file: DriveFile, filename: string): Promise<void> {
  if (filename === file.filename || filename === "") return;
  try {
    const { file: renamed, job } = await optimistically(
      client,
      () => patchFiles(client, new Map([[file.id, { filename }]])),
      () => renameAsSeen(file, filename),
    );
    followJob(job);
    if (renamed) {
      patchFiles(client, new Map([[file.id, renamed]]));
      const undo = { label: text.undo, run: () => void rename(client, renamed, file.filename) };
      showToast(text.drive.done.renamed(renamed.filename), { action: undo });
    }
  } catch (error) {
    if (hasCode(error, "precondition-failed")) showToast(text.drive.failed.changed(file.filename), { tone: "error" });
    else reportError(error);
  }
  await refreshDrive(client);
}

export async function favorite(client: QueryClient, files: readonly DriveFile[], favorited: boolean): Promise<void> {
  const changes = new Map(files.map((file) => [file.id, { favorited }]));
  const [first] = files;
  try {
    if (first && files.length === 1) {
      await optimistically(client, () => patchFiles(client, changes), () => setFavorite(first.id, favorited));
    } else {
      const outcome = await optimistically(client, () => patchFiles(client, changes), () => send(favorited ? "favorite" : "unfavorite", files));
      reportFailures(outcome.failed);
    }
    const names = files.map((file) => file.filename);
    const say = favorited ? text.drive.done.favorited : text.drive.done.unfavorited;
    showToast(say(names), { action: { label: text.undo, run: () => void favorite(client, files, !favorited) } });
  } catch (error) {
    reportError(error);
  }
  await refreshDrive(client);
}

/** Asks for a name and makes the folder; returns it, or null when the person changed their mind. */
export async function newFolder(client: QueryClient, target: Target): Promise<DriveFile | null> {
  const folder = await ask<DriveFile | null>((done) => (
    <NewFolderDialog create={(name) => createFolder(name, target)} onDone={done} />
  ));
  if (folder) await refreshDrive(client);
  return folder;
}
