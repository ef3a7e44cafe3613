/** All that can be done with files, bound to the cache of this page; the code of each is loaded when it is first used. */
import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import type { DriveFile, Target } from "@/api/types";
import { copyText, download } from "@/drive/actions/downloading";
import type { NamedTarget } from "@/drive/targets";
import { text } from "@/text";
import { fetchAhead } from "@/ui/later";

export type Actions = ReturnType<typeof useActions>;

const moving = fetchAhead(() => import("@/drive/actions/moving"));
const trashing = fetchAhead(() => import("@/drive/actions/trashing"));
const editing = fetchAhead(() => import("@/drive/actions/editing"));

export function useActions() {
  const client = useQueryClient();
  return useMemo(
    () => ({
      rename: async (file: DriveFile, name: string) => (await editing()).rename(client, file, name),
      favorite: async (files: readonly DriveFile[], favorited: boolean) => (await editing()).favorite(client, files, favorited),
      newFolder: async (target: Target) => (await editing()).newFolder(client, target),
      move: async (files: readonly DriveFile[], target: NamedTarget) => (await moving()).moveFiles(client, files, target),
      copy: async (files: readonly DriveFile[], target: NamedTarget) => (await moving()).copyFiles(client, files, target),
      choose: async (mode: "move" | "copy", files: readonly DriveFile[]) => (await moving()).chooseAndSend(client, mode, files),
      trash: async (files: readonly DriveFile[]) => (await trashing()).trashFiles(client, files),
      restore: async (files: readonly DriveFile[]) => (await trashing()).restoreFiles(client, files),
      deleteForever: async (files: readonly DriveFile[]) => (await trashing()).deleteFiles(client, files),
      emptyTrash: async () => (await trashing()).emptyWholeTrash(client),
      download,
      copyKey: (file: DriveFile) => copyText(file.key, text.drive.done.keyCopied),
    }),
    [client],
  );
}
