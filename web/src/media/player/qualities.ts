/** The qualities a person chooses between: one for each height, whatever it is encoded with. */

export interface Level {
  width: number;
  height: number;
  bitrate: number;
  videoCodec?: string | undefined;
}

export interface Quality {
  /** Of the short side of the picture, by which qualities are called. */
  lines: number;
  /** Which of the player's levels it is. */
  level: number;
}

/** Return the qualities from the best down, in the codec that plays now where there is a choice. */
export function qualitiesOf(levels: readonly Level[], current: number): Quality[] {
  const family = familyOf(levels[current]);
  const found = new Map<number, Quality>();
  levels.forEach((level, index) => {
    const lines = linesOf(level);
    if (lines > 0 && (!found.has(lines) || familyOf(level) === family)) found.set(lines, { lines, level: index });
  });
  return [...found.values()].sort((a, b) => b.lines - a.lines);
}

export function linesOf(level: Pick<Level, "width" | "height"> | undefined): number {
  return level ? Math.min(level.width, level.height) : 0;
}

function familyOf(level: Level | undefined): string {
  return level?.videoCodec?.split(".")[0] ?? "";
}
