/** The top of the tray: what goes on in all, and what can be done about all of it. */
import { useState } from "react";
import { uploads as words } from "@/text/uploads";
import { IconButton } from "@/ui/Button";
import { formatBytes, formatDuration, formatExactBytes, formatRate } from "@/ui/format";
import { ConfirmDialog } from "@/uploads/ConfirmDialog";
import type { UploadQueue } from "@/uploads/queue";
import type { Snapshot } from "@/uploads/snapshot";
import { UploadBar } from "@/uploads/UploadBar";

interface TrayHeadProps {
  queue: UploadQueue;
  snapshot: Snapshot;
  open: boolean;
  onToggle: () => void;
}

export function TrayHead({ queue, snapshot, open, onToggle }: TrayHeadProps) {
  const [asking, setAsking] = useState(false);
  const { active, paused, unfinished } = snapshot;
  const main = mainAction(queue, snapshot);
  const idle = unfinished.length === 0;
  return (
    <header className="upload-head">
      <div className="upload-head-row">
        <h2 className="truncate">{titleOf(snapshot)}</h2>
        <div className="upload-head-actions">
          {main !== null && <IconButton className="small" {...main} />}
          <IconButton
            className="small"
            icon={open ? "chevronDown" : "arrowUp"}
            label={open ? words.minimise : words.expand}
            aria-expanded={open}
            onPress={onToggle}
          />
          <IconButton
            className="small"
            icon="close"
            label={idle ? words.close : words.cancelAll}
            onPress={() => (idle ? queue.clearFinished() : setAsking(true))}
          />
        </div>
      </div>
      {active + paused > 0 && snapshot.bytes > 0 && <Totals snapshot={snapshot} />}
      {asking && (
        <ConfirmDialog
          title={words.cancelAllTitle}
          body={words.cancelAllBody(unfinished.length)}
          action={words.cancelAll}
          onConfirm={() => queue.cancelAll()}
          onClose={() => setAsking(false)}
        />
      )}
    </header>
  );
}

/** One button for what can be done about all of them, so that it keeps the focus while it changes. */
function mainAction(queue: UploadQueue, { active, paused, failed }: Snapshot) {
  if (active > 0) return { icon: "pause", label: words.pauseAll, onPress: () => queue.pauseAll() } as const;
  if (paused > 0) return { icon: "play", label: words.resumeAll, onPress: () => queue.resumeAll() } as const;
  if (failed.length > 0) return { icon: "retry", label: words.retryAll, onPress: () => queue.retryAll() } as const;
  return null;
}

function Totals({ snapshot }: { snapshot: Snapshot }) {
  const { bytes, sent, rate, secondsLeft, active } = snapshot;
  return (
    <>
      <UploadBar label={words.trayLabel} size={bytes} sent={sent} confirmed={sent} tone={active > 0 ? "accent" : "muted"} />
      <p className="upload-totals tabular muted">
        <span title={`${formatExactBytes(sent)} / ${formatExactBytes(bytes)}`}>{words.of(formatBytes(sent), formatBytes(bytes))}</span>
        {active > 0 && rate !== null && rate > 0 && <span>{formatRate(rate)}</span>}
        {active > 0 && secondsLeft !== null && <span>{words.left(formatDuration(secondsLeft))}</span>}
      </p>
    </>
  );
}

function titleOf({ active, paused, conflicts, detached, done, failed, unfinished }: Snapshot): string {
  if (active > 0) return words.uploading(done.length, done.length + unfinished.length - detached.length);
  if (conflicts.length > 0) return words.needDecision(conflicts.length);
  if (paused > 0) return words.paused(paused);
  if (detached.length > 0) return words.interrupted;
  if (failed.length > 0) return words.finishedWithFailures(failed.length);
  return words.finished(done.length);
}
