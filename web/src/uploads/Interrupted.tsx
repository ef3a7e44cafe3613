/** Offers to continue what an earlier visit did not finish. */
import { useRef, useState } from "react";
import { uploads as words } from "@/text/uploads";
import { Button } from "@/ui/Button";
import { ConfirmDialog } from "@/uploads/ConfirmDialog";
import type { Continued, UploadManager } from "@/uploads/manager";

export function Interrupted({ manager, count }: { manager: UploadManager; count: number }) {
  const [note, setNote] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
    const handles = manager.hasHandles();

  const tell = ({ matched, left }: Continued, none: string) => {
    if (matched === 0) setNote(none);
    else setNote(left === 0 ? null : words.resumeSome(matched, left));
  };
  const take = (input: HTMLInputElement) => {
    if (input.files !== null && input.files.length > 0) tell(manager.continueWith([...input.files]), words.resumeNone);
    input.value = "";
  };
  const open = async () => tell(await manager.continueWithHandles(), words.resumeDenied);

  return (
    <div className="upload-interrupted">
      <p>
        <strong>{words.resumeTitle(count)}</strong>
      </p>
      <p className="muted">{note ?? words.resumeBody}</p>
      <div className="upload-interrupted-actions">
        {handles && (
          <Button variant="primary" icon="play" onPress={() => void open()}>
            {words.resumeWithHandles}
          </Button>
        )}
        <Button variant={handles ? "secondary" : "primary"} onPress={() => files.current?.click()}>
          {words.pickFiles}
        </Button>
        <Button onPress={() => folder.current?.click()}>{words.pickFolder}</Button>
        <Button variant="quiet" onPress={() => setAsking(true)}>
          {words.discard}
        </Button>
      </div>
      {asking && (
        <ConfirmDialog
          title={words.discardTitle}
          body={words.discardBody(count)}
          action={words.discard}
          onConfirm={() => manager.discardInterrupted()}
          onClose={() => setAsking(false)}
        />
      )}
      <input ref={files} type="file" multiple hidden aria-label={words.pickFiles} onChange={(event) => take(event.currentTarget)} />
      <input
        ref={folder}
        type="file"
        // A name that React's types do not know.
        {...{ webkitdirectory: "" }}
        hidden
        aria-label={words.pickFolder}
        onChange={(event) => take(event.currentTarget)}
      />
    </div>
  );
}
