/** A commit: what it says, by whom and when, and what it stands on. */
import { Link } from "@tanstack/react-router";
import { When } from "@/drive/view/cells";
import { copyText } from "@/drive/actions/downloading";
import { useOnShow } from "@/repositories/context";
import { explanation, subject } from "@/repositories/history/message";
import { RefChips } from "@/repositories/RefChips";
import { shortHash } from "@/repositories/refs";
import { useCommit } from "@/repositories/useRepository";
import { repositories } from "@/text/repositories";
import { IconButton } from "@/ui/Button";
import { visible } from "@/ui/visible";

const words = repositories.history;

export function CommitCard({ commit }: { commit: string }) {
  const { repository } = useOnShow();
  const { data } = useCommit(repository.id, commit);
  if (!data) return null;
  const more = explanation(data.message);
  return (
    <section className="commit-card" aria-labelledby="commit-subject">
      <div className="commit-title">
        <h2 id="commit-subject">{subject(data.message) || words.noMessage}</h2>
        <RefChips commit={data.hash} />
      </div>
      {more && <p className="commit-more">{more}</p>}
      <p className="facts-line muted">
        <span>
          <span title={visible(data.author.email)}>{visible(data.author.name)}</span>
          <span><When time={data.committed_at} /></span>
          <span>
            <code>{shortHash(data.hash)}</code>
            <IconButton icon="copy" size={14} className="small inline" label={words.copyHash} onPress={() => void copyText(data.hash, words.hashCopied)} />
          </span>
          <span>{data.parents.length > 0 ? <Parents parents={data.parents} /> : words.first}</span>
          <span><Link to="/repositories/$id" params={{ id: repository.id }} search={{ ref: commit }}>{words.browse}</Link></span>
        </span>
      </p>
    </section>
  );
}

function Parents({ parents }: { parents: readonly string[] }) {
  const { repository } = useOnShow();
  return (
    <span>
      {words.parents(parents.length)}{" "}
      {parents.map((parent, index) => (
        <span key={parent}>
          {index > 0 && ", "}
          <Link to="/repositories/$id/changes" params={{ id: repository.id }} search={{ to: parent }}><code>{shortHash(parent)}</code></Link>
        </span>
      ))}
    </span>
  );
}
