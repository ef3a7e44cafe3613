import { describe, expect, it } from "vitest";
import { fitColumns, trackTemplate } from "@/drive/columns";

describe("columns", () => {
  it("all stand where there is room", () => {
    expect(fitColumns(["updated", "type", "owner", "size"], 1400)).toEqual(["updated", "type", "owner", "size"]);
  });

  it("go one by one, the least important first, and keep their order", () => {
    expect(fitColumns(["updated", "type", "owner", "size"], 900)).toEqual(["updated", "type", "size"]);
    expect(fitColumns(["updated", "type", "owner", "size"], 700)).toEqual(["updated", "size"]);
    expect(fitColumns(["updated", "type", "owner", "size"], 400)).toEqual([]);
  });

  it("have one track each between the name and the buttons", () => {
    expect(trackTemplate(["location", "size"])).toBe("28px minmax(0, 1fr) minmax(140px, 0.5fr) 96px 72px");
  });
});
