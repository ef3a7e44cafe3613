/** The parts that all views are made of. */
import { type ReactNode, useId } from "react";
import { messageOf } from "@/api/problem";
import { text } from "@/text";
import { operations } from "@/text/operations";
import { Button } from "@/ui/Button";
import { Message } from "@/ui/Message";

interface PanelProps {
  title: string;
  hint?: string;
  /** Controls beside the title. */
  controls?: ReactNode;
  className?: string;
  children: ReactNode;
}

/** A titled part of a view. */
export function Panel({ title, hint, controls, className = "", children }: PanelProps) {
  const id = useId();
  return (
    <section className={`panel ${className}`} aria-labelledby={id}>
      <header className="panel-head">
        <div>
          <h2 id={id}>{title}</h2>
          {hint && <p className="muted">{hint}</p>}
        </div>
        {controls}
      </header>
      {children}
    </section>
  );
}

/** One figure, what it is of, and what it means. */
export function Tile({ title, tone = "", children, hint }: { title: string; tone?: "" | "good" | "bad"; children: ReactNode; hint?: ReactNode }) {
  return (
    <div className={`tile ${tone}`}>
      <dt>{title}</dt>
      <dd className="tile-figure tabular">{children}</dd>
      {hint && <dd className="tile-hint tabular">{hint}</dd>}
    </div>
  );
}

interface ChoiceProps<T extends string | number> {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
}

/** A few choices of which one is made. */
export function Choice<T extends string | number>({ label, value, options, onChange }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset className="choice">
      <legend className="visually-hidden">{label}</legend>
      {options.map((option) => (
        <label key={option.value} className={option.value === value ? "chosen" : ""}>
          <input type="radio" name={name} checked={option.value === value} onChange={() => onChange(option.value)} />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}

interface SliderProps {
  label: string;
  /** The place among `steps`. */
  value: number;
  steps: readonly string[];
  onChange: (value: number) => void;
  isDisabled?: boolean;
}

/** Chooses one of some steps that are in an order. */
export function Slider({ label, value, steps, onChange, isDisabled = false }: SliderProps) {
  const id = useId();
  const said = steps[value] ?? "";
  return (
    <div className="slider">
      <label htmlFor={id}>{label}</label>
      <output htmlFor={id} className="tabular">{said}</output>
      <input
        id={id}
        type="range"
        min={0}
        max={steps.length - 1}
        value={value}
        disabled={isDisabled}
        aria-valuetext={said}
        style={{ "--filled": `${(value / Math.max(1, steps.length - 1)) * 100}%` } as React.CSSProperties}
        onChange={(event) => onChange(Number(event.target.value))}
      />
    </div>
  );
}

/** A share of a whole, as a bar beside its number. */
export function Share({ of, whole, colour = "var(--accent)" }: { of: number; whole: number; colour?: string }) {
  const percent = whole > 0 ? (of / whole) * 100 : 0;
  return (
    <span className="share">
      <span className="share-bar" aria-hidden="true"><span style={{ inlineSize: `${percent}%`, background: colour }} /></span>
      <span className="tabular">{percent > 0 && percent < 1 ? "< 1" : Math.round(percent)} %</span>
    </span>
  );
}

export function Failed({ error, retry }: { error: Error; retry: () => void }) {
  return (
    <Message icon="warning" title={operations.loadFailed} hint={messageOf(error)}>
      <Button variant="primary" onPress={retry}>{text.retry}</Button>
    </Message>
  );
}

/** Stands where figures will be. */
export function Bones({ height = 220 }: { height?: number }) {
  return <div className="bone operations-bone" style={{ blockSize: height }} role="status" aria-label={text.loading} />;
}
