// What the extension and the page of the results panel say to each other.

import type { AskResult, RunResult } from "./protocol";

/** How an answer to a question came about; absent for a query of the user. */
export interface Origin {
  question: string;
  suggestion: string;
  confidence: number;
  notUnderstood: string[];
  memory: string;
  like: string;
  candidates: AskResult["candidates"];
}

export type ToPage =
  | { kind: "empty" }
  | { kind: "busy"; text: string; sql: string }
  | { kind: "failed"; text: string; sql: string }
  | { kind: "explained"; text: string; sql: string }
  | { kind: "rows"; result: RunResult; pageSize: number; origin?: Origin; said?: string };

export type FromPage =
  | { kind: "ready" }
  | { kind: "page"; offset: number }
  | { kind: "copy" | "csv" | "insert" | "cancel" }
  | { kind: "say"; action: "accepted" | "rejected" };
