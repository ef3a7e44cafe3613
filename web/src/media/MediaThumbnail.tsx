/** A small picture of media as the service made it: its placeholder first, and what it tells of itself. */
import { useEffect, useState } from "react";
import type { FileMedia } from "@/api/types";
import { aspectOf, visibleShare } from "@/media/facts";
import { Marks } from "@/media/Marks";
import { ownAddress } from "@/media/ownAddress";
import { placeholderOf } from "@/media/thumbhash";
import { useMediaQuery } from "@/ui/useMediaQuery";
import "@/media/thumbnail.css";

/** The shape of the boxes that pictures stand in, about. */
const BOX = 1.45;
/** A picture of which less than this would be seen is shown whole. */
const LEAST_SHARE = 0.66;
/** A box narrower than this has room for nothing but the picture. */
const MIN_CARD = 96;
const PATIENCE_MS = 250;

interface MediaThumbnailProps {
  media: FileMedia;
  /** How wide the place for it is, in CSS pixels. */
  size: number;
}

export default function MediaThumbnail({ media, size }: MediaThumbnailProps) {
  const isCard = size >= MIN_CARD;
  const isWhole = isCard && mustBeWhole(media);
  return (
    <>
      {media.state === "waiting" && <span className="thumb-waiting" />}
      <Still media={media} isWhole={isWhole} />
      {isCard && media.preview_url !== null && <HoverPreview url={ownAddress(media.preview_url)} isWhole={isWhole} />}
      {isCard && <Marks media={media} />}
    </>
  );
}

/** Of what has another shape than its box, and of a sign on no ground, too much would be cut off. */
function mustBeWhole(media: FileMedia): boolean {
  const placeholder = placeholderOf(media.thumbhash);
  const aspect = aspectOf(media) ?? placeholder?.aspect ?? BOX;
  return placeholder?.isTransparent === true || visibleShare(aspect, BOX) < LEAST_SHARE;
}

/** The placeholder, and over it the picture once it is there. Addresses change with their signatures; the picture stays. */
function Still({ media, isWhole }: { media: FileMedia; isWhole: boolean }) {
  const [isLoaded, setLoaded] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const placeholder = placeholderOf(media.thumbhash);
  const url = media.thumbnail_url === null || media.thumbnail_url === failed ? null : media.thumbnail_url;
  const isShown = url !== null && isLoaded;
  return (
    <>
      {placeholder && !(isShown && placeholder.isTransparent) && (
        <img className="thumb-placeholder" src={placeholder.url} alt="" draggable={false} data-behind={isWhole || undefined} />
      )}
      {url !== null && (
        <img
          className={isWhole ? "thumb-image whole" : "thumb-image"}
          src={ownAddress(url)}
          alt=""
          loading="lazy"
          decoding="async"
          draggable={false}
          data-shown={isShown || undefined}
          onLoad={() => setLoaded(true)}
          onError={() => setFailed(url)}
        />
      )}
    </>
  );
}

/** Moves while the pointer rests on it. */
function HoverPreview({ url, isWhole }: { url: string; isWhole: boolean }) {
  const mayMove = useMediaQuery("(prefers-reduced-motion: no-preference) and (hover: hover)");
  const [isOver, setOver] = useState(false);
  const [isPatient, setPatient] = useState(false);
  useEffect(() => {
    if (!isOver) return undefined;
    const timer = setTimeout(() => setPatient(true), PATIENCE_MS);
    return () => {
      clearTimeout(timer);
      setPatient(false);
    };
  }, [isOver]);
  if (!mayMove) return null;
  return (
    <span className="thumb-hover" onPointerEnter={() => setOver(true)} onPointerLeave={() => setOver(false)}>
      {isPatient && <img className={isWhole ? "thumb-image whole" : "thumb-image"} data-shown src={url} alt="" draggable={false} />}
    </span>
  );
}
