import { describe, expect, it } from "vitest";
import { findByPrefix } from "@/drive/view/useTypeAhead";

const names = ["Apple", "Banana", "Blueberry", "Éclair", "elder"];

describe("type-ahead", () => {
  it("finds the next name that begins so, going round", () => {
    expect(findByPrefix(names, "b", 0)).toBe(1);
    expect(findByPrefix(names, "b", 1)).toBe(2);
    expect(findByPrefix(names, "b", 2)).toBe(1);
  });

  it("stays on the item while more letters still match it", () => {
    expect(findByPrefix(names, "bl", 2)).toBe(2);
  });

  it("goes on to the next with the same letter again", () => {
    expect(findByPrefix(names, "bb", 1)).toBe(2);
  });

  it("ignores case and accents", () => {
    expect(findByPrefix(names, "e", 0)).toBe(3);
    expect(findByPrefix(names, "EL", 0)).toBe(4);
  });

  it("finds nothing where nothing matches", () => {
    expect(findByPrefix(names, "z", 0)).toBe(-1);
  });
});
