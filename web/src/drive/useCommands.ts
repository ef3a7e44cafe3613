/** The commands of a view, bound to its place and its selection, and the keys that give them. */
import { useNavigate, useRouter } from "@tanstack/react-router";
import type { KeyboardEvent } from "react";
import type { ListedFile } from "@/api/types";
import type { NamedTarget } from "@/drive/targets";
import { useActions } from "@/drive/actions/useActions";
import { clip, pasteInto } from "@/drive/actions/clipping";
import { useClipboard } from "@/drive/clipboard";
import type { Commands } from "@/drive/commands";
import { pickFiles } from "@/drive/picking";
import { reveal } from "@/drive/reveal";
import type { Source } from "@/drive/source";
import { useUploads } from "@/uploads";

interface CommandOptions {
  source: Source;
  target: NamedTarget | null;
  selected: readonly ListedFile[];
  onPreview: (id: string) => void;
  onRename: (id: string) => void;
  onDetails: () => void;
  onSelectAll: () => void;
}

export function useCommands({ source, target, selected, onPreview, onRename, onDetails, onSelectAll }: CommandOptions) {
  const actions = useActions();
  const navigate = useNavigate();
  const router = useRouter();
  const clipboard = useClipboard();
  const { addFiles } = useUploads();
  const inTrash = source.kind === "trash";

  function open(file: ListedFile) {
    if (inTrash) onDetails();
    else if (!file.is_folder) onPreview(file.id);
    else void navigate({ to: "/folder/$id", params: { id: file.id }, search: source.kind === "folder" ? (old) => ({ sort: old.sort, order: old.order }) : {} });
  }

  function showInFolder(file: ListedFile) {
    reveal(file.id, { parentId: file.parent_id, space: file.space });
    if (file.parent_id !== null) void navigate({ to: "/folder/$id", params: { id: file.parent_id } });
    else void navigate({ to: file.space === "shared" ? "/shared" : "/" });
  }

  async function upload(kind: "files" | "folder", into: NamedTarget) {
    const files = await pickFiles(kind);
    if (files.length > 0) addFiles(files, into);
  }

  async function newFolder(into: NamedTarget) {
    const folder = await actions.newFolder(into);
    if (folder) reveal(folder.id, into);
  }

  const commands: Commands = {
    open,
    download: (files) => void actions.download(files),
    rename: (file) => onRename(file.id),
    choose: (mode, files) => void actions.choose(mode, files),
    clip,
    favorite: (files, favorited) => void actions.favorite(files, favorited),
    copyKey: (file) => void actions.copyKey(file),
    details: onDetails,
    trash: (files) => void actions.trash(files),
    restore: (files) => void actions.restore(files),
    deleteForever: (files) => void actions.deleteForever(files),
    emptyTrash: () => void actions.emptyTrash(),
    selectAll: onSelectAll,
    showInFolder: source.kind === "folder" || inTrash ? undefined : showInFolder,
    newFolder: target ? () => void newFolder(target) : undefined,
    upload: target ? (kind) => void upload(kind, target) : undefined,
    paste: target && clipboard ? () => void pasteInto(target, actions) : undefined,
  };

  /** Gives the command of a key; false when the key is none. */
  function onCommand(event: KeyboardEvent, focused: ListedFile | null): boolean {
    const first = selected[0] ?? focused;
    const withCtrl = event.ctrlKey || event.metaKey;
    if (event.key === "Backspace" && !withCtrl) {
      router.history.back();
      return true;
    }
    if (!first) return false;
    if (event.key === "Enter" && event.altKey) onDetails();
    else if (event.key === "Enter") open(first);
    else if (event.key === "F2" && !inTrash) onRename(first.id);
    else if (event.key === "Delete" && selected.length > 0) (inTrash ? commands.deleteForever : commands.trash)(selected);
    else return false;
    return true;
  }

  return { commands, actions, onCommand };
}
