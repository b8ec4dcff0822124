// What is offered as ghost text right now, so that it can be rejected: VS Code itself does not tell. What each
// candidate gave is shown behind the line above it, for as long as it is offered.

import {
  Range,
  ThemeColor,
  window,
  workspace,
  type Disposable,
  type InlineCompletionItem,
  type LogOutputChannel,
  type Position,
  type TextDocument,
} from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import type { FeedbackResult } from "./protocol";

const SHOWN = 5_000;

/** Other answers that are told of. */
const MOST = 2;

export class Offers implements Disposable {
  private place = "";
  private suggestion = "";
  private readonly look = window.createTextEditorDecorationType({});
  private readonly listeners = [
    workspace.onDidChangeTextDocument(() => this.forget()),
    window.onDidChangeTextEditorSelection(() => this.forget()),
    window.onDidChangeActiveTextEditor(() => this.forget()),
  ];

  /** Note what was offered. */
  note(document: TextDocument, position: Position, items: readonly InlineCompletionItem[]): void {
    this.place = items.length ? describe(document, position) : "";
    this.suggestion = String(items[0]?.command?.arguments?.[0] ?? "");
    if (!this.current()) return this.hide();
    const [first, ...others] = new Set(items.map((each) => each.command?.title ?? ""));
    const next = others.slice(0, MOST).join(", ");
    // Spaces alone would be drawn as one.
    this.show(position, [first, next && `Alt+] for ${next}`].filter(Boolean).join("\u2003│\u2003"));
  }

  /** The suggestion at the cursor of the active editor; empty where nothing is offered. */
  current(): string {
    const editor = window.activeTextEditor;
    return editor && this.place === describe(editor.document, editor.selection.active) ? this.suggestion : "";
  }

  /** Nothing is offered any more. */
  hide(): void {
    for (const editor of window.visibleTextEditors) editor.setDecorations(this.look, []);
  }

  dispose(): void {
    this.look.dispose();
    for (const each of this.listeners) each.dispose();
  }

  private forget(): void {
    if (!this.current()) this.hide();
  }

  private show(position: Position, text: string): void {
    const editor = window.activeTextEditor;
    if (!editor || position.line === 0 || !text) return;
    const { end } = editor.document.lineAt(position.line - 1).range;
    const after = { contentText: text, margin: "0 0 0 1em", fontStyle: "italic", color: new ThemeColor("editorCodeLens.foreground") };
    editor.setDecorations(this.look, [{ range: new Range(end, end), renderOptions: { after } }]);
  }
}

/** What the client is to note: suggestions that are offered, and what the server says to what was done with them. */
export function listen(offers: Offers, log: LogOutputChannel): Middleware {
  return {
    provideInlineCompletionItems: async (document, position, context, token, next) => {
      const result = await next(document, position, context, token);
      const items = Array.isArray(result) ? result : (result?.items ?? []);
      if (!token.isCancellationRequested) offers.note(document, position, items);
      return result;
    },
    executeCommand: async (command, parameters, next) => {
      const result: unknown = await next(command, parameters);
      log.info(`${command}: ${isFeedback(result) ? result.message : "done"}`);
      if (isFeedback(result)) window.setStatusBarMessage(`SQLoop: ${result.message}`, SHOWN);
      return result;
    },
  };
}

function describe(document: TextDocument, position: Position): string {
  return `${document.uri} ${document.version} ${position.line}:${position.character}`;
}

function isFeedback(result: unknown): result is FeedbackResult {
  return typeof result === "object" && result !== null && "recorded" in result && "message" in result;
}
