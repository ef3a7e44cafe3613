/** The restores that were asked for: which wait for the cloud, and which are done. */
import { useQuery } from "@tanstack/react-query";
import { isFinal } from "@/api/jobs";
import { keys } from "@/api/keys";
import { listRestores } from "@/api/operations";
import type { Restore, RestorePlan } from "@/api/operations-types";
import { messageOf } from "@/api/problem";
import { When } from "@/drive/view/cells";
import { shownOf } from "@/operations/checks/useWork";
import { WorkLine } from "@/operations/checks/WorkLine";
import { cold as words } from "@/text/checks";
import { formatBytes } from "@/ui/format";

const POLL_MS = 3_000;

export function Restores() {
  const { data, error } = useQuery({
    queryKey: keys.restores,
    queryFn: ({ signal }) => listRestores(signal),
    refetchInterval: ({ state }) => (state.data?.some(({ job }) => !isFinal(job.state)) ? POLL_MS : false),
  });
  if (error) return <p className="field-error">{messageOf(error)}</p>;
  if (!data || data.length === 0) return null;
  return (
    <>
      <h3 className="list-title" id="restores">{words.list}</h3>
      <ul className="store-checks" aria-labelledby="restores">
        {data.map((each) => <Row key={each.job.id} restore={each} />)}
      </ul>
    </>
  );
}

function Row({ restore: { job, name, ref, tier, days } }: { restore: Restore }) {
  const done = (job.state === "succeeded" ? job.result : null) as RestorePlan | null; // of a job of this kind
  return (
    <li className="store-check">
      <header>
        <div>
          <h4>
            {name}, {ref ?? words.unnamed} <span className="mark">{words.tiers[tier]}</span>
          </h4>
          <p className="muted tabular">
            {words.askedFor} <When time={job.created_at} />
          </p>
        </div>
      </header>
      {done && <p>{words.done(done.restored, formatBytes(done.restored_bytes), words.daysOf(days))}</p>}
      {job.state === "cancelled" ? (
        <p className="muted">{words.wasCancelled}</p>
      ) : (
        <WorkLine work={shownOf(job)} label={job.error ? words.waiting : words.asking} {...(job.error && { told: job.error.detail })} />
      )}
    </li>
  );
}
