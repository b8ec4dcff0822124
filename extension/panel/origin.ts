// What is known of an answer: how sure it is, what its user said of it, and what the other candidates gave.

import type { FromPage, Origin, Rows } from "../src/panelMessages";
import { button, element } from "./element";

type Send = (message: FromPage) => void;
type Candidate = Origin["candidates"][number];

/** `sql` is the candidate that is shown. */
export function verdict(origin: Origin, sql: string, said: Rows["said"], send: Send): Node {
  const count = origin.candidates.length;
  const missing = origin.notUnderstood.length ? `not understood: ${origin.notUnderstood.join(", ")} · ` : "";
  const tried = `${count} quer${count === 1 ? "y" : "ies"} tried`;
  const shown = origin.candidates.find((each) => each.sql === sql);
  const first = !shown || shown.answer === origin.candidates[0]?.answer;
  const rejected = origin.candidates[0]?.rejected ? "you rejected it before" : "";
  const nothing = origin.foundNothing ? "no row has what it looks for" : "";
  const tied = origin.tied ? "rows equal to the last one are left out" : "";
  const like = !shown || shown === origin.candidates[0] ? origin.like : ""; // Of the others, the model wrote each.
  const sure = [`${missing}${certainty(origin.confidence)}`, like, rejected, nothing, tied, tried].filter(Boolean).join(" · ");
  const share = first ? origin.memory || sure : `another answer · ${tried}`;
  const uses = element("span", "group", button("Insert into Editor", () => send({ kind: "insert" })));
  if (said?.counts) uses.append(button("Take back", () => send({ kind: "say", action: "undone" })));
  else {
    uses.append(
      button("Accept", () => send({ kind: "say", action: "accepted" })),
      button("Reject", () => send({ kind: "say", action: "rejected" })),
    );
  }
  const others = otherAnswers(origin, sql, send);
  return element("div", "bar", element("span", "note", said?.text ?? share), ...others, element("span", "gap"), uses);
}

/** A button for each answer that the candidates gave, where there are several. */
function otherAnswers(origin: Origin, sql: string, send: Send): Node[] {
  const answers = new Map<number, Candidate[]>();
  for (const each of origin.candidates.filter(({ status }) => status === "ok")) {
    answers.set(each.answer ?? 0, [...(answers.get(each.answer ?? 0) ?? []), each]);
  }
  const failed = origin.candidates.filter(({ status }) => status !== "ok");
  if (answers.size < 2 && failed.length === 0) return [];
  const tabs = [...answers.values()].map((group) => tab(group, origin.proposed, group.some((each) => each.sql === sql), send));
  if (failed.length === 0) return tabs;
  const note = element("span", "note", `${failed.length} did not run`);
  note.title = failed.map((each) => `${each.sql}\n${each.status}: ${each.error}`).join("\n\n");
  return [...tabs, note];
}

function tab(group: readonly Candidate[], proposed: number, chosen: boolean, send: Send): Node {
  const [first] = group as [Candidate];
  const made = button(first.gave ?? "", () => send({ kind: "candidate", sql: first.sql }));
  made.title = [`${first.votes} of ${proposed} queries gave this.`, ...group.map((each) => each.laid || each.sql)].join("\n\n");
  made.ariaPressed = String(chosen);
  return made;
}

/** The word that every face of SQLoop has for a confidence (`sqloop.terminal.certainty`). */
function certainty(confidence: number): string {
  if (confidence >= 0.8) return "sure";
  return confidence >= 0.5 ? "likely" : "guessing";
}
