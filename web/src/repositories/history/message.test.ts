import { expect, test } from "vitest";
import { explanation, subject } from "@/repositories/history/message";

test("the first line names a commit and the rest explains it", () => {
  expect(subject("\n  Mix of reel 3 \n\nLouder.\n")).toBe("Mix of reel 3");
  expect(explanation("Mix of reel 3\n\nLouder.\nMuch.\n")).toBe("Louder.\nMuch.");
});

test("a commit may say nothing", () => {
  expect(subject("")).toBe("");
  expect(explanation("One line")).toBe("");
});
