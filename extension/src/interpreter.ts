// Which Python runs the server: the one in the settings, else the first of this machine's that has SQLoop.

import { homedir } from "node:os";
import * as path from "node:path";
import { commands, QuickPickItemKind, Uri, window, workspace, type QuickPickItem } from "vscode";
import { findPythons, inside, look, type Python } from "./pythons";

/** The environment that *Install SQLoop* makes, in a folder of the extension. */
export const OWN = "python";

/** Pythons that are run at once while they are looked at. */
const AT_ONCE = 3;

export class NoInterpreter extends Error {}

interface Entry extends QuickPickItem {
  program?: string;
  act?: "browse" | "install";
}

export class Interpreters {
  /** The Python of our own environment, which need not be there. */
  readonly own: string;

  constructor(storage: Uri) {
    this.own = inside(Uri.joinPath(storage, OWN).fsPath);
  }

  /** The program that runs Python with SQLoop. Throws NoInterpreter, which says what to do. */
  async find(): Promise<string> {
    const chosen = workspace.getConfiguration("sqloop").get<string>("interpreter", "").trim();
    const usual = process.platform === "win32" ? ["python", "py"] : ["python3", "python"];
    let reason = "no Python of this machine has it";
    const first = chosen ? [expand(chosen)] : [this.own, ...usual];
    for (const programs of [() => first, () => (chosen ? [] : findPythons(this.own))]) {
      for (const program of await programs()) {
        const found = await look(program);
        if (typeof found !== "string" && found.sqloop) return program;
        if (chosen) reason = typeof found === "string" ? found : `${program} has no SQLoop`;
      }
    }
    throw new NoInterpreter(`${reason}.`);
  }

  /** Every Python of this machine that is new enough, those that have SQLoop first. */
  async list(): Promise<Python[]> {
    const programs = await findPythons(this.own);
    const found: Python[] = [];
    const next = async (): Promise<void> => {
      for (let program = programs.shift(); program; program = programs.shift()) {
        const python = await look(program);
        if (typeof python !== "string") found.push(python);
      }
    };
    const order = [...programs];
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    const rank = (each: Python): number => (each.sqloop ? 0 : order.length) + order.indexOf(each.program);
    return found.sort((one, other) => rank(one) - rank(other));
  }

  /** Let the user pick a Python, or have SQLoop installed; whether another one is to be used. */
  async choose(): Promise<boolean> {
    const current = workspace.getConfiguration("sqloop").get<string>("interpreter", "").trim();
    const entries = this.list().then((found): Entry[] => [
      ...found.map((each) => describe(each, current)),
      { label: "", kind: QuickPickItemKind.Separator },
      { label: "$(cloud-download) Install SQLoop…", detail: "Into a Python environment of its own", act: "install" },
      { label: "$(folder-opened) Browse…", detail: "Another Python, 3.11 or newer", act: "browse" },
    ]);
    const picked = await window.showQuickPick(entries, {
      title: "SQLoop: the Python that runs it",
      placeHolder: "Those that have SQLoop come first",
      matchOnDescription: true,
    });
    if (picked?.act === "install") {
      await commands.executeCommand("sqloop.install");
      return false;
    }
    const program = picked?.act === "browse" ? await browse() : picked?.program;
    if (!program) return false;
    await workspace.getConfiguration("sqloop").update("interpreter", program, true);
    return true;
  }
}

function describe({ program, version, sqloop }: Python, current: string): Entry {
  const sign = program === current ? "$(check)" : sqloop ? "$(circle-filled)" : "$(circle-outline)";
  const has = sqloop ? ` · SQLoop ${sqloop}` : " · no SQLoop";
  return { label: `${sign} Python ${version}${has}`, description: program.replace(homedir(), "~"), program };
}

async function browse(): Promise<string | undefined> {
  const picked = await window.showOpenDialog({ title: "Python that has SQLoop", openLabel: "Use this Python" });
  return picked?.[0]?.fsPath;
}

function expand(program: string): string {
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir();
  const full = program.replace("${workspaceFolder}", folder).replace(/^~(?=[/\\])/, homedir());
  return /[/\\]/.test(full) ? path.resolve(folder, full) : full;
}
