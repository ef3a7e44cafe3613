/** One repository: what its last check found, and checking it again. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "@/api/keys";
import { getCheckFindings } from "@/api/operations";
import type { CheckNumbers, RepositoryCheck as Repository } from "@/api/operations-types";
import { messageOf } from "@/api/problem";
import { useSession } from "@/app/session";
import { When } from "@/drive/view/cells";
import { Numbers } from "@/operations/checks/Numbers";
import { shownOf } from "@/operations/checks/useWork";
import { WorkLine } from "@/operations/checks/WorkLine";
import { Commands } from "@/repositories/Commands";
import { shortHash } from "@/repositories/refs";
import { text } from "@/text";
import { repositoryChecks as words } from "@/text/checks";
import { Button } from "@/ui/Button";
import { formatBytes } from "@/ui/format";
import { visible } from "@/ui/visible";

const SHARED = "shared";

export function RepositoryCheck({ repository, check }: { repository: Repository; check: () => void }) {
  const { id, name, owner, job, found, is_readable: isReadable } = repository;
  const me = useSession().identity.id;
  const work = shownOf(job);
  return (
    <li className="store-check">
      <header>
        <div>
          <h3>
            {name} {owner !== me && <span className="mark">{owner === SHARED ? words.shared : words.of(owner)}</span>} {found && <State found={found} />}
          </h3>
          <p className="muted tabular">{!isReadable ? words.locked : found ? <About found={found} /> : words.never}</p>
        </div>
        {isReadable && (
          <div className="check-actions">
            <Button icon="compare" isDisabled={work.isRunning} aria-label={words.checkLabel(name)} onPress={check}>{found ? words.checkAgain : words.check}</Button>
          </div>
        )}
      </header>
      <WorkLine work={work} label={words.running} />
      {found && found.need_restore > 0 && <p className="muted">{words.needRestore(found.need_restore)}</p>}
      {found && found.damaged > 0 && <Damage id={id} found={found} />}
    </li>
  );
}

function State({ found: { damaged, need_restore: unread } }: { found: CheckNumbers }) {
  if (damaged > 0) return <span className="state failed">{words.damagedState(damaged)}</span>;
  return <span className={`state ${unread > 0 ? "" : "succeeded"}`}>{unread > 0 ? words.noDamage : words.sound}</span>;
}

function About({ found }: { found: CheckNumbers }) {
  return (
    <>
      <When time={found.at} />
      {` · ${words.looked(found.commits, found.chunks)} · ${words.read(found.chunks_read, formatBytes(found.bytes_read))}`}
    </>
  );
}

function Damage({ id, found }: { id: string; found: CheckNumbers }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Numbers
        figures={[
          { title: words.damaged, hint: words.damagedHint, value: found.damaged },
          { title: words.hurtFiles, hint: words.hurtFilesHint, value: found.hurt_files, ...(found.is_cut_short && { before: words.atLeast }) },
          { title: words.hurtCommits, hint: words.hurtCommitsHint, value: found.hurt_commits },
        ]}
      />
      <details className="numbers" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{words.show(found.damaged)}</summary>
        {isOpen && <Findings id={id} found={found} />}
      </details>
    </>
  );
}

function Findings({ id, found }: { id: string; found: CheckNumbers }) {
  const { data, error } = useQuery({ queryKey: keys.checkFindings(found.job), queryFn: ({ signal }) => getCheckFindings(id, signal) });
  if (error) return <p className="field-error">{messageOf(error)}</p>;
  if (!data) return <p className="muted">{text.loading}</p>;
  const chunks = data.damaged.filter(({ kind }) => kind === "chunk").map((each) => each.id);
  return (
    <div className="check-findings">
      {data.damaged.length < found.damaged && <p className="muted">{words.firstOnly(data.damaged.length)}</p>}
      <div className="table-scroll" tabIndex={0} role="region" aria-label={words.objects}>
        <table className="table findings">
          <thead>
            <tr>
              <th scope="col">{words.object}</th>
              <th scope="col">{words.what}</th>
            </tr>
          </thead>
          <tbody>
            {data.damaged.map((each) => (
              <tr key={each.id}>
                <th scope="row" className="mono">{`${each.kind} ${each.id}`}</th>
                <td><span className="mark changed">{each.fault}</span> {each.detail}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {data.names_files ? <HurtFiles files={data.hurt_files} /> : <p className="muted">{words.notNamed}</p>}
      {chunks[0] && (
        <>
          <p>{words.mend}</p>
          <Commands commands={[{ does: words.mendCommand, line: `keyshelf recover chunk ${chunks.length > 1 ? "ID…" : chunks[0]}` }]} />
        </>
      )}
    </div>
  );
}

function HurtFiles({ files }: { files: readonly { path: string; commits: number; commit: string }[] }) {
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={words.files}>
      <table className="table findings">
        <thead>
          <tr>
            <th scope="col">{words.file}</th>
            <th scope="col">{words.inCommits}</th>
          </tr>
        </thead>
        <tbody>
          {files.map(({ path, commits, commit }) => (
            <tr key={path}>
              <th scope="row">{visible(path)}</th>
              <td className="tabular">{words.commits(commits)}, <span className="mono">{shortHash(commit)}</span></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
