import { QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, it } from "vitest";
import { type ListData, optimistically, patchFiles, removeFiles, trimList } from "@/api/cache";
import { keys } from "@/api/keys";
import type { DriveFile } from "@/api/types";

const file = (id: string): DriveFile => ({
  id,
  key: `me/my-files/${id}`,
  filename: id,
  mimetype: "text/plain",
  size: 1,
  owner_id: "me",
  space: "my-files",
  parent_id: null,
  is_folder: false,
  state: "ready",
  etag: "1",
  favorited: false,
  last_opened: null,
  created_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-01-01T00:00:00Z",
  deleted_at: null,
  moving: false,
  content_hash: null,
  media: null,
});

const pages = (...ids: string[]): ListData => ({
  pages: ids.map((id) => ({ items: [file(id)], next_cursor: id })),
  pageParams: ids.map((_, index) => (index === 0 ? null : String(index))),
});

let client: QueryClient;
const shown = (key: readonly unknown[]) => client.getQueryData<ListData>(key)?.pages.flatMap((page) => page.items.map((item) => item.filename));

beforeEach(() => {
  client = new QueryClient();
  client.setQueryData(keys.recent, pages("a", "b"));
  client.setQueryData(keys.favorites, pages("b", "c"));
});

describe("cached lists", () => {
  it("show a change wherever the file is listed", () => {
    patchFiles(client, new Map([["b", { filename: "renamed" }]]));

    expect(shown(keys.recent)).toEqual(["a", "renamed"]);
    expect(shown(keys.favorites)).toEqual(["renamed", "c"]);
  });

  it("lose a file everywhere at once", () => {
    removeFiles(client, new Set(["b"]));

    expect(shown(keys.recent)).toEqual(["a"]);
    expect(shown(keys.favorites)).toEqual(["c"]);
  });

  it("are put back when the change is refused", async () => {
    const change = optimistically(client, () => removeFiles(client, new Set(["b"])), () => Promise.reject(new Error("refused")));

    await expect(change).rejects.toThrow("refused");
    expect(shown(keys.recent)).toEqual(["a", "b"]);
  });

  it("keep a few pages of a long list that is left", () => {
    client.setQueryData(keys.trash, pages("a", "b", "c", "d", "e", "f"));

    trimList(client, keys.trash);
    trimList(client, keys.recent);

    expect(shown(keys.trash)).toEqual(["a", "b", "c", "d"]);
    expect(shown(keys.recent)).toEqual(["a", "b"]);
  });
});
