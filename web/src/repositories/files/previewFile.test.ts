import { expect, test } from "vitest";
import { viewerOf } from "@/previews/viewer";
import { previewFile } from "@/repositories/files/previewFile";

const at = (path: string) => previewFile("r", "c", { path, size: 1, mtime: null, hash: null });

test("a commit keeps names only, and they tell the viewer", () => {
  const viewers = ["a/still.PNG", "film.mp4", "mix.wav", "script.pdf", "main.py", "README.md", "plate.exr", "LICENSE"].map((path) => viewerOf(at(path)));
  expect(viewers).toEqual(["image", "video", "audio", "pdf", "text", "text", "none", "none"]);
});

test("a path is spelled in the address so that it comes back as it is", () => {
  const { addresses } = at("a & b/100%/ü#1.png");
  const path = new URL(addresses?.inline ?? "", "http://localhost").searchParams.get("path");
  expect(path).toBe("a & b/100%/ü#1.png");
});
