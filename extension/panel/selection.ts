// A rectangle of cells: drawn with the mouse or with Shift and the arrows; a row by its number; Ctrl+C copies it.

import { toTabs } from "../src/csv";
import type { Cell } from "../src/protocol";

interface Place {
  row: number;
  column: number;
}

const STEPS: Record<string, Place> = {
  ArrowUp: { row: -1, column: 0 },
  ArrowDown: { row: 1, column: 0 },
  ArrowLeft: { row: 0, column: -1 },
  ArrowRight: { row: 0, column: 1 },
};

export function makeSelectable(
  table: HTMLElement,
  body: HTMLElement,
  rows: readonly (readonly Cell[])[],
  copy: (text: string) => void,
): void {
  const width = rows[0]?.length ?? 0;
  if (width === 0) return;
  let start: Place | undefined;
  let end: Place | undefined;

  const select = (from: Place | undefined, to: Place | undefined): void => {
    for (const each of body.querySelectorAll(".chosen")) each.classList.remove("chosen");
    [start, end] = [from, to];
    for (const row of span("row", rows.length)) {
      for (const column of span("column", width)) cellAt(body, { row, column })?.classList.add("chosen");
    }
  };
  const span = (way: keyof Place, size: number): number[] => {
    if (!start || !end) return [];
    const [first, last] = [Math.min(start[way], end[way]), Math.max(start[way], end[way])];
    return [...Array(size).keys()].slice(first, last + 1);
  };
  const move = (step: Place, extends_: boolean): void => {
    const from = end ?? { row: -step.row, column: -step.column };
    const to = { row: clamp(from.row + step.row, rows.length), column: clamp(from.column + step.column, width) };
    select(extends_ && start ? start : to, to);
    cellAt(body, to)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  const press = (event: MouseEvent): void => {
    const place = placeOf(event.target);
    if (!place) return;
    event.preventDefault(); // No text is marked beside the cells.
    table.focus();
    const whole = place.column < 0;
    const from = event.shiftKey && start ? start : { ...place, column: Math.max(place.column, 0) };
    select(from, whole ? { row: place.row, column: width - 1 } : place);
  };

  table.tabIndex = 0;
  table.role = "grid";
  body.addEventListener("mousedown", press);
  body.addEventListener("mouseover", (event) => {
    const place = event.buttons === 1 && start ? placeOf(event.target) : undefined;
    if (place && place.column >= 0) select(start, place);
  });
  table.addEventListener("keydown", (event) => {
    const command = event.ctrlKey || event.metaKey;
    const step = STEPS[event.key];
    if (step) move(step, event.shiftKey);
    else if (command && event.key === "a") select({ row: 0, column: 0 }, { row: rows.length - 1, column: width - 1 });
    else if (event.key === "Escape") select(undefined, undefined);
    else if (command && event.key === "c" && start) copy(write(rows, span("row", rows.length), span("column", width)));
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

/** Tab-separated lines; a single value is copied as it is. */
function write(rows: readonly (readonly Cell[])[], lines: number[], columns: number[]): string {
  const [line, column] = [lines[0] ?? 0, columns[0] ?? 0];
  if (lines.length === 1 && columns.length === 1) return String(rows[line]?.[column] ?? "");
  return toTabs(lines.map((row) => columns.map((each) => rows[row]?.[each] ?? null)));
}

/** The column is -1 for the number of a row. */
function placeOf(target: EventTarget | null): Place | undefined {
  const cell = (target as Element | null)?.closest("td");
  const line = cell?.closest("tr");
  return cell && line ? { row: line.sectionRowIndex, column: cell.cellIndex - 1 } : undefined;
}

function cellAt(body: HTMLElement, { row, column }: Place): Element | undefined {
  return body.children[row]?.children[column + 1];
}

function clamp(value: number, size: number): number {
  return Math.min(Math.max(value, 0), size - 1);
}
