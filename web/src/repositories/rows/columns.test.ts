import { expect, test } from "vitest";
import { fitColumns, type RowColumn } from "@/repositories/rows/columns";

const column = (id: string, rank: number): RowColumn<string> => ({ id, title: id, rank, width: 100, show: () => null });
const columns = [column("first", 2), column("second", 0), column("third", 1)];

const shown = (width: number) => fitColumns(columns, width, 200).map(({ id }) => id);

test("columns stand in their order and go by their rank", () => {
  expect(shown(2000)).toEqual(["first", "second", "third"]);
  expect(shown(600)).toEqual(["second", "third"]);
  expect(shown(300)).toEqual([]);
});
