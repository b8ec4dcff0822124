// Which database is in use, and its password: the choice is kept for the workspace, passwords by VS Code's secret
// storage. A password belongs to a URL, not to a name: another file's connection of the same name never gets it.

import { workspace, type ExtensionContext } from "vscode";

/** The connection in use. */
export interface Chosen {
  /** A name, a URL or `sample`; empty for what the settings say. */
  name: string;
  /** The URL that the name stood for when its password was given. */
  pinned: Record<string, string>;
  password: string;
}

interface Choice {
  name: string;
  url: string;
}

const CHOICE = "connection";

export class Connections {
  constructor(private readonly context: ExtensionContext) {}

  /** What the user picked last in this workspace, else what the settings say. */
  async chosen(): Promise<Chosen> {
    const choice = this.context.workspaceState.get<Choice>(CHOICE);
    const settings = workspace.getConfiguration("sqloop");
    const name = choice?.name ?? settings.get<string>("connection", "");
    const url = choice?.url || this.added()[name] || (name.includes("://") ? name : "");
    const password = url ? await this.password(url) : "";
    return { name, pinned: password && name !== url ? { [name]: url } : {}, password };
  }

  /** Work with a connection from now on. */
  async choose(name: string, url: string): Promise<void> {
    await this.context.workspaceState.update(CHOICE, { name, url } satisfies Choice);
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

/** A URL without its password, and that password; undefined where it is no URL. */
export function split(text: string): { url: string; password: string } | undefined {
  const parts = /^([a-z]+(?:\+[a-z]+)?:\/\/)(?:([^:@/]*)(?::([^@/]*))?@)?(.*)$/i.exec(text.trim());
  if (!parts) return isFile(text) ? { url: text.trim(), password: "" } : undefined;
  const [, scheme = "", user, password = "", rest = ""] = parts;
  return { url: scheme + (user ? `${user}@` : "") + rest, password: decodeURIComponent(password) };
}

/** Whether a text may be a file, a folder or a pattern; one with an @ may hold a password. */
function isFile(text: string): boolean {
  return /\S/.test(text) && !text.includes("://") && !text.includes("@");
}

function key(url: string): string {
  return `password of ${split(url)?.url ?? url}`;
}
