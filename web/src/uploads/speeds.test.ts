// @vitest-environment node
import { beforeEach, expect, test } from "vitest";
import { Speeds } from "@/uploads/speeds";

let now: number;
let speeds: Speeds;

beforeEach(() => {
  now = 0;
  speeds = new Speeds(() => now);
});

function move(id: string, from: number, bytesPerSecond: number, seconds: number): void {
  for (let second = 0; second <= seconds; second += 1) {
    speeds.report(id, from + second * bytesPerSecond);
    if (second < seconds) now += 1000;
  }
}

test("what an earlier visit sent is no speed", () => {
  speeds.begin("a");
  move("a", 5_000_000, 100, 3);

  expect(speeds.total()).toBe(100);
  expect(speeds.each().get("a")).toBe(100);
});

test("what is sent for the second time is no speed", () => {
  speeds.begin("a");
  move("a", 0, 100, 2);
  speeds.report("a", 0);
  now += 1000;
  move("a", 0, 100, 2);

  expect(speeds.total()).toBe(40);
});

test("a pause between two uploads does not count", () => {
  speeds.begin("a");
  move("a", 0, 100, 2);
  speeds.end("a");
  now += 5000;
  speeds.begin("b");
  move("b", 0, 300, 2);

  expect(speeds.total()).toBe(300);
});

test("nothing that runs has no speed", () => {
  expect(speeds.total()).toBeNull();
  expect(speeds.each().size).toBe(0);
});
