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

export class Sheet {
  private constructor(
    private readonly server: Server,
    /** The query without its order. */
    readonly sql: string,
    readonly result: RunResult,
    readonly order: Order | undefined,
    readonly filter: string,
    /** The rows that pass the filter; undefined where there is none. */
    private readonly passed: Cell[][] | undefined,
  ) {}

  /** Run a query. Throws what the database has against it. */
  static async run(server: Server, params: RunParams, token?: CancellationToken, order?: Order): Promise<Sheet> {
    const sql = order ? sort(params.sql, order) : params.sql;
    const result = await server.request<RunResult>("sqloop/run", { ...params, sql, count: PAGE }, token);
    if (result.status !== "ok") throw new Error(`${result.status}: ${result.error}`);
    return new Sheet(server, params.sql, result, order, "", undefined);
  }

  /** The same query in another order: of a column, turned around the second time, as it was the third. */
  async sorted(column: number, limit: number | undefined): Promise<Sheet> {
    const same = this.order?.column === column;
    const order = same && this.order?.descending ? undefined : { column, descending: same };
    const sheet = await Sheet.run(this.server, { sql: this.sql, ...(limit && { limit }) }, undefined, order);
    return sheet.filtered(this.filter);
  }

  /** The same rows without those in which no value holds a text, in capitals or not. */
  async filtered(filter: string): Promise<Sheet> {
    const wanted = filter.toLowerCase();
    const holds = (value: Cell): boolean => value !== null && String(value).toLowerCase().includes(wanted);
    const passed = wanted ? (await this.fetchAll()).filter((row) => row.some(holds)) : undefined;
    return new Sheet(this.server, this.sql, this.result, this.order, filter, passed);
  }

  /** The rows from `offset` on. */
  async page(offset: number): Promise<Page> {
    if (this.passed) return { rows: this.passed.slice(offset, offset + PAGE), offset, rowCount: this.passed.length };
    const known = offset === this.result.offset ? this.result : await this.fetch(offset, PAGE);
    return { rows: known.rows, offset, rowCount: known.rowCount };
  }

  /** All rows that pass the filter. */
  async all(): Promise<Cell[][]> {
    return this.passed ?? this.fetchAll();
  }

  private async fetchAll(): Promise<Cell[][]> {
    const rows: Cell[][] = [];
    while (rows.length < this.result.rowCount) {
      const page = await this.fetch(rows.length, CHUNK);
      if (page.rows.length === 0) break;
      rows.push(...page.rows);
    }
    return rows;
  }

  private async fetch(offset: number, count: number): Promise<RunResult> {
    const { sql, result } = this.result;
    const page = await this.server.request<RunResult>("sqloop/run", { sql, result, offset, count });
    if (page.status !== "ok") throw new Error(page.error);
    return page;
  }
}

/** As the console does it (`sqloop_tui.results.sorting`). */
function sort(sql: string, { column, descending }: Order): string {
  return `SELECT * FROM (\n${sql.replace(/;\s*$/, "")}\n) AS answer ORDER BY ${column + 1}${descending ? " DESC" : ""}`;
}
