// Putting texts into the SQL editor at hand.

import { window, workspace, type TextEditor } from "vscode";

/** Put a query into the SQL editor at hand, or into a new one. */
export async function insertQuery(sql: string, question: string | undefined): Promise<void> {
  const text = `${question ? `-- ${question}\n` : ""}${sql};\n`;
  const editor = sqlEditor();
  if (editor) await editor.edit((edit) => edit.insert(editor.selection.active, text));
  else await window.showTextDocument(await workspace.openTextDocument({ language: "sql", content: text }));
}

/** Put a name where the cursor of the SQL editor stands, and go there. Throws where there is none. */
export async function insertName(name: string): Promise<void> {
  const editor = sqlEditor();
  if (!editor) throw new Error("Open a .sql file first.");
  await editor.edit((edit) => edit.replace(editor.selection, name));
  await window.showTextDocument(editor.document, editor.viewColumn);
}

function sqlEditor(): TextEditor | undefined {
  return window.visibleTextEditors.find((each) => each.document.languageId === "sql");
}
