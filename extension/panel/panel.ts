// The page of the results panel: shows what the extension sends, says which button was pressed.

import type { FromPage, Origin, ToPage } from "../src/panelMessages";
import { drawChart } from "./chart";
import { button, element } from "./element";
import { makeTable } from "./table";

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

const host = acquireVsCodeApi();
const main = document.getElementById("main") as HTMLElement;
let drawn = false;
let last: ToPage = { kind: "empty" };

window.addEventListener("message", (event: MessageEvent<ToPage>) => {
  if (event.data.kind !== "rows" || last.kind !== "rows" || event.data.result.sql !== last.result.sql) drawn = false;
  last = event.data;
  show();
});
host.postMessage({ kind: "ready" });

function show(): void {
  main.replaceChildren(...write(last));
}

function write(message: ToPage): Node[] {
  switch (message.kind) {
    case "empty":
      return [element("p", "hint", "Run a statement, and its rows appear here. Nothing is ever written to your database.")];
    case "busy":
      return [query(message.sql), element("p", "hint", `${message.text} …`, button("Cancel", () => host.postMessage({ kind: "cancel" })))];
    case "failed":
      return [query(message.sql), element("pre", "failed", message.text)];
    case "explained":
      return [query(message.sql), element("p", "words", message.text)];
    case "rows":
      return writeRows(message);
  }
}

function writeRows(message: ToPage & { kind: "rows" }): Node[] {
  const { result, pageSize, origin, said } = message;
  const laid = origin?.candidates.find((each) => each.sql === result.sql)?.laid || result.sql;
  const parts: Node[] = [query(origin ? `-- ${origin.question}\n${laid}` : laid)];
  if (origin) parts.push(verdict(origin, said));
  const bar = element("div", "bar", ...paging(result.offset, result.rows.length, result.rowCount, pageSize));
  bar.append(
    element("span", "note", [`${result.elapsedMs} ms`, result.notice].filter(Boolean).join(" · ")),
    element("span", "gap"),
    button(drawn ? "Table" : "Chart", () => {
      drawn = !drawn;
      show();
    }),
    button("Copy", () => host.postMessage({ kind: "copy" })),
    button("Save CSV…", () => host.postMessage({ kind: "csv" })),
  );
  parts.push(bar, drawn ? drawChart(result.columns, result.rows) : makeTable(result.columns, result.rows, result.offset));
  return parts;
}

function verdict(origin: Origin, said: string | undefined): Node {
  const count = origin.candidates.length;
  const missing = origin.notUnderstood.length ? `not understood: ${origin.notUnderstood.join(", ")} · ` : "";
  const tried = `${count} quer${count === 1 ? "y" : "ies"} tried`;
  const share = origin.memory || [`${missing}${certainty(origin.confidence)}`, origin.like, tried].filter(Boolean).join(" · ");
  const line = element("div", "bar", element("span", "note", said ?? share), element("span", "gap"));
  line.append(button("Insert into Editor", () => host.postMessage({ kind: "insert" })));
  if (said === undefined) {
    line.append(
      button("Accept", () => host.postMessage({ kind: "say", action: "accepted" })),
      button("Reject", () => host.postMessage({ kind: "say", action: "rejected" })),
    );
  }
  return line;
}

function paging(offset: number, rows: number, all: number, size: number): Node[] {
  const where = all === 0 ? "no rows" : all <= size ? `${all} row${all === 1 ? "" : "s"}` : `${offset + 1}–${offset + rows} of ${all} rows`;
  const text = element("span", "count", where);
  if (all <= size) return [text];
  const turn = (to: number) => () => host.postMessage({ kind: "page", offset: to });
  return [
    button("◀", turn(Math.max(0, offset - size)), offset === 0, "Previous page"),
    text,
    button("▶", turn(offset + size), offset + rows >= all, "Next page"),
  ];
}

function query(sql: string): Node {
  return element("pre", "query", sql);
}

/** The word that every face of SQLoop has for a confidence (`sqloop.terminal.certainty`). */
function certainty(confidence: number): string {
  if (confidence >= 0.8) return "sure";
  return confidence >= 0.5 ? "likely" : "guessing";
}
