// What the extension and the page of the results panel say to each other.

import type { AskResult, Cell, RunResult } from "./protocol";

/** How an answer to a question came about; absent for a query of the user. */
export interface Origin {
  question: string;
  suggestion: string;
  confidence: number;
  notUnderstood: string[];
  memory: string;
  like: string;
  tied: boolean;
  foundNothing: boolean;
  proposed: number;
  candidates: AskResult["candidates"];
}

/** A column by its number, from 0. */
export interface Order {
  column: number;
  descending: boolean;
}

/** Some of the rows that pass the filter, of which there are `rowCount`. */
export interface Page {
  rows: Cell[][];
  offset: number;
  rowCount: number;
}

/** Rows of a query; `sql` is that query without the order that its user wanted. */
export interface Rows {
  kind: "rows";
  sql: string;
  result: RunResult;
  page: Page;
  pageSize: number;
  order?: Order;
  filter: string;
  limit: number;
  origin?: Origin;
  /** What was said of it last: the words for it, and whether it counts. */
  said?: { text: string; counts: boolean };
}

export type ToPage =
  | { kind: "empty" }
  | { kind: "busy"; text: string; sql: string }
  | { kind: "failed" | "explained"; text: string; sql: string; back?: "same" | "other" }
  | Rows;

export type FromPage =
  | { kind: "ready" }
  | { kind: "page"; offset: number }
  | { kind: "sort"; column: number }
  | { kind: "filter"; text: string }
  | { kind: "candidate"; sql: string }
  | { kind: "cells"; text: string }
  | { kind: "copy" | "save" | "insert" | "cancel" | "limit" | "back" }
  | { kind: "say"; action: "accepted" | "rejected" | "undone" };
