// The status bar item: connection, model and state; a click opens what can be done about them.

import { MarkdownString, StatusBarAlignment, ThemeColor, window, type StatusBarItem } from "vscode";
import type { Status } from "./protocol";
import type { Server } from "./server";

export function showStatus(server: Server): StatusBarItem {
  const item = window.createStatusBarItem("sqloop.status", StatusBarAlignment.Right, 100);
  item.name = "SQLoop";
  item.command = "sqloop.showMenu";
  const update = (): void => {
    const failed = server.problem || server.status?.state === "degraded";
    item.text = write(server.status, server.problem);
    item.tooltip = describe(server.status, server.problem);
    item.backgroundColor = failed ? new ThemeColor("statusBarItem.warningBackground") : undefined;
    item.accessibilityInformation = { label: `SQLoop: ${server.problem || (server.status?.message ?? "starting")}` };
  };
  server.onChanged(update);
  update();
  item.show();
  return item;
}

function write(status: Status | undefined, problem: string): string {
  if (problem) return "$(warning) SQLoop";
  if (!status) return "$(loading~spin) SQLoop";
  const { database, model } = status;
  const busy = database.state === "connecting" || model.state === "loading" || model.state === "working";
  const icon = status.state === "degraded" ? "warning" : busy ? "loading~spin" : status.trusted ? "database" : "shield";
  if (database.state === "unreachable" || database.state === "connecting") return `$(${icon}) ${database.connection}: ${database.state}`;
  return `$(${icon}) ${database.connection} · ${shorten(model.base ?? "")}${model.state === "failed" ? ": failed" : ""}`;
}

/** A model's name without the way to it. */
function shorten(model: string): string {
  return model.split(/[/\\#]/).filter(Boolean).at(-1) ?? model;
}

function describe(status: Status | undefined, problem: string): MarkdownString {
  const text = new MarkdownString();
  const line = (name: string, ...parts: (string | undefined)[]): void => {
    text.appendMarkdown(`**${name}** `).appendText(parts.filter(Boolean).join(" · ")).appendMarkdown("\n\n");
  };
  if (problem) line("SQLoop", problem);
  if (!status) return text;
  const { database, model, feedback } = status;
  const size = database.state === "ready" ? `tables: ${database.tables ?? 0}, columns: ${database.columns ?? 0}` : "";
  line("Database", database.connection, database.state, size, database.error, database.hint);
  for (const each of database.unread ?? []) line("Not read", each);
  line("Model", shorten(model.base ?? ""), model.adapter ?? "", model.state, model.error, model.hint);
  if (model.better) line("Better", model.better);
  const counts = `${feedback.shown ?? 0} shown, ${feedback.accepted ?? 0} accepted, ${feedback.rejected ?? 0} rejected`;
  line("Feedback", feedback.enabled ? counts : "off");
  if (!status.trusted) line("Restricted", "this workspace is not trusted: its settings may name files in it only");
  for (const each of status.ignored ?? []) line("Not honoured", each);
  return text;
}
