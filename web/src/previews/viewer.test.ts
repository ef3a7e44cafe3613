// @vitest-environment node
import { expect, test } from "vitest";
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
