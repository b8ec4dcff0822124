// The results panel: rows by pages, copied, saved as CSV, drawn; answers to questions; explanations.
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
import { toCsv, toTabs } from "./csv";
import type { FromPage, Origin, ToPage } from "./panelMessages";
import type { AskResult, Cell, ExplainParams, ExplainResult, FeedbackResult, RunParams, RunResult } from "./protocol";
import type { Server } from "./server";
import { insertQuery } from "./text";

/** Rows on one page of the table. */
const PAGE = 100;
/** Rows in one request when all of them are copied or saved. */
const CHUNK = 5_000;

export class ResultsPanel implements WebviewViewProvider {
  static readonly id = "sqloop.results";

  private view: WebviewView | undefined;
  private shown: ToPage = { kind: "empty" };
  private running: CancellationTokenSource | undefined;

  constructor(
    private readonly folder: Uri,
    private readonly server: Server,
  ) {}

  resolveWebviewView(view: WebviewView): void {
    this.view = view;
    view.webview.options = { enableScripts: true, localResourceRoots: [Uri.joinPath(this.folder, "dist")] };
    view.webview.onDidReceiveMessage((message: FromPage) => this.receive(message));
    view.onDidDispose(() => (this.view = undefined));
    view.webview.html = this.write(view.webview);
  }

  /** Run a query and show its rows. */
  async run(params: RunParams): Promise<void> {
    await this.work("Running the query", params.sql, async (source) => {
      const result = await this.server.request<RunResult>("sqloop/run", { ...params, count: PAGE }, source.token);
      return result.status === "ok"
        ? { kind: "rows", result, pageSize: PAGE }
        : { kind: "failed", text: `${result.status}: ${result.error}`, sql: result.sql };
    });
  }

  /** Ask a question and show the answer with its query. */
  async ask(question: string): Promise<void> {
    await this.work("Asking the model", `-- ${question}`, async (source) => {
      const answer = await this.server.request<AskResult>("sqloop/ask", { question }, source.token);
      if (answer.sql === null) {
        const reasons = answer.candidates.map((each) => `${each.sql}\n    ${each.status}: ${each.error}`);
        return { kind: "failed", text: ["No candidate ran.", ...reasons].join("\n"), sql: `-- ${question}` };
      }
      const { suggestion, confidence, candidates, notUnderstood = [], memory = "", like = "" } = answer;
      const asked = answer.question;
      const origin: Origin = { question: asked, suggestion, confidence, notUnderstood, memory, like, candidates };
      const meant = await chooseMeaning(answer, source.token);
      if (meant === answer.sql) return { kind: "rows", result: await this.firstPage(answer, meant), pageSize: PAGE, origin };
      const result = await this.server.request<RunResult>("sqloop/run", { sql: meant, suggestion, count: PAGE }, source.token);
      return { kind: "rows", result, pageSize: PAGE, origin };
    });
  }

  /** Take back what was said last of the answer that is shown. */
  async takeBack(): Promise<void> {
    if (this.shown.kind !== "rows" || !this.shown.origin) throw new Error("There is no answer whose verdict could be taken back.");
    await this.say(this.shown, "undone");
  }

  /** Say what a query asks for. */
  async explain(params: ExplainParams): Promise<void> {
    await this.work("Reading the query", params.sql, async (source) => {
      const { text, assumptions = [], notUsed = [] } = await this.server.request<ExplainResult>("sqloop/explain", params, source.token);
      const more = [
        ...assumptions.map((each) => `• ${each}`),
        ...(notUsed.length ? [`Not used of the question: ${notUsed.join(", ")}`] : []),
      ];
      return { kind: "explained", text: [text, ...more].join("\n"), sql: params.sql };
    });
  }

  private async firstPage(answer: AskResult, sql: string): Promise<RunResult> {
    const page = { sql, result: answer.result, offset: 0, count: PAGE, suggestion: answer.suggestion };
    return this.server.request<RunResult>("sqloop/run", page);
  }

