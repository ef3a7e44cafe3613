/** Asks where to restore to when the folder that held a file is gone. */
import { text } from "@/text";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";

const words = text.drive.parentGoneDialog;

export default function ParentGoneDialog({ names, onDone }: { names: readonly string[]; onDone: (toRoot: boolean) => void }) {
  return (
    <Dialog
      title={words.title}
      onClose={() => onDone(false)}
      actions={
        <>
          <Button variant="quiet" onPress={() => onDone(false)}>{words.skip}</Button>
          <Button variant="primary" autoFocus onPress={() => onDone(true)}>{words.root}</Button>
        </>
      }
    >
      <p className="muted">{words.hint(names)}</p>
    </Dialog>
  );
}
