// Choosing a database, adding one, and giving its password.

import { ProgressLocation, window, type QuickPickItem } from "vscode";
import { split, type Connections } from "./connections";
import type { Status } from "./protocol";
import type { Server } from "./server";

interface Entry extends QuickPickItem {
  name?: string;
  url?: string;
}

const FORGET = "$(key) Forget the password of ";

export async function chooseConnection(server: Server, connections: Connections): Promise<void> {
  const status = await server.request<Status>("sqloop/status", {});
  const entries: Entry[] = (status.connections ?? []).map(({ name, url }) => ({
    label: `${name === status.database.connection ? "$(check)" : "$(database)"} ${name}`,
    description: url || "the bundled sample database",
    name,
    url: split(url)?.url ?? url,
  }));
  entries.push({ label: "$(add) Add a connection…" });
  for (const { name, url } of [...entries]) {
    if (name && url && (await connections.password(url))) entries.push({ label: FORGET + name, url });
  }
  const picked = await window.showQuickPick(entries, { title: "SQLoop: the database to ask", matchOnDescription: true });
  if (!picked) return;
  if (picked.label.startsWith(FORGET)) await connections.forgetPassword(picked.url ?? "");
  else if (picked.name !== undefined) await use(server, connections, picked.name, picked.url ?? "");
  else await add(server, connections);
}

async function add(server: Server, connections: Connections): Promise<void> {
  const given = await window.showInputBox({
    title: "Add a connection (1/2): its URL or file",
    placeHolder: "shop.db, data/*.csv, /home/me/sales.parquet or postgresql://reader@localhost/shop",
    prompt: "A password in it goes to VS Code's secret storage, not to the settings.",
    ignoreFocusOut: true,
    validateInput: (text) => (split(text) ? undefined : "A file, or a URL that begins with sqlite:///, postgresql:// or mysql+pymysql://"),
  });
  const parts = split(given ?? "");
  if (!parts) return;
  const name = await window.showInputBox({
    title: "Add a connection (2/2): what to call it",
    value: parts.url.split(/[/\\]/).at(-1)?.replace(/\.\w+$/, "") ?? "",
    ignoreFocusOut: true,
    validateInput: (text) => (/^[\w.-]+$/.test(text) ? undefined : "Letters, digits, - and _"),
  });
  if (!name) return;
  if (parts.password) await connections.keepPassword(parts.url, parts.password);
  await connections.add(name, parts.url);
  await use(server, connections, name, parts.url);
}

/** Connect; where the database does not let us in, ask for a password until it does or the user gives up. */
async function use(server: Server, connections: Connections, name: string, url: string): Promise<void> {
  await connections.choose(name, url);
  let password = "";
  for (;;) {
    if (password) await connections.keepPassword(url, password);
    await server.configure();
    const status = await connect(server, connections);
    if (status.database.state !== "unreachable") return;
    if (!/^(mysql|mariadb|postgres)/.test(url) || !/denied|password/i.test(status.database.error ?? "")) {
      throw new Error([status.database.error, status.database.hint].filter(Boolean).join(" "));
    }
    await connections.forgetPassword(url);
    const given = await window.showInputBox({
      title: `Password for ${url}`,
      prompt: `${status.database.error} It is kept in VS Code's secret storage.`,
      password: true,
      ignoreFocusOut: true,
    });
    if (!given) return;
    password = given;
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
