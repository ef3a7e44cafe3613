/** Why something of a repository cannot be shown, and what helps. */
import { Link } from "@tanstack/react-router";
import { messageOf, Problem } from "@/api/problem";
import { Commands } from "@/repositories/Commands";
import { check } from "@/repositories/command-lines";
import { text } from "@/text";
import { repositories as words } from "@/text/repositories";
import { Button } from "@/ui/Button";
import { Message } from "@/ui/Message";

interface TroubleProps {
  error: Error;
  retry: () => void;
  /** The repository it is about; without it the whole repository is what could not be loaded. */
  repository?: { id: string; name: string };
}

/** Whether bytes in the store are not what they should be; nothing else answers 500. */
function isDamage(error: Error): boolean {
  return error instanceof Problem && (error.code.startsWith("damaged-") || error.code === "chunk-missing");
}

export function Trouble({ error, retry, repository }: TroubleProps) {
  if (repository && isDamage(error)) {
    return (
      <Message icon="warning" title={words.damaged.title} hint={words.damaged.hint(messageOf(error))}>
        <Commands commands={[check(repository.name)]} />
        <Button onPress={retry}>{text.retry}</Button>
      </Message>
    );
  }
  if (error instanceof Problem && (error.status === 404 || error.status === 422)) {
    return repository ? (
      <Message icon="search" title={words.goneCommit.title} hint={messageOf(error)}>
        <Link className="button secondary" to="/repositories/$id" params={{ id: repository.id }}>{words.goneCommit.latest}</Link>
      </Message>
    ) : (
      <Message icon="search" title={words.gone.title} hint={words.gone.hint}>
        <Link className="button secondary" to="/repositories">{words.gone.back}</Link>
      </Message>
    );
  }
  return (
    <Message icon="warning" title={words.loadFailed} hint={messageOf(error)}>
      <Button variant="primary" onPress={retry}>{text.retry}</Button>
    </Message>
  );
}
