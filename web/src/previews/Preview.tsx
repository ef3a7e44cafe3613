/** Shows one file of a list over the whole window; the others are one key away. */
import { useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, type ReactNode, useEffect } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { copyText } from "@/drive/actions/downloading";
import { previews } from "@/text/previews";
import { IconButton } from "@/ui/Button";
import { FileIcon } from "@/ui/FileIcon";
import { formatBytes, formatExactBytes, formatExactTime, formatWhenShort } from "@/ui/format";
import { type PreviewFile, save } from "@/previews/file";
import { inlineUrl } from "@/previews/inlineUrl";
import { Stage } from "@/previews/Stage";
import { firstAddress } from "@/previews/picture";
import { viewerOf } from "@/previews/viewer";
import { visible } from "@/ui/visible";
import "@/previews/preview.css";

export interface PreviewProps {
  /** What can be shown, in the order of the list. */
  files: readonly PreviewFile[];
  index: number;
  /** What the place of a file is called: its key in the bucket, unless told. */
  placeWords?: PlaceWords;
  /** All that is known of the file on show, where there is more than what stands around it. */
  details?: Details;
  onClose: () => void;
  onNavigate: (index: number) => void;
}

interface Details {
  isOpen: boolean;
  onToggle: (open: boolean) => void;
  panel: ReactNode;
}

interface PlaceWords {
  title: string;
  copy: string;
  copied: string;
}

const words = previews;
const keyWords: PlaceWords = { title: words.key, copy: words.copyKey, copied: words.keyCopied };

export default function Preview({ files, index, placeWords = keyWords, details, onClose, onNavigate }: PreviewProps) {
  const file = files[index];
  useNeighbours(files, index);
  if (file === undefined) return null;

  const goTo = (next: number) => {
    if (files[next] !== undefined) onNavigate(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || keepsArrows(event.target)) return;
    if (event.key === "ArrowLeft") goTo(index - 1);
    else if (event.key === "ArrowRight") goTo(index + 1);
    else if (event.key === "i" && details) details.onToggle(!details.isOpen);
    else return;
    event.preventDefault();
  };

  return (
    <ModalOverlay className="preview" isOpen onOpenChange={(open) => !open && onClose()}>
      <Modal className="preview-window">
        {/* The dialog itself has the focus at first, so the keys are heard from outside of it. */}
        <div onKeyDown={onKeyDown}>
          <Dialog className="preview-dialog">
            <Head file={file} position={words.position(index + 1, files.length)} details={details} onClose={onClose} />
            <div className="preview-stage">
              <Stage key={`${file.id}/${file.etag}`} file={file} />
              {index > 0 && (
                <IconButton className="preview-step previous" icon="chevronLeft" label={words.previous} shortcut="←" onPress={() => goTo(index - 1)} />
              )}
              {index < files.length - 1 && (
                <IconButton className="preview-step next" icon="chevronRight" label={words.next} shortcut="→" onPress={() => goTo(index + 1)} />
              )}
            </div>
            {details?.isOpen && <div className="preview-side">{details.panel}</div>}
            <footer className="preview-foot">
              <code className="preview-key" title={placeWords.title}>
                {file.key}
              </code>
              <IconButton className="small" icon="copy" label={placeWords.copy} onPress={() => void copyText(file.key, placeWords.copied)} />
            </footer>
          </Dialog>
        </div>
      </Modal>
    </ModalOverlay>
  );
}

interface HeadProps extends Pick<PreviewProps, "onClose"> {
  file: PreviewFile;
  position: string;
  details: Details | undefined;
}

function Head({ file, position, details, onClose }: HeadProps) {
  return (
    <header className="preview-head">
      <FileIcon file={file} size={22} />
      <div className="preview-title">
        <Heading slot="title" level={2} className="truncate" title={visible(file.filename)}>
          {visible(file.filename)}
        </Heading>
        <p className="tabular muted truncate">
          <span title={formatExactBytes(file.size)}>{formatBytes(file.size)}</span>
          {" · "}
          <time dateTime={file.updated_at} title={formatExactTime(file.updated_at)}>
            {formatWhenShort(file.updated_at)}
          </time>
          {" · "}
          <span>{position}</span>
          {file.version !== undefined && ` · ${file.version}`}
        </p>
      </div>
      {details && (
        <IconButton
          icon="info"
          label={details.isOpen ? words.hideDetails : words.showDetails}
          shortcut="I"
          pressed={details.isOpen}
          onPress={() => details.onToggle(!details.isOpen)}
        />
      )}
      <IconButton icon="download" label={words.download} onPress={() => void save(file)} />
      <IconButton icon="close" label={words.close} shortcut="Esc" onPress={onClose} />
    </header>
  );
}

/** Players move in time with the arrow keys, menus and fields among their own parts. */
function keepsArrows(target: EventTarget): boolean {
  return target instanceof Element && target.closest("video, audio, input, textarea, select, [role=menu]") !== null;
}

/** Fetches what is one step away, so that it shows without waiting. */
function useNeighbours(files: readonly PreviewFile[], index: number): void {
  const client = useQueryClient();
  useEffect(() => {
    for (const file of [files[index + 1], files[index - 1]]) {
      if (file === undefined || viewerOf(file) === "none") continue;
      client.query(inlineUrl(file)).then(
        (url) => {
          if (viewerOf(file) === "image") new Image().src = firstAddress(file, url);
        },
        // Nobody looks at it yet: when somebody does, it is asked for again and says what is wrong.
        () => undefined,
      );
    }
  }, [client, files, index]);
}
