/** What is stored now, by store and kind. */
import type { Growth } from "@/api/operations-types";
import { hue } from "@/operations/charts/colours";
import { kindName, storeOf } from "@/operations/names";
import { Share } from "@/operations/Panel";
import { operations } from "@/text/operations";
import { formatBytes, formatCount, formatExactBytes } from "@/ui/format";

const words = operations.overview;

/** `stores` in the order in which the chart has them: they have its colours. */
export function Kinds({ growth: { items }, stores }: { growth: Growth; stores: readonly string[] }) {
  const last = items.at(-1)?.day;
  const now = items.filter(({ day }) => day === last).sort((a, b) => b.bytes - a.bytes);
  const all = now.reduce((sum, { bytes }) => sum + bytes, 0);
  if (now.length === 0) return <p className="muted">{operations.chart.nothing}</p>;
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{words.kind}</th>
          <th scope="col" className="number not-narrow">{words.objectsColumn}</th>
          <th scope="col" className="number">{words.size}</th>
          <th scope="col">{words.share}</th>
        </tr>
      </thead>
      <tbody>
        {now.map(({ name, objects, bytes }) => (
          <tr key={name}>
            <th scope="row">{kindName(name)}</th>
            <td className="number not-narrow">{formatCount(objects)}</td>
            <td className="number" title={formatExactBytes(bytes)}>{formatBytes(bytes)}</td>
            <td><Share of={bytes} whole={all} colour={hue(stores.indexOf(storeOf(name)))} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
