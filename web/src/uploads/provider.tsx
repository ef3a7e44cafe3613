/** Runs the uploads of the page and gives the other parts their hooks. */
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { keys } from "@/api/keys";
import type { Session, Target } from "@/api/types";
import { text } from "@/text";
import { httpTransport } from "@/uploads/http-transport";
import { newId } from "@/uploads/ids";
import { UploadManager } from "@/uploads/manager";
import { openPendingStore } from "@/uploads/pending-store";
import { RefreshLists } from "@/uploads/refresh";
import { browserWaiting } from "@/uploads/retry";
import { EMPTY, type Snapshot } from "@/uploads/snapshot";
import { holdVisit, openVisits } from "@/uploads/visits";
import { showToast } from "@/ui/toasts";

const Manager = createContext<UploadManager | null>(null);

/** One a page load, however often the provider mounts. */
const visit = newId();

const complain = (message: string) => void showToast(message, { tone: "error" });

/**
 * Put it round everything that may upload, and round the question of who is signed in:
 * files chosen before a session ended are still there after the person has signed in again.
 */
export function UploadProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const owner = useOwner();
  const [manager, setManager] = useState<UploadManager | null>(null);

  useEffect(() => {
    if (owner === undefined) return undefined;
    const lists = new RefreshLists(client);
    const running = new UploadManager({
      transport: httpTransport,
      waiting: browserWaiting,
      store: openPendingStore(),
      owner,
      visit,
      openVisits: otherVisits,
      landed: (target) => lists.note(target),
      complain,
    });
    holdVisit(visit);
    setManager(running);
    void running.start();
    return () => {
      setManager(null);
      running.dispose();
      lists.dispose();
    };
  }, [client, owner]);

  return <Manager value={manager}>{children}</Manager>;
}

/** The id of who is signed in, or was until the session ended. */
function useOwner(): string | undefined {
  const client = useQueryClient();
  const subscribe = useCallback((listener: () => void) => client.getQueryCache().subscribe(listener), [client]);
  return useSyncExternalStore(subscribe, () => client.getQueryData<Session>(keys.session)?.identity.id);
}

/** What this very page began under another mount is its own. */
async function otherVisits(): Promise<ReadonlySet<string>> {
  const open = await openVisits();
  return new Set([...open].filter((name) => name !== visit));
}

export interface Uploads {
  addFiles: (files: readonly File[], target: Target) => void;
  /** Call it inside the drop event: afterwards the transfer is empty. */
  addDataTransfer: (transfer: DataTransfer, target: Target) => void;
  /** Uploads that are queued or on their way. */
  readonly active: number;
}

/** How other parts of the page start uploads. */
export function useUploads(): Uploads {
  const manager = useContext(Manager);
  const subscribe = useSubscribe(manager);
  // A number: whoever only starts uploads is not drawn again at every byte.
  const active = useSyncExternalStore(subscribe, () => manager?.queue.getSnapshot().active ?? 0);
  return useMemo(
    () => ({
      active,
      addFiles: (files, target) => (manager === null ? complain(text.uploads.signedOut) : manager.addFiles(files, target)),
      addDataTransfer: (transfer, target) =>
        manager === null ? complain(text.uploads.signedOut) : void manager.addDataTransfer(transfer, target),
    }),
    [active, manager],
  );
}

/** The whole state, for the tray. */
export function useUploadState(): { manager: UploadManager | null; snapshot: Snapshot } {
  const manager = useContext(Manager);
  const snapshot = useSyncExternalStore(useSubscribe(manager), () => manager?.queue.getSnapshot() ?? EMPTY);
  return { manager, snapshot };
}

function useSubscribe(manager: UploadManager | null): (listener: () => void) => () => void {
  return useCallback((listener) => manager?.queue.subscribe(listener) ?? (() => undefined), [manager]);
}
