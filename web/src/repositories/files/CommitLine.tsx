/** Which commit is on show: what it says, by whom, when. */
import { Link } from "@tanstack/react-router";
import { When } from "@/drive/view/cells";
import { useOnShow } from "@/repositories/context";
import { inLines, subject } from "@/repositories/history/message";
import { shortHash } from "@/repositories/refs";
import { useCommit } from "@/repositories/useRepository";
import { text } from "@/text";
import { repositories as words } from "@/text/repositories";
import { Icon } from "@/ui/Icon";
import { visible } from "@/ui/visible";

export function CommitLine({ commit }: { commit: string }) {
  const { repository } = useOnShow();
  const { data, isError } = useCommit(repository.id, commit);
  if (isError) return null; // the files below tell what is wrong
  return (
    <p className="commit-line">
      <Icon name={(data?.parents.length ?? 0) > 1 ? "merge" : "commit"} size={16} />
      <Link className="truncate" to="/repositories/$id/changes" params={{ id: repository.id }} search={{ to: commit }} title={data && inLines(data.message)}>
        {data ? subject(data.message) || words.history.noMessage : text.loading}
      </Link>
      {data && (
        <span className="commit-line-facts muted">
          <span className="truncate">{visible(data.author.name)}</span>
          <span aria-hidden="true">·</span>
          <When time={data.committed_at} />
        </span>
      )}
      <code className="muted">{shortHash(commit)}</code>
    </p>
  );
}
