import { expect, test } from "vitest";
import { visible } from "@/ui/visible";

test("what turns the letters of a name round is seen", () => {
  expect(visible("photo\u202egpj.exe")).toBe("photo⟨U+202E⟩gpj.exe");
  expect(visible("\u2066a\u2069.txt")).toBe("⟨U+2066⟩a⟨U+2069⟩.txt");
});

test("controls and what takes no room are seen", () => {
  expect(visible("two\nlines\t\u007f\u0085")).toBe("two↵lines⇥⟨U+007F⟩⟨U+0085⟩");
  expect(visible("a\u200bb\ufeff")).toBe("a⟨U+200B⟩b⟨U+FEFF⟩");
});

test("names in any language stay as they are", () => {
  for (const name of ["Zoë ł 日本.mov", "עברית.txt", "می‌خواهم.txt", "👩‍👧.jpg", "a\\xffb"]) expect(visible(name)).toBe(name);
});
