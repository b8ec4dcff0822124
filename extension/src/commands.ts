// The commands of the palette: each asks the server what can be done at the cursor, and does that.

import { commands, Range, Selection, window, workspace, type Disposable, type ExtensionContext, type LogOutputChannel } from "vscode";
import { CodeActionRequest, type CodeAction, type Command } from "vscode-languageclient/node";
import { chooseConnection } from "./connectionPicker";
import type { Connections } from "./connections";
import { install } from "./install";
import type { Interpreters } from "./interpreter";
import type { Offers } from "./offers";
import type { AskedQuestion, ExplainParams, RunParams, SchemaResult } from "./protocol";
import type { ResultsPanel } from "./results";
import type { Line, SchemaTree } from "./schemaTree";
import type { Server } from "./server";
import { insertName, insertQuery } from "./text";

/** Rows of a table that are looked at. */
const PREVIEW = 100;

interface Parts {
  context: ExtensionContext;
  interpreters: Interpreters;
  schema: SchemaTree;
  server: Server;
  offers: Offers;
  connections: Connections;
  panel: ResultsPanel;
  log: LogOutputChannel;
}

export function registerCommands(parts: Parts): Disposable[] {
  const { context, interpreters, server, offers, connections, panel, schema, log } = parts;
  const register = (name: string, work: (...given: never[]) => unknown): Disposable =>
    commands.registerCommand(`sqloop.${name}`, async (...given: never[]) => {
      try {
        await work(...given);
      } catch (error) {
        const message = (error as Error).message;
        log.error(message);
        void window.showErrorMessage(`SQLoop: ${message}`);
      }
    });
  return [
    register("showResults", (params: RunParams) => panel.run(params)),
    register("showExplanation", (params: ExplainParams) => panel.explain(params)),
    register("ask", () => ask(panel)),
    register("run", () => {
      const selected = selectedText();
      return selected ? panel.run({ sql: selected }) : atCursor(server, "sqloop.showResults", "statement to run");
    }),
    register("explain", () => {
      const selected = selectedText();
      return selected
        ? panel.explain({ sql: selected })
        : atCursor(server, "sqloop.showExplanation", "statement to explain");
    }),
    register("regenerate", () => atCursor(server, "sqloop.server.regenerate", "question to ask anew")),
    register("accept", () =>
      offers.current()
        ? commands.executeCommand("editor.action.inlineSuggest.commit")
        : atCursor(server, "sqloop.server.accept", "suggestion to accept"),
    ),
    register("reject", async () => {
      const offer = offers.current();
      if (!offer) return atCursor(server, "sqloop.server.reject", "suggestion to reject");
      await commands.executeCommand("sqloop.server.reject", offer.suggestion, offer.sql);
      await commands.executeCommand("sqloop.hideSuggestion");
      offers.reject(offer.suggestion);
      return commands.executeCommand("editor.action.inlineSuggest.trigger");
    }),
    register("nextSuggestion", async () => {
      await commands.executeCommand("editor.action.inlineSuggest.showNext");
      offers.step(1);
    }),
    register("previousSuggestion", async () => {
      await commands.executeCommand("editor.action.inlineSuggest.showPrevious");
      offers.step(-1);
    }),
    register("hideSuggestion", () => {
      offers.hide();
      return commands.executeCommand("editor.action.inlineSuggest.hide");
    }),
    register("undo", async () => {
      const suggestion = offers.takeBack();
      if (!suggestion) return panel.takeBack();
      await commands.executeCommand("sqloop.server.undo", suggestion);
      offers.reject("");
      return commands.executeCommand("editor.action.inlineSuggest.trigger");
    }),
    register("chooseConnection", () => chooseConnection(server, connections)),
    register("chooseInterpreter", async () => (await interpreters.choose()) && server.start()),
    register("install", async () => {
      if (await install(context.extensionUri, context.globalStorageUri, interpreters, log, server.status?.version)) await useOwn(server);
    }),
    register("refreshSchema", async () => {
      await refreshSchema(server);
      schema.refresh();
    }),
    register("insertName", (line: Line) => insertName(line.written)),
    register("showRows", (line: Line) => panel.run({ sql: `SELECT * FROM ${line.written} LIMIT ${PREVIEW}` })),
    register("showAsked", (asked: AskedQuestion) => panel.runAsked(asked)),
    register("askAgain", ({ question }: AskedQuestion) => panel.ask(question)),
    register("insertAsked", ({ sql, question }: AskedQuestion) => insertQuery(sql, question)),
    register("restart", () => server.start()),
    register("showLog", () => log.show()),
    register("showMenu", () => showMenu(server)),
    register("newQuestion", newQuestion),
  ];
}

