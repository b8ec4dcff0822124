// What is known of an answer: how sure it is, what its user said of it, and what the other candidates gave.

import type { FromPage, Origin } from "../src/panelMessages";
import { button, element } from "./element";

type Send = (message: FromPage) => void;
type Candidate = Origin["candidates"][number];

export function verdict(origin: Origin, said: string | undefined, send: Send): Node {
  const count = origin.candidates.length;
  const missing = origin.notUnderstood.length ? `not understood: ${origin.notUnderstood.join(", ")} · ` : "";
  const tried = `${count} quer${count === 1 ? "y" : "ies"} tried`;
  const share = origin.memory || `${missing}${certainty(origin.confidence)} · ${tried}`;
  const line = element("div", "bar", element("span", "note", said ?? share), element("span", "gap"));
  line.append(button("Insert into Editor", () => send({ kind: "insert" })));
  if (said === undefined) {
    line.append(
      button("Accept", () => send({ kind: "say", action: "accepted" })),
      button("Reject", () => send({ kind: "say", action: "rejected" })),
    );
  }
  return line;
}

/** A tab for each answer that the candidates gave, where there are several; `sql` is what is shown. */
export function otherAnswers(origin: Origin, sql: string, send: Send): Node[] {
  const answers = new Map<number, Candidate[]>();
  for (const each of origin.candidates.filter(({ status }) => status === "ok")) {
    answers.set(each.answer ?? 0, [...(answers.get(each.answer ?? 0) ?? []), each]);
  }
  const failed = origin.candidates.filter(({ status }) => status !== "ok");
  if (answers.size < 2 && failed.length === 0) return [];
  const tabs = [...answers.values()].map((group) => tab(group, origin.proposed, group.some((each) => each.sql === sql), send));
  const line = element("div", "bar answers", ...tabs);
  if (failed.length) {
    const note = element("span", "note", `${failed.length} did not run`);
    note.title = failed.map((each) => `${each.sql}\n${each.status}: ${each.error}`).join("\n\n");
    line.append(note);
  }
  return [line];
}

function tab(group: readonly Candidate[], proposed: number, chosen: boolean, send: Send): Node {
  const [first] = group as [Candidate];
  const rows = `${first.rows} row${first.rows === 1 ? "" : "s"}`;
  const made = button(`${first.votes} of ${proposed} · ${rows}`, () => send({ kind: "candidate", sql: first.sql }));
  made.title = group.map((each) => each.laid || each.sql).join("\n\n");
  made.ariaPressed = String(chosen);
  return made;
}

/** The word that every face of SQLoop has for a confidence (`sqloop.terminal.certainty`). */
function certainty(confidence: number): string {
  if (confidence >= 0.8) return "sure";
  return confidence >= 0.5 ? "likely" : "guessing";
}
