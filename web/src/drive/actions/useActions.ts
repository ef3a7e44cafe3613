/** All that can be done with files, bound to the cache of this page. */
import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import type { DriveFile, Target } from "@/api/types";
import { copyText, download } from "@/drive/actions/downloading";
import { favorite, newFolder, rename } from "@/drive/actions/editing";
import { chooseAndSend, copyFiles, moveFiles, type NamedTarget } from "@/drive/actions/moving";
import { deleteFiles, emptyWholeTrash, restoreFiles, trashFiles } from "@/drive/actions/trashing";
import { text } from "@/text";

export type Actions = ReturnType<typeof useActions>;

export function useActions() {
  const client = useQueryClient();
  return useMemo(
    () => ({
      rename: (file: DriveFile, name: string) => rename(client, file, name),
      favorite: (files: readonly DriveFile[], favorited: boolean) => favorite(client, files, favorited),
      newFolder: (target: Target) => newFolder(client, target),
      move: (files: readonly DriveFile[], target: NamedTarget) => moveFiles(client, files, target),
      copy: (files: readonly DriveFile[], target: NamedTarget) => copyFiles(client, files, target),
      choose: (mode: "move" | "copy", files: readonly DriveFile[]) => chooseAndSend(client, mode, files),
      trash: (files: readonly DriveFile[]) => trashFiles(client, files),
      restore: (files: readonly DriveFile[]) => restoreFiles(client, files),
      deleteForever: (files: readonly DriveFile[]) => deleteFiles(client, files),
      emptyTrash: () => emptyWholeTrash(client),
      download,
      copyKey: (file: DriveFile) => copyText(file.key, text.drive.done.keyCopied),
    }),
    [client],
  );
}
