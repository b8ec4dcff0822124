// Asking back: which of its meanings a question has.

import { window, type CancellationToken } from "vscode";
import type { AskResult } from "./protocol";

/** The query that the user means where several are about equally likely: one question at most, Escape takes the first. */
export async function chooseMeaning({ sql, choice }: AskResult, token: CancellationToken): Promise<string> {
  if (!choice) return sql ?? "";
  const entries = choice.options.map((each) => ({ label: each.words, sql: each.sql }));
  const picked = await window.showQuickPick(entries, { title: choice.question, placeHolder: "Escape takes the first", ignoreFocusOut: true }, token);
  return picked?.sql ?? sql ?? "";
}
