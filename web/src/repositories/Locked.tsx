/** What can be said of a repository that only its passphrase opens. */
import { When } from "@/drive/view/cells";
import { Commands } from "@/repositories/Commands";
import { commit, reading } from "@/repositories/command-lines";
import { useOnShow } from "@/repositories/context";
import { shortHash } from "@/repositories/refs";
import { repositories as words } from "@/text/repositories";
import { Icon } from "@/ui/Icon";
import { Message } from "@/ui/Message";
import { visible } from "@/ui/visible";

export function Locked() {
  const { repository, refs, ref } = useOnShow();
  const commands = ref === null ? [commit(repository.name, true)] : reading(repository.name, ref, repository.commits < 2);
  return (
    <div className="browser-empty locked">
      <Message icon="lock" title={words.locked.title} hint={words.locked.hint}>
        <Commands commands={commands} />
      </Message>
      {refs.length > 0 && (
        <section className="locked-refs" aria-labelledby="locked-refs">
          <h2 id="locked-refs">{words.locked.refs}</h2>
          <ul>
            {refs.map(({ kind, name, commit: hash, updated_at: time }) => (
              <li key={`${kind}:${name}`}>
                <Icon name={kind} size={16} />
                <span className="visually-hidden">{words.refs[kind]}</span>
                <span className="truncate">{visible(name)}</span>
                <code className="muted">{shortHash(hash)}</code>
                <span className="muted"><When time={time} /></span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
