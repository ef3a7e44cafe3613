// @vitest-environment node
import { expect, test } from "vitest";
import { mediaAction } from "@/previews/media-keys";

function player(currentTime: number) {
  return {
    currentTime,
    duration: 60,
    paused: true,
    muted: false,
    playbackRate: 1,
    play() {
      this.paused = false;
      return Promise.resolve();
    },
    pause() {
      this.paused = true;
    },
  };
}

function press(key: string, media: ReturnType<typeof player>, held: Partial<KeyboardEvent> = {}) {
  // The keys alone matter here.
  mediaAction({ key, ctrlKey: false, metaKey: false, altKey: false, ...held } as KeyboardEvent, media)?.();
  return media;
}

test("K plays and pauses", () => {
  const media = press("k", player(0));
  expect(media.paused).toBe(false);
  expect(press("K", media).paused).toBe(true);
});

test("J and L skip within the length", () => {
  expect(press("l", player(5)).currentTime).toBe(15);
  expect(press("l", player(55)).currentTime).toBe(60);
  expect(press("j", player(4)).currentTime).toBe(0);
});

test("a frame step pauses", () => {
  const media = player(1);
  media.paused = false;
  expect(press(".", media)).toMatchObject({ paused: true, currentTime: 1.04 });
});

test("the speed stays within bounds", () => {
  const media = player(0);
  for (let times = 0; times < 20; times += 1) press("<", media);
  expect(media.playbackRate).toBe(0.25);
  for (let times = 0; times < 40; times += 1) press(">", media);
  expect(media.playbackRate).toBe(4);
});

test("keys with modifiers and other keys are left alone", () => {
  const media = player(10);
  press("l", media, { ctrlKey: true });
  press("x", media);
  expect(media.currentTime).toBe(10);
});
