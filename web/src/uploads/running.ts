/** The uploads of one person, running. Loaded beside the page: the files on show do not wait for it. */
import type { Target } from "@/api/types";
import { httpTransport } from "@/uploads/http-transport";
import { UploadManager } from "@/uploads/manager";
import { openPendingStore } from "@/uploads/pending-store";
import { browserWaiting } from "@/uploads/retry";
import { holdVisit, openVisits } from "@/uploads/visits";

interface RunOptions {
  owner: string;
  /** Names this page load. */
  visit: string;
  landed: (target: Target) => void;
  complain: (message: string) => void;
}

/** Takes uploads in until it is disposed, and goes on with what an earlier visit left. */
export function runUploads({ owner, visit, landed, complain }: RunOptions): UploadManager {
  const manager = new UploadManager({
    transport: httpTransport,
    waiting: browserWaiting,
    store: openPendingStore(),
    owner,
    visit,
    // What this very page began under another mount is its own.
    openVisits: async () => new Set([...(await openVisits())].filter((name) => name !== visit)),
    landed,
    complain,
  });
  holdVisit(visit);
  void manager.start();
  return manager;
}
