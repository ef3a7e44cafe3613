/** The transport that the page uses: the service's routes, and the stores' own addresses. */
import { request } from "@/api/client";
import { messageOf, Problem } from "@/api/problem";
import type { DriveFile, OpenUpload, Page, Upload, UploadedPart, UploadUrls } from "@/api/types";
import { BytesMissing, NameTaken, Refused, ReservationGone, SignedOut, TransientFailure } from "@/uploads/failures";
import type { Conflict } from "@/uploads/item";
import { bareETag, sendToStore } from "@/uploads/store-request";
import { text } from "@/text";
import type { Address, Transport } from "@/uploads/transport";

/** No single call of the service takes longer unless something is wrong. */
const DEADLINE_MS = 60_000;
/** Stores may take minutes to make one object of thousands of parts. */
const COMPLETE_DEADLINE_MS = 15 * 60_000;

export const httpTransport: Transport = {
  async folder({ name, parentId, space }, signal) {
    const body = { name, parent_id: parentId, space, on_conflict: "existing" };
    const answer = await call<{ folder: DriveFile }>("POST", "/folders", signal, { body });
    return answer.folder.id;
  },

  async reserve({ name, parentId, space, size, onConflict, idempotencyKey }, signal) {
    // The service tells the type by the name: browsers take a .ts for a video.
    const body = { filename: name, parent_id: parentId, space, size, on_conflict: onConflict };
    const headers = { "Idempotency-Key": idempotencyKey };
    const { file, upload } = await call<{ file: DriveFile; upload: Upload }>("POST", "/files", signal, { body, headers });
    return { fileId: file.id, name: upload.filename, partSize: upload.multipart ? upload.part_size : null };
  },

  async addresses(fileId, wish, signal) {
    const body = typeof wish === "object" ? { parts: wish } : { again: wish === "whole-again" };
    const answer = await callUpload<UploadUrls>("POST", `/files/${fileId}/upload-url`, signal, { body });
    const expiresAt = Date.parse(answer.expires_at);
    if (!answer.multipart) return new Map<number, Address>([[1, { ...answer, expiresAt }]]);
    return new Map<number, Address>(answer.parts.map((part) => [part.part_number, { ...part, expiresAt }]));
  },

  async progress(fileId, signal) {
    const answer = await callUpload<{ upload: Upload; uploaded_parts: UploadedPart[] }>("GET", `/files/${fileId}/upload`, signal);
    const { upload } = answer;
    return {
      partSize: upload.multipart ? upload.part_size : null,
      state: upload.state,
      listed: answer.uploaded_parts.map((part) => ({ number: part.part_number, size: part.size, etag: bareETag(part.etag) })),
    };
  },

  async complete(fileId, parts, signal) {
    const stated = parts.flatMap(({ number, etag }) => (etag === null ? [] : [{ part_number: number, etag }]));
    // All or none: the service takes what is stated for the whole file.
    const body = stated.length > 0 && stated.length === parts.length ? { parts: stated } : {};
    await callUpload("POST", `/files/${fileId}/complete-upload`, signal, { body, deadlineMs: COMPLETE_DEADLINE_MS });
  },

  async abort(fileId, signal) {
    try {
      await callUpload("DELETE", `/files/${fileId}/upload`, signal);
    } catch (error) {
      if (!(error instanceof ReservationGone)) throw error;
    }
  },

  async open(signal) {
    const ids = new Set<string>();
    let cursor: string | null = null;
    do {
      const query: Record<string, string | number | null> = { limit: 500, cursor };
      const page: Page<OpenUpload> = await call<Page<OpenUpload>>("GET", "/uploads", signal, { query });
      for (const upload of page.items) if (upload.file_id !== null) ids.add(upload.file_id);
      cursor = page.next_cursor;
    } while (cursor !== null);
    return ids;
  },

  send: sendToStore,
};

type Method = Parameters<typeof request>[0];
type Options = Omit<NonNullable<Parameters<typeof request>[2]>, "signal"> & { deadlineMs?: number };

async function call<T>(method: Method, path: string, signal: AbortSignal, options: Options = {}): Promise<T> {
  const { deadlineMs = DEADLINE_MS, ...rest } = options;
  try {
    return await request<T>(method, path, { ...rest, signal: AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]) });
  } catch (error) {
    signal.throwIfAborted();
    throw translated(error);
  }
}

/** A call about one upload: 404 means that the upload is gone. */
async function callUpload<T>(method: Method, path: string, signal: AbortSignal, options: Options = {}): Promise<T> {
  try {
    return await call<T>(method, path, signal, options);
  } catch (error) {
    if (error instanceof Refused && error.cause instanceof Problem && error.cause.status === 404) throw new ReservationGone();
    throw error;
  }
}

/** The codes that mean more than their status says. */
const BY_CODE: Record<string, (problem: Problem) => Error> = {
  "name-taken": (problem) => new NameTaken(messageOf(problem), conflictOf(problem)),
  "upload-mismatch": (problem) => new BytesMissing(messageOf(problem), problem.document.wrong_parts),
  // The same request is being answered elsewhere: its answer will serve.
  "request-in-progress": (problem) => new TransientFailure(messageOf(problem)),
};

function translated(error: unknown): Error {
  // A deadline that ran out, or an answer that is no JSON.
  if (!(error instanceof Problem)) return new TransientFailure(messageOf(error));
  const special = BY_CODE[error.code];
  if (special !== undefined) return special(error);
  if (error.status === 401) return new SignedOut(text.signIn.endedMeanwhile);
  if (error.isTransient || error.status === 408) return new TransientFailure(messageOf(error));
  return new Refused(messageOf(error), { cause: error });
}

function conflictOf({ document }: Problem): Conflict {
  return {
    existingId: document.existing_id ?? null,
    existingKind: document.existing_kind ?? "file",
    existingState: document.existing_state === "pending" ? "pending" : "ready",
    suggestedName: document.suggested_name ?? null,
  };
}
