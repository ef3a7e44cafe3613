// @vitest-environment node
import { expect, test } from "vitest";
import { rgbaToThumbHash } from "thumbhash";
import { aspectOf, dimensionsOf, secondsOf, visibleShare, whyUnreadable } from "@/media/facts";
import { placeholderOf } from "@/media/thumbhash";

function hashOf(width: number, height: number, pixel: [number, number, number, number]): string {
  const pixels = Array.from({ length: width * height }, () => pixel).flat();
  return btoa(String.fromCharCode(...rgbaToThumbHash(width, height, pixels)));
}

test("a placeholder has the shape of its picture", () => {
  const placeholder = placeholderOf(hashOf(80, 40, [200, 40, 40, 255]));

  expect(placeholder?.url).toMatch(/^data:image\/png;base64,/);
  expect(placeholder?.aspect).toBeGreaterThan(1.5);
  expect(placeholder?.isTransparent).toBe(false);
});

test("a placeholder knows that its picture can be seen through", () => {
  expect(placeholderOf(hashOf(40, 40, [10, 20, 30, 100]))?.isTransparent).toBe(true);
});

test.each([null, undefined, "", "###", "AAAA"])("%j is no placeholder", (hash) => {
  expect(placeholderOf(hash)).toBeNull();
});

test("the same ThumbHash is decoded once", () => {
  const hash = hashOf(20, 20, [1, 2, 3, 255]);

  expect(placeholderOf(hash)).toBe(placeholderOf(hash));
});

test("the share that is seen of a picture in a box of another shape", () => {
  expect(visibleShare(1.5, 1.5)).toBe(1);
  expect(visibleShare(3, 1.5)).toBe(0.5);
  expect(visibleShare(0.75, 1.5)).toBe(0.5);
});

test("what is not known has no shape, no length and no words", () => {
  expect(aspectOf(null)).toBeNull();
  expect(aspectOf({ width: 4000, height: 2000 })).toBe(2);
  expect(secondsOf({ kind: "video", duration_ms: 83_400 })).toBe(83.4);
  expect(secondsOf({ kind: "image", duration_ms: 100 })).toBeNull();
  expect(dimensionsOf({ width: 4032, height: 3024 })).toBe("4032 × 3024");
  expect(dimensionsOf({ width: null, height: null })).toBeNull();
});

test("why a file cannot be read is told as a sentence", () => {
  const error = { code: "image-unreadable", detail: "the picture is damaged" };

  expect(whyUnreadable({ state: "unreadable", error })).toBe("The picture is damaged.");
  expect(whyUnreadable({ state: "ready", error: null })).toBeNull();
});
