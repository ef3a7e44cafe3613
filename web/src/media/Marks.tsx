/** What a film, a sound or something unreadable says of itself in a list. */
import type { FileMedia } from "@/api/types";
import { secondsOf, whyUnreadable } from "@/media/facts";
import { media as words } from "@/text/media";
import { formatClock } from "@/ui/format";
import { Icon, type IconName } from "@/ui/Icon";
import "@/media/thumbnail.css";

/** In the corner of a thumbnail. */
export function Marks({ media }: { media: FileMedia }) {
  const seconds = secondsOf(media);
  const isUnreadable = media.state === "unreadable";
  if (seconds === null && !media.has_stream && !isUnreadable) return null;
  return (
    <span className={isUnreadable ? "media-marks unreadable" : "media-marks"}>
      <Notes media={media} size={13} />
      {isUnreadable && <span>{words.unreadable}</span>}
      {seconds !== null && <span className="tabular">{formatClock(seconds)}</span>}
    </span>
  );
}

/** What is said by signs alone. */
export function Notes({ media, size }: { media: FileMedia; size: number }) {
  return (
    <>
      {media.state === "unreadable" && <Note icon="warning" size={size} label={whyUnreadable(media) ?? words.unreadable} />}
      {media.has_stream && <Note icon={media.stream_encrypted ? "lock" : "stream"} size={size} label={media.stream_encrypted ? words.encryptedStream : words.stream} />}
    </>
  );
}

function Note({ icon, size, label }: { icon: IconName; size: number; label: string }) {
  return (
    <span className={`media-note ${icon}`} title={label}>
      <Icon name={icon} size={size} />
      <span className="visually-hidden">{label}</span>
    </span>
  );
}
