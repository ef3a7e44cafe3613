/** Shows the beginning of a text or of code. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { previews } from "@/text/previews";
import { IconButton } from "@/ui/Button";
import { formatBytes } from "@/ui/format";
import type { ViewProps } from "@/previews/viewer";
import { decode, fetchStart, MAX_TEXT_BYTES } from "@/previews/text-bytes";
import { Tools } from "@/previews/Tools";
import { visible } from "@/ui/visible";

/** Numbers beside more lines than this cost more than they help. */
const MAX_NUMBERED_LINES = 50_000;

export function TextView({ file, url, onFail }: ViewProps) {
  const [wraps, setWraps] = useState(true);
  const isCut = file.size > MAX_TEXT_BYTES;
  const { data, isError } = useQuery({
    queryKey: ["text-start", file.id, file.etag],
    queryFn: async ({ signal }) =>
      decode(file.size === 0 ? new Uint8Array() : await fetchStart(url, MAX_TEXT_BYTES, signal), isCut),
    staleTime: Infinity,
    gcTime: 60_000,
    retry: 1,
  });
  const numbers = useMemo(() => (wraps || data === undefined ? null : lineNumbers(data.text)), [wraps, data]);
  useEffect(() => {
    if (isError) onFail();
  }, [isError, onFail]);
  if (data === undefined) return <div className="preview-skeleton" aria-hidden="true" />;

  const words = previews;
  const notes = [
    isCut ? words.cut(formatBytes(MAX_TEXT_BYTES), formatBytes(file.size)) : null,
    data.isUnicode ? null : words.encoding,
    file.size === 0 ? words.emptyText : null,
  ].filter((note) => note !== null);
  return (
    <>
      <div className="preview-paper">
        {notes.length > 0 && (
          <p className="preview-note" role="note">
            {notes.join(" ")}
          </p>
        )}
        <div className="preview-text" role="group" tabIndex={0} aria-label={visible(file.filename)} data-wraps={wraps || undefined}>
          {numbers !== null && (
            <pre className="preview-lines" aria-hidden="true">
              {numbers}
            </pre>
          )}
          <pre>{data.text}</pre>
        </div>
      </div>
      <Tools>
        <IconButton icon="wrap" label={words.wrap} pressed={wraps} onPress={() => setWraps(!wraps)} />
      </Tools>
    </>
  );
}

function lineNumbers(content: string): string | null {
  let lines = 1;
  for (let at = content.indexOf("\n"); at >= 0 && at < content.length - 1; at = content.indexOf("\n", at + 1)) lines += 1;
  if (lines > MAX_NUMBERED_LINES) return null;
  return Array.from({ length: lines }, (_, index) => String(index + 1)).join("\n");
}
