// Which Python runs the server: the one in the settings, else the first on PATH that has SQLoop.

import { execFile } from "node:child_process";
import { homedir } from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { window, workspace } from "vscode";

const run = promisify(execFile);

/** A cold Python on a busy machine takes its time. */
const TIMEOUT = 60_000;

/** A workspace must not slip a module of its own under SQLoop's: -P keeps its folder out of Python's search. */
export const SAFE = ["-P"];

const PROBE = "import importlib.util, sys; sys.exit(0 if importlib.util.find_spec('sqloop') else 3)";

export class NoInterpreter extends Error {}

/** The program that runs Python with SQLoop. Throws NoInterpreter, which says what to do. */
export async function findInterpreter(): Promise<string> {
  const chosen = workspace.getConfiguration("sqloop").get<string>("interpreter", "").trim();
  const programs = chosen ? [expand(chosen)] : process.platform === "win32" ? ["python", "py"] : ["python3", "python"];
  const reasons: string[] = [];
  for (const program of programs) {
    const reason = await check(program);
    if (!reason) return program;
    reasons.push(reason);
  }
  throw new NoInterpreter(`${reasons.join("; ")}.`);
}

/** Let the user pick a Python; whether one was picked. */
export async function chooseInterpreter(): Promise<boolean> {
  const picked = await window.showOpenDialog({ title: "Python that has SQLoop", openLabel: "Use this Python" });
  if (!picked?.[0]) return false;
  await workspace.getConfiguration("sqloop").update("interpreter", picked[0].fsPath, true);
  return true;
}

function expand(program: string): string {
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir();
  const full = program.replace("${workspaceFolder}", folder).replace(/^~(?=[/\\])/, homedir());
  return /[/\\]/.test(full) ? path.resolve(folder, full) : full;
}

/** Why a program will not do; empty where it will. */
async function check(program: string): Promise<string> {
  try {
    await run(program, [...SAFE, "-c", PROBE], { timeout: TIMEOUT });
    return "";
  } catch (error) {
    const { code, stderr } = error as { code?: number | string; stderr?: string };
    if (code === "ENOENT") return `there is no ${program}`;
    if (code === 3) return `${program} has no SQLoop`;
    if (stderr?.includes("-P")) return `${program} is older than Python 3.11`;
    return `${program} cannot be run (${stderr?.trim().split("\n").at(-1) || (error as Error).message})`;
  }
}
