// The log of the extension and its server: "SQLoop" in the output panel.

import { window, type LogOutputChannel } from "vscode";

const PASSWORD = /("password":\s*)"(?:[^"\\]|\\.)*"/g;

export function openLog(): LogOutputChannel {
  return window.createOutputChannel("SQLoop", { log: true });
}

/** The same log, for traces of whole messages: passwords in them are left out. */
export function withoutPasswords(log: LogOutputChannel): LogOutputChannel {
  const trace = (text: string, ...more: unknown[]): void => log.trace(hidePasswords(text), ...more);
  return Object.create(log, { trace: { value: trace } }) as LogOutputChannel;
}

export function hidePasswords(text: string): string {
  return text.replace(PASSWORD, '$1"…"');
}
