/** Shows the uploads whenever there are any. */
import { Suspense } from "react";
import { later } from "@/ui/later";
import { useAnnouncements } from "@/uploads/announcements";
import { useUploadState } from "@/uploads/provider";
import { useLeaveWarning } from "@/uploads/useLeaveWarning";

// Most visits upload nothing: what draws the tray comes when it is first needed.
const TrayCard = later(() => import("@/uploads/TrayCard"));

export function UploadTray() {
  const { manager, snapshot } = useUploadState();
  useLeaveWarning(snapshot.active > 0);
  useAnnouncements(snapshot);
  const isEmpty = snapshot.unfinished.length + snapshot.failed.length + snapshot.done.length === 0;
  if (manager === null || isEmpty) return null;
  return (
    <Suspense fallback={null}>
      <TrayCard manager={manager} snapshot={snapshot} />
    </Suspense>
  );
}
