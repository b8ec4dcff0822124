// *Install SQLoop*: a Python environment of the extension's own, and in it the wheel that came with the extension.
// What is run is shown before it is run, and what it says goes to the log.

import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { ProgressLocation, Uri, env, window, type CancellationToken, type LogOutputChannel } from "vscode";
import { OWN, type Interpreters } from "./interpreter";

const DOWNLOAD = "https://www.python.org/downloads/";

/** Whether SQLoop has been installed; `used` is the version that runs now, if any. Throws what went wrong, in a line. */
export async function install(extension: Uri, storage: Uri, interpreters: Interpreters, log: LogOutputChannel, used = ""): Promise<boolean> {
  const python = (await interpreters.list()).find(({ program }) => program !== interpreters.own);
  if (!python) {
    const open = "Open python.org";
    const text = "SQLoop needs Python 3.11 or newer, and there is none on this machine.";
    if ((await window.showErrorMessage(text, { modal: true }, open)) === open) await env.openExternal(Uri.parse(DOWNLOAD));
    return false;
  }
  const folder = Uri.joinPath(storage, OWN).fsPath;
  const steps = [
    [python.program, "-m", "venv", folder],
    [interpreters.own, "-m", "pip", "install", "--upgrade", await findWheel(extension)],
  ];
  const lines = steps.map((step) => step.map(quote).join(" "));
  const known = used && `SQLoop ${used} is installed, and it runs: this installs it anew.\n\n`;
  const detail = `${known}${lines.join("\n\n")}\n\nWhat SQLoop needs comes from PyPI, about 270 MB. Nothing else on this machine is changed.`;
  const yes = "Install";
  if ((await window.showInformationMessage("Install SQLoop? This is run:", { modal: true, detail }, yes)) !== yes) return false;
  return window.withProgress(
    { location: ProgressLocation.Notification, title: "Installing SQLoop", cancellable: true },
    async (progress, token) => {
      for (const [number, step] of steps.entries()) {
        if (token.isCancellationRequested) return false;
        log.info(lines[number] ?? "");
        await run(step, log, token, (message) => progress.report({ message }));
      }
      return !token.isCancellationRequested;
    },
  );
}

async function findWheel(extension: Uri): Promise<string> {
  const folder = Uri.joinPath(extension, "wheel");
  const name = (await readdir(folder.fsPath).catch(() => [])).find((each) => each.endsWith(".whl"));
  if (!name) throw new Error("This build of the extension has no SQLoop in it: make vsix packs it.");
  return Uri.joinPath(folder, name).fsPath;
}

/** Run a program to its end; the last line that it said is why it failed. */
function run(step: string[], log: LogOutputChannel, token: CancellationToken, tell: (line: string) => void): Promise<void> {
  const [program = "", ...parameters] = step;
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { cwd: homedir(), stdio: ["ignore", "pipe", "pipe"] });
    let last = "";
    const listen = (data: Buffer): void => {
      for (const line of data.toString().split(/[\r\n]+/).filter((each) => each.trim())) {
        last = line.trim();
        log.info(last);
        tell(last.length > 70 ? `${last.slice(0, 69)}…` : last);
      }
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    const stop = token.onCancellationRequested(() => child.kill());
    child.on("error", reject);
    child.on("close", (code) => {
      stop.dispose();
      if (code === 0 || token.isCancellationRequested) resolve();
      else reject(new Error(`SQLoop could not be installed: ${last || `exit code ${code}`}. The log tells more.`));
    });
  });
}

function quote(word: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(word) ? word : `'${word}'`;
}
