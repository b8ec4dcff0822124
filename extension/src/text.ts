// Putting texts into the SQL editor at hand.

import { window, workspace, type TextEditor, type TextEditorEdit } from "vscode";

/** Put a query into the SQL editor at hand, or into a new one. */
export async function insertQuery(sql: string, question: string | undefined): Promise<void> {
  const asked = question ? `-- ${question.replace(/\s+/g, " ")}\n` : "";
  const text = asked + end(sql);
  const editor = sqlEditor();
  if (!editor) {
    await window.showTextDocument(await workspace.openTextDocument({ language: "sql", content: `${text}\n` }));
    return;
  }
  const { active } = editor.selection;
  const line = editor.document.lineAt(active);
  // In the midst of a line it would part what stands there.
  if (active.character > 0 && !line.isEmptyOrWhitespace) await change(editor, (edit) => edit.insert(line.range.end, `\n${text}`));
  else await change(editor, (edit) => edit.insert(active, `${text}\n`));
}

/** Put a name where the cursor of the SQL editor stands, and go there. Throws where there is none. */
export async function insertName(name: string): Promise<void> {
  const editor = sqlEditor();
  if (!editor) throw new Error("Open a .sql file first.");
  await change(editor, (edit) => edit.replace(editor.selection, name));
  await window.showTextDocument(editor.document, editor.viewColumn);
}

/** A query with its semicolon, which is not to be a part of the comment that ends it. */
function end(sql: string): string {
  const text = sql.replace(/[;\s]+$/, "");
  return /(?:--|#).*$/.test(text) ? `${text}\n;` : `${text};`;
}

async function change(editor: TextEditor, make: (edit: TextEditorEdit) => void): Promise<void> {
  if (!(await editor.edit(make))) throw new Error("The file cannot be changed.");
}

/** The one that was worked in last, else one that is seen. */
function sqlEditor(): TextEditor | undefined {
  const fits = ({ document }: TextEditor): boolean => document.languageId === "sql" && ["file", "untitled"].includes(document.uri.scheme);
  return [...(window.activeTextEditor ? [window.activeTextEditor] : []), ...window.visibleTextEditors].find(fits);
}
