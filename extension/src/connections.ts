// Which database is in use, and its password: the choice is kept for the workspace, passwords by VS Code's secret
// storage. A password belongs to a URL, not to a name: another file's connection of the same name never gets it.

import * as path from "node:path";
import { ConfigurationTarget, workspace, type ExtensionContext } from "vscode";

/** The connection in use. */
export interface Chosen {
  /** A name, a URL or `sample`; empty for what the settings say. */
  name: string;
  /** The URL that the name stood for when its password was given. */
  pinned: Record<string, string>;
  password: string;
}

export interface Choice {
  name: string;
  url: string;
  /** Whether no settings name it: then the URL goes with the choice. */
  pinned?: boolean;
}

const CHOICE = "connection";

export class Connections {
  constructor(private readonly context: ExtensionContext) {}

  /** A connection that is tried, and not chosen before it has answered. */
  trying: Choice | undefined;

  /** What the user picked last in this workspace, else what the settings say. */
  async chosen(): Promise<Chosen> {
    const choice = this.trying ?? this.context.workspaceState.get<Choice>(CHOICE);
    const settings = workspace.getConfiguration("sqloop");
    const name = choice?.name ?? settings.get<string>("connection", "");
    const url = choice?.url || this.added()[name] || (name.includes("://") ? name : "");
    const password = url ? await this.password(url) : "";
    const pinned = choice?.pinned || (password && name !== url);
    return { name, pinned: pinned ? { [name]: url } : {}, password };
  }

  /** Work with a connection from now on. */
  async choose(choice: Choice): Promise<void> {
    await this.context.workspaceState.update(CHOICE, choice);
  }

  /** Go back to what the settings say. */
  async forgetChoice(): Promise<void> {
    await this.context.workspaceState.update(CHOICE, undefined);
  }

  /** Connections of the user's settings, by name. */
  added(): Record<string, string> {
    return workspace.getConfiguration("sqloop").get<Record<string, string>>("connections", {});
  }

  /** Keep a connection in the user's settings. */
  async add(name: string, url: string): Promise<void> {
    const settings = workspace.getConfiguration("sqloop");
    const known = settings.inspect<Record<string, string>>("connections")?.globalValue ?? {};
    await settings.update("connections", { ...known, [name]: url }, true);
  }

  /** Take a connection out of the user's settings and of the workspace's. */
  async remove(name: string): Promise<void> {
    const settings = workspace.getConfiguration("sqloop");
    const { globalValue, workspaceValue } = settings.inspect<Record<string, string>>("connections") ?? {};
    const places = [
      [globalValue, ConfigurationTarget.Global],
      [workspaceValue, ConfigurationTarget.Workspace],
    ] as const;
    for (const [known, target] of places) {
      if (!known || !(name in known)) continue;
      const left = Object.fromEntries(Object.entries(known).filter(([each]) => each !== name));
      await settings.update("connections", left, target);
    }
    if (this.context.workspaceState.get<Choice>(CHOICE)?.name === name) await this.forgetChoice();
  }

  /** The password for a URL; empty where none is kept. */
  async password(url: string): Promise<string> {
    return (await this.context.secrets.get(key(url))) ?? "";
  }

  async keepPassword(url: string, password: string): Promise<void> {
    await this.context.secrets.store(key(url), password);
  }

  async forgetPassword(url: string): Promise<void> {
    await this.context.secrets.delete(key(url));
  }
}

/** A URL without its password, and that password, which goes up to the first @; undefined where it is no URL. */
export function split(text: string): { url: string; password: string } | undefined {
  const parts = /^([a-z]\w*(?:\+\w+)?:\/\/)(?:([^:@/]*)(?::([^@]*))?@)?(.*)$/i.exec(text.trim());
  if (!parts) return isFile(text) ? { url: text.trim(), password: "" } : undefined;
  const [, scheme = "", user, password = "", rest = ""] = parts;
  return { url: scheme + (user ? `${user}@` : "") + rest, password: decode(password) };
}

/** As it was written where not all of its % are followed by two digits. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The same with its file named from the root: settings of the user hold in every folder. */
export function anchor(url: string): string {
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath;
  const [, scheme = "", file = url] = /^((?:sqlite|duckdb)(?:\+\w+)?:\/\/\/)(.*)$/i.exec(url) ?? [];
  const elsewhere = (!scheme && url.includes("://")) || /^([/~:]|[a-z]:[/\\])/i.test(file);
  return folder && !elsewhere ? scheme + path.join(folder, file) : url;
}

/** Whether a text may be a file, a folder or a pattern; one with an @ may hold a password. */
function isFile(text: string): boolean {
  return /\S/.test(text) && !text.includes("://") && !text.includes("@");
}

function key(url: string): string {
  return `password of ${split(url)?.url ?? url}`;
}