  /** Show that something goes on, and then what came of it; newer work takes the place of older. */
  private async work(text: string, sql: string, task: (source: CancellationTokenSource) => Promise<ToPage>): Promise<void> {
    this.running?.cancel();
    const source = new CancellationTokenSource();
    this.running = source;
    this.show({ kind: "busy", text, sql });
    await commands.executeCommand(`${ResultsPanel.id}.focus`, { preserveFocus: true });
    let result: ToPage;
    try {
      result = await task(source);
    } catch (error) {
      const reason = source.token.isCancellationRequested ? "Cancelled." : (error as Error).message;
      result = { kind: "failed", text: reason, sql };
    }
    if (this.running === source) {
      this.running = undefined;
      this.show(result);
    }
    source.dispose();
  }

  private show(message: ToPage): void {
    this.shown = message;
    void this.view?.webview.postMessage(message);
  }

  private async receive(message: FromPage): Promise<void> {
    try {
      if (message.kind === "ready") this.show(this.shown);
      else if (message.kind === "cancel") this.running?.cancel();
      else if (this.shown.kind === "rows") await this.act(message, this.shown);
    } catch (error) {
      void window.showErrorMessage(`SQLoop: ${(error as Error).message}`);
    }
  }

  private async act(message: FromPage, shown: ToPage & { kind: "rows" }): Promise<void> {
    if (message.kind === "page") await this.turn(shown, message.offset);
    else if (message.kind === "insert") {
      const candidate = shown.origin?.candidates.find((each) => each.sql === shown.result.sql);
      await insertQuery(candidate?.laid || shown.result.sql, shown.origin?.question);
    } else if (message.kind === "say") await this.say(shown, message.action);
    else if (message.kind === "copy") {
      await env.clipboard.writeText(toTabs(shown.result.columns, await this.allRows(shown.result)));
      window.setStatusBarMessage(`SQLoop: ${count(shown.result.rowCount)} copied`, 3_000);
    } else if (message.kind === "csv") {
      const place = await window.showSaveDialog({ filters: { CSV: ["csv"] }, saveLabel: "Save CSV", defaultUri: proposal() });
      if (!place) return;
      const text = toCsv(shown.result.columns, await this.allRows(shown.result));
      await workspace.fs.writeFile(place, new TextEncoder().encode(text));
      window.setStatusBarMessage(`SQLoop: ${count(shown.result.rowCount)} saved`, 3_000);
    }
  }

  private async turn(shown: ToPage & { kind: "rows" }, offset: number): Promise<void> {
    const { sql, result } = shown.result;
    const page = await this.server.request<RunResult>("sqloop/run", { sql, result, offset, count: PAGE });
    if (this.shown === shown) this.show({ ...shown, result: page });
  }

  private async say(shown: ToPage & { kind: "rows" }, action: "accepted" | "rejected" | "undone"): Promise<void> {
    if (!shown.origin) return;
    const { suggestion, candidates } = shown.origin;
    const sql = action === "accepted" && shown.result.sql !== candidates[0]?.sql ? shown.result.sql : undefined;
    const params = { suggestion, action, ...(sql && { sql }) };
    const { message } = await this.server.request<FeedbackResult>("sqloop/feedback", params);
    if (this.shown === shown) this.show({ ...shown, said: message });
  }

  /** All rows that were fetched, a chunk at a time. */
  private async allRows({ sql, result, rowCount }: RunResult): Promise<Cell[][]> {
    const rows: Cell[][] = [];
    while (rows.length < rowCount) {
      const params = { sql, result, offset: rows.length, count: CHUNK };
      const page = await this.server.request<RunResult>("sqloop/run", params);
      if (page.status !== "ok") throw new Error(page.error);
      if (page.rows.length === 0) break;
      rows.push(...page.rows);
    }
    return rows;
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

function proposal(): Uri {
  const folder = workspace.workspaceFolders?.[0]?.uri ?? Uri.file(process.cwd());
  return Uri.joinPath(folder, "result.csv");
}

function count(rows: number): string {
  return `${rows} row${rows === 1 ? "" : "s"}`;
}

/** The query that the user means where two are about equally likely: one question at most, Escape takes the first. */
async function chooseMeaning({ sql, choice }: AskResult, token: CancellationToken): Promise<string> {
  if (!choice) return sql ?? "";
  const entries = choice.options.map((each) => ({ label: each.words, sql: each.sql }));
  const picked = await window.showQuickPick(entries, { title: choice.question, placeHolder: "Escape takes the first", ignoreFocusOut: true }, token);
  return picked?.sql ?? sql ?? "";
}
