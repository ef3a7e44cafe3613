/** What a comparison counted, in a row of figures. */
import { formatCount } from "@/ui/format";

export interface Figure {
  title: string;
  hint: string;
  value: number;
  isBad?: boolean;
  /** Stands before a number that is too small. */
  before?: string;
  format?: (value: number) => string;
}

export function Numbers({ figures }: { figures: readonly Figure[] }) {
  return (
    <dl className="check-numbers">
      {figures.map(({ title, hint, value, isBad = value > 0, before = "", format = formatCount }) => (
        <div key={title} className={isBad ? "bad" : ""}>
          <dt>
            {title} <span className="muted">{hint}</span>
          </dt>
          <dd className="tabular">{before && <small>{before} </small>}{format(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
