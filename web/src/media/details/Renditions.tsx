/** What was made of a file, with the links to it. */
import type { Rendition } from "@/api/media";
import { copyText } from "@/drive/actions/downloading";
import { StreamLinks } from "@/media/details/StreamLinks";
import { media as words } from "@/text/media";
import { IconButton } from "@/ui/Button";
import { formatBytes, formatClock, formatExactBytes } from "@/ui/format";
import { Icon } from "@/ui/Icon";

const PICTURES = new Set(["webp", "avif", "jpg", "png", "gif"]);
const CODECS: Record<string, string> = { av1: "AV1", h264: "H.264" };
/** The order of the list: what is watched first. What is not named comes last. */
const ORDER = ["stream", "download", "cover", "preview", "thumbnail", "waveform"];

export function Renditions({ hash, renditions }: { hash: string; renditions: readonly Rendition[] }) {
  return (
    <div className="media-renditions">
      <h4>{words.renditions}</h4>
      {renditions.length === 0 && <p className="muted">{words.noRenditions}</p>}
      <ul>
        {inOrder(renditions).map((rendition) => (
          <Line key={rendition.key} hash={hash} rendition={rendition} />
        ))}
      </ul>
    </div>
  );
}

function Line({ hash, rendition }: { hash: string; rendition: Rendition }) {
  const { kind, url, size } = rendition;
  const name = nameOf(rendition);
  return (
    <li>
      <div className="media-rendition">
        <span className="media-rendition-name">
          <strong title={rendition.key}>{name}</strong>
          {rendition.facts?.streaming?.encrypted && (
            <span className="media-state">
              <Icon name="lock" size={12} />
              {words.encrypted}
            </span>
          )}
        </span>
        <span className="muted tabular">
          {factsOf(rendition).map((fact) => `${fact} · `)}
          <span title={formatExactBytes(size)}>{formatBytes(size)}</span>
        </span>
      </div>
      {url !== null && PICTURES.has(rendition.format) && (
        <a className="icon-button small" href={url} target="_blank" rel="noreferrer" aria-label={words.openLink(name)} title={words.openLink(name)}>
          <Icon name="external" size={16} />
        </a>
      )}
      {url !== null && kind === "stream" && <StreamLinks hash={hash} hls={url} facts={rendition.facts} />}
      {url !== null && kind !== "stream" && (
        <IconButton className="small" icon="link" size={16} label={words.copyLink(name)} onPress={() => void copyText(url, words.linkCopied)} />
      )}
    </li>
  );
}

export function inOrder<T extends Pick<Rendition, "kind">>(renditions: readonly T[]): T[] {
  const place = ({ kind }: T) => (ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length);
  return renditions.toSorted((a, b) => place(a) - place(b));
}

function nameOf({ kind, format }: Rendition): string {
  const name = words.kinds[kind] ?? kind;
  return kind === "stream" ? name : `${name} (${format})`;
}

/** Return what tells one rendition from another, the shortest first. */
export function factsOf({ width, height, duration_ms: ms, facts }: Pick<Rendition, "width" | "height" | "duration_ms" | "facts">): string[] {
  const tracks = facts?.video_tracks ?? [];
  if (tracks.length > 0) {
    const lines = tracks.map((track) => Math.min(track.width, track.height));
    const codecs = new Set(tracks.map(({ codec }) => CODECS[codec] ?? codec));
    return [words.qualities(Math.min(...lines), Math.max(...lines)), [...codecs].sort().join(", ")];
  }
  const said = [width !== null && height !== null && `${width} × ${height}`, ms !== null && formatClock(ms / 1000)];
  return said.filter((each) => each !== false);
}
