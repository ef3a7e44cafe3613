/** Money, days and shares as administrators read them. */
import { formatBytes } from "@/ui/format";

const LANGUAGE = "en-GB";
const day = new Intl.DateTimeFormat(LANGUAGE, { day: "numeric", month: "short", timeZone: "UTC" });
const dayAndYear = new Intl.DateTimeFormat(LANGUAGE, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

/** `23 Nov` of a day of the service, whose days are those of UTC. */
export function formatDay(value: string, withYear = false): string {
  return (withYear ? dayAndYear : day).format(new Date(value));
}

const LEAST = 0.0001;

/** `$12.40`; below a cent with as many digits as say something. */
export function formatMoney(amount: number, currency: string): string {
  const size = Math.abs(amount);
  if (size > 0 && size < LEAST) return `< ${formatMoney(LEAST, currency)}`;
  const digits = size >= 10_000 ? 0 : size >= 0.01 || size === 0 ? 2 : 4;
  return new Intl.NumberFormat(LANGUAGE, { style: "currency", currency, currencyDisplay: "narrowSymbol", minimumFractionDigits: digits, maximumFractionDigits: digits }).format(amount);
}

/** The same with a sign before what is more or less than something else. */
export function formatChange(amount: number, format: (size: number) => string): string {
  if (amount === 0) return "±0";
  return `${amount > 0 ? "+" : "−"}${format(Math.abs(amount))}`;
}

export function formatBytesChange(bytes: number): string {
  return formatChange(bytes, formatBytes);
}

/** A bound on both sides, told once where they are the same. */
export function formatBetween({ least, most }: { least: number; most: number }, format: (value: number) => string): string {
  const [from, to] = [format(least), format(most)];
  return from === to ? from : `${from} – ${to}`;
}
