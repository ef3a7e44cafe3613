/** A thin bar of progress; without a value it says only that work goes on. */
import { ProgressBar } from "react-aria-components";
import "@/ui/progress.css";

interface ProgressProps {
  label: string;
  /** 0 to 1; null while the end is unknown. */
  value: number | null;
  tone?: "accent" | "danger" | "success" | "muted";
}

export function Progress({ label, value, tone = "accent" }: ProgressProps) {
  const share = value === null ? null : Math.min(1, Math.max(0, value));
  return (
    <ProgressBar
      aria-label={label}
      className={`progress ${tone}`}
      {...(share === null ? { isIndeterminate: true } : { value: share * 100 })}
    >
      <div className={`progress-fill ${share === null ? "unknown" : ""}`} style={share === null ? undefined : { inlineSize: `${share * 100}%` }} />
    </ProgressBar>
  );
}
