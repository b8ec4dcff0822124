// Rows as text: CSV as RFC 4180 has it for files, tab-separated for spreadsheets by way of the clipboard. A text that
// a spreadsheet would run as a formula gets an apostrophe in front (`inert` of sqloop/terminal/csv_text.py).

import type { Cell } from "./protocol";

/** A header and rows with CRLF; NULL is an empty field, an empty text is quoted. */
export function toCsv(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [columns.map(write), ...rows.map((row) => row.map(write))];
  return lines.map((line) => `${line.join(",")}\r\n`).join("");
}

/** Lines of values; tabs and line breaks in values become blanks. */
export function toTabs(lines: readonly (readonly Cell[])[]): string {
  const flatten = (value: Cell): string => String(inert(value) ?? "").replace(/[\t\r\n]+/g, " ");
  return lines.map((line) => line.map(flatten).join("\t")).join("\n");
}

function write(value: Cell): string {
  return value === null ? "" : value === "" ? '""' : quote(String(inert(value)));
}

function inert(value: Cell): Cell {
  const formula = typeof value === "string" && /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(value);
  return formula && !/^(?:[+-][\d .,:()/-]*(?:[eE][+-]?\d+)?|-+)$/.test(value) ? `'${value}` : value;
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
