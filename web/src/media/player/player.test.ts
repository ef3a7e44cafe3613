// @vitest-environment node
import { expect, test } from "vitest";
import { keySet } from "@/media/player/clear-keys";
import { nameOf } from "@/media/player/languages";
import { qualitiesOf } from "@/media/player/qualities";
import { seekByKey } from "@/media/player/SeekBar";
import { barsOf, outlineOf } from "@/media/player/waveform";
import { parseSprites, tileAt } from "@/media/player/sprites";

const SPRITES = `WEBVTT

00:00.000 --> 00:02.000
sprite_1.jpg#xywh=0,0,160,90

01:00:02.000 --> 01:00:04.500
sprite_2.jpg#xywh=160,90,160,90

00:09.000 --> 00:10.000
words in place of a tile
`;

test("tiles are read from WebVTT, their addresses from its own", () => {
  const [first, second, ...rest] = parseSprites(SPRITES, "http://host/stream/a/sprites/sprites.vtt");

  expect(first).toEqual({ start: 0, end: 2, url: "http://host/stream/a/sprites/sprite_1.jpg", x: 0, y: 0, width: 160, height: 90 });
  expect(second).toMatchObject({ start: 3602, end: 3604.5, x: 160, y: 90 });
  expect(rest).toEqual([]);
});

test("past the last tile the last one is shown", () => {
  const tiles = parseSprites(SPRITES, "http://host/a.vtt");

  expect(tileAt(tiles, 1)).toBe(tiles[0]);
  expect(tileAt(tiles, 9999)).toBe(tiles[1]);
  expect(tileAt([], 1)).toBeNull();
});

test("each height is offered once, in the codec that plays", () => {
  const level = (width: number, height: number, videoCodec: string) => ({ width, height, videoCodec, bitrate: 1 });
  const levels = [level(1280, 720, "avc1.64"), level(640, 360, "avc1.64"), level(1280, 720, "av01.0"), level(640, 360, "av01.0")];

  expect(qualitiesOf(levels, 0)).toEqual([{ lines: 720, level: 0 }, { lines: 360, level: 1 }]);
  expect(qualitiesOf(levels, 3)).toEqual([{ lines: 720, level: 2 }, { lines: 360, level: 3 }]);
});

test("a film that stands upright goes by its short side", () => {
  expect(qualitiesOf([{ width: 720, height: 1280, bitrate: 1 }], 0)).toEqual([{ lines: 720, level: 0 }]);
});

test("keys are answered in base64 without padding, for all that are asked for", () => {
  const answer: unknown = JSON.parse(keySet(["a", "b"], new Uint8Array(16).fill(255)));

  expect(answer).toEqual({ keys: ["a", "b"].map((kid) => ({ kty: "oct", kid, k: "_____________________w" })), type: "temporary" });
});

test.each([
  ["ArrowRight", 15],
  ["ArrowLeft", 5],
  ["PageUp", 20],
  ["Home", 0],
  ["End", 20],
  ["x", null],
])("%s leads to %j", (key, to) => {
  expect(seekByKey(key, 10, 20)).toBe(to);
});

test("a track is called by its title, or else by its language", () => {
  expect(nameOf({ name: "Director's notes", lang: "en" })).toBe("Director's notes");
  expect(nameOf({ name: "ger", lang: "de" })).toBe("German");
  expect(nameOf({ name: "ger_2", lang: "de" })).toBe("German 2");
  expect(nameOf({ name: "und" })).toBe("Unknown language");
});

test("a sound is drawn by the loudest moments of its parts", () => {
  const waveform = { bits: 8, data: [-64, 32, -16, 8, 0, 0, -32, 128] };

  expect(barsOf(waveform, 2)).toEqual([0.5, 1]);
  expect(barsOf(waveform, 100)).toHaveLength(4);
  expect(barsOf({ bits: 8, data: [] }, 10)).toEqual([]);
  expect(outlineOf([0.5, 1])).toBe("M0.2 0.500h.6v1.000h-.6zM1.2 0.000h.6v2.000h-.6z");
});
