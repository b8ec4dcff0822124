// The language server: started with the user's Python, told the settings, watched.

import { commands, EventEmitter, window, type CancellationToken, type LogOutputChannel } from "vscode";
import { LanguageClient, RevealOutputChannelOn, State } from "vscode-languageclient/node";
import { NoInterpreter, type Interpreters } from "./interpreter";
import { withoutPasswords } from "./log";
import { listen, type Offers } from "./offers";
import type { Options, Status } from "./protocol";
import { SAFE } from "./pythons";

export class Server {
  /** What the server said last about its state; undefined while there is no server. */
  status: Status | undefined;
  /** Why there is no server; empty while there is one, or it is about to be there. */
  problem = "";
  /** Whether that is since no Python has SQLoop. */
  missing = false;
  client: LanguageClient | undefined;

  private options: Options = {};
  private last: Promise<void> = Promise.resolve();
  private readonly changed = new EventEmitter<void>();
  readonly onChanged = this.changed.event;

  constructor(
    private readonly log: LogOutputChannel,
    private readonly offers: Offers,
    private readonly interpreters: Interpreters,
    private readonly readOptions: () => Promise<Options>,
  ) {}

  /** Start it anew; what is in the way is shown with what to do about it. */
  start(): Promise<void> {
    return this.inTurn(() => this.begin());
  }

  stop(): Promise<void> {
    return this.inTurn(() => this.end());
  }

  /** Starts and stops follow each other: none may meet a server that is half there. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    this.last = this.last.then(work);
    return this.last;
  }

  private async begin(): Promise<void> {
    await this.end();
    this.tell(undefined, "");
    await this.miss(false);
    try {
      const python = await this.interpreters.find();
      this.log.info(`The server runs with ${python}`);
      this.options = await this.readOptions();
      this.client = this.makeClient(python);
      await this.client.start();
      await commands.executeCommand("setContext", "sqloop.running", true);
    } catch (error) {
      this.tell(undefined, (error as Error).message);
      this.log.error(this.problem);
      await this.miss(error instanceof NoInterpreter);
      // Nobody waits for the answer to a message that may stay there for hours.
      void (error instanceof NoInterpreter ? this.offerInterpreter() : this.offerLog());
    }
  }

  private async miss(missing: boolean): Promise<void> {
    this.missing = missing;
    await commands.executeCommand("setContext", "sqloop.missing", missing);
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await commands.executeCommand("setContext", "sqloop.running", false);
    await client?.dispose().catch((error: Error) => this.log.warn(`The server did not stop well: ${error.message}`));
  }

  /** Tell it the settings as they are now. */
  async configure(): Promise<void> {
    this.options = await this.readOptions();
    if (!this.client?.isRunning()) return;
    await this.client.sendNotification("workspace/didChangeConfiguration", { settings: { sqloop: this.options } });
  }

  /** Send a request of docs/protocol.md. Throws what the server answers as an error, in one line. */
  async request<Result>(method: string, params: object, token?: CancellationToken): Promise<Result> {
    if (!this.client?.isRunning()) throw new Error(this.problem || "The SQLoop server is still starting.");
    // A token that is undefined would be sent as a second parameter.
    return token ? this.client.sendRequest<Result>(method, params, token) : this.client.sendRequest<Result>(method, params);
  }

  private makeClient(python: string): LanguageClient {
    const client = new LanguageClient(
      "sqloop",
      "SQLoop",
      { command: python, args: [...SAFE, "-m", "sqloop", "lsp"] },
      {
        documentSelector: [
          { language: "sql", scheme: "file" },
          { language: "sql", scheme: "untitled" },
        ],
        // Read anew at every start: after a crash the server has to know what was chosen since.
        initializationOptions: () => this.options,
        outputChannel: this.log,
        traceOutputChannel: withoutPasswords(this.log),
        revealOutputChannelOn: RevealOutputChannelOn.Never,
        middleware: listen(this.offers, this.log),
      },
    );
    let ready = false;
    client.onNotification("sqloop/statusChanged", (status: Status) => {
      this.tell(status, "");
      if (ready || status.database.state !== "ready") return;
      ready = true;
      // A question may have been written before there was somebody to ask.
      if (window.activeTextEditor?.document.languageId === "sql") void commands.executeCommand("editor.action.inlineSuggest.trigger");
    });
    client.onDidChangeState(({ newState }) => {
      if (client === this.client && newState === State.Stopped) this.tell(undefined, "The SQLoop server has stopped.");
    });
    return client;
  }

  private tell(status: Status | undefined, problem: string): void {
    for (const each of status?.ignored ?? []) {
      if (!this.status?.ignored?.includes(each)) this.log.warn(`Not honoured: ${each}`);
    }
    this.status = status;
    this.problem = problem;
    this.changed.fire();
  }

  private async offerInterpreter(): Promise<void> {
    const install = "Install SQLoop…";
    const choose = "Choose Python…";
    const again = "Try Again";
    const answer = await window.showErrorMessage(`SQLoop is not installed yet: ${this.problem}`, install, choose, again);
    if (answer === install) await commands.executeCommand("sqloop.install");
    else if (answer === again || (answer === choose && (await this.interpreters.choose()))) await this.start();
  }

  private async offerLog(): Promise<void> {
    const show = "Show Log";
    if ((await window.showErrorMessage(`SQLoop did not start: ${this.problem}`, show)) === show) this.log.show();
  }
}

