/** The last question before something is deleted for ever. */
import { useEffect, useState } from "react";
import { messageOf } from "@/api/problem";
import { text } from "@/text";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";

interface Props {
  title: string;
  /** What will happen; a promise while it is still being counted. */
  message: string | Promise<string>;
  /** What the button says that does it. */
  confirm?: string;
  onDone: (sure: boolean) => void;
}

export default function DeleteDialog({ title, message, confirm = text.drive.deleteDialog.confirm, onDone }: Props) {
  const [shown, setShown] = useState(typeof message === "string" ? message : null);
  const [error, setError] = useState<string | null>(null);

  useEffect(() => {
    let listening = true;
    void Promise.resolve(message).then(
      (value) => listening && setShown(value),
      (failure: unknown) => listening && setError(messageOf(failure)),
    );
    return () => {
      listening = false;
    };
  }, [message]);

  return (
    <Dialog
      title={title}
      role="alertdialog"
      onClose={() => onDone(false)}
      actions={
        <>
          <Button variant="quiet" autoFocus onPress={() => onDone(false)}>{text.cancel}</Button>
          <Button variant="danger" isDisabled={shown === null} onPress={() => onDone(true)}>{confirm}</Button>
        </>
      }
    >
      <p className={error ? "field-error" : "muted"} aria-live="polite">{error ?? shown ?? text.drive.deleteDialog.counting}</p>
    </Dialog>
  );
}
