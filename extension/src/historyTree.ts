// The questions that were asked of the database in use, in any face of SQLoop, the newest first.

import { EventEmitter, MarkdownString, ThemeIcon, TreeItem, type TreeDataProvider } from "vscode";
import type { AskedQuestion, HistoryResult } from "./protocol";
import type { Server } from "./server";

const ICONS: Record<string, string> = { accepted: "pass", edited: "edit", rejected: "error" };

/** Characters of a question that are seen in a side bar of usual width. */
const LONG = 40;

export class HistoryTree implements TreeDataProvider<AskedQuestion> {
  static readonly id = "sqloop.history";

  private readonly changed = new EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private seen = "";

  constructor(private readonly server: Server) {
    server.onChanged(() => {
      const { database, feedback } = server.status ?? {};
      const now = `${database?.url} ${database?.state} ${feedback?.shown} ${feedback?.verdicts}`;
      if (now === this.seen) return;
      this.seen = now;
      this.changed.fire(undefined);
    });
  }

  private listed: AskedQuestion[] = [];

  async getChildren(asked?: AskedQuestion): Promise<AskedQuestion[]> {
    if (asked || this.server.status?.database.state !== "ready") return [];
    this.listed = (await this.server.request<HistoryResult>("sqloop/history", {})).questions as AskedQuestion[];
    return this.listed;
  }

  getTreeItem(asked: AskedQuestion): TreeItem {
    const item = new TreeItem(shorten(asked.question, this.listed.slice(this.listed.indexOf(asked) + 1)));
    item.contextValue = asked.sql ? "asked" : "unanswered";
    item.iconPath = new ThemeIcon((!seems(asked) && ICONS[asked.said ?? ""]) || "comment");
    item.description = tell(asked);
    item.tooltip = new MarkdownString().appendText(asked.question).appendCodeblock(asked.sql || "-- no candidate ran", "sql");
    if (asked.sql) item.command = { command: "sqloop.showAsked", title: "Run", arguments: [asked] };
    return item;
  }
}

/** What sets a long question apart from an older one that begins alike: its end would be cut off. */
function shorten(question: string, older: readonly AskedQuestion[]): string {
  const words = question.split(" ");
  const alike = Math.max(0, ...older.map((each) => shared(words, each.question.split(" "))));
  return question.length > LONG && alike > 1 ? `… ${words.slice(alike - 1).join(" ")}` : question;
}

/** Words that both begin with; none where nothing is left to tell them apart. */
function shared(words: readonly string[], others: readonly string[]): number {
  return Math.max(0, words.findIndex((word, index) => word !== others[index]));
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
