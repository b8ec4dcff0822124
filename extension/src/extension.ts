// SQLoop for VS Code: a thin client of `sqloop lsp`. What a query is, whether it may run and what it gives is the
// server's to say; here are its start, the settings, the status bar, the results panel and passwords.

import { workspace, window, type ExtensionContext } from "vscode";
import { registerCommands } from "./commands";
import { Connections } from "./connections";
import { openLog } from "./log";
import { HistoryTree } from "./historyTree";
import { Interpreters } from "./interpreter";
import { Offers } from "./offers";
import { readOptions, TOLD } from "./options";
import { ResultsPanel } from "./results";
import { SchemaTree } from "./schemaTree";
import { Server } from "./server";
import { showStatus } from "./statusBar";

let server: Server | undefined;

export function activate(context: ExtensionContext): void {
  const log = openLog();
  const offers = new Offers();
  const connections = new Connections(context);
  const interpreters = new Interpreters(context.globalStorageUri);
  const started = new Server(log, offers, interpreters, () => readOptions(connections));
  const schema = new SchemaTree(started);
  const panel = new ResultsPanel(context.extensionUri, started);
  server = started;
  context.subscriptions.push(
    log,
    offers,
    showStatus(started),
    window.registerWebviewViewProvider(ResultsPanel.id, panel),
    window.createTreeView(SchemaTree.id, { treeDataProvider: schema, showCollapseAll: true }),
    window.createTreeView(HistoryTree.id, { treeDataProvider: new HistoryTree(started) }),
    ...registerCommands({ context, server: started, interpreters, offers, connections, panel, schema, log }),
    workspace.onDidGrantWorkspaceTrust(() => started.start()),
    workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration("sqloop.connection")) await connections.forgetChoice();
      if (event.affectsConfiguration("sqloop.interpreter")) await started.start();
      else if (TOLD.some((name) => event.affectsConfiguration(name))) await started.configure();
    }),
  );
  void started.start();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
