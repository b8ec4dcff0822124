// The questions that were asked of the database in use, in any face of SQLoop, the newest first.

import { EventEmitter, MarkdownString, ThemeIcon, TreeItem, type TreeDataProvider } from "vscode";
import type { AskedQuestion, HistoryResult } from "./protocol";
import type { Server } from "./server";

const ICONS: Record<string, string> = { accepted: "pass", edited: "edit", rejected: "error" };

export class HistoryTree implements TreeDataProvider<AskedQuestion> {
  static readonly id = "sqloop.history";

  private readonly changed = new EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private seen = "";

  constructor(private readonly server: Server) {
    server.onChanged(() => {
      const { database, feedback } = server.status ?? {};
      const now = `${database?.url} ${database?.state} ${feedback?.shown} ${feedback?.accepted} ${feedback?.rejected}`;
      if (now === this.seen) return;
      this.seen = now;
      this.changed.fire(undefined);
    });
  }

  async getChildren(asked?: AskedQuestion): Promise<AskedQuestion[]> {
    if (asked || this.server.status?.database.state !== "ready") return [];
    return (await this.server.request<HistoryResult>("sqloop/history", {})).questions as AskedQuestion[];
  }

  getTreeItem(asked: AskedQuestion): TreeItem {
    const item = new TreeItem(asked.question);
    item.contextValue = asked.sql ? "asked" : "unanswered";
    item.iconPath = new ThemeIcon((!seems(asked) && ICONS[asked.said ?? ""]) || "comment");
    item.description = tell(asked);
    item.tooltip = new MarkdownString().appendText(asked.question).appendCodeblock(asked.sql || "-- no candidate ran", "sql");
    if (asked.sql) item.command = { command: "sqloop.showAsked", title: "Run", arguments: [asked] };
    return item;
  }
}

/** What was said of a question, and when it was asked. */
export function tell(asked: AskedQuestion): string {
  return [seems(asked) ? `seems ${asked.said}` : asked.said, write(new Date(asked.time))].filter(Boolean).join(" · ");
}

/** Whether nobody said what counts as half. */
function seems({ inferred, said }: AskedQuestion): boolean {
  return inferred === true && said !== "edited";
}

/** The time where it was today, else the day. */
function write(time: Date): string {
  const today = new Date().toDateString() === time.toDateString();
  return today ? time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }) : time.toLocaleDateString();
}
