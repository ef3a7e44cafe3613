import { describe, expect, it } from "vitest";
import { filtersOf, hasFilters, nextSort, parseDriveSearch, parseFilterSearch, sortOf, sortSearch } from "@/drive/urlState";

describe("sort in the address", () => {
  it("is by name where the address says nothing", () => {
    expect(sortOf(parseDriveSearch({}))).toEqual({ key: "name", order: "asc" });
  });

  it("leaves out what it does not understand", () => {
    expect(parseDriveSearch({ sort: "colour", order: "up", preview: "", other: "1" })).toEqual({});
  });

  it.each(["name", "size", "created", "updated", "type"] as const)("comes back the same for %s", (key) => {
    for (const order of ["asc", "desc"] as const) {
      expect(sortOf(parseDriveSearch(sortSearch({ key, order })))).toEqual({ key, order });
    }
  });

  it("leaves no trace of the default", () => {
    expect(sortSearch({ key: "name", order: "asc" })).toEqual({ sort: undefined, order: undefined });
  });

  it("turns round on the second press and begins with the largest or newest", () => {
    const bySize = nextSort({ key: "name", order: "asc" }, "size");

    expect(bySize).toEqual({ key: "size", order: "desc" });
    expect(nextSort(bySize, "size")).toEqual({ key: "size", order: "asc" });
  });
});

describe("filters in the address", () => {
  const now = new Date(2026, 10, 22, 15, 30);

  it("become a question with days that begin at midnight", () => {
    const filters = filtersOf({ q: "cat", type: "image", date: "week" }, now);

    expect(filters).toEqual({ q: "cat", type: "image", modified_after: new Date(2026, 10, 16).toISOString() });
  });

  it("ask for what is older than a year by its latest day", () => {
    expect(filtersOf({ date: "older" }, now)).toEqual({ q: "", modified_before: new Date(2025, 10, 23).toISOString() });
  });

  it("ask for sizes in bytes", () => {
    expect(filtersOf({ size: "huge" }, now)).toEqual({ q: "", min_size: 1024 ** 3 });
  });

  it("leave out what is not known", () => {
    expect(parseFilterSearch({ q: "cat", type: "poem", date: "never", size: "xl" })).toEqual({ q: "cat" });
  });

  it("know when there is nothing to ask", () => {
    expect(hasFilters({})).toBe(false);
    expect(hasFilters({ size: "small" })).toBe(true);
  });
});
