/** Uploads that an earlier visit began and did not end. */
import { mayRead, openHandle } from "@/uploads/handles";
import type { Item } from "@/uploads/item";
import type { Ledger } from "@/uploads/ledger";
import type { PendingRecord } from "@/uploads/pending-store";
import type { Transport } from "@/uploads/transport";
import type { HandlePath } from "@/uploads/tree";

/**
 * Return what can continue, and forget what cannot.
 *
 * Those of other tabs that are open stay theirs. A reservation that the service
 * no longer has was completed, given up elsewhere or swept.
 */
export async function findInterrupted(
  ledger: Ledger,
  transport: Transport,
  openVisits: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<PendingRecord[]> {
  const mine = (await ledger.load()).filter((record) => !openVisits.has(record.visit));
  if (mine.length === 0) return [];
  const open = await transport.open(signal);
  const canContinue = (record: PendingRecord) => record.fileId === null || open.has(record.fileId);
  for (const record of mine) if (!canContinue(record)) ledger.forget(record.id);
  return mine.filter(canContinue);
}

/**
 * Return the files that handles still reach, unchanged, by upload.
 *
 * `ask` lets the browser put its question for permission, once for each thing
 * that was dropped; that needs a click.
 */
export async function openHandles(
  items: readonly Item[],
  handleOf: (id: string) => HandlePath | null,
  ask: boolean,
): Promise<Map<string, File>> {
  const answers: { root: FileSystemHandle; allowed: boolean }[] = [];
  const allowed = async (root: FileSystemHandle) => {
    for (const answer of answers) if (await answer.root.isSameEntry(root)) return answer.allowed;
    const answer = { root, allowed: await mayRead(root, ask) };
    answers.push(answer);
    return answer.allowed;
  };
  const files = new Map<string, File>();
  for (const item of items) {
    const handle = handleOf(item.id);
    if (handle === null || !(await allowed(handle.root))) continue;
    const file = await openHandle(handle);
    if (file?.size === item.size && file.lastModified === item.lastModified) files.set(item.id, file);
  }
  return files;
}