/** Start with what was just installed: a Python in the user's settings would go before it. */
async function useOwn(server: Server): Promise<void> {
  const settings = workspace.getConfiguration("sqloop");
  if (settings.inspect("interpreter")?.globalValue) await settings.update("interpreter", undefined, true);
  await server.start();
  if (server.client?.isRunning()) void window.showInformationMessage("SQLoop is installed, and it runs.");
}

/** Ask in an input box; the answer is shown in the panel. */
async function ask(panel: ResultsPanel): Promise<void> {
  const question = await window.showInputBox({
    title: "Ask your database",
    prompt: "Several queries are tried; their likeliest answer is shown. SQL is run as it is.",
    placeHolder: "How many customers are there per country?",
    ignoreFocusOut: true,
  });
  if (question?.trim()) await panel.ask(question.trim());
}

/** Execute what the server offers at the cursor under the name of a command. */
async function atCursor(server: Server, command: string, what: string): Promise<void> {
  const editor = window.activeTextEditor;
  const client = server.client;
  if (!editor || editor.document.languageId !== "sql") throw new Error("Open a .sql file first.");
  if (!client?.isRunning()) throw new Error(server.problem || "The server is still starting.");
  const found = await client.sendRequest(CodeActionRequest.type, {
    textDocument: client.code2ProtocolConverter.asTextDocumentIdentifier(editor.document),
    range: client.code2ProtocolConverter.asRange(new Range(editor.selection.active, editor.selection.active)),
    context: { diagnostics: [], only: ["refactor"] },
  });
  const chosen = found?.map((each) => (each as CodeAction).command as Command | undefined).find((each) => each?.command === command);
  if (!chosen) throw new Error(`There is no ${what} at the cursor.`);
  await commands.executeCommand(chosen.command, ...((chosen.arguments as unknown[] | undefined) ?? []));
}

function selectedText(): string {
  const editor = window.activeTextEditor;
  return editor?.document.languageId === "sql" ? editor.document.getText(editor.selection).trim() : "";
}

/** Have everything that is known of the database read again; changes of most databases are seen without. */
async function refreshSchema(server: Server): Promise<void> {
  const { tables } = await server.request<SchemaResult>("sqloop/schema", { refresh: true });
  void window.showInformationMessage(`SQLoop: ${tables.length} table${tables.length === 1 ? "" : "s"} read.`);
}

async function showMenu(server: Server): Promise<void> {
  const entries = [
    ...(server.missing
      ? [{ label: "$(cloud-download) Install SQLoop…", command: "sqloop.install" }]
      : [
          { label: "$(question) Ask a Question…", command: "sqloop.ask" },
          { label: "$(plug) Choose Connection…", command: "sqloop.chooseConnection" },
        ]),
    { label: "$(list-tree) Schema and History", command: "workbench.view.extension.sqloop-database" },
    { label: "$(vm) Choose Python…", command: "sqloop.chooseInterpreter" },
    { label: "$(settings-gear) Settings", command: "workbench.action.openSettings", argument: "@ext:sqloop.sqloop" },
    { label: "$(output) Show Log", command: "sqloop.showLog" },
    { label: "$(debug-restart) Restart the Server", command: "sqloop.restart" },
  ];
  const picked = await window.showQuickPick(entries, { title: "SQLoop" });
  if (picked) await commands.executeCommand(picked.command, ...(picked.argument ? [picked.argument] : []));
}

/** A new SQL document with a question in it. */
async function newQuestion(): Promise<void> {
  const document = await workspace.openTextDocument({ language: "sql", content: "-- how many customers do we have?\n" });
  const editor = await window.showTextDocument(document);
  const end = document.lineAt(document.lineCount - 1).range.end;
  editor.selection = new Selection(end, end);
  await commands.executeCommand("editor.action.inlineSuggest.trigger");
}
