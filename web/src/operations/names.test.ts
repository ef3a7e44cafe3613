import { describe, expect, it } from "vitest";
import { kindName, storeName } from "@/operations/names";

describe("what a replica holds", () => {
  it("is called as what it is a copy of", () => {
    expect(kindName("repository chunk")).toBe("Chunks");
    expect(kindName("repository replica eu chunk")).toBe("Chunks in replica eu");
    expect(kindName("repository replica manifest")).toBe("Manifests in replica");
  });

  it("is in a store with a name of its own", () => {
    expect(storeName("repository replica eu")).toBe("Replica eu");
    expect(storeName("repository replica")).toBe("Replica");
    expect(storeName("repository")).toBe("Repositories");
  });
});
