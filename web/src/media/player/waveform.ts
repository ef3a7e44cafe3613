/** The shape of a sound: how loud it is, over its length. */

/** What the service writes (the format of BBC's audiowaveform): a lowest and a highest value for each step. */
export interface Waveform {
  bits: number;
  data: number[];
}

/** Return that many bars, each from 0 to 1; the loudest moment of its part decides. */
export function barsOf({ bits, data }: Waveform, count: number): number[] {
  const most = 2 ** (bits - 1);
  const steps = Math.floor(data.length / 2);
  const bars = Math.min(count, steps);
  return Array.from({ length: bars }, (_, bar) => {
    const from = 2 * Math.floor((bar * steps) / bars);
    const to = 2 * Math.floor(((bar + 1) * steps) / bars);
    return data.slice(from, to).reduce((loudest, value) => Math.max(loudest, Math.abs(value)), 0) / most;
  });
}

/** The bars as the outline of an SVG of one unit a bar and a height of 2, the loudest bar in full. */
export function outlineOf(bars: readonly number[]): string {
  const loudest = Math.max(...bars, 0.01);
  return bars
    .map((bar, index) => {
      const half = Math.max(0.03, bar / loudest);
      return `M${index + 0.2} ${(1 - half).toFixed(3)}h.6v${(2 * half).toFixed(3)}h-.6z`;
    })
    .join("");
}
