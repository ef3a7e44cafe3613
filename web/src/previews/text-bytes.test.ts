// @vitest-environment node
import { afterEach, describe, expect, test, vi } from "vitest";
import { decode, fetchStart } from "@/previews/text-bytes";

const utf8 = (content: string) => new TextEncoder().encode(content);

describe("decoding", () => {
  test("UTF-8 is read as it is", () => {
    expect(decode(utf8("naïve 日本語 😀"), false)).toEqual({ text: "naïve 日本語 😀", isUnicode: true });
  });

  test("a character torn at the cut is left out", () => {
    const bytes = utf8("ab😀");

    expect(decode(bytes.subarray(0, 4), true)).toEqual({ text: "ab", isUnicode: true });
  });

  test("what is no UTF-8 is read as Latin-1", () => {
    expect(decode(Uint8Array.of(0x47, 0x72, 0xf6, 0xdf, 0x65), false)).toEqual({ text: "Größe", isUnicode: false });
  });

  test("UTF-16 is known by its mark", () => {
    expect(decode(Uint8Array.of(0xff, 0xfe, 0x41, 0x00, 0xe9, 0x00), false)).toEqual({ text: "Aé", isUnicode: true });
    expect(decode(Uint8Array.of(0xfe, 0xff, 0x00, 0x41), false)).toEqual({ text: "A", isUnicode: true });
  });
});

describe("fetching the start", () => {
  afterEach(() => vi.unstubAllGlobals());

  /** There is no server in these tests: the answer of a store is all that matters. */
  function answer(body: string, status: number): ReturnType<typeof vi.fn> {
    const fetched = vi.fn(() => Promise.resolve(new Response(body, { status })));
    vi.stubGlobal("fetch", fetched);
    return fetched;
  }

  test("asks for a range", async () => {
    const fetched = answer("0123", 206);

    expect(await fetchStart("/x", 4, new AbortController().signal)).toEqual(utf8("0123"));
    expect(fetched).toHaveBeenCalledWith("/x", expect.objectContaining({ headers: { Range: "bytes=0-3" } }));
  });

  test("stops reading where a store ignores the range", async () => {
    answer("0123456789", 200);

    expect(await fetchStart("/x", 4, new AbortController().signal)).toEqual(utf8("0123"));
  });

  test("a refusal is an error", async () => {
    answer("no", 403);

    await expect(fetchStart("/x", 4, new AbortController().signal)).rejects.toThrow("403");
  });
});
