// From the user's settings to what the server is told.

import { workspace, type WorkspaceConfiguration } from "vscode";
import type { Connections } from "./connections";
import type { Options } from "./protocol";

/** Settings that the server is told of; the interpreter is not among them. */
export const TOLD = ["connection", "connections", "model", "adapter", "candidates", "limits", "feedback"].map(
  (name) => `sqloop.${name}`,
);

/** Whether the workspace says what a setting is, and not its user. */
function ofTheWorkspace(settings: WorkspaceConfiguration, name: string): boolean {
  const found = settings.inspect(name);
  return found?.workspaceValue !== undefined || found?.workspaceFolderValue !== undefined;
}

/** What the server is told, passwords included: for the server alone. */
export async function readOptions(connections: Connections): Promise<Options> {
  const settings = workspace.getConfiguration("sqloop");
  const chosen = await connections.chosen();
  return {
    trusted: workspace.isTrusted,
    connection: chosen.name,
    connections: { ...settings.get<Record<string, string>>("connections", {}), ...chosen.pinned },
    password: chosen.password,
    model: settings.get<string>("model", ""),
    ownModel: !ofTheWorkspace(settings, "model"),
    adapter: settings.get<string>("adapter", ""),
    k: settings.get<number | null>("candidates", null),
    limits: {
      seconds: settings.get<number | null>("limits.seconds", null),
      rows: settings.get<number | null>("limits.rows", null),
      bytes: settings.get<number | null>("limits.bytes", null),
    },
    feedback: settings.get<boolean>("feedback", true),
    resultsPanel: true,
  };
}
