import { describe, expect, it } from "vitest";
import { clear, extendTo, focusOn, nothing, prune, selectAll, selectBox, selectOnly, toggle } from "@/drive/selection";

const order = ["a", "b", "c", "d", "e"];
const ids = (selection: { ids: ReadonlySet<string> }) => [...selection.ids].sort();

describe("selection", () => {
  it("selects one item and leaves the others", () => {
    const selection = selectOnly("b");

    expect(ids(selection)).toEqual(["b"]);
    expect(selection.focus).toBe("b");
  });

  it("takes an item in and out with Ctrl", () => {
    const both = toggle(selectOnly("a"), "c");

    expect(ids(both)).toEqual(["a", "c"]);
    expect(ids(toggle(both, "a"))).toEqual(["c"]);
  });

  it("extends from the anchor in both directions with Shift", () => {
    const start = selectOnly("c");

    expect(ids(extendTo(start, "e", order))).toEqual(["c", "d", "e"]);
    expect(ids(extendTo(extendTo(start, "e", order), "a", order))).toEqual(["a", "b", "c"]);
  });

  it("keeps what was selected elsewhere when a range is added with Ctrl and Shift", () => {
    const start = toggle(selectOnly("a"), "d");

    expect(ids(extendTo(start, "e", order, true))).toEqual(["a", "d", "e"]);
  });

  it("starts a range at the item itself where there is no anchor", () => {
    expect(ids(extendTo(nothing, "b", order))).toEqual(["b"]);
  });

  it("moves the keyboard without selecting", () => {
    const selection = focusOn(selectOnly("a"), "d");

    expect(ids(selection)).toEqual(["a"]);
    expect(selection.focus).toBe("d");
  });

  it("selects everything and lets go of it again", () => {
    const all = selectAll(nothing, order);

    expect(ids(all)).toEqual(order);
    expect(ids(clear(all))).toEqual([]);
  });

  it("replaces the selection by a box, or turns round what a box covers with Ctrl", () => {
    expect(ids(selectBox(null, ["b", "c"]))).toEqual(["b", "c"]);
    expect(ids(selectBox(selectOnly("b"), ["b", "c"]))).toEqual(["c"]);
  });

  it("gives the keyboard to the next item when the focused one goes", () => {
    const selection = prune(selectOnly("b"), order, ["a", "c", "d", "e"]);

    expect(ids(selection)).toEqual([]);
    expect(selection.focus).toBe("c");
  });

  it("gives the keyboard to the last item when those at the end go", () => {
    expect(prune(selectOnly("e"), order, ["a", "b"]).focus).toBe("b");
  });

  it("is the same value when nothing selected went", () => {
    const selection = selectOnly("a");

    expect(prune(selection, order, ["a", "b"])).toBe(selection);
  });
});
