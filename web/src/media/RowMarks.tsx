/** What media say of themselves behind the name of their file. */
import type { FileMedia } from "@/api/types";
import { secondsOf } from "@/media/facts";
import { Notes } from "@/media/Marks";
import { formatClock } from "@/ui/format";
import "@/media/thumbnail.css";

export default function RowMarks({ media }: { media: FileMedia }) {
  const seconds = secondsOf(media);
  if (seconds === null && !media.has_stream && media.state !== "unreadable") return null;
  return (
    <span className="media-row-marks">
      <Notes media={media} size={14} />
      {seconds !== null && <span className="tabular">{formatClock(seconds)}</span>}
    </span>
  );
}
