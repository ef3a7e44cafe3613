// @vitest-environment node
import { beforeEach, expect, test } from "vitest";
import { Addresses } from "@/uploads/addresses";
import { MemoryTransport } from "@/uploads/memory-transport";
import { type Part, planParts } from "@/uploads/plan";

const HOUR = 3_600_000;
const { signal } = new AbortController();
const plan = planParts(40, 1);
const part = (number: number): Part => plan[number - 1] ?? { number, start: 0, end: 0 };

let now: number;
let skew: number;
let transport: MemoryTransport;
let addresses: Addresses;

beforeEach(async () => {
  now = 0;
  skew = 0;
  transport = new MemoryTransport({ partSize: 1, addressLifetime: HOUR, clock: () => now });
  const request = { name: "a", parentId: null, space: "my-files", size: 40, onConflict: "fail", idempotencyKey: "k" } as const;
  const { fileId } = await transport.reserve(request, signal);
  addresses = new Addresses(transport, fileId, plan, true, false, () => now + skew);
});

test("one question serves many parts, also when they ask at once", async () => {
  await Promise.all([1, 2, 3].map((number) => addresses.of(part(number), signal)));

  expect(transport.count("addresses")).toBe(1);
});

test("the next parts are asked for when they come up", async () => {
  for (const one of plan) await addresses.of(one, signal);

  expect(transport.calls.filter((call) => call.startsWith("addresses"))).toEqual(["addresses f1 1-24", "addresses f1 25-40"]);
});

test("an address that is about to expire is asked for again", async () => {
  await addresses.of(part(1), signal);
  now += HOUR - 1000;
  await addresses.of(part(2), signal);

  expect(transport.count("addresses")).toBe(2);
});

test("a clock that is hours ahead does not ask for ever", async () => {
  skew = 5 * HOUR;

  const address = await addresses.of(part(1), signal);

  expect(address.url).toBe("f1 1");
});

test("a whole file goes elsewhere once a request failed", async () => {
  const whole = new Addresses(transport, "f1", plan.slice(0, 1), false, false, () => now);

  await whole.of(part(1), signal);
  await whole.of(part(1), signal);
  whole.failed(part(1));
  await whole.of(part(1), signal);

  expect(transport.calls.filter((call) => call.startsWith("addresses"))).toEqual(["addresses f1 whole", "addresses f1 whole-again"]);
});

test("a whole file that is continued goes elsewhere at once", async () => {
  const whole = new Addresses(transport, "f1", plan.slice(0, 1), false, true, () => now);

  await whole.of(part(1), signal);

  expect(transport.count("addresses f1 whole-again")).toBe(1);
});

test("a forgotten address is asked for again", async () => {
  await addresses.of(part(1), signal);
  addresses.forget(part(1));
  await addresses.of(part(1), signal);

  expect(transport.count("addresses")).toBe(2);
});
