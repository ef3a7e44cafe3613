/** Names that were taken already, as the service answers them. */
import type { BatchResult, DriveFile } from "@/api/types";

export interface Conflict {
  file: DriveFile;
  existingKind: "file" | "folder";
  suggestedName: string | null;
}

export function isTaken(result: BatchResult): boolean {
  return result.problem?.code === "name-taken";
}

export function conflictsOf(files: readonly DriveFile[], results: readonly BatchResult[]): Conflict[] {
  const byId = new Map(files.map((file) => [file.id, file]));
  return results.filter(isTaken).flatMap((result) => {
    const file = byId.get(result.id);
    if (!file) return [];
    return [{ file, existingKind: result.problem?.existing_kind ?? "file", suggestedName: result.problem?.suggested_name ?? null }];
  });
}
