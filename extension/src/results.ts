// The results panel: rows by pages, sorted, filtered, copied, saved as CSV, drawn; answers to questions with their
// other candidates; explanations.
//
// The page shows what it is given and asks for what its buttons say. It has no rights of its own: no network, no
// scripts but ours, and every value of the database is set as text.

import {
  CancellationTokenSource,
  type CancellationToken,
  commands,
  env,
  Uri,
  window,
  workspace,
  type Webview,
  type WebviewView,
  type WebviewViewProvider,
} from "vscode";
import { toCsv, toJson, toTabs } from "./csv";
import { tell } from "./historyTree";
import { chooseMeaning } from "./meaning";
import type { FromPage, Origin, Rows, ToPage } from "./panelMessages";
import type { AskedQuestion, AskResult, ExplainParams, ExplainResult, FeedbackResult, FollowResult, RunParams } from "./protocol";
import type { Server } from "./server";
import { PAGE, Sheet } from "./sheet";
import { insertQuery } from "./text";

/** Rows that a query may give where the server does not say. */
const ROWS = 1_000;

/** The code of a request that failed for its question: `ErrorCode` of docs/protocol.md. */
const QUESTION = -32012;

/** What shows other rows of the same query. */
const CHANGES = new Set<FromPage["kind"]>(["page", "sort", "filter", "candidate"]);

/** What the page shows, and the sheet that its rows are of. */
interface Shown<Message extends ToPage = ToPage> {
  message: Message;
  sheet?: Sheet;
}

type ShownRows = Required<Shown<Rows>>;

/** What goes on; a question is not dropped when something else is shown before it is answered. */
interface Job {
  source: CancellationTokenSource;
  question?: string;
}

/** What a text means, of which query, and why it could not be written out. */
type WrittenOut = FollowResult & { sql: string; problem?: string };

export class ResultsPanel implements WebviewViewProvider {
  static readonly id = "sqloop.results";

  private view: WebviewView | undefined;
  private shown: Shown = { message: { kind: "empty" } };
  /** What was shown last that was no work under way. */
  private settled: Shown = this.shown;
  /** The rows that were shown last, to go back to from what took their place. */
  private rows: ShownRows | undefined;
  /** Rows that a query may give from now on, where its user has said so. */
  private limit: number | undefined;
  private running: Job | undefined;
  /** The last change of the rows that are shown. */
  private changes: Promise<void> = Promise.resolve();
  /** The answer that what is asked next may follow, and the query of it that is looked at. */
  private last: { suggestion: string; sql: string } | undefined;

  constructor(
    private readonly folder: Uri,
    private readonly server: Server,
  ) {}

  resolveWebviewView(view: WebviewView): void {
    this.view = view;
    view.webview.options = { enableScripts: true, localResourceRoots: [Uri.joinPath(this.folder, "dist")] };
    view.webview.onDidReceiveMessage((message: FromPage) => this.receive(message));
    view.onDidDispose(() => {
      if (this.view === view) this.view = undefined;
    });
    view.webview.html = this.write(view.webview);
  }

  /** Run a query and show its rows. */
  async run(params: RunParams): Promise<void> {
    await this.work("Running the query", params.sql, async ({ token }) => this.lay(await this.open(params, token)));
  }

  /** Run the query of a question that was asked before; what is said of it now counts as well. */
  async runAsked(asked: AskedQuestion): Promise<void> {
    const { question, suggestion = "" } = asked;
    const sql = asked.laid || asked.sql;
    const known = { confidence: 0, notUnderstood: [], memory: tell(asked), like: "", tied: false, foundNothing: false, proposed: 0, candidates: [] };
    const task = async ({ token }: CancellationTokenSource): Promise<Shown> =>
      this.lay(await this.open({ sql }, token), { question, suggestion, ...known });
    await this.work("Running the query", `-- ${question}\n${sql}`, task);
  }

