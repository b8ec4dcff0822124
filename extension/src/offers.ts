// What is offered as ghost text right now, so that it can be rejected: VS Code itself does not tell.

import { window, type InlineCompletionItem, type LogOutputChannel, type TextDocument, type Position } from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import type { FeedbackResult } from "./protocol";

const SHOWN = 5_000;

export class Offers {
  private place = "";
  private suggestion = "";

  /** Note what was offered. */
  note(document: TextDocument, position: Position, items: readonly InlineCompletionItem[]): void {
    this.place = items.length ? describe(document, position) : "";
    this.suggestion = String(items[0]?.command?.arguments?.[0] ?? "");
  }

  /** The suggestion at the cursor of the active editor; empty where nothing is offered. */
  current(): string {
    const editor = window.activeTextEditor;
    return editor && this.place === describe(editor.document, editor.selection.active) ? this.suggestion : "";
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
