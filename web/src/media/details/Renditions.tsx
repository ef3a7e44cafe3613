/** What was made of a file, with the links to it. */
import type { Rendition } from "@/api/media";
import { copyText } from "@/drive/actions/downloading";
import { media as words } from "@/text/media";
import { IconButton } from "@/ui/Button";
import { formatBytes, formatClock, formatExactBytes } from "@/ui/format";
import { Icon } from "@/ui/Icon";

export function Renditions({ renditions }: { renditions: readonly Rendition[] }) {
  return (
    <div className="media-renditions">
      <h4>{words.renditions}</h4>
      {renditions.length === 0 && <p className="muted">{words.noRenditions}</p>}
      <ul>
        {renditions.map((rendition) => (
          <Line key={rendition.key} rendition={rendition} />
        ))}
      </ul>
    </div>
  );
}

function Line({ rendition }: { rendition: Rendition }) {
  const { url, size } = rendition;
  const name = nameOf(rendition);
  const isPicture = url !== null && ["webp", "avif", "jpg", "png", "gif"].includes(rendition.format);
  return (
    <li>
      <div className="media-rendition">
        <strong title={rendition.key}>{name}</strong>
        <span className="muted tabular">
          {factsOf(rendition).map((fact) => `${fact} · `)}
          <span title={formatExactBytes(size)}>{formatBytes(size)}</span>
        </span>
      </div>
      {isPicture && (
        <a className="icon-button small" href={url} target="_blank" rel="noreferrer" aria-label={words.openLink(name)} title={words.openLink(name)}>
          <Icon name="external" size={16} />
        </a>
      )}
      {url !== null && <IconButton className="small" icon="link" size={16} label={words.copyLink(name)} onPress={() => void copyText(url, words.linkCopied)} />}
    </li>
  );
}

function nameOf({ kind, format }: Rendition): string {
  const name = words.kinds[kind] ?? kind;
  return kind === "stream" ? name : `${name} (${format})`;
}

/** Return what tells one rendition from another, the shortest first. */
export function factsOf({ width, height, duration_ms: ms, facts }: Pick<Rendition, "width" | "height" | "duration_ms" | "facts">): string[] {
  const lines = [...new Set(facts?.video_tracks?.map((track) => Math.min(track.width, track.height)))].sort((a, b) => b - a);
  const said = [
    lines.length > 0 && lines.map(words.player.qualityOf).join(", "),
    lines.length === 0 && width !== null && height !== null && `${width} × ${height}`,
    ms !== null && formatClock(ms / 1000),
    facts?.streaming?.encrypted && words.encrypted,
  ];
  return said.filter((each): each is string => typeof each === "string");
}
