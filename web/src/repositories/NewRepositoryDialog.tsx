/** Asks for the name of a new repository and makes it; an encrypted one is made where its passphrase is. */
import { useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";
import { keys } from "@/api/keys";
import { messageOf } from "@/api/problem";
import { createRepository } from "@/api/repositories";
import type { Repository } from "@/api/repository-types";
import type { Space } from "@/api/types";
import { createEncrypted } from "@/repositories/command-lines";
import { Commands } from "@/repositories/Commands";
import { text } from "@/text";
import { repositories } from "@/text/repositories";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { TextField } from "@/ui/TextField";
import { showToast } from "@/ui/toasts";

const words = repositories.createDialog;
const SPACES: readonly Space[] = ["my-files", "shared"];

export default function NewRepositoryDialog({ onDone }: { onDone: (made: Repository | null) => void }) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [space, setSpace] = useState<Space>("my-files");
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function submit(event: SyntheticEvent) {
    event.preventDefault();
    setBusy(true);
    try {
      const made = await createRepository(name.trim(), space);
      await client.invalidateQueries({ queryKey: keys.repositoryList });
      showToast(words.created(made.name), { tone: "success" });
      onDone(made);
    } catch (failure) {
      setError(messageOf(failure));
      setBusy(false);
    }
  }

  return (
    <Dialog
      title={words.title}
      size="medium"
      onClose={() => onDone(null)}
      actions={
        <>
          <Button variant="quiet" onPress={() => onDone(null)}>{text.cancel}</Button>
          <Button variant="primary" type="submit" form="new-repository" isDisabled={busy || name.trim() === ""}>{words.create}</Button>
        </>
      }
    >
      <form id="new-repository" className="new-repository" onSubmit={submit}>
        <TextField
          label={words.name}
          value={name}
          placeholder={words.placeholder}
          onChange={(value) => {
            setName(value);
            setError(null);
          }}
          error={error}
          autoFocus
        />
        <p className="muted field-hint">{words.nameHint}</p>
        <fieldset className="choices">
          <legend className="field-label">{words.whose}</legend>
          {SPACES.map((choice) => (
            <label key={choice} className="checkbox">
              <input type="radio" name="space" checked={space === choice} onChange={() => setSpace(choice)} />
              {choice === "shared" ? words.shared : words.mine}
            </label>
          ))}
        </fieldset>
      </form>
      <p className="muted field-hint">{words.encryption}</p>
      <Commands commands={[createEncrypted(name.trim())]} />
    </Dialog>
  );
}
