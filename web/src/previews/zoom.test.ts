// @vitest-environment node
import { expect, test } from "vitest";
import { clamped, FIT, fitted, zoomedAt } from "@/previews/zoom";

const frame = { width: 1000, height: 500 };

test("a large picture fits its frame, a small one keeps its size", () => {
  expect(fitted({ width: 4000, height: 1000 }, frame)).toEqual({ width: 1000, height: 250 });
  expect(fitted({ width: 100, height: 50 }, frame)).toEqual({ width: 100, height: 50 });
});

test("the point under the cursor stays where it is", () => {
  const point = { x: 120, y: -40 };
  const before = { scale: 1.5, x: 30, y: 10 };

  const after = zoomedAt(before, 3, point);

  const onPicture = (view: typeof before) => ({ x: (point.x - view.x) / view.scale, y: (point.y - view.y) / view.scale });
  expect(onPicture(after)).toEqual(onPicture(before));
});

test("a picture never leaves its frame", () => {
  const shown = { width: 1000, height: 250 };

  expect(clamped({ scale: 2, x: 9999, y: 9999 }, shown, frame, 8)).toEqual({ scale: 2, x: 500, y: 0 });
  expect(clamped({ scale: 4, x: -9999, y: -9999 }, shown, frame, 8)).toEqual({ scale: 4, x: -1500, y: -250 });
});

test("the scale stays between fitting and its limit", () => {
  expect(clamped({ scale: 0.2, x: 50, y: 50 }, frame, frame, 8)).toEqual(FIT);
  expect(clamped({ scale: 99, x: 0, y: 0 }, frame, frame, 8).scale).toBe(8);
});
