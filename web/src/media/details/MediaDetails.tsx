/** What is known of the media in a file, what was made of it, and making more. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type KnownMedia, getMedia } from "@/api/media";
import { keys } from "@/api/keys";
import { messageOf } from "@/api/problem";
import type { FileMedia, ListedFile } from "@/api/types";
import { copyText } from "@/drive/actions/downloading";
import { MakeButtons } from "@/media/details/MakeButtons";
import { MediaJobs, useMediaJobs } from "@/media/details/MediaJobs";
import { Renditions } from "@/media/details/Renditions";
import { dimensionsOf, secondsOf, whyUnreadable } from "@/media/facts";
import { media as words } from "@/text/media";
import { IconButton } from "@/ui/Button";
import { formatClock, formatLocalTime } from "@/ui/format";
import "@/media/details/details.css";

interface MediaDetailsProps {
  file: ListedFile;
  media: FileMedia;
  /** In the trash there is nothing to make. */
  isTrashed: boolean;
}

export default function MediaDetails({ file, media, isTrashed }: MediaDetailsProps) {
  return (
    <section className="media-details" aria-label={words.title}>
      <h3>{words.title}</h3>
      {media.state === "unreadable" && <p className="media-unreadable">{whyUnreadable(media)}</p>}
      {media.hash === null && media.state === "waiting" && <p className="muted">{words.waiting}</p>}
      <Facts media={media} />
      {media.hash !== null && <Made key={media.hash} file={file} media={media} hash={media.hash} isTrashed={isTrashed} />}
    </section>
  );
}

function Facts({ media }: { media: FileMedia }) {
  const seconds = secondsOf(media);
  const { hash } = media;
  return (
    <dl className="facts">
      <Fact label={words.dimensions} value={dimensionsOf(media)} />
      <Fact label={words.duration} value={seconds === null ? null : formatClock(seconds)} />
      <Fact label={words.taken} value={media.taken_at && formatLocalTime(media.taken_at)} />
      {hash !== null && (
        <>
          <dt>{words.contentHash}</dt>
          <dd className="media-hash">
            <code className="truncate" title={hash}>{hash}</code>
            <IconButton className="small" icon="copy" size={16} label={words.copyHash} onPress={() => void copyText(hash, words.hashCopied)} />
          </dd>
        </>
      )}
    </dl>
  );
}

function Fact({ label, value }: { label: string; value: string | null }) {
  if (value === null) return null;
  return (
    <>
      <dt>{label}</dt>
      <dd className="tabular">{value}</dd>
    </>
  );
}

function Made(props: MediaDetailsProps & { hash: string }) {
  const { media, hash } = props;
  // Lists tell when a thumbnail came: then there is more to show here, too.
  const made = `${media.state} ${media.has_stream}`;
  const { data, error } = useQuery({
    queryKey: [...keys.media(hash), made],
    queryFn: ({ signal }) => getMedia(hash, signal),
    // What is open here, a menu perhaps, stays open meanwhile.
    placeholderData: keepPreviousData,
  });
  if (error) return <p className="field-error">{messageOf(error)}</p>;
  return data ? <Known {...props} known={data} /> : null;
}

function Known({ file, media, hash, isTrashed, known }: MediaDetailsProps & { hash: string; known: KnownMedia }) {
  const jobs = useMediaJobs(hash, known.jobs);
  const isReadable = media.state !== "unreadable";
  return (
    <>
      <MediaJobs jobs={jobs} />
      {isReadable && <Renditions hash={hash} renditions={known.renditions} />}
      {!isTrashed && (
        <MakeButtons file={file} media={media} hash={hash} jobs={jobs} hasRenditions={known.renditions.length > 0} isKnown={isReadable && file.media !== null} />
      )}
    </>
  );
}
