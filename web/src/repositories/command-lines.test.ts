import { expect, test } from "vitest";
import { quoted, reading } from "@/repositories/command-lines";

test("a shell reads a word as it is meant", () => {
  expect(quoted("film-2026")).toBe("film-2026");
  expect(quoted("grading/night")).toBe("grading/night");
  expect(quoted("Ada's cut")).toBe(`'Ada'\\''s cut'`);
  expect(quoted("$(rm)")).toBe("'$(rm)'");
});

test("commands name the version on show", () => {
  expect(reading("film", "v1", false).map(({ line }) => line)).toContain("keyshelf checkout v1 DIR --repo film");
});

test("a first version is compared with nothing", () => {
  expect(reading("film", "main", false).map(({ line }) => line)).toContain("keyshelf diff main~1 main --repo film");
  expect(reading("film", "main", true).some(({ line }) => line.includes("diff"))).toBe(false);
});
