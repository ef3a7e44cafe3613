/** Moving and copying files to another folder. */
import type { QueryClient } from "@tanstack/react-query";
import { refreshDrive } from "@/api/cache";
import type { DriveFile } from "@/api/types";
import { namesOf, reportFailures, send, sendRemoving } from "@/drive/actions/sending";
import { later } from "@/ui/later";
import { reportError } from "@/ui/reportError";
import { isIn, type NamedTarget, whyNotInto } from "@/drive/targets";
import { text } from "@/text";
import { ask } from "@/ui/dialogs";
import { showToast } from "@/ui/toasts";

const MoveDialog = later(() => import("@/drive/dialogs/MoveDialog"));

export async function moveFiles(client: QueryClient, files: readonly DriveFile[], target: NamedTarget): Promise<void> {
  const refused = whyNotInto(files, target);
  if (refused !== null) {
    showToast(refused);
    return;
  }
  const moving = files.filter((file) => !isIn(file, target));
  try {
    const outcome = await sendRemoving(client, "move", moving, { target });
    const names = namesOf(moving, outcome.done);
    const moved = moving.filter((file) => outcome.done.some((result) => result.id === file.id));
    if (names.length) {
      showToast(text.drive.done.moved(names, target.name), { action: { label: text.undo, run: () => void moveBack(client, moved) } });
    }
    reportFailures(outcome.failed);
  } catch (error) {
    reportError(error);
  }
  await refreshDrive(client);
}

/** Puts moved files back where each was before. */
async function moveBack(client: QueryClient, before: readonly DriveFile[]): Promise<void> {
  const homes = Map.groupBy(before, (file) => `${file.space}/${file.parent_id ?? ""}`);
  try {
    for (const files of homes.values()) {
      const [first] = files;
      if (!first) continue;
      const outcome = await send("move", files, { target: { parentId: first.parent_id, space: first.space } });
      reportFailures(outcome.failed);
    }
    showToast(text.drive.done.undone);
  } catch (error) {
    reportError(error);
  }
  await refreshDrive(client);
}

export async function copyFiles(client: QueryClient, files: readonly DriveFile[], target: NamedTarget): Promise<void> {
  if (files.some((file) => file.is_folder && file.id === target.parentId)) {
    showToast(text.drive.failed.intoItself);
    return;
  }
  try {
    // A copy beside its original always gets another name, so there is nothing to ask.
    const [beside, elsewhere] = [files.filter((file) => isIn(file, target)), files.filter((file) => !isIn(file, target))];
    const outcomes = [
      ...(beside.length ? [await send("copy", beside, { target, onConflict: "rename" })] : []),
      ...(elsewhere.length ? [await send("copy", elsewhere, { target })] : []),
    ];
    const done = outcomes.flatMap((outcome) => outcome.done);
    if (done.length) {
      const say = outcomes.some((outcome) => outcome.inBackground) ? text.drive.done.copying : text.drive.done.copied;
      showToast(say(namesOf(files, done), target.name));
    }
    reportFailures(outcomes.flatMap((outcome) => outcome.failed));
  } catch (error) {
    reportError(error);
  }
  await refreshDrive(client);
}

/** Asks for a folder and moves or copies the files there. */
export async function chooseAndSend(client: QueryClient, mode: "move" | "copy", files: readonly DriveFile[]): Promise<void> {
  const target = await ask<NamedTarget | null>((done) => <MoveDialog mode={mode} files={files} onDone={done} />);
  if (target) await (mode === "move" ? moveFiles : copyFiles)(client, files, target);
}
