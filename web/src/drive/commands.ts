/** The commands on files, as menus offer them. */
import type { ListedFile } from "@/api/types";
import { text } from "@/text";
import type { MenuGroup, MenuItem } from "@/ui/menu-items";

export interface Commands {
  open: (file: ListedFile) => void;
  download: (files: readonly ListedFile[]) => void;
  rename: (file: ListedFile) => void;
  choose: (mode: "move" | "copy", files: readonly ListedFile[]) => void;
  clip: (mode: "cut" | "copy", files: readonly ListedFile[]) => void;
  favorite: (files: readonly ListedFile[], favorited: boolean) => void;
  copyKey: (file: ListedFile) => void;
  details: () => void;
  trash: (files: readonly ListedFile[]) => void;
  restore: (files: readonly ListedFile[]) => void;
  deleteForever: (files: readonly ListedFile[]) => void;
  emptyTrash: () => void;
  selectAll: () => void;
  /** Undefined where the command has no meaning in the view. */
  showInFolder: ((file: ListedFile) => void) | undefined;
  newFolder: (() => void) | undefined;
  upload: ((kind: "files" | "folder") => void) | undefined;
  paste: (() => void) | undefined;
}

const words = text.drive.actions;

function compact(items: (MenuItem | false | undefined)[]): MenuItem[] {
  return items.filter((item) => item !== false && item !== undefined);
}

/** Whether every one of them is a favourite, so that the command takes the star away. */
export function allFavorited(files: readonly ListedFile[]): boolean {
  return files.every((file) => file.favorited);
}

export function fileMenu(files: readonly ListedFile[], commands: Commands): MenuGroup[] {
  const [first] = files;
  if (!first) return [];
  const single = files.length === 1;
  const starred = allFavorited(files);
  const { showInFolder } = commands;
  return [
    {
      id: "open",
      items: compact([
        single && { id: "open", label: first.is_folder ? words.open : words.preview, icon: first.is_folder ? "folder" : "eye", shortcut: "↵", onAction: () => commands.open(first) },
        single && showInFolder && { id: "show", label: words.showInFolder, icon: "external", onAction: () => showInFolder(first) },
        { id: "download", label: single && !first.is_folder ? words.download : words.downloadZip, icon: "download", onAction: () => commands.download(files) },
      ]),
    },
    {
      id: "change",
      items: compact([
        single && { id: "rename", label: words.rename, icon: "edit", shortcut: "F2", onAction: () => commands.rename(first) },
        { id: "move", label: words.move, icon: "move", onAction: () => commands.choose("move", files) },
        { id: "copyTo", label: words.copy, icon: "copy", onAction: () => commands.choose("copy", files) },
        { id: "cut", label: words.cutClipboard, icon: "cut", shortcut: "Ctrl X", onAction: () => commands.clip("cut", files) },
        { id: "copy", label: words.copyClipboard, icon: "paste", shortcut: "Ctrl C", onAction: () => commands.clip("copy", files) },
      ]),
    },
    {
      id: "about",
      items: compact([
        { id: "favorite", label: starred ? words.unfavorite : words.favorite, icon: "star", onAction: () => commands.favorite(files, !starred) },
        single && { id: "key", label: words.copyKey, icon: "key", onAction: () => commands.copyKey(first) },
        { id: "details", label: words.details, icon: "info", onAction: commands.details },
      ]),
    },
    { id: "trash", items: [{ id: "trash", label: words.trash, icon: "trash", danger: true, shortcut: "Del", onAction: () => commands.trash(files) }] },
  ];
}

export function trashMenu(files: readonly ListedFile[], commands: Commands): MenuGroup[] {
  const [first] = files;
  if (!first) return [];
  return [
    {
      id: "restore",
      items: compact([
        { id: "restore", label: words.restore, icon: "restore", onAction: () => commands.restore(files) },
        files.length === 1 && { id: "key", label: words.copyKey, icon: "key", onAction: () => commands.copyKey(first) },
        { id: "details", label: words.details, icon: "info", onAction: commands.details },
      ]),
    },
    {
      id: "delete",
      items: [{ id: "delete", label: words.deleteForever, icon: "trash", danger: true, shortcut: "Del", onAction: () => commands.deleteForever(files) }],
    },
  ];
}

/** The menu of the empty space. */
export function placeMenu(inTrash: boolean, commands: Commands): MenuGroup[] {
  const { newFolder, upload, paste } = commands;
  return [
    {
      id: "new",
      items: compact([
        newFolder && { id: "newFolder", label: text.drive.newFolder, icon: "folderPlus", onAction: newFolder },
        upload && { id: "upload", label: text.drive.uploadFiles, icon: "upload", onAction: () => upload("files") },
        upload && { id: "uploadFolder", label: text.drive.uploadFolder, icon: "folder", onAction: () => upload("folder") },
        paste && { id: "paste", label: words.paste, icon: "paste", shortcut: "Ctrl V", onAction: paste },
      ]),
    },
    {
      id: "view",
      items: compact([
        { id: "all", label: words.selectAll, icon: "check", shortcut: "Ctrl A", onAction: commands.selectAll },
        { id: "details", label: words.details, icon: "info", onAction: commands.details },
      ]),
    },
    { id: "empty", items: inTrash ? [{ id: "empty", label: words.emptyTrash, icon: "trash", danger: true, onAction: commands.emptyTrash }] : [] },
  ];
}
