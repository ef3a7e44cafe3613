/** The lines of a bill, each with how it comes about. */
import type { CostLine } from "@/api/operations-types";
import { formatMoney } from "@/operations/format";
import { className, kindName, storeName } from "@/operations/names";
import { operations } from "@/text/operations";

const words = operations.cost;

interface BillLinesProps {
  lines: readonly CostLine[];
  total: number;
  currency: string;
}

export function BillLines({ lines, total, currency }: BillLinesProps) {
  const dearest = [...lines].sort((a, b) => b.amount - a.amount);
  return (
    <table className="table lines">
      <thead>
        <tr>
          <th scope="col">{words.what}</th>
          <th scope="col">{words.how}</th>
          <th scope="col" className="number">{words.amount}</th>
        </tr>
      </thead>
      <tbody>
        {dearest.map((line, index) => (
          <tr key={index}>
            <th scope="row">
              {words.items[line.item] ?? line.item} <span className="muted">{about(line)}</span>
            </th>
            <td className="tabular">
              {line.explanation} {line.is_estimate && <span className="mark">{words.estimate}</span>}
            </td>
            <td className="number">{formatMoney(line.amount, currency)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colSpan={2}>{words.total}</th>
          <td className="number">{formatMoney(total, currency)}</td>
        </tr>
      </tfoot>
    </table>
  );
}

function about({ store, kind, storage_class: storageClass, tenant }: CostLine): string {
  const what = kind ? kindName(`${store} ${kind}`) : storeName(store);
  return [what, ...(storageClass ? [className(storageClass).toLowerCase()] : []), ...(tenant ? [tenant] : [])].join(" · ");
}
