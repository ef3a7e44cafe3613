/** A repository that holds nothing yet, and how that changes. */
import { Commands } from "@/repositories/Commands";
import { commit } from "@/repositories/command-lines";
import { useOnShow } from "@/repositories/context";
import { repositories as words } from "@/text/repositories";
import { Message } from "@/ui/Message";

export function NoCommits() {
  const { repository } = useOnShow();
  return (
    <div className="browser-empty">
      <Message icon="layers" title={words.noCommits.title} hint={words.noCommits.hint}>
        <Commands commands={[commit(repository.name, true)]} />
      </Message>
    </div>
  );
}
