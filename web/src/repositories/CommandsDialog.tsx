/** How a repository is used on the command line, ready to copy. */
import { Commands } from "@/repositories/Commands";
import { check, commit, connecting, reading } from "@/repositories/command-lines";
import { text } from "@/text";
import { Dialog } from "@/ui/Dialog";

const words = text.repositories.commands;

interface Props {
  name: string;
  version: string | null;
  onClose: () => void;
}

export default function CommandsDialog({ name, version, onClose }: Props) {
  return (
    <Dialog title={words.title} size="medium" onClose={onClose}>
      <Commands commands={[...(version === null ? [] : reading(name, version)), commit(name), check(name)]} />
      <p className="muted">{words.hint}</p>
      <Commands commands={connecting(location.origin)} />
    </Dialog>
  );
}
