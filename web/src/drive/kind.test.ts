import { describe, expect, it } from "vitest";
import { extensionOf, kindOf, stemLength } from "@/drive/kind";

const file = (filename: string, mimetype = "application/octet-stream") => ({ filename, mimetype, is_folder: false });

describe("kind of file", () => {
  it.each([
    [file("a", "image/png"), "image"],
    [file("film.MKV"), "video"],
    [file("chair.glb", "model/gltf-binary"), "3d"],
    [file("main.py", "text/x-python"), "code"],
    [file("notes", "text/plain"), "document"],
    [file("backup.tar.gz", "application/gzip"), "archive"],
    [file("thing.xyz"), "other"],
    [{ ...file("photos.zip", "inode/directory"), is_folder: true }, "folder"],
  ] as const)("of %o is %s", (item, kind) => {
    expect(kindOf(item)).toBe(kind);
  });

  it("takes the extension from the last dot, and none from a hidden file", () => {
    expect(extensionOf("a.tar.GZ")).toBe("gz");
    expect(extensionOf(".profile")).toBe("");
    expect(extensionOf("README")).toBe("");
  });

  it("selects the name without its extension for renaming, and all of a folder's", () => {
    expect(stemLength("notes.md", false)).toBe(5);
    expect(stemLength("v1.2", true)).toBe(4);
  });
});
