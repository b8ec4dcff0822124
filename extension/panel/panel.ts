// The page of the results panel: shows what the extension sends, says which button was pressed.

import type { FromPage, Rows, ToPage } from "../src/panelMessages";
import { drawChart } from "./chart";
import { button, element } from "./element";
import { makeFilter } from "./filter";
import { verdict } from "./origin";
import { makeTable } from "./table";

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

const host = acquireVsCodeApi();
const send = (message: FromPage): void => host.postMessage(message);
const filter = makeFilter((text) => send({ kind: "filter", text }));
const main = document.getElementById("main") as HTMLElement;
let drawn = false;
let last: ToPage = { kind: "empty" };

window.addEventListener("message", (event: MessageEvent<ToPage>) => {
  const same = event.data.kind === "rows" && last.kind === "rows" && event.data.sql === last.sql;
  if (!same) drawn = false;
  if (!same) filter.value = event.data.kind === "rows" ? event.data.filter : "";
  last = event.data;
  show();
});
send({ kind: "ready" });

/** Write the page anew; who is writing into the filter, or sorting by keys, stays where they are. */
function show(): void {
  const focused = document.activeElement;
  const name = focused?.ariaLabel;
  main.replaceChildren(...write(last));
  if (focused === filter) filter.focus();
  else if (name) main.querySelector<HTMLElement>(`[aria-label="${CSS.escape(name)}"]`)?.focus();
}

function write(message: ToPage): Node[] {
  switch (message.kind) {
    case "empty":
      return [element("p", "hint", "Run a statement, and its rows appear here. Nothing is ever written to your database.")];
    case "busy":
      return [query(message.sql), element("p", "hint", `${message.text} …`, button("Cancel", () => send({ kind: "cancel" })))];
    case "failed":
      return [query(message.sql), element("pre", "failed", message.text), ...back(message.back)];
    case "explained":
      return [query(message.sql), element("p", "words", message.text), ...back(message.back)];
    case "rows":
      return writeRows(message);
  }
}

function back(offered?: "same" | "other"): Node[] {
  if (!offered) return [];
  const label = offered === "same" ? "Back to the rows" : "Back to the rows shown before";
  return [element("div", "bar", button(label, () => send({ kind: "back" })))];
}

function writeRows(message: Rows): Node[] {
  const { sql, result, page, order, origin, said } = message;
  const laid = origin?.candidates.find((each) => each.sql === sql)?.laid || sql;
  const parts: Node[] = [query(origin ? `-- ${origin.question}\n${laid}` : laid)];
  if (origin) parts.push(verdict(origin, sql, said, send));
  const bar = element("div", "bar", ...paging(message, (offset) => send({ kind: "page", offset })));
  const limit = `limit ${message.limit.toLocaleString("en")}`;
  bar.append(
    element("span", "note", `· ${[`${result.elapsedMs} ms`, result.notice].filter(Boolean).join(" · ")}`),
    button(limit, () => send({ kind: "limit" }), false, "How many rows a query may give"),
    element("span", "gap"),
  );
  const uses = element(
    "span",
    "group",
    filter,
    button(drawn ? "Table" : "Chart", () => {
      drawn = !drawn;
      show();
    }),
    button("Copy", () => send({ kind: "copy" })),
    button("Save…", () => send({ kind: "save" }), false, "Save as CSV or JSON"),
  );
  bar.append(uses);
  const listen = {
    sort: (column: number) => send({ kind: "sort", column }),
    copy: (text: string) => send({ kind: "cells", text }),
  };
  parts.push(bar, drawn ? drawChart(result.headings, page.rows) : makeTable(result, page, order, listen));
  return parts;
}

function paging({ page, pageSize, filter: wanted, result }: Rows, turn: (offset: number) => void): Node[] {
  const { offset, rows, rowCount } = page;
  const part = rowCount > pageSize ? `${offset + 1}–${offset + rows.length} of ` : "";
  const many = rowCount === 0 ? "no rows" : `${part}${rowCount} row${rowCount === 1 ? "" : "s"}`;
  const text = element("span", "count", wanted ? `${many}, of ${result.truncated ? "the first " : ""}${result.rowCount.toLocaleString("en")}` : many);
  if (!part) return [text];
  return [
    button("◀", () => turn(Math.max(0, offset - pageSize)), offset === 0, "Previous page"),
    text,
    button("▶", () => turn(offset + pageSize), offset + rows.length >= rowCount, "Next page"),
  ];
}

function query(sql: string): Node {
  return element("pre", "query", sql);
}
