// Rows as text: CSV as RFC 4180 has it and JSON for files, tab-separated for spreadsheets by way of the clipboard. A text
// that a spreadsheet would run as a formula gets an apostrophe in front (`inert` of sqloop/terminal/csv_text.py).

import type { Cell } from "./protocol";

/** A header and rows with CRLF; NULL is an empty field, an empty text is quoted. */
export function toCsv(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [columns.map(write), ...rows.map((row) => row.map(write))];
  // An empty line is none to most readers.
  return lines.map((line) => `${line.join(",") || '""'}\r\n`).join("");
}

/** An array with an object for each row, every value as it is; of columns called alike the later ones are numbered. */
export function toJson(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const names: string[] = [];
  for (const column of columns) {
    let name = column;
    for (let number = 2; names.includes(name); number += 1) name = `${column}_${number}`;
    names.push(name);
  }
  // Written by hand, for an object puts what is called as a number before the rest.
  const keys = names.map((name) => JSON.stringify(name));
  const lines = rows.map((row) => `{${keys.map((key, at) => `${key}:${JSON.stringify(row[at] ?? null)}`).join(",")}}`);
  return lines.length === 0 ? "[]\n" : `[\n${lines.join(",\n")}\n]\n`;
}

/** Lines of values; tabs and line breaks in values become blanks. What begins with a quote is quoted: a spreadsheet
 * would take all up to the next one for a single cell. */
export function toTabs(lines: readonly (readonly Cell[])[]): string {
  const flatten = (value: Cell): string => {
    const text = String(inert(value) ?? "").replace(/[\t\r\n]+/g, " ");
    return text.startsWith('"') ? quote(text) : text;
  };
  return lines.map((line) => line.map(flatten).join("\t")).join("\n");
}

function write(value: Cell): string {
  return value === null ? "" : value === "" ? '""' : quote(String(inert(value)));
}

function inert(value: Cell): Cell {
  const formula = typeof value === "string" && /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(value);
  return formula && !/^(?:[+-][\d .,:()/-]*(?:[eE][+-]?\d+)?|-+|-Infinity)$/.test(value) ? `'${value}` : value;
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
