/** What a comparison counted, in a row of figures. */
import { formatCount } from "@/ui/format";

export interface Figure {
  title: string;
  hint: string;
  value: number;
  isBad?: boolean;
}

export function Numbers({ figures }: { figures: readonly Figure[] }) {
  return (
    <dl className="check-numbers">
      {figures.map(({ title, hint, value, isBad = value > 0 }) => (
        <div key={title} className={isBad ? "bad" : ""}>
          <dt>
            {title} <span className="muted">{hint}</span>
          </dt>
          <dd className="tabular">{formatCount(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
