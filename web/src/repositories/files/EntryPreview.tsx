/** The preview of a file of a commit, with the files of its folder before and after it. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { keys } from "@/api/keys";
import { getEntry } from "@/api/repositories";
import type { Entry } from "@/api/repository-types";
import Preview from "@/previews/Preview";
import type { EntryPlace } from "@/repositories/files/EntryList";
import { previewFile } from "@/repositories/files/previewFile";
import { joined } from "@/repositories/paths";
import { retryTransient } from "@/repositories/useEndless";
import { repositories } from "@/text/repositories";
import { reportError } from "@/ui/reportError";

const words = repositories.file;
export const pathWords = { title: words.path, copy: words.copyPath, copied: words.pathCopied };

interface EntryPreviewProps {
  place: EntryPlace;
  name: string;
  entries: readonly Entry[];
  /** Whether the first entries are there. */
  isListed: boolean;
  onNavigate: (name: string) => void;
  onClose: () => void;
}

export default function EntryPreview({ place, name, entries, isListed, onNavigate, onClose }: EntryPreviewProps) {
  const { repository, commit } = place;
  const files = useMemo(() => entries.filter((entry) => entry.kind === "file"), [entries]);
  const listed = files.findIndex((entry) => entry.name === name);
  const path = joined(place.path, name);
  // A link to a file may name one far down a long folder.
  const asked = useQuery({
    queryKey: keys.entry(repository.id, commit, path),
    queryFn: ({ signal }) => getEntry(repository.id, commit, path, signal),
    enabled: isListed && listed < 0,
    staleTime: Infinity,
    retry: retryTransient,
  });

  useEffect(() => {
    if (!asked.error) return;
    reportError(asked.error);
    onClose();
  }, [asked.error, onClose]);

  const shown = useMemo(() => {
    const found = listed >= 0 ? files : asked.data?.kind === "file" ? [asked.data] : [];
    return found.map((entry) => previewFile(repository.id, commit, entry));
  }, [listed, files, asked.data, repository.id, commit]);
  const index = Math.max(0, listed);
  if (shown.length === 0) return null;
  return (
    <Preview
      files={shown}
      index={index}
      placeWords={pathWords}
      onClose={onClose}
      onNavigate={(next) => {
        const file = shown[next];
        if (file) onNavigate(file.filename);
      }}
    />
  );
}
