/** What was last backed up, compared and checked, and what waits to go. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { keys } from "@/api/keys";
import { listReplicas } from "@/api/operations";
import type { Checked, Overview, Replica } from "@/api/operations-types";
import { When } from "@/drive/view/cells";
import { storeName } from "@/operations/names";
import { checks } from "@/text/checks";
import { operations } from "@/text/operations";
import { formatBytes, formatCount, formatDuration } from "@/ui/format";

const words = operations.overview;

export function Durability({ overview }: { overview: Overview }) {
  const replicas = useQuery({ queryKey: keys.replicas, queryFn: ({ signal }) => listReplicas(signal) });
  return (
    <dl className="fact-list">
      <Backup backup={overview.backup} />
      {overview.checked.map((each) => (
        <Check key={`${each.what} ${each.name}`} check={each} />
      ))}
      {!overview.checked.some(({ what }) => what === "store") && (
        <div>
          <dt>{words.neverChecked}</dt>
          <dd><Link to="/operations/$view" params={{ view: "checks" }}>{words.compareStores}</Link></dd>
        </div>
      )}
      {replicas.data?.map((replica) => <Lag key={replica.id} replica={replica} />)}
      <div>
        <dt>{words.deletions}</dt>
        <dd className="tabular">{formatCount(overview.waiting_deletions)}</dd>
      </div>
      <div>
        <dt>{words.condemned}</dt>
        <dd className="tabular">{formatCount(overview.condemned_chunks)}</dd>
      </div>
    </dl>
  );
}

function Backup({ backup: { at, size, hours, problem, store } }: { backup: Overview["backup"] }) {
  return (
    <div className={at === null ? "bad" : ""}>
      <dt>{words.backup}</dt>
      <dd>
        <span>{problem !== null ? words.backupUnknown(problem) : at === null ? words.noBackup : <><When time={at} />{size !== null && `, ${formatBytes(size)}`}</>}</span>
        <span className="muted">{`${storeName(store)} · ${hours === null ? words.noSchedule : words.every(hours)}`}</span>
      </dd>
    </div>
  );
}

function Check({ check: { name, at, findings, repaired } }: { check: Checked }) {
  const isOpen = findings > repaired;
  return (
    <div className={isOpen ? "bad" : ""}>
      <dt>{name === null ? words.repositoriesChecked : words.checked(storeName(name))}</dt>
      <dd>
        <span>{findings === 0 ? words.clean : [words.findings(findings), ...(repaired > 0 ? [words.repaired(repaired)] : [])].join(", ")}</span>
        <span className="muted"><When time={at} /></span>
      </dd>
    </div>
  );
}

function Lag({ replica: { id, region, state, failure } }: { replica: Replica }) {
  const behind = state ? state.missing + state.older + state.different : 0;
  return (
    <div className={behind > 0 || failure ? "bad" : ""}>
      <dt>{words.replica(id)}</dt>
      <dd>
        {failure && <span><When time={failure.failed_at} />, {checks.notCompared(failure.detail)}</span>}
        <span className={failure ? "muted" : ""}>{state === null ? checks.never : behind > 0 ? words.behind(behind, formatDuration(state.lag_seconds)) : checks.upToDate}</span>
        <span className="muted">{region}{state && <> · <When time={state.compared_at} /></>}</span>
      </dd>
    </div>
  );
}
