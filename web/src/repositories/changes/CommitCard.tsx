/** A commit: what it says, by whom and when, and what it stands on. */
import { Link } from "@tanstack/react-router";
import { When } from "@/drive/view/cells";
import { copyText } from "@/drive/actions/downloading";
import { useOnShow } from "@/repositories/context";
import { explanation, subject } from "@/repositories/history/message";
import { RefChips } from "@/repositories/RefChips";
import { shortHash } from "@/repositories/refs";
import { useCommit } from "@/repositories/useRepository";
import { text } from "@/text";
import { IconButton } from "@/ui/Button";

const words = text.repositories.history;

export function CommitCard({ commit }: { commit: string }) {
  const { repository } = useOnShow();
  const { data } = useCommit(repository.id, commit);
  if (!data) return null;
  const more = explanation(data.message);
  const params = { id: repository.id };
  return (
    <section className="commit-card" aria-labelledby="commit-subject">
      <div className="commit-title">
        <h2 id="commit-subject">{subject(data.message) || words.noMessage}</h2>
        <RefChips commit={data.hash} />
      </div>
      {more && <p className="commit-more">{more}</p>}
      <p className="commit-facts muted">
        <span title={data.author.email}>{data.author.name}</span>
        <span aria-hidden="true">·</span>
        <When time={data.committed_at} />
        <span aria-hidden="true">·</span>
        <code>{shortHash(data.hash)}</code>
        <IconButton icon="copy" size={14} className="small inline" label={words.copyHash} onPress={() => void copyText(data.hash, words.hashCopied)} />
        <span aria-hidden="true">·</span>
        {data.parents.length > 0 ? (
          <span>
            {words.parents(data.parents.length)}{" "}
            {data.parents.map((parent, index) => (
              <span key={parent}>
                {index > 0 && ", "}
                <Link to="/repositories/$id/changes" params={params} search={{ to: parent }}><code>{shortHash(parent)}</code></Link>
              </span>
            ))}
          </span>
        ) : (
          <span>{words.first}</span>
        )}
        <span aria-hidden="true">·</span>
        <Link to="/repositories/$id" params={params} search={{ ref: commit }}>{words.browse}</Link>
      </p>
    </section>
  );
}