  /** Ask a question, or what follows from the answer that is shown, and show the answer with its query. */
  async ask(text: string): Promise<void> {
    const before = this.settled;
    const task = async (source: CancellationTokenSource): Promise<Shown | undefined> => {
      const { question, follows, explanation, sql, problem } = await this.writeOut(text, before, source.token);
      if (explanation) return explained(explanation, sql);
      return follows ? this.confirm(question, source, problem) : this.answer(question, source);
    };
    await this.work("Asking the model", `-- ${text}`, task, text);
  }

  /** The full question that a text means behind the last answer; the text itself where there is none. "Why?" is
   * about the rows that are shown, also those of a query that answers no question. */
  private async writeOut(text: string, shown: Shown, token: CancellationToken): Promise<WrittenOut> {
    const own = showsRows(shown) && !shown.message.origin ? { suggestion: "", sql: shown.message.sql } : undefined;
    try {
      for (const last of [own, this.last]) {
        if (!last) continue;
        const meant = await this.server.request<FollowResult>("sqloop/follow", { ...last, text }, token);
        if (meant.follows) return { ...meant, sql: last.sql };
      }
    } catch (error) {
      const { code, data } = error as { code?: number; data?: { hint?: string } };
      if (code !== QUESTION || !data?.hint) throw error;
      const problem = `${(error as Error).message} Enter asks it as it stands.`;
      return { question: text, follows: true, sql: "", problem };
    }
    return { question: text, follows: false, sql: "" };
  }

  /** Ask what a follow-up was written out to, as its user leaves it; nothing where they think better of it. */
  private async confirm(question: string, source: CancellationTokenSource, prompt?: string): Promise<Shown | undefined> {
    const asked = await window.showInputBox({ title: "Asking", value: question, ignoreFocusOut: true, ...(prompt && { prompt }) });
    return asked?.trim() ? this.answer(asked.trim(), source) : undefined;
  }

  private async answer(question: string, source: CancellationTokenSource): Promise<Shown> {
    const answer = await this.server.request<AskResult>("sqloop/ask", { question }, source.token);
    if (answer.sql === null) {
      const reasons = answer.candidates.map((each) => `${each.sql}\n    ${each.status}: ${each.error}`);
      const advice = answer.advice ? `${answer.advice}.` : "";
      const failed = answer.suggestion ? `${answer.failure ?? "No candidate ran."} ${advice}`.trim() : "The query did not run.";
      return { message: { kind: "failed", text: [failed, ...reasons].join("\n"), sql: `-- ${question}` } };
    }
    const { suggestion, confidence, proposed, candidates, notUnderstood = [], like = "", tied = false, foundNothing = false } = answer;
    const memory = answer.memory || (answer.fromSchema ? "from the schema" : "");
    const known = { confidence, notUnderstood, memory, like, tied, foundNothing, proposed, candidates };
    const about: Origin = { question: answer.question, suggestion, ...known };
    const origin = suggestion ? about : undefined; // Of SQL that was typed there is nothing to be judged.
    const sql = await chooseMeaning(answer, source.token);
    const kept = sql === answer.sql ? { result: answer.result } : {};
    return this.lay(await this.open({ sql, suggestion, ...kept }, source.token), origin);
  }

  /** Take back what was said last of the answer that is shown. */
  async takeBack(): Promise<void> {
    if (!showsRows(this.shown) || !this.shown.message.origin) throw new Error("There is no answer whose verdict could be taken back.");
    await this.say(this.shown, "undone");
  }

  /** Say what a query asks for. */
  async explain(params: ExplainParams): Promise<void> {
    await this.work("Reading the query", params.sql, async (source) => {
      return explained(await this.server.request<ExplainResult>("sqloop/explain", params, source.token), params.sql);
    });
  }

  private async open(params: RunParams, token?: CancellationToken): Promise<Sheet> {
    return Sheet.run(this.server, { ...params, ...(this.limit && { limit: this.limit }) }, token);
  }

