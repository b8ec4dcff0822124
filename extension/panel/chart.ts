// A simple chart of the page at hand: the first column that is no number against the first that is one. A key is
// drawn only where there is nothing else. Dates become a line, in their order, everything else bars. Drawn as large as there is room, and anew when that changes.

import type { Cell } from "../src/protocol";
import { element } from "./element";

/** Rows that are drawn. */
const MOST = 40;
/** Pixels; with less room the chart is scrolled. */
const LEAST = { width: 300, height: 110 };
const LEFT = 70;
const TOP = 14;
const DATE = /^\d{4}(-\d{2}){0,2}([ T].*)?$/;

interface Point {
  label: string;
  value: number;
}

interface Size {
  width: number;
  height: number;
}

export function drawChart(columns: readonly string[], rows: readonly (readonly Cell[])[]): Element {
  const values = columns.findIndex((_, index) => rows.length > 0 && isNumeric(rows, index) && !isYears(columns, rows, index));
  if (values < 0) return element("p", "hint", "There is no column of numbers to draw.");
  const named = columns.map((_, index) => index).filter((index) => index !== values && (!isNumeric(rows, index) || isYears(columns, rows, index)));
  const labels = named.find((index) => !isKey(columns, index)) ?? named[0] ?? -1;
  const points = rows
    .slice(0, MOST)
    .map((row, index) => ({ label: labels < 0 ? String(index + 1) : String(row[labels] ?? "NULL"), value: Number(row[values] ?? 0) }));
  const title = `${columns[values] ?? ""}${labels < 0 ? "" : ` by ${columns[labels] ?? ""}`}`;
  const more = rows.length > MOST ? ` · the first ${MOST} rows` : "";
  const lined = labels >= 0 && points.length > 2 && points.every(({ label }) => DATE.test(label));
  if (lined) points.sort((one, other) => (one.label < other.label ? -1 : Number(one.label > other.label)));
  const frame = element("div", "frame");
  new ResizeObserver(() => {
    const size = { width: Math.max(frame.clientWidth, LEAST.width), height: Math.max(frame.clientHeight, LEAST.height) };
    frame.replaceChildren(draw(points, lined, size));
  }).observe(frame);
  return element("figure", "chart", element("figcaption", "", title + more), frame);
}

function isNumeric(rows: readonly (readonly Cell[])[], index: number): boolean {
  const known = rows.map((row) => row[index]).filter((value) => value !== null && value !== undefined);
  return known.length > 0 && known.every((value) => typeof value === "number");
}

function isKey(columns: readonly string[], index: number): boolean {
  return /(?:^|[_ ])(?:ids?|no|nr|code|zip|postcode|phone|key)$|\w[_ ]number$/i.test(columns[index] ?? "");
}

/** Numbers that name a time or a row are labels. */
function isYears(columns: readonly string[], rows: readonly (readonly Cell[])[], index: number): boolean {
  return columns.length > 1 && (/year|month|day|week/i.test(columns[index] ?? "") || isKey(columns, index)) && isNumeric(rows, index);
}

function draw(points: readonly Point[], lined: boolean, { width, height }: Size): SVGElement {
  const least = Math.min(0, ...points.map(({ value }) => value));
  const most = Math.max(0, ...points.map(({ value }) => value)) || (least < 0 ? 0 : 1);
  const step = (width - LEFT) / points.length;
  const turns = step < 90;
  const bottom = height - (turns ? 64 : 24);
  const y = (value: number): number => TOP + (bottom - TOP) * ((most - value) / (most - least));
  const x = (index: number): number => LEFT + step * (index + 0.5);
  const picture = shape("svg", { width, height, role: "img" });
  for (const value of ticks(least, most)) {
    picture.append(shape("line", { class: "grid", x1: LEFT, x2: width, y1: y(value), y2: y(value) }));
    picture.append(text(write(value), { x: LEFT - 8, y: y(value) + 4, "text-anchor": "end" }));
  }
  if (lined) {
    const path = points.map(({ value }, index) => `${x(index)},${y(value)}`).join(" ");
    picture.append(shape("polyline", { class: "line", points: path }));
  }
  const every = turns ? Math.ceil(24 / step) : 1;
  points.forEach(({ label, value }, index) => {
    const top = Math.min(y(value), y(0));
    const mark = lined
      ? shape("circle", { class: "bar", cx: x(index), cy: y(value), r: 3 })
      : shape("rect", { class: "bar", x: x(index) - step * 0.35, y: top, width: step * 0.7, height: Math.abs(y(value) - y(0)) });
    mark.append(text(`${label}: ${write(value)}`, {}, "title"));
    picture.append(mark);
    if (index % every) return;
    const short = label.length > 14 ? `${label.slice(0, 13)}…` : label;
    const place = { x: x(index), y: bottom + 16 };
    const turned: Record<string, string | number> = turns ? { transform: `rotate(-30 ${place.x} ${place.y})`, "text-anchor": "end" } : { "text-anchor": "middle" };
    picture.append(text(short, { ...place, ...turned }));
  });
  return picture;
}

/** Round values that divide the axis. */
function ticks(least: number, most: number): number[] {
  const rough = (most - least) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const size = ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10) * power;
  const found: number[] = [];
  for (let value = Math.ceil(least / size) * size; value <= most + size * 1e-9; value += size) found.push(value);
  return found;
}

function write(value: number): string {
  return value.toLocaleString("en", { maximumSignificantDigits: 6, notation: Math.abs(value) >= 1e6 ? "compact" : "standard" });
}

function shape(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

function text(content: string, attributes: Record<string, string | number>, name = "text"): SVGElement {
  const made = shape(name, attributes);
  made.textContent = content;
  return made;
}
