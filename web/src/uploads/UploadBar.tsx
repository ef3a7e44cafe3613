/** A bar of bytes: those the store has confirmed solid, those on their way lighter. */
import { ProgressBar } from "react-aria-components";

interface UploadBarProps {
  label: string;
  size: number;
  sent: number;
  confirmed: number;
  tone: "accent" | "muted" | "danger" | "success";
}

export function UploadBar({ label, size, sent, confirmed, tone }: UploadBarProps) {
  const share = (bytes: number) => (size === 0 ? 0 : Math.min(1, bytes / size) * 100);
  return (
    <ProgressBar className={`upload-bar ${tone}`} aria-label={label} value={share(sent)}>
      <div className="upload-bar-sent" style={{ inlineSize: `${share(sent)}%` }} />
      <div className="upload-bar-confirmed" style={{ inlineSize: `${share(confirmed)}%` }} />
    </ProgressBar>
  );
}
