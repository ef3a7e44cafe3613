/** What waits in the queues, and when the service last did what it does by itself. */
import type { Backlog } from "@/api/operations-types";
import { When } from "@/drive/view/cells";
import { operations } from "@/text/operations";
import { formatCount, formatDuration } from "@/ui/format";

const words = operations.overview;

export function Queues({ backlog }: { backlog: readonly Backlog[] }) {
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{words.queue}</th>
          <th scope="col" className="number">{words.queued}</th>
          <th scope="col" className="number">{words.runningColumn}</th>
          <th scope="col" className="number not-narrow">{words.pausedColumn}</th>
          <th scope="col" className="number">{words.oldest}</th>
        </tr>
      </thead>
      <tbody>
        {backlog.map(({ queue, queued, running, paused, oldest_waits: waits }) => (
          <tr key={queue}>
            <th scope="row">{words.queueNames[queue]}</th>
            <td className="number">{formatCount(queued)}</td>
            <td className="number">{formatCount(running)}</td>
            <td className="number not-narrow">{formatCount(paused)}</td>
            <td className="number">{waits > 0 ? formatDuration(waits) : "–"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Tasks({ tasks }: { tasks: Record<string, string> }) {
  const all = Object.entries(tasks).sort(([, a], [, b]) => a.localeCompare(b));
  return (
    <details className="numbers">
      <summary>{words.showTasks(all.length)}</summary>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{words.task}</th>
            <th scope="col" className="number">{words.began}</th>
          </tr>
        </thead>
        <tbody>
          {all.map(([name, time]) => (
            <tr key={name}>
              <th scope="row" className="mono">{name}</th>
              <td className="number"><When time={time} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
