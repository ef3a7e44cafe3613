/** The name of a file while it is being changed, in its place. */
import { useEffect, useRef } from "react";
import type { DriveFile } from "@/api/types";
import { stemLength } from "@/drive/kind";
import { text } from "@/text";
import { visible } from "@/ui/visible";

interface Props {
  file: DriveFile;
  /** Called once, with the new name or null when the person gave up. */
  onDone: (name: string | null) => void;
}

export function RenameField({ file, onDone }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const finished = useRef(false);

  useEffect(() => {
    input.current?.focus();
    input.current?.setSelectionRange(0, stemLength(file.filename, file.is_folder));
  }, [file.filename, file.is_folder]);

  function finish(name: string | null) {
    if (finished.current) return;
    finished.current = true;
    onDone(name);
  }

  return (
    <input
      ref={input}
      className="rename"
      aria-label={`${text.drive.actions.rename} ${visible(file.filename)}`}
      defaultValue={file.filename}
      spellCheck="false"
      autoComplete="off"
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") finish(event.currentTarget.value.trim());
        if (event.key === "Escape") finish(null);
      }}
      onBlur={(event) => finish(event.currentTarget.value.trim())}
    />
  );
}
