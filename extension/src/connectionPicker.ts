// Choosing a database, adding one, and giving its password.

import { ProgressLocation, window, type QuickPickItem } from "vscode";
import { anchor, split, type Choice, type Connections } from "./connections";
import type { ConnectionInfo, Status } from "./protocol";
import type { Server } from "./server";

interface Entry extends QuickPickItem {
  choice?: Choice;
  act?: () => Promise<void>;
}

export async function chooseConnection(server: Server, connections: Connections): Promise<void> {
  const status = await server.request<Status>("sqloop/status", { find: true });
  const known = (status.connections ?? []).map((each): Entry => {
    const sign = each.name === status.database.connection ? "$(check)" : "$(database)";
    return { label: `${sign} ${each.name}`, description: each.url || "the bundled sample database", choice: choiceOf(each) };
  });
  const found = (status.found ?? []).map((each): Entry => {
    return { label: `$(file) ${each.name}`, description: `${each.url.replace(/^\w+:\/\/\//, "")} · found in this folder`, choice: { ...choiceOf(each), pinned: true } };
  });
  const taken = new Set((status.connections ?? []).map((each) => each.name));
  const entries = [...known, ...found, { label: "$(add) Add a connection…", act: () => add(server, connections, taken) }];
  const added = Object.keys(connections.added());
  if (added.length) entries.push({ label: "$(trash) Remove a connection…", act: () => remove(server, connections, added) });
  for (const { choice } of known) {
    if (!choice?.url || !(await connections.password(choice.url))) continue;
    entries.push({ label: `$(key) Forget the password of ${choice.name}`, act: () => connections.forgetPassword(choice.url) });
  }
  const picked = await window.showQuickPick(entries, { title: "SQLoop: the database to ask", matchOnDescription: true });
  if (picked?.choice) await use(server, connections, picked.choice);
  else await picked?.act?.();
}

function choiceOf({ name, url }: ConnectionInfo): Choice {
  return { name, url: split(url)?.url ?? url };
}

async function remove(server: Server, connections: Connections, names: string[]): Promise<void> {
  const name = await window.showQuickPick(names, { title: "Remove from the settings; the database stays as it is" });
  if (!name) return;
  await connections.remove(name);
  await server.configure();
}

async function add(server: Server, connections: Connections, taken: ReadonlySet<string>): Promise<void> {
  const given = await window.showInputBox({
    title: "Add a connection (1/2): its URL or file",
    placeHolder: "shop.db, data/*.csv, /home/me/sales.parquet or postgresql://reader@localhost/shop",
    prompt: "A password in it goes to VS Code's secret storage, not to the settings.",
    ignoreFocusOut: true,
    validateInput: check,
  });
  const parts = split(given ?? "");
  if (!parts) return;
  const url = anchor(parts.url);
  const name = await window.showInputBox({
    title: "Add a connection (2/2): what to call it",
    value: parts.url.split(/[/\\]/).at(-1)?.replace(/\.\w+$/, "") ?? "",
    ignoreFocusOut: true,
    validateInput: (text) => checkName(text, taken),
  });
  if (!name) return;
  if (parts.password) await connections.keepPassword(url, parts.password);
  await use(server, connections, { name, url, pinned: true });
  await connections.add(name, url);
  await connections.choose({ name, url });
}

/** What is wrong with an address; undefined where nothing is. */
function check(text: string): string | undefined {
  const parts = split(text);
  if (!parts) return "A file, or a URL that begins with sqlite:///, postgresql:// or mysql+pymysql://";
  return parts.password && /@[^?]*@/.test(parts.url) ? "Write an @ in the password as %40" : undefined;
}

/** What is wrong with a name; undefined where nothing is. */
function checkName(text: string, taken: ReadonlySet<string>): string | undefined {
  if (!/^[\w.-]+$/.test(text)) return "Letters, digits, - and _";
  return taken.has(text) ? `There is a connection ${text}: take another name, or remove that one first` : undefined;
}

let last: Promise<void> = Promise.resolve();

/** Connect, and choose what has answered; else everything stays as it was, and why is thrown. One after the other. */
function use(server: Server, connections: Connections, choice: Choice): Promise<void> {
  last = last.catch(() => undefined).then(() => tryOut(server, connections, choice));
  return last;
}

async function tryOut(server: Server, connections: Connections, choice: Choice): Promise<void> {
  connections.trying = choice;
  try {
    await server.configure();
    await reach(server, connections, choice);
    await connections.choose(choice);
    connections.trying = undefined;
  } catch (error) {
    connections.trying = undefined;
    await server.configure();
    await connect(server, connections).catch(() => undefined); // What was in use may be away as well.
    throw error;
  }
}

/** Connect; where the database does not let us in, ask for a password until it does or the user gives up. */
async function reach(server: Server, connections: Connections, { name, url }: Choice): Promise<void> {
  for (;;) {
    const { state, error, hint } = (await connect(server, connections)).database;
    if (state !== "unreachable") return;
    const reason = `${name} cannot be used. ${[error, hint].filter(Boolean).join(" ")}`;
    if (!/^(mysql|mariadb|postgres)/.test(url) || !/denied|password/i.test(error ?? "")) throw new Error(reason);
    await connections.forgetPassword(url);
    const password = await window.showInputBox({
      title: `Password for ${url}`,
      prompt: `${error} It is kept in VS Code's secret storage.`,
      password: true,
      ignoreFocusOut: true,
    });
    if (!password) throw new Error(reason);
    await connections.keepPassword(url, password);
    await server.configure();
  }
}

async function connect(server: Server, connections: Connections): Promise<Status> {
  const { name, password } = await connections.chosen();
  // The file that its user looks at is about the new database; others stay with theirs.
  const editor = window.activeTextEditor;
  const document = editor?.document.languageId === "sql" ? editor.document.uri.toString() : "";
  return window.withProgress({ location: ProgressLocation.Window, title: `Connecting to ${name}` }, () =>
    server.request<Status>("sqloop/connect", { connection: name, password, document }),
  );
}
