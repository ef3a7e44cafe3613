/** Asks what to do with each file whose name is taken: keep both or skip, once or for all that follow. */
import { useState } from "react";
import type { Conflict } from "@/drive/conflicts";
import { text } from "@/text";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { FileIcon } from "@/ui/FileIcon";
import { visible } from "@/ui/visible";
import "@/drive/dialogs/conflict.css";
import "@/ui/fields.css";

interface Props {
  conflicts: readonly Conflict[];
  /** Called with the ids to keep under another name; the rest is skipped. */
  onDone: (kept: ReadonlySet<string>) => void;
}

const words = text.drive.conflictDialog;

export default function ConflictDialog({ conflicts, onDone }: Props) {
  const [index, setIndex] = useState(0);
  const [kept, setKept] = useState<readonly string[]>([]);
  const [forAll, setForAll] = useState(false);
  const conflict = conflicts[index];
  const others = conflicts.length - index - 1;
  if (!conflict) return null;

  function answer(keep: boolean) {
    const concerned = forAll ? conflicts.slice(index) : conflicts.slice(index, index + 1);
    const now = keep ? [...kept, ...concerned.map((item) => item.file.id)] : kept;
    if (forAll || others === 0) {
      onDone(new Set(now));
    } else {
      setKept(now);
      setIndex(index + 1);
    }
  }

  return (
    <Dialog
      title={words.title}
      size="medium"
      onClose={() => onDone(new Set(kept))}
      actions={
        <>
          <Button variant="quiet" onPress={() => answer(false)}>{words.skip}</Button>
          <Button variant="primary" autoFocus onPress={() => answer(true)}>{words.keepBoth}</Button>
        </>
      }
    >
      <div className="conflict">
        <FileIcon file={conflict.file} size={28} />
        <div>
          <p>{words.taken(visible(conflict.file.filename), words[conflict.existingKind])}</p>
          {conflict.suggestedName && <p className="muted">{words.keepBothAs(conflict.suggestedName)}</p>}
        </div>
      </div>
      {others > 0 && (
        <label className="checkbox">
          <input type="checkbox" checked={forAll} onChange={(event) => setForAll(event.target.checked)} />
          {words.all(others)}
        </label>
      )}
    </Dialog>
  );
}
