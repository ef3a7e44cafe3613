/** Sending one action for many files: in bounded batches, asking about taken names, saying what failed. */
import type { QueryClient } from "@tanstack/react-query";
import { applyEarly, removeFiles } from "@/api/cache";
import { batch } from "@/api/drive";
import { messageOf, Problem } from "@/api/problem";
import type { BatchAction, BatchResult, DriveFile, OnConflict, Target } from "@/api/types";
import { conflictsOf, isTaken } from "@/drive/conflicts";
import { followJob } from "@/jobs/store";
import { text } from "@/text";
import { ask } from "@/ui/dialogs";
import { later } from "@/ui/later";
import { showToast } from "@/ui/toasts";

const BATCH_SIZE = 500;

const ConflictDialog = later(() => import("@/drive/dialogs/ConflictDialog"));

export interface Outcome {
  /** What was done, as the server answered it. */
  done: BatchResult[];
  failed: BatchResult[];
  /** Left as they were, as the person chose. */
  skipped: number;
  /** Objects still follow in the background. */
  inBackground: boolean;
}

interface SendOptions {
  target?: Target;
  onConflict?: OnConflict;
}

async function sendAll(action: BatchAction, ids: readonly string[], options: SendOptions): Promise<{ results: BatchResult[]; inBackground: boolean }> {
  const results: BatchResult[] = [];
  let inBackground = false;
  for (let start = 0; start < ids.length; start += BATCH_SIZE) {
    const answer = await batch(action, ids.slice(start, start + BATCH_SIZE), options);
    results.push(...answer.results);
    inBackground ||= answer.job !== null;
    followJob(answer.job);
  }
  return { results, inBackground };
}

/** Sends the action for all files; where names are taken, asks once for each, or once for all. */
export async function send(action: BatchAction, files: readonly DriveFile[], options: SendOptions = {}): Promise<Outcome> {
  const first = await sendAll(action, files.map((file) => file.id), { onConflict: "fail", ...options });
  const conflicts = conflictsOf(files, first.results);
  const outcome: Outcome = {
    done: first.results.filter((result) => result.status === "ok"),
    failed: first.results.filter((result) => result.status === "error" && !isTaken(result)),
    skipped: 0,
    inBackground: first.inBackground,
  };
  if (conflicts.length === 0) return outcome;

  const kept = await ask<ReadonlySet<string>>((done) => <ConflictDialog conflicts={conflicts} onDone={done} />);
  const second = await sendAll(action, [...kept], { ...options, onConflict: "rename" });
  return {
    done: [...outcome.done, ...second.results.filter((result) => result.status === "ok")],
    failed: [...outcome.failed, ...second.results.filter((result) => result.status === "error")],
    skipped: conflicts.length - kept.size,
    inBackground: outcome.inBackground || second.inBackground,
  };
}

/** Sends the action and takes the files out of every list at once; what was not done comes back. */
export async function sendRemoving(client: QueryClient, action: BatchAction, files: readonly DriveFile[], options: SendOptions = {}): Promise<Outcome> {
  const putBack = await applyEarly(client, () => removeFiles(client, new Set(files.map((file) => file.id))));
  try {
    const outcome = await send(action, files, options);
    if (outcome.done.length < files.length) {
      putBack();
      removeFiles(client, new Set(outcome.done.map((result) => result.id)));
    }
    return outcome;
  } catch (error) {
    putBack();
    throw error;
  }
}

/** The names of the files that an outcome is about, for telling the person. */
export function namesOf(files: readonly DriveFile[], results: readonly BatchResult[]): string[] {
  const ids = new Set(results.map((result) => result.id));
  return files.filter((file) => ids.has(file.id)).map((file) => file.filename);
}

/** Says what failed, with the first reason in the server's words. */
export function reportFailures(failed: readonly BatchResult[]): void {
  const problem = failed[0]?.problem;
  if (problem) showToast(text.drive.failed.some(failed.length, messageOf(new Problem(problem))), { tone: "error" });
}