  /** What the page has to know of a sheet. */
  private async lay(sheet: Sheet, origin?: Origin, offset = 0): Promise<ShownRows> {
    const page = await sheet.page(offset);
    const { sql, result, order, filter } = sheet;
    const limit = this.limit ?? this.server.status?.rowLimit ?? ROWS;
    const known = { sql, result, page, pageSize: PAGE, filter, limit };
    return { message: { kind: "rows", ...known, ...(order && { order }), ...(origin && { origin }) }, sheet };
  }

  /** Show that something goes on, and then what came of it, or what stood there before where nothing did. Newer work
   * takes the place of older; a question is answered in the background then, and its answer offered. */
  private async work(
    text: string,
    sql: string,
    task: (source: CancellationTokenSource) => Promise<Shown | undefined>,
    question?: string,
  ): Promise<void> {
    if (!this.running?.question) this.running?.source.cancel();
    const source = new CancellationTokenSource();
    const job: Job = { source, ...(question && { question }) };
    this.running = job;
    this.show({ message: { kind: "busy", text, sql } });
    await commands.executeCommand(`${ResultsPanel.id}.focus`, { preserveFocus: true });
    let result: Shown | undefined;
    try {
      result = await task(source);
    } catch (error) {
      const reason = source.token.isCancellationRequested ? "Cancelled." : (error as Error).message;
      result = { message: { kind: "failed", text: reason, sql } };
    }
    if (this.running === job) {
      this.running = undefined;
      this.show(result ?? this.settled);
    } else if (question && result) {
      void this.offer(question, result);
    }
    source.dispose();
  }

  /** Say that a question has its answer while something else is shown. */
  private async offer(question: string, shown: Shown): Promise<void> {
    const words = shown.message.kind === "failed" ? "No answer" : "Answered";
    const show = "Show";
    if ((await window.showInformationMessage(`SQLoop: ${words}: “${question}”`, show)) !== show) return;
    this.show(shown);
    await commands.executeCommand(`${ResultsPanel.id}.focus`, { preserveFocus: true });
  }

  private show(shown: Shown): void {
    if (shown.message.kind !== "busy") this.settled = shown;
    if (showsRows(shown)) {
      this.rows = shown;
      const { origin, sql } = shown.message;
      if (origin) this.last = { suggestion: origin.suggestion, sql };
    } else if (this.rows && (shown.message.kind === "explained" || shown.message.kind === "failed")) shown.message.back = this.rows.message.sql === shown.message.sql ? "same" : "other";
    this.shown = shown;
    void this.view?.webview.postMessage(shown.message);
  }

  private async receive(message: FromPage): Promise<void> {
    try {
      if (message.kind === "ready") this.show(this.shown);
      else if (message.kind === "cancel") this.running?.source.cancel();
      else if (message.kind === "back" && this.rows) this.show(this.rows);
      else if (CHANGES.has(message.kind)) await this.inTurn(message);
      else if (showsRows(this.shown)) await this.act(message, this.shown);
    } catch (error) {
      void window.showErrorMessage(`SQLoop: ${(error as Error).message}`);
    }
  }

  /** Changes follow each other, each of what the one before has left, unless another query is shown by then: what is
   * typed into the filter while rows are fetched for the letters before counts as well. */
  private inTurn(message: FromPage): Promise<void> {
    const { sql } = this.shown.message as Rows;
    const turn = this.changes.then(async () => {
      if (showsRows(this.shown) && this.shown.message.sql === sql) await this.act(message, this.shown);
    });
    this.changes = turn.catch(() => undefined);
    return turn;
  }

  private async act(message: FromPage, shown: ShownRows): Promise<void> {
    const { sheet } = shown;
    const { sql, origin, result } = shown.message;
    switch (message.kind) {
      case "page":
        return this.change(shown, sheet, message.offset);
      case "sort":
        return this.change(shown, await sheet.sorted(message.column, this.limit));
      case "filter":
        return this.change(shown, await sheet.filtered(message.text));
      case "limit":
        return this.allow(shown);
      case "candidate":
        return this.change(shown, await this.open({ sql: message.sql, ...(origin && { suggestion: origin.suggestion }) }));
      case "insert":
        return insertQuery(origin?.candidates.find((each) => each.sql === sql)?.laid || sql, origin?.question);
      case "say":
        return this.say(shown, message.action);
      case "cells":
        return this.copy(message.text, "Cells");
      case "copy": {
        const rows = await sheet.all();
        return this.copy(toTabs([result.columns, ...rows]), count(rows.length));
      }
      case "save":
        return this.save(shown);
    }
  }

