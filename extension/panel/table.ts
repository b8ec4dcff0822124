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
  const places = columns.map((_, index) => Math.max(0, ...page.rows.map((row) => decimals(row[index]))));
  const lines = page.rows.map((row, index) => {
    const cells = row.map((value, column) => writeCell(value, places[column] ?? 0));
    return element("tr", "", element("td", "number", String(page.offset + index + 1)), ...cells);
  });
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

/** Signs behind the whole part of a number, the point among them. */
function decimals(value: Cell | undefined): number {
  return typeof value === "number" ? (/^-?\d+(\.\d+)?$/.exec(String(value))?.[1]?.length ?? 0) : 0;
}

/** Points of numbers stand below each other: what one has less of `places` than others is left blank. */
function writeCell(value: Cell, places: number): HTMLElement {
  if (value === null) return element("td", "null", "NULL");
  if (typeof value === "number") return element("td", "right", String(value) + " ".repeat(places - decimals(value)));
  const text = String(value);
  const cell = element("td", "", text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
  if (text.length > LONGEST) cell.title = text;
  return cell;
}
