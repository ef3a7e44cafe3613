/** Shows a PDF with the viewer that the browser has. */
import { previews } from "@/text/previews";
import { FileCard } from "@/previews/FileCard";
import type { ViewProps } from "@/previews/viewer";
import { visible } from "@/ui/visible";

export function PdfView({ file, url }: ViewProps) {
  if (!navigator.pdfViewerEnabled) return <FileCard file={file} title={previews.noPdf} hint={previews.noPreviewHint} />;
  return <iframe className="preview-pdf" src={url} title={visible(file.filename)} />;
}
