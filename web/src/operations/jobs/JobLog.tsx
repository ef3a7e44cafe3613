/** What happened to a job, line by line: the newest at the end, and those to come while it is open. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { getJobLog, isFinal } from "@/api/jobs";
import { keys } from "@/api/keys";
import { messageOf } from "@/api/problem";
import type { Job, JobLogLine } from "@/api/types";
import { operations } from "@/text/operations";
import { formatExactTime, formatSecond } from "@/ui/format";
import { visible } from "@/ui/visible";

const words = operations.jobs;
const REFRESH_MS = 2_000;
/** So near the end a reader follows what comes. */
const NEAR_PX = 24;

export function JobLog({ job, name }: { job: Job; name: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="numbers" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{words.log}</summary>
      {isOpen && <Lines job={job} name={name} />}
    </details>
  );
}

function Lines({ job, name }: { job: Job; name: string }) {
  const { data, error } = useQuery({
    queryKey: keys.jobLog(job.id),
    queryFn: ({ signal }) => getJobLog(job.id, signal),
    refetchInterval: (query) => (query.state.data && isFinal(query.state.data.state) && isFinal(job.state) ? false : REFRESH_MS),
  });
  const list = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const last = data?.lines.at(-1)?.number;

  useEffect(() => {
    if (follows.current && list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [last]);

  if (!data) return error ? <p className="field-error">{messageOf(error)}</p> : null;
  return (
    <div
      ref={list}
      className="job-log"
      role="log"
      tabIndex={0}
      aria-label={words.logOf(name)}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
      }}
    >
      <ol>
        {data.lines.map((line) => <Line key={line.number} line={line} />)}
      </ol>
    </div>
  );
}

function Line({ line: { at, level, text, code, detail } }: { line: JobLogLine }) {
  return (
    <li className={level}>
      <time className="muted tabular" dateTime={at} title={formatExactTime(at)}>{formatSecond(at)}</time>
      <span>
        {visible(text)}
        {detail !== null && `: ${visible(detail)}`}
        {code !== null && ` (${code})`}
      </span>
    </li>
  );
}
