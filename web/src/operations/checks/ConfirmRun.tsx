/** Asks before something is changed, with the numbers of the dry run before it. */
import { text } from "@/text";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { ask } from "@/ui/dialogs";

interface Question {
  title: string;
  body: string;
  action: string;
  /** Whether what is there now may be lost by it. */
  isDangerous?: boolean;
}

/** Returns whether the person agrees. */
export function confirmRun({ title, body, action, isDangerous = false }: Question): Promise<boolean> {
  return ask<boolean>((done) => (
    <Dialog
      title={title}
      role="alertdialog"
      onClose={() => done(false)}
      actions={
        <>
          <Button autoFocus onPress={() => done(false)}>{text.cancel}</Button>
          <Button variant={isDangerous ? "danger" : "primary"} onPress={() => done(true)}>{action}</Button>
        </>
      }
    >
      <p>{body}</p>
    </Dialog>
  ));
}
