/** The pictures of the seek bar: which tile of which sheet belongs to a moment. */

export interface Tile {
  start: number;
  end: number;
  url: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

const TIMES = /^(\S+) --> (\S+)/;
const PLACE = /^(.*)#xywh=(\d+),(\d+),(\d+),(\d+)$/;

/** Return the tiles of a WebVTT file in their order; `base` is its own address. What is no tile is left out. */
export function parseSprites(vtt: string, base: string): Tile[] {
  return vtt.split(/\r?\n\r?\n/).flatMap((block) => {
    const lines = block.trim().split(/\r?\n/);
    const at = lines.findIndex((line) => TIMES.test(line));
    const times = TIMES.exec(lines[at] ?? "");
    const place = PLACE.exec(lines[at + 1] ?? "");
    if (times === null || place === null) return [];
    const [x, y, width, height] = place.slice(2).map(Number) as [number, number, number, number]; // as the pattern has them
    const start = secondsAt(times[1] ?? "");
    return [{ start, end: secondsAt(times[2] ?? ""), url: new URL(place[1] ?? "", base).href, x, y, width, height }];
  });
}

/** The tile that is shown for a moment; null when there is none. */
export function tileAt(tiles: readonly Tile[], seconds: number): Tile | null {
  return tiles.find((tile) => seconds >= tile.start && seconds < tile.end) ?? tiles.at(-1) ?? null;
}

function secondsAt(time: string): number {
  return time.split(":").reduce((sum, part) => 60 * sum + Number(part), 0);
}
