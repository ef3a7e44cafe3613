/** Asks for the folder to move or copy to, in a tree that loads as it opens. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { refreshDrive } from "@/api/cache";
import { createFolder, getPath } from "@/api/drive";
import { keys } from "@/api/keys";
import type { DriveFile } from "@/api/types";
import { isIn, type NamedTarget } from "@/drive/targets";
import { reportError } from "@/ui/reportError";
import { FolderTree } from "@/drive/dialogs/FolderTree";
import NewFolderDialog from "@/drive/dialogs/NewFolderDialog";
import { nodeOfFolder, roots, targetOfNode, type TreeNode } from "@/drive/dialogs/tree";
import { text } from "@/text";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";

interface Props {
  mode: "move" | "copy";
  files: readonly DriveFile[];
  onDone: (target: NamedTarget | null) => void;
}

const words = text.drive.moveDialog;

function whyNot(mode: Props["mode"], files: readonly DriveFile[], target: NamedTarget): string | null {
  if (files.some((file) => file.id === target.parentId)) return words.inside;
  return mode === "move" && files.every((file) => isIn(file, target)) ? words.here : null;
}

export default function MoveDialog({ mode, files, onDone }: Props) {
  const client = useQueryClient();
  const home = files[0];
  const [selected, setSelected] = useState<TreeNode>(() => roots.find((root) => root.space === home?.space) ?? roots[0]);
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(() => new Set([selected.id]));
  const [naming, setNaming] = useState(false);
  const homeId = home?.parent_id ?? null;
  const path = useQuery({ queryKey: keys.path(homeId ?? ""), queryFn: ({ signal }) => getPath(homeId ?? "", signal), enabled: homeId !== null });

  // The tree opens on the folder in which the files are.
  useEffect(() => {
    const last = path.data?.at(-1);
    if (!path.data || !last) return;
    setExpanded((open) => new Set([...open, ...path.data.map((folder) => folder.id)]));
    setSelected(nodeOfFolder(last));
  }, [path.data]);

  useEffect(() => {
    if (path.error) reportError(path.error);
  }, [path.error]);

  const target = targetOfNode(selected);
  const refusal = whyNot(mode, files, target);

  async function created(folder: DriveFile | null) {
    setNaming(false);
    if (!folder) return;
    await refreshDrive(client);
    setExpanded((open) => new Set([...open, selected.id]));
    setSelected(nodeOfFolder(folder));
  }

  const names = files.map((file) => file.filename);
  return (
    <Dialog
      title={mode === "move" ? words.moveTitle(names) : words.copyTitle(names)}
      size="medium"
      onClose={() => onDone(null)}
      actions={
        <>
          <Button variant="quiet" icon="folderPlus" className="push" onPress={() => setNaming(true)}>{words.newFolder}</Button>
          <Button variant="quiet" onPress={() => onDone(null)}>{text.cancel}</Button>
          <Button variant="primary" isDisabled={refusal !== null} onPress={() => onDone(target)}>
            {mode === "move" ? words.move : words.copy}
          </Button>
        </>
      }
    >
      <FolderTree
        hidden={new Set(files.filter((file) => file.is_folder).map((file) => file.id))}
        expanded={expanded}
        onExpand={setExpanded}
        selected={selected}
        onSelect={setSelected}
      />
      <p className="muted move-hint" aria-live="polite">{refusal ?? "\u00a0"}</p>
      {naming && <NewFolderDialog create={(name) => createFolder(name, target)} onDone={(folder) => void created(folder)} />}
    </Dialog>
  );
}
