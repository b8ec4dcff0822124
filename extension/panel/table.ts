// Rows as a table: numbers to the right, NULL unlike any text.

import type { Cell } from "../src/protocol";
import { element } from "./element";

/** Characters of a value that are shown; the rest stands in its tooltip. */
const LONGEST = 300;

export function makeTable(columns: readonly string[], rows: readonly (readonly Cell[])[], offset: number): HTMLElement {
  const head = element("tr", "", element("th", "number", "#"), ...columns.map((each) => element("th", "", each)));
  const lines = rows.map((row, index) =>
    element("tr", "", element("td", "number", String(offset + index + 1)), ...row.map(writeCell)),
  );
  const table = element("table", "", element("thead", "", head), element("tbody", "", ...lines));
  return element("div", "scroll", table);
}

function writeCell(value: Cell): HTMLElement {
  if (value === null) return element("td", "null", "NULL");
  if (typeof value === "number") return element("td", "right", String(value));
  const cell = element("td", "", value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
  if (value.length > LONGEST) cell.title = value;
  return cell;
}
