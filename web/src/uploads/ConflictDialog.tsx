/** Asks what to do about a name that is taken. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { CheckboxButton, CheckboxField } from "react-aria-components";
import { getFile } from "@/api/drive";
import { keys } from "@/api/keys";
import type { DriveFile } from "@/api/types";
import { uploads as words } from "@/text/uploads";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { FileIcon } from "@/ui/FileIcon";
import { formatBytes, formatExactBytes, formatExactTime, formatWhen } from "@/ui/format";
import { Icon } from "@/ui/Icon";
import { visible } from "@/ui/visible";
import type { Conflict, Item } from "@/uploads/item";
import type { Decision } from "@/uploads/queue";

interface ConflictDialogProps {
  item: Item;
  /** Other conflicts of the same gesture. */
  others: number;
  onDecide: (decision: Decision, all: boolean) => void;
  onClose: () => void;
}

export function ConflictDialog({ item, others, onDecide, onClose }: ConflictDialogProps) {
  const [all, setAll] = useState(false);
  const { conflict } = item;
  if (conflict === null) return null;
  return (
    <Dialog
      title={words.conflictTitle}
      size="medium"
      onClose={onClose}
      actions={
        <>
          <Button variant="quiet" onPress={() => onDecide("skip", all)}>
            {words.skip}
          </Button>
          {conflict.existingKind === "file" && <Button onPress={() => onDecide("replace", all)}>{words.replace}</Button>}
          <Button variant="primary" autoFocus onPress={() => onDecide("rename", all)}>
            {words.keepBoth}
          </Button>
        </>
      }
    >
      <p>{sentence(visible(item.name), conflict)}</p>
      <div className="upload-versions">
        <Existing conflict={conflict} />
        <Version
          title={words.newFile}
          file={{ filename: item.name, mimetype: item.mimetype, is_folder: false }}
          size={item.size}
          modified={new Date(item.lastModified).toISOString()}
        />
      </div>
      {conflict.suggestedName !== null && <p className="muted">{words.keepBothAs(conflict.suggestedName)}</p>}
      <CheckboxField isSelected={all} onChange={setAll}>
        <CheckboxButton className="upload-check">
          <span className="upload-check-box">
            <Icon name="check" size={14} />
          </span>
          {words.applyToAll(others)}
        </CheckboxButton>
      </CheckboxField>
    </Dialog>
  );
}

function sentence(name: string, { existingKind, existingState }: Conflict): string {
  if (existingKind === "folder") return words.conflictFolder(name);
  return existingState === "pending" ? words.conflictPending(name) : words.conflictFile(name);
}

function Existing({ conflict }: { conflict: Conflict }) {
  const id = conflict.existingId;
  const { data } = useQuery({
    queryKey: keys.file(id ?? ""),
    queryFn: ({ signal }) => getFile(id ?? "", signal),
    enabled: id !== null && conflict.existingState === "ready",
  });
  if (data === undefined) return null;
  return <Version title={words.existingFile} file={data} size={data.size} modified={data.updated_at} />;
}

interface VersionProps {
  title: string;
  file: Pick<DriveFile, "filename" | "mimetype" | "is_folder">;
  size: number;
  modified: string;
}

function Version({ title, file, size, modified }: VersionProps) {
  return (
    <div className="upload-version">
      <FileIcon file={file} size={28} />
      <div>
        <h3>{title}</h3>
        <p className="muted tabular">
          <span title={formatExactBytes(size)}>{formatBytes(size)}</span>
          {" · "}
          <span title={formatExactTime(modified)}>{words.modified(formatWhen(modified))}</span>
        </p>
      </div>
    </div>
  );
}
