// @vitest-environment node
import { expect, test } from "vitest";
import { RateMeter, secondsLeft } from "@/uploads/rate";

test("says nothing before a second has passed", () => {
  const meter = new RateMeter();
  meter.add(0, 0);
  meter.add(500, 500);

  expect(meter.rate(900)).toBeNull();
});

test("measures a steady flow", () => {
  const meter = new RateMeter();
  for (let second = 0; second <= 60; second += 1) meter.add(second * 1000, second * 1000);

  expect(meter.rate(60_000)).toBe(1000);
});

test("forgets a burst that is older than its window", () => {
  const meter = new RateMeter();
  meter.add(0, 0);
  meter.add(1_000_000, 1000);
  for (let second = 2; second <= 30; second += 1) meter.add(1_000_000 + second, second * 1000);

  expect(meter.rate(30_000)).toBeCloseTo(1, 1);
});

test("falls to nothing when no byte moves", () => {
  const meter = new RateMeter();
  meter.add(0, 0);
  meter.add(5000, 1000);

  expect(meter.rate(2000)).toBe(2500);
  expect(meter.rate(20_000)).toBe(0);
});

test("bytes that were lost are no speed", () => {
  const meter = new RateMeter();
  meter.add(0, 0);
  meter.add(4000, 1000);
  meter.add(0, 2000);

  expect(meter.rate(2000)).toBe(0);
});

test("knows the time left only while bytes move", () => {
  expect(secondsLeft(1000, 100)).toBe(10);
  expect(secondsLeft(1000, 0)).toBeNull();
  expect(secondsLeft(1000, null)).toBeNull();
  expect(secondsLeft(0, null)).toBe(0);
});
