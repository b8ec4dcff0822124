// The schema of the database in use: tables, their columns with keys, a few values of each; read when it is opened.

import { EventEmitter, MarkdownString, ThemeIcon, TreeItem, TreeItemCollapsibleState, type TreeDataProvider } from "vscode";
import type { ColumnDetail, SchemaResult, TableSummary } from "./protocol";
import type { Server } from "./server";

const { Collapsed, None } = TreeItemCollapsibleState;

/** A line of the tree; `written` is what it puts into a query. */
export interface Line {
  kind: "table" | "column" | "sample";
  written: string;
  table?: TableSummary;
  column?: ColumnDetail;
}

export class SchemaTree implements TreeDataProvider<Line> {
  static readonly id = "sqloop.schema";

  private readonly changed = new EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private fingerprint = "";

  constructor(private readonly server: Server) {
    server.onChanged(() => {
      const database = server.status?.database;
      const now = database?.state === "ready" ? `${database.connection} ${database.fingerprint}` : "";
      if (now === this.fingerprint) return;
      this.fingerprint = now;
      this.changed.fire(undefined);
    });
  }

  /** Show it as it is now. */
  refresh(): void {
    this.changed.fire(undefined);
  }

  async getChildren(line?: Line): Promise<Line[]> {
    if (this.server.status?.database.state !== "ready") return [];
    if (!line) {
      const { tables } = await this.server.request<SchemaResult>("sqloop/schema", {});
      return tables.map((table) => ({ kind: "table", written: table.written || table.name, table }));
    }
    if (line.table) {
      const { table } = await this.server.request<SchemaResult>("sqloop/schema", { table: line.table.name });
      return (table?.columns ?? []).map((column) => ({ kind: "column", written: column.written || column.name, column }));
    }
    return (line.column?.samples ?? []).map((written) => ({ kind: "sample", written }));
  }

  getTreeItem({ kind, written, table, column }: Line): TreeItem {
    if (table) return describeTable(table);
    if (column) return describeColumn(column);
    const item = new TreeItem(written, None);
    item.contextValue = kind;
    item.iconPath = new ThemeIcon("quote");
    return item;
  }
}

function describeTable(table: TableSummary): TreeItem {
  const item = new TreeItem(table.name, Collapsed);
  item.contextValue = "table";
  item.iconPath = new ThemeIcon("table");
  if (table.rows !== null) item.description = `${table.rows.toLocaleString("en")} rows`;
  if (table.comment) item.tooltip = new MarkdownString().appendText(table.comment);
  return item;
}

function describeColumn(column: ColumnDetail): TreeItem {
  const item = new TreeItem(column.name, column.samples.length ? Collapsed : None);
  item.contextValue = "column";
  item.iconPath = new ThemeIcon(column.primaryKey ? "key" : column.references ? "link" : "symbol-field");
  const parts = [
    column.primaryKey ? "key" : "",
    column.references ? `→ ${column.references}` : "",
    column.type.toLowerCase(),
    column.nullable || column.primaryKey ? "" : "never NULL",
  ];
  item.description = parts.filter(Boolean).join(" · ");
  if (column.comment) item.tooltip = new MarkdownString().appendText(column.comment);
  return item;
}
