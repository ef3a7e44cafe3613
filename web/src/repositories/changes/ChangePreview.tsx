/** A changed file before and after, one key apart. */
import { useQueries } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { keys } from "@/api/keys";
import { getEntry } from "@/api/repositories";
import type { Entry } from "@/api/repository-types";
import { hasCode } from "@/api/problem";
import type { PreviewFile } from "@/previews/file";
import Preview from "@/previews/Preview";
import type { ChangePlace } from "@/repositories/changes/place";
import { pathWords } from "@/repositories/files/EntryPreview";
import { previewFile } from "@/repositories/files/previewFile";
import { shortHash } from "@/repositories/refs";
import { retryTransient } from "@/repositories/useEndless";
import { repositories } from "@/text/repositories";
import { reportError } from "@/ui/reportError";

const words = repositories.columns;

interface ChangePreviewProps {
  place: ChangePlace;
  /** Where the file is, or was if it is gone. */
  path: string;
  /** Where it was before it was renamed. */
  oldPath: string | null;
  onClose: () => void;
}

export default function ChangePreview({ place, path, oldPath, onClose }: ChangePreviewProps) {
  const { repository, pair } = place;
  const sides = [
    { commit: pair.from, path: oldPath ?? path, name: words.before },
    { commit: pair.to, path, name: words.after },
  ];
  const asked = useQueries({
    queries: sides.map((side) => ({
      queryKey: keys.entry(repository.id, side.commit ?? "", side.path),
      queryFn: ({ signal }: { signal: AbortSignal }) => getEntryIfThere(repository.id, side.commit, side.path, signal),
      staleTime: Infinity,
      retry: retryTransient,
    })),
  });
  const [chosen, setChosen] = useState<number | null>(null);
  const error = asked.find((side) => side.error)?.error;

  useEffect(() => {
    if (!error) return;
    reportError(error);
    onClose();
  }, [error, onClose]);

  if (asked.some((side) => side.data === undefined)) return null;
  const files = sides.flatMap(({ commit, name }, index): PreviewFile[] => {
    const entry = asked[index]?.data;
    if (!entry || !commit || entry.kind !== "file") return [];
    return [{ ...previewFile(repository.id, commit, entry), version: `${name} (${shortHash(commit)})` }];
  });
  return <Preview files={files} index={chosen ?? files.length - 1} placeWords={pathWords} onClose={onClose} onNavigate={setChosen} />;
}

/** Null where a commit has nothing of this name: the file came or went. */
async function getEntryIfThere(repository: string, commit: string | null, path: string, signal: AbortSignal): Promise<Entry | null> {
  if (commit === null) return null;
  try {
    return await getEntry(repository, commit, path, signal);
  } catch (error) {
    if (hasCode(error, "path-not-found") || hasCode(error, "path-not-folder")) return null;
    throw error;
  }
}
