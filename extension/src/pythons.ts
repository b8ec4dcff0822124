// Which Pythons this machine has, as people make them: environments of the workspace, of tools, of the Python
// extension, and what is on PATH. Finding runs nothing; `look` runs each.

import { execFile } from "node:child_process";
import { readdir, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { extensions, workspace } from "vscode";

const run = promisify(execFile);

/** A cold Python on a busy machine takes its time. */
const TIMEOUT = 60_000;

/** A workspace must not slip a module of its own under SQLoop's: -P keeps its folder out of Python's search. */
export const SAFE = ["-P"];

const WINDOWS = process.platform === "win32";

const PROBE = `
import importlib.metadata as m, importlib.util as u, json, platform
found = u.find_spec("sqloop") is not None
try:
    version = m.version("sqloop") if found else ""
except m.PackageNotFoundError:
    version = "of a source tree"
print(json.dumps({"python": platform.python_version(), "found": found, "sqloop": version}))`;

/** A Python that runs: its version, and SQLoop's where it has it. */
export interface Python {
  program: string;
  version: string;
  /** Empty where it has no SQLoop. */
  sqloop: string;
}

/** What a program is; a text that says why it will not do. */
export async function look(program: string): Promise<Python | string> {
  try {
    const { stdout } = await run(program, [...SAFE, "-c", PROBE], { timeout: TIMEOUT, cwd: homedir() });
    const told = JSON.parse(stdout) as { python: string; found: boolean; sqloop: string };
    return { program, version: told.python, sqloop: told.found ? told.sqloop : "" };
  } catch (error) {
    const { code, stderr } = error as { code?: number | string; stderr?: string };
    if (code === "ENOENT") return `there is no ${program}`;
    if (stderr?.includes("-P")) return `${program} is older than Python 3.11`;
    return `${program} cannot be run (${stderr?.trim().split("\n").at(-1) || (error as Error).message})`;
  }
}

/** The Python of an environment. */
export function inside(environment: string): string {
  return WINDOWS ? path.join(environment, "Scripts", "python.exe") : path.join(environment, "bin", "python");
}

/** Programs that may be a Python, the likeliest first; what lies in a workspace that nobody trusts is left out. */
export async function findPythons(own: string): Promise<string[]> {
  const home = homedir();
  const at = (...parts: string[]): string => inside(path.join(home, ...parts));
  const folders = workspace.isTrusted ? (workspace.workspaceFolders ?? []).map((each) => each.uri.fsPath) : [];
  const named = [process.env["VIRTUAL_ENV"], process.env["CONDA_PREFIX"]].filter((each) => each !== undefined);
  const likely = [
    own,
    ...folders.flatMap((folder) => [".venv", "venv", "env"].map((name) => inside(path.join(folder, name)))),
    ...named.map(inside),
    ...(await ofPythonExtension()),
    at(".sqloop"),
    at(".local", "share", "uv", "tools", "sqloop"),
    at(".local", "share", "pipx", "venvs", "sqloop"),
    ...(await below(path.join(home, ".virtualenvs"))),
    ...(await below(path.join(home, ".pyenv", "versions"))),
    ...(await below(path.join(home, "miniconda3", "envs"))),
    ...(await below(path.join(home, "anaconda3", "envs"))),
    ...onPath(),
  ];
  const keys = await Promise.all(likely.map(identify));
  return likely.filter((_, number) => keys[number] && keys.indexOf(keys[number]) === number);
}

/** Equal for two names of one Python; empty where there is none. An environment's is a link to that of another folder. */
async function identify(program: string): Promise<string> {
  try {
    return `${await realpath(path.dirname(program))} ${await realpath(program)}`;
  } catch {
    return "";
  }
}

function onPath(): string[] {
  const names = WINDOWS ? ["python.exe", "py.exe"] : ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11"];
  const folders = (process.env["PATH"] ?? "").split(path.delimiter).filter((each) => path.isAbsolute(each));
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
}

/** The Pythons of the environments in a folder. */
async function below(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.sort().map((name) => inside(path.join(folder, name)));
}

/** Of its API: the environments that it knows, where it is installed and runs. */
async function ofPythonExtension(): Promise<string[]> {
  const extension = extensions.getExtension<{ environments?: { known?: readonly { path?: string }[] } }>("ms-python.python");
  if (!extension || !workspace.isTrusted) return [];
  const api = await Promise.resolve(extension.activate()).catch(() => undefined);
  return (api?.environments?.known ?? []).flatMap(({ path: program }) => (program ? [program] : []));
}
