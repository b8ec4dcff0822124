// The rows of one query as they are shown: sorted by the database, which knows all of them; filtered here, among those
// that were fetched.

import type { CancellationToken } from "vscode";
import type { Order, Page } from "./panelMessages";
import type { Cell, RunParams, RunResult } from "./protocol";
import type { Server } from "./server";

/** Rows on one page of the table. */
export const PAGE = 100;
/** Rows in one request when all of them are wanted. */
const CHUNK = 5_000;

type Asked = Pick<Server, "request">;

export class Sheet {
  private constructor(
    private readonly server: Asked,
    /** The query without its order. */
    readonly sql: string,
    readonly result: RunResult,
    private readonly fetched: Fetched,
    readonly order: Order | undefined,
    readonly filter: string,
    /** The rows that pass the filter; undefined where there is none. */
    private readonly passed: Cell[][] | undefined,
  ) {}

  /** Run a query. Throws what the database has against it. */
  static async run(server: Asked, params: RunParams, token?: CancellationToken): Promise<Sheet> {
    const result = await open(server, params, token);
    return new Sheet(server, params.sql, result, new Fetched(server, result, params.limit), undefined, "", undefined);
  }

  /** The same query in another order: of a column, turned around the second time, as it was the third. */
  async sorted(column: number, limit: number | undefined): Promise<Sheet> {
    const same = this.order?.column === column;
    return this.again(same && this.order?.descending ? undefined : { column, descending: same }, limit);
  }

  /** The same query with another limit. */
  async limited(limit: number): Promise<Sheet> {
    return this.again(this.order, limit);
  }

  private async again(order: Order | undefined, limit: number | undefined): Promise<Sheet> {
    const { sql } = this;
    const wanted = order ? sort(sql, order, this.result.columns) : sql;
    const found = await open(this.server, { sql: wanted, ...(limit && { limit }) });
    // Columns that are called alike have other names while they are sorted.
    const { columns, headings } = this.result;
    const result = columns.length === found.columns.length ? { ...found, columns, headings } : found;
    const sheet = new Sheet(this.server, sql, result, new Fetched(this.server, result, limit), order, "", undefined);
    return sheet.filtered(this.filter);
  }

  /** The same rows without those in which no value holds a text, in capitals or not. */
  async filtered(filter: string): Promise<Sheet> {
    const wanted = filter.toLowerCase();
    const holds = (value: Cell): boolean => value !== null && String(value).toLowerCase().includes(wanted);
    const passed = wanted ? (await this.fetched.all()).filter((row) => row.some(holds)) : undefined;
    return new Sheet(this.server, this.sql, this.result, this.fetched, this.order, filter, passed);
  }

  /** The rows from `offset` on. */
  async page(offset: number): Promise<Page> {
    if (this.passed) return { rows: this.passed.slice(offset, offset + PAGE), offset, rowCount: this.passed.length };
    const { rows, rowCount } = offset === this.result.offset ? this.result : await this.fetched.page(offset, PAGE);
    return { rows, offset, rowCount };
  }

  /** All rows that pass the filter. */
  async all(): Promise<Cell[][]> {
    return this.passed ?? this.fetched.all();
  }
}

/** What the server keeps of a result, as long as it does: after that the query is run again, under the same limit. */
class Fetched {
  private every: Promise<Cell[][]> | undefined;
  private handle: string;

  constructor(
    private readonly server: Asked,
    private readonly result: RunResult,
    private readonly limit: number | null | undefined,
  ) {
    this.handle = result.result;
  }

  async page(offset: number, count: number): Promise<RunResult> {
    const { sql, columns } = this.result;
    const page = await open(this.server, { sql, result: this.handle, offset, count, ...(this.limit && { limit: this.limit }) });
    if (page.columns.length !== columns.length) throw new Error("The query gives something else by now: run it again.");
    this.handle = page.result;
    return page;
  }

  all(): Promise<Cell[][]> {
    this.every ??= this.fetchAll().catch((error: unknown) => {
      this.every = undefined;
      throw error;
    });
    return this.every;
  }

  /** Rows of one run: where they come from another one in the middle of it, from their first on. */
  private async fetchAll(): Promise<Cell[][]> {
    let rows: Cell[][] = [];
    for (let more = this.result.rowCount > 0; more; ) {
      const { handle } = this;
      const page = await this.page(rows.length, CHUNK);
      if (handle !== page.result && rows.length > 0) {
        rows = [];
        continue;
      }
      rows.push(...page.rows);
      more = page.rows.length > 0 && rows.length < page.rowCount;
    }
    return rows;
  }
}

async function open(server: Asked, params: RunParams, token?: CancellationToken): Promise<RunResult> {
  const result = await server.request<RunResult>("sqloop/run", { count: PAGE, ...params }, token);
  if (result.status !== "ok") throw new Error(`${result.status}: ${result.error}`);
  return result;
}

/** As the console does it (`sqloop_tui.results.sorting`); MariaDB wants names that differ in a query in brackets. */
function sort(sql: string, { column, descending }: Order, columns: readonly string[]): string {
  const order = `ORDER BY ${column + 1}${descending ? " DESC" : ""}`;
  const alike = new Set(columns.map((each) => each.toLowerCase())).size < columns.length;
  if (!alike) return `SELECT * FROM (\n${bare(sql)}\n) AS answer ${order}`;
  const names = columns.map((_, index) => `c${index + 1}`).join(", ");
  return `WITH answer (${names}) AS (\n${bare(sql)}\n) SELECT * FROM answer ${order}`;
}

/** Without the semicolon at its end, and what is said behind it. */
function bare(sql: string): string {
  const end = sql.replace(/(?:\s|--[^'"\n]*(?:\n|$)|\/\*[^'"]*?\*\/)+$/, "");
  return end.endsWith(";") ? end.replace(/[;\s]+$/, "") : sql;
}
