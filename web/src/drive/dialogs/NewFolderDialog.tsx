/** Asks for the name of a new folder and makes it, so that a refused name can be mended on the spot. */
import { type SyntheticEvent, useState } from "react";
import { messageOf } from "@/api/problem";
import type { DriveFile } from "@/api/types";
import { text } from "@/text";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { TextField } from "@/ui/TextField";

interface Props {
  create: (name: string) => Promise<DriveFile>;
  onDone: (folder: DriveFile | null) => void;
}

const words = text.drive.newFolderDialog;

export default function NewFolderDialog({ create, onDone }: Props) {
  const [name, setName] = useState<string>(words.initial);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function submit(event: SyntheticEvent) {
    event.preventDefault();
    setBusy(true);
    try {
      onDone(await create(name.trim()));
    } catch (failure) {
      setError(messageOf(failure));
      setBusy(false);
    }
  }

  return (
    <Dialog
      title={words.title}
      onClose={() => onDone(null)}
      actions={
        <>
          <Button variant="quiet" onPress={() => onDone(null)}>{text.cancel}</Button>
          <Button variant="primary" type="submit" form="new-folder" isDisabled={busy || name.trim() === ""}>{words.create}</Button>
        </>
      }
    >
      <form id="new-folder" onSubmit={submit}>
        <TextField
          label={words.name}
          value={name}
          onChange={(value) => {
            setName(value);
            setError(null);
          }}
          error={error}
          autoFocus
          selected
        />
      </form>
    </Dialog>
  );
}
