/** The card at the edge of the page that shows all uploads. */
import { useEffect, useRef, useState } from "react";
import { uploads as words } from "@/text/uploads";
import { ConflictDialog } from "@/uploads/ConflictDialog";
import { Interrupted } from "@/uploads/Interrupted";
import type { UploadManager } from "@/uploads/manager";
import type { Snapshot } from "@/uploads/snapshot";
import { TrayHead } from "@/uploads/TrayHead";
import { TrayList } from "@/uploads/TrayList";
import { useKeepFocus } from "@/uploads/useKeepFocus";
import "@/uploads/tray.css";

/** So long after the last upload the list makes room, unless it is being read. */
const LINGER_MS = 6000;

export default function TrayCard({ manager, snapshot }: { manager: UploadManager; snapshot: Snapshot }) {
  const card = useRef<HTMLElement>(null);
  const keepFocus = useKeepFocus(card);
  const [open, setOpen] = useState(true);
  // Conflicts that were put off come back by their row's button.
  const [putOff, setPutOff] = useState<ReadonlySet<string>>(new Set());
  const { queue } = manager;
  const { conflicts } = snapshot;
  const asking = conflicts.find((item) => !putOff.has(item.id));
  const isBusy = snapshot.active > 0;
  const allIsWell = snapshot.unfinished.length + snapshot.failed.length === 0;

  useEffect(() => {
    if (isBusy) setOpen(true);
  }, [isBusy]);
  useEffect(() => {
    if (!allIsWell) return undefined;
    const timer = setTimeout(() => {
      if (card.current?.matches(":hover, :has(:focus-visible)") === false) setOpen(false);
    }, LINGER_MS);
    return () => clearTimeout(timer);
  }, [allIsWell]);

  return (
    <section ref={card} className="upload-tray" aria-label={words.trayLabel} tabIndex={-1} {...keepFocus}>
      <TrayHead queue={queue} snapshot={snapshot} open={open} onToggle={() => setOpen(!open)} />
      {open && snapshot.detached.length > 0 && <Interrupted manager={manager} count={snapshot.detached.length} />}
      {open && (
        <TrayList
          queue={queue}
          snapshot={snapshot}
          onDecide={(id) => setPutOff(new Set(conflicts.map((item) => item.id).filter((other) => other !== id)))}
        />
      )}
      {asking !== undefined && (
        <ConflictDialog
          key={asking.id}
          item={asking}
          others={conflicts.filter((item) => item.batch === asking.batch).length - 1}
          onDecide={(decision, all) => queue.resolve(asking.id, decision, all)}
          onClose={() => setPutOff(new Set(conflicts.map((item) => item.id)))}
        />
      )}
    </section>
  );
}
