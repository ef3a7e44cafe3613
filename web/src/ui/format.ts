/** Sizes, counts and times as people read them. */
const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] as const;

/** The language of the words around them. */
const LANGUAGE = "en-GB";

const counter = new Intl.NumberFormat(LANGUAGE);
/** By the number of digits behind the point; to make one for each size would cost more than the rest of its row. */
const decimals = [0, 1, 2].map((digits) => new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: digits }));
const longRelative = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "auto" });
const shortRelative = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "auto", style: "short" });
const dayAndMonth = new Intl.DateTimeFormat(LANGUAGE, { day: "numeric", month: "short" });
const dayMonthYear = new Intl.DateTimeFormat(LANGUAGE, { day: "numeric", month: "short", year: "numeric" });
const second = new Intl.DateTimeFormat(LANGUAGE, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" });
const exact = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeStyle: "medium" });

export function formatCount(value: number): string {
  return counter.format(value);
}

/** Three significant digits in binary units: `1.41 GiB`, `640 B`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 1023.5 would round to 1024 of a unit, which reads wrongly.
  while (value >= 1023.5 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${decimals[digits]?.format(value) ?? value} ${UNITS[unit] ?? "B"}`;
}

/** The size of a file; a folder without a byte in it has none to show. */
export function formatSize(file: { is_folder: boolean; size: number }): string {
  return file.is_folder && file.size === 0 ? "–" : formatBytes(file.size);
}

/** Every byte: `1,510,203,392 bytes`. */
export function formatExactBytes(bytes: number): string {
  return `${formatCount(bytes)} ${bytes === 1 ? "byte" : "bytes"}`;
}

export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(Math.round(bytesPerSecond))}/s`;
}

/** A length of time in its largest one or two units: `3 min 20 s`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  if (h >= 48) return `${Math.floor(h / 24)} days`;
  if (h > 0) return m ? `${h} h ${m} min` : `${h} h`;
  if (m > 0) return s ? `${m} min ${s} s` : `${m} min`;
  return `${s} s`;
}

/** What players take a length to be wrong by. */
const ALMOST = 0.05;

/** A place in a film, or its length: `0:12`, `1:03:20`. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds + ALMOST));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const tail = String(s).padStart(2, "0");
  return h > 0 ? `${h}:${String(m).padStart(2, "0")}:${tail}` : `${m}:${tail}`;
}

/** `2 minutes ago`, `yesterday`, then the date; the exact time belongs in a tooltip. */
export function formatWhen(timestamp: string, now: Date = new Date()): string {
  return whenBy(longRelative, timestamp, now);
}

/** The same where there is little room: `2 min ago`. */
export function formatWhenShort(timestamp: string, now: Date = new Date()): string {
  return whenBy(shortRelative, timestamp, now);
}

function whenBy(relative: Intl.RelativeTimeFormat, timestamp: string, now: Date): string {
  const then = new Date(timestamp);
  const seconds = (then.getTime() - now.getTime()) / 1000;
  const size = Math.abs(seconds);
  if (size < 45) return relative.format(0, "second");
  if (size < 45 * 60) return relative.format(Math.round(seconds / 60), "minute");
  const days = Math.round((startOfDay(then) - startOfDay(now)) / 86_400_000);
  if (days === 0 || size < 6 * 3600) return relative.format(Math.round(seconds / 3600), "hour");
  if (Math.abs(days) < 7) return relative.format(days, "day");
  return then.getFullYear() === now.getFullYear() ? dayAndMonth.format(then) : dayMonthYear.format(then);
}

export function formatExactTime(timestamp: string): string {
  return exact.format(new Date(timestamp));
}

/** A line's time in a log: `23 Nov, 06:41:12`. */
export function formatSecond(timestamp: string): string {
  return second.format(new Date(timestamp));
}

/** A time on some clock that tells no zone, as that clock showed it. */
export function formatLocalTime(clock: string): string {
  return exact.format(new Date(clock));
}

/** Whole days from `now` until the time, never negative. */
export function daysUntil(timestamp: string, now: Date = new Date()): number {
  return Math.max(0, Math.ceil((new Date(timestamp).getTime() - now.getTime()) / 86_400_000));
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
