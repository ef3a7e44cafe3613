import { expect, test } from "vitest";
import { inOrder } from "@/repositories/rows/order";

const items = ["README.md", "Zebra/", "audio/", "take 10", "take 2"].map((name) => ({ name }));
const names = (isWhole: boolean) => inOrder(items, ({ name }) => name.endsWith("/"), isWhole).map(({ name }) => name);

test("folders come first and names as people sort them", () => {
  expect(names(true)).toEqual(["audio/", "Zebra/", "README.md", "take 2", "take 10"]);
});

test("what comes page by page stays as it comes", () => {
  expect(names(false)).toEqual(items.map(({ name }) => name));
});
