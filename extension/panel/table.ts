// Rows as a table: numbers to the right, NULL unlike any text; a heading sorts, cells are selected and copied.

import type { Order, Page } from "../src/panelMessages";
import type { Cell, RunResult } from "../src/protocol";
import { button, element } from "./element";
import { makeSelectable } from "./selection";

/** Characters of a value that are shown; the rest stands in its tooltip. */
const LONGEST = 300;

/** What is done with a table. */
interface Uses {
  sort(column: number): void;
  copy(text: string): void;
}

export function makeTable({ columns, headings }: RunResult, page: Page, order: Order | undefined, uses: Uses): HTMLElement {
  const shown = headings.map((each, index) =>
    makeHeading(each, columns[index] ?? each, order?.column === index ? order : undefined, () => uses.sort(index)),
  );
  const head = element("tr", "", element("th", "number", "#"), ...shown);
  const lines = page.rows.map((row, index) =>
    element("tr", "", element("td", "number", String(page.offset + index + 1)), ...row.map(writeCell)),
  );
  const body = element("tbody", "", ...lines);
  const table = element("table", "", element("thead", "", head), body);
  makeSelectable(table, body, page.rows, uses.copy);
  return element("div", "scroll", table);
}

function makeHeading(text: string, name: string, order: Order | undefined, sort: () => void): HTMLElement {
  const arrow = order ? (order.descending ? " ▼" : " ▲") : "";
  const heading = element("th", "", button(text + arrow, sort, false, `Sort by ${name}`));
  heading.ariaSort = order ? (order.descending ? "descending" : "ascending") : "none";
  return heading;
}

function writeCell(value: Cell): HTMLElement {
  if (value === null) return element("td", "null", "NULL");
  if (typeof value === "number") return element("td", "right", String(value));
  const text = String(value);
  const cell = element("td", "", text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
  if (text.length > LONGEST) cell.title = text;
  return cell;
}
