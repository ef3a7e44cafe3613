import { describe, expect, it, test } from "vitest";
import { daysUntil, formatBytes, formatClock, formatDuration, formatExactBytes, formatWhen } from "@/ui/format";

describe("sizes", () => {
  it.each([
    [0, "0 B"],
    [1, "1 B"],
    [1023, "1,023 B"],
    [1024, "1 KiB"],
    [1536, "1.5 KiB"],
    [10 * 1024 ** 2 + 300_000, "10.3 MiB"],
    [1024 ** 3 - 1, "1 GiB"],
    [5 * 1024 ** 4, "5 TiB"],
  ])("%d bytes read %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it("say every byte on demand", () => {
    expect(formatExactBytes(2_147_483_648)).toBe("2,147,483,648 bytes");
    expect(formatExactBytes(1)).toBe("1 byte");
  });
});

test.each([
  [0, "0:00"],
  [12.9, "0:12"],
  [64.999, "1:05"],
  [63, "1:03"],
  [3723, "1:02:03"],
])("%d seconds of a film read %s", (seconds, text) => {
  expect(formatClock(seconds)).toBe(text);
});

describe("times", () => {
  const now = new Date(2026, 10, 22, 15, 0, 0);
  const before = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString();

  it.each([
    [10, "now"],
    [120, "2 minutes ago"],
    [3 * 3600, "3 hours ago"],
    [24 * 3600, "yesterday"],
    [3 * 24 * 3600, "3 days ago"],
  ])("%d seconds back read %s", (seconds, text) => {
    expect(formatWhen(before(seconds), now)).toBe(text);
  });

  it("are dates when they are long past, with the year when it was another", () => {
    expect(formatWhen(new Date(2026, 4, 3).toISOString(), now)).toBe("3 May");
    expect(formatWhen(new Date(2024, 4, 3).toISOString(), now)).toBe("3 May 2024");
  });

  it("count whole days that are left", () => {
    expect(daysUntil(new Date(2026, 10, 23, 14).toISOString(), now)).toBe(1);
    expect(daysUntil(before(60), now)).toBe(0);
  });

  it("last in one or two units", () => {
    expect([5, 90, 3600, 3700, 200_000].map(formatDuration)).toEqual(["5 s", "1 min 30 s", "1 h", "1 h 1 min", "2 days"]);
  });
});
