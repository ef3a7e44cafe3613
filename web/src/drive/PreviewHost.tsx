/** The preview of the file that the address names, with the files of the view before and after it. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Suspense, useEffect, useMemo } from "react";
import { getFile, recordOpened } from "@/api/drive";
import { keys } from "@/api/keys";
import type { ListedFile } from "@/api/types";
import type { Actions } from "@/drive/actions/useActions";
import { useDetails } from "@/drive/useDetails";
import { later } from "@/ui/later";
import { reportError } from "@/ui/reportError";
import Preview from "@/previews/Preview";

const DetailsPanel = later(() => import("@/drive/DetailsPanel"));

interface PreviewHostProps {
  id: string;
  items: readonly ListedFile[];
  actions: Actions;
  onNavigate: (id: string) => void;
  onClose: () => void;
}

export default function PreviewHost({ id, items, actions, onNavigate, onClose }: PreviewHostProps) {
  const listed = useMemo(() => items.filter((item) => !item.is_folder), [items]);
  const isListed = listed.some((item) => item.id === id);
  // A link to a file may name one that this view has not loaded, or does not hold.
  const { data, error } = useQuery({ queryKey: keys.file(id), queryFn: ({ signal }) => getFile(id, signal), enabled: !isListed, retry: false });

  useEffect(() => {
    if (!error) return;
    reportError(error);
    onClose();
  }, [error, onClose]);

  const files = isListed ? listed : data && !data.is_folder ? [data] : [];
  const index = files.findIndex((file) => file.id === id);
  const file = files[index];
  const details = useDetails("previewDetails");
  useOpened(file?.id);
  if (file === undefined) return null;
  return (
    <Preview
      files={files}
      index={index}
      onClose={onClose}
      onNavigate={(next) => {
        const to = files[next];
        if (to) onNavigate(to.id);
      }}
      details={{
        isOpen: details.isOpen,
        onToggle: details.set,
        panel: (
          <Suspense fallback={<aside className="details" />}>
            <DetailsPanel files={[file]} place={null} actions={actions} onClose={() => details.set(false)} />
          </Suspense>
        ),
      }}
    />
  );
}

/** Notes that the person opened the file, so that it leads the recent list. */
function useOpened(id: string | undefined): void {
  const client = useQueryClient();
  useEffect(() => {
    if (id === undefined) return;
    recordOpened(id).then(
      // Not at once: the list behind the preview would change its order under the reader.
      () => client.invalidateQueries({ queryKey: keys.recent, refetchType: "none" }),
      (error: unknown) => console.warn("The file could not be noted as opened.", error),
    );
  }, [client, id]);
}
