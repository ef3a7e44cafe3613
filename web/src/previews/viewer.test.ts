// @vitest-environment node
import { expect, test } from "vitest";
import type { FileMedia } from "@/api/types";
import { viewerOf } from "@/previews/viewer";

test.each([
  ["photo.jpg", "image/jpeg", "image"],
  ["drawing.svg", "image/svg+xml", "image"],
  ["photo.heic", "image/heic", "none"],
  ["paper.pdf", "application/pdf", "pdf"],
  ["notes.md", "text/markdown", "text"],
  ["page.html", "text/html; charset=utf-8", "text"],
  ["data.geojson", "application/geo+json", "text"],
  ["main.rs", "application/octet-stream", "text"],
  ["letter.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "none"],
  ["film.mkv", "video/x-matroska", "video"],
  ["song.flac", "audio/flac", "audio"],
  ["model.glb", "model/gltf-binary", "none"],
])("%s (%s) is shown by: %s", (filename, mimetype, viewer) => {
  expect(viewerOf({ filename, mimetype, is_folder: false })).toBe(viewer);
});

test("a folder has no viewer", () => {
  expect(viewerOf({ filename: "a.jpg", mimetype: "inode/directory", is_folder: true })).toBe("none");
});

test("what the service has made of a file is shown, whatever its type", () => {
  const media = { large_url: null, has_stream: false };
  const file = (kind: string, made: object) => ({ filename: "a.bin", mimetype: "application/x-a", is_folder: false, media: { kind, ...media, ...made } as FileMedia }); // all that is looked at

  expect(viewerOf(file("image", { large_url: "/thumb/a" }))).toBe("image");
  expect(viewerOf(file("video", { has_stream: true }))).toBe("video");
  expect(viewerOf(file("image", {}))).toBe("none");
});