  /** Show other rows, or the same ones otherwise, unless something else is shown by now. */
  private async change(shown: ShownRows, sheet: Sheet, offset = 0): Promise<void> {
    const { origin, said } = shown.message;
    const { message } = await this.lay(sheet, origin, offset);
    if (this.shown === shown) this.show({ message: { ...message, ...(said !== undefined && { said }) }, sheet });
  }

  /** Ask for another limit, and run the query again with it. */
  private async allow(shown: ShownRows): Promise<void> {
    const given = await window.showInputBox({
      title: "Row limit",
      prompt: "How many rows a query may give from now on, up to 1,000,000. The setting sqloop.limits.rows keeps it.",
      value: String(Math.min(shown.message.limit * 10, 1_000_000)),
      validateInput: (text) => (/^[1-9]\d{0,6}$/.test(text.trim()) ? "" : "A number of rows, such as 10000."),
    });
    if (given === undefined) return;
    this.limit = Math.min(Number(given), 1_000_000);
    await this.change(shown, await shown.sheet.limited(this.limit));
  }

  private async copy(text: string, what: string): Promise<void> {
    await env.clipboard.writeText(text);
    window.setStatusBarMessage(`SQLoop: ${what} copied`, 3_000);
  }

  private async save({ message, sheet }: ShownRows): Promise<void> {
    const place = await window.showSaveDialog({ filters: { CSV: ["csv"], JSON: ["json"] }, saveLabel: "Save", defaultUri: proposal() });
    if (!place) return;
    const write = place.path.toLowerCase().endsWith(".json") ? toJson : toCsv;
    const rows = await sheet.all();
    await workspace.fs.writeFile(place, new TextEncoder().encode(write(message.result.columns, rows)));
    window.setStatusBarMessage(`SQLoop: ${count(rows.length)} saved`, 3_000);
  }

  private async say(shown: ShownRows, action: "accepted" | "rejected" | "undone"): Promise<void> {
    const { sql, origin } = shown.message;
    if (!origin) return;
    const { suggestion, candidates } = origin;
    const meant = action !== "undone" && sql !== candidates[0]?.sql ? sql : undefined;
    const params = { suggestion, action, ...(meant && { sql: meant }) };
    const { message: text, recorded } = await this.server.request<FeedbackResult>("sqloop/feedback", params);
    const counts = recorded ? action !== "undone" : (shown.message.said?.counts ?? false);
    if (this.shown === shown) this.show({ ...shown, message: { ...shown.message, said: { text, counts } } });
  }

  private write(webview: Webview): string {
    const at = (name: string): Uri => webview.asWebviewUri(Uri.joinPath(this.folder, "dist", name));
    return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${webview.cspSource}; script-src ${webview.cspSource}">
<link rel="stylesheet" href="${at("panel.css")}">
<title>Results</title>
</head>
<body><main id="main"></main><script src="${at("panel.js")}"></script></body>
</html>`;
  }
}

function explained({ text, assumptions = [], notUsed = [] }: ExplainResult, sql: string): Shown {
  const more = [
    ...assumptions.map((each) => `• ${each}`),
    ...(notUsed.length ? [`Not used of the question: ${notUsed.join(", ")}`] : []),
  ];
  return { message: { kind: "explained", text: [text, ...more].join("\n"), sql } };
}

function showsRows(shown: Shown): shown is ShownRows {
  return shown.message.kind === "rows" && shown.sheet !== undefined;
}

function proposal(): Uri {
  const folder = workspace.workspaceFolders?.[0]?.uri ?? Uri.file(process.cwd());
  return Uri.joinPath(folder, "result.csv");
}

function count(rows: number): string {
  return `${rows} row${rows === 1 ? "" : "s"}`;
}
