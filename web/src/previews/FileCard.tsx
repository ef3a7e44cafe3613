/** What is known of a file that cannot be shown, and how to get it. */
import type { ReactNode } from "react";
import { type PreviewFile, save } from "@/previews/file";
import { previews } from "@/text/previews";
import { Button } from "@/ui/Button";
import { FileIcon } from "@/ui/FileIcon";
import { formatBytes, formatExactBytes, formatExactTime, formatWhen } from "@/ui/format";

interface FileCardProps {
  file: PreviewFile;
  title: string;
  hint: string;
  /** Other ways to look at it. */
  children?: ReactNode;
}

export function FileCard({ file, title, hint, children }: FileCardProps) {
  const words = previews;
  return (
    <div className="preview-card">
      <div className="preview-cover">
        <FileIcon file={file} size={72} />
      </div>
      <h3>{title}</h3>
      <p className="muted">{hint}</p>
      <dl className="tabular">
        <dt>{words.type}</dt>
        <dd>{file.mimetype}</dd>
        <dt>{words.size}</dt>
        <dd title={formatExactBytes(file.size)}>{formatBytes(file.size)}</dd>
        <dt>{words.modified}</dt>
        <dd title={formatExactTime(file.updated_at)}>{formatWhen(file.updated_at)}</dd>
      </dl>
      <div className="preview-card-actions">
        {children}
        <Button variant="primary" icon="download" onPress={() => void save(file)}>
          {words.download}
        </Button>
      </div>
    </div>
  );
}
