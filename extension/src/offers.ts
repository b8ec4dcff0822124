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

/** Characters of a line with what is said behind it: more would not be seen. */
const WIDE = 80;

/** One query that is offered. */
interface Offer {
  suggestion: string;
  sql: string;
  gave: string;
}

export class Offers implements Disposable {
  private place = "";
  private offered: Offer[] = [];
  private index = 0;
  /** Where something was rejected, and of which suggestion. */
  private rejected = { place: "", suggestion: "" };
  private readonly look = window.createTextEditorDecorationType({});
  private readonly listeners = [
    workspace.onDidChangeTextDocument(() => this.forget()),
    window.onDidChangeTextEditorSelection(() => this.forget()),
    window.onDidChangeActiveTextEditor(() => this.forget()),
  ];

  /** Note what was offered. */
  note(document: TextDocument, position: Position, items: readonly InlineCompletionItem[]): void {
    const before = this.describe();
    this.place = describe(document, position);
    this.offered = items.map(({ command }) => {
      const [suggestion, sql] = (command?.arguments ?? []) as unknown[];
      return { suggestion: String(suggestion ?? ""), sql: String(sql ?? ""), gave: command?.title ?? "" };
    });
    if (this.describe() !== before) this.index = 0;
    this.tell();
  }

  /** The query at the cursor of the active editor that is shown; undefined where nothing is offered. */
  current(): Offer | undefined {
    return this.place === here() ? this.offered[this.index] : undefined;
  }

  /** Another one is shown: the next, or the one before. */
  step(by: 1 | -1): void {
    const count = this.offered.length;
    if (count) this.index = (this.index + by + count) % count;
    this.tell();
  }

  /** The one that is shown was rejected; an empty text: that was taken back. */
  reject(suggestion: string): void {
    this.rejected = { place: here(), suggestion };
    this.offered = [];
    if (suggestion) this.show("rejected");
    else this.hide();
  }

  /** The suggestion that was rejected at the cursor; empty where none was. */
  takeBack(): string {
    return this.rejected.place && this.rejected.place === here() ? this.rejected.suggestion : "";
  }

  /** Nothing is offered any more. */
  hide(): void {
    this.index = 0;
    for (const editor of window.visibleTextEditors) editor.setDecorations(this.look, []);
  }

  dispose(): void {
    this.look.dispose();
    for (const each of this.listeners) each.dispose();
  }

  private describe(): string {
    return [this.place, ...this.offered.map(({ suggestion, sql }) => `${suggestion} ${sql}`)].join("\n");
  }

  private forget(): void {
    if (!this.current()) this.hide();
  }

  /** Write what the query that is shown gave, and what the next ones did. */
  private tell(): void {
    const shown = this.current();
    if (!shown) return this.takeBack() ? this.show("rejected · no other query") : this.hide();
    const others = [...this.offered.slice(this.index + 1), ...this.offered.slice(0, this.index)].map(({ gave }) => gave);
    const next = [...new Set(others)].slice(0, MOST).join(", ");
    // Spaces alone would be drawn as one.
    this.show([shown.gave, next && `Alt+] for ${next}`].filter(Boolean).join("\u2003│\u2003"));
  }

  /** Behind the line above the cursor; where that is long, in the empty line above it. */
  private show(text: string): void {
    const editor = window.activeTextEditor;
    const line = (editor?.selection.active.line ?? 0) - 1;
    if (!editor || line < 0) return;
    const long = editor.document.lineAt(line).text.length + text.length > WIDE;
    const free = long && line > 0 && editor.document.lineAt(line - 1).isEmptyOrWhitespace;
    const { end } = editor.document.lineAt(free ? line - 1 : line).range;
    const margin = free ? "0" : "0 0 0 1em";
    const after = { contentText: text, margin, fontStyle: "italic", color: new ThemeColor("editorCodeLens.foreground") };
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

/** The cursor of the active editor. */
function here(): string {
  const editor = window.activeTextEditor;
  return editor ? describe(editor.document, editor.selection.active) : "";
}

function isFeedback(result: unknown): result is FeedbackResult {
  return typeof result === "object" && result !== null && "recorded" in result && "message" in result;
}
