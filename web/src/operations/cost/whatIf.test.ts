import { describe, expect, it } from "vitest";
import { AS_IT_IS, changesOf, colder, monthsUntilPaid, sizeWords } from "@/operations/cost/whatIf";

const ALL = colder(["hot", "warm", "cold", "archive"]);

describe("a what-if", () => {
  it("goes to no class without prices", () => {
    expect(colder(["hot"])).toEqual([]);
    expect(changesOf({ ...AS_IT_IS, to: 2 }, colder(["hot", "warm", "archive"]))).toBe("tier=archive:30");
  });

  it("asks nothing while nothing is to be otherwise", () => {
    expect(changesOf(AS_IT_IS, ALL)).toBe("");
    expect(changesOf({ ...AS_IT_IS, days: 5 }, ALL)).toBe("");
  });

  it("asks for every change, sizes first, since classes bill by them", () => {
    expect(changesOf({ to: 2, days: 5, replicas: 2, chunk: 1, pack: 2, hasTags: false }, ALL)).toBe("chunk=16KiB,pack=16MiB,tags=0,tier=cold:90,replicas=2");
  });

  it("asks for a class as a whole where nothing is too young for it", () => {
    expect(changesOf({ ...AS_IT_IS, to: 1, days: 0 }, ALL)).toBe("class=warm");
  });
});

describe("what a change costs once", () => {
  it("is paid for by what it saves, if it saves anything", () => {
    expect(monthsUntilPaid({ difference: -10, once: 25 })).toBe(2.5);
    expect(monthsUntilPaid({ difference: 3, once: 25 })).toBeNull();
    expect(monthsUntilPaid({ difference: -3, once: 0 })).toBe(0);
    expect(monthsUntilPaid({ difference: 3, once: 0 })).toBeNull();
  });
});

it("sizes are written as people read them", () => {
  expect(sizeWords("16MiB")).toBe("16 MiB");
});
