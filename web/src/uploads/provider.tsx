/** Runs the uploads of the page and gives the other parts their hooks. */
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { keys } from "@/api/keys";
import { messageOf } from "@/api/problem";
import type { Session, Target } from "@/api/types";
import { text } from "@/text";
import { newId } from "@/uploads/ids";
import type { UploadManager } from "@/uploads/manager";
import { RefreshLists } from "@/uploads/refresh";
import { EMPTY, type Snapshot } from "@/uploads/snapshot";
import { grab } from "@/uploads/tree";
import { showToast } from "@/ui/toasts";

interface Running {
  /** Who takes files in; null while nobody is signed in. */
  ready: Promise<UploadManager> | null;
  /** The same, once its code is there. */
  manager: UploadManager | null;
}

const NOTHING: Running = { ready: null, manager: null };
const Uploading = createContext<Running>(NOTHING);

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
  const [running, setRunning] = useState(NOTHING);

  useEffect(() => {
    if (owner === undefined) return undefined;
    const lists = new RefreshLists(client);
    const life = new AbortController();
    const { signal } = life;
    const ready = import("@/uploads/running").then(({ runUploads }) => {
      signal.throwIfAborted();
      const manager = runUploads({ owner, visit, landed: (target) => lists.note(target), complain });
      signal.addEventListener("abort", () => manager.dispose());
      return manager;
    });
    setRunning({ ready, manager: null });
    ready.then(
      (manager) => signal.aborted || setRunning({ ready, manager }),
      () => undefined, // whoever adds a file is told
    );
    return () => {
      setRunning(NOTHING);
      life.abort();
      lists.dispose();
    };
  }, [client, owner]);

  return <Uploading value={running}>{children}</Uploading>;
}

/** The id of who is signed in, or was until the session ended. */
function useOwner(): string | undefined {
  const client = useQueryClient();
  const subscribe = useCallback((listener: () => void) => client.getQueryCache().subscribe(listener), [client]);
  return useSyncExternalStore(subscribe, () => client.getQueryData<Session>(keys.session)?.identity.id);
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
  const { ready, manager } = useContext(Uploading);
  const subscribe = useSubscribe(manager);
  // A number: whoever only starts uploads is not drawn again at every byte.
  const active = useSyncExternalStore(subscribe, () => manager?.queue.getSnapshot().active ?? 0);
  return useMemo(() => {
    function give(to: (manager: UploadManager) => void): void {
      if (ready) ready.then(to).catch((error: unknown) => complain(messageOf(error)));
      else complain(text.signIn.endedMeanwhile);
    }
    return {
      active,
      addFiles: (files, target) => give((to) => to.addFiles(files, target)),
      addDataTransfer: (transfer, target) => {
        const dropped = grab(transfer);
        give((to) => void to.addDropped(dropped, target));
      },
    };
  }, [active, ready]);
}

/** The whole state, for the tray. */
export function useUploadState(): { manager: UploadManager | null; snapshot: Snapshot } {
  const { manager } = useContext(Uploading);
  const snapshot = useSyncExternalStore(useSubscribe(manager), () => manager?.queue.getSnapshot() ?? EMPTY);
  return { manager, snapshot };
}

function useSubscribe(manager: UploadManager | null): (listener: () => void) => () => void {
  return useCallback((listener) => manager?.queue.subscribe(listener) ?? (() => undefined), [manager]);
}
