"""The whole way of a question, from words to an answer that has been run.

`question -> schema -> linked values -> prompt -> k candidates -> read-only check and execution under limits
-> group by answer -> rank -> answer`

Each step lives in a module of its own; here they follow each other. A candidate that fails is part of the
answer: only what makes the question impossible to ask is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from threading import Lock, Thread

from sqloop.answer import Answer, LeftOut, ModelName, Timings
from sqloop.asking.drafts import Draft, continue_draft, keep_draft, may_be_mended, read_draft, shown_failure
from sqloop.asking.near_names import suggest_names
from sqloop.asking.owners import propose_owners
from sqloop.asking.ties import is_tied
from sqloop.asking.typed_sql import is_sql
from sqloop.asking.unchanged import doubt_unchanged, is_unchanged, turn_drafts
from sqloop.asking.work import WRITING, Clock, Work, check_cancelled, check_question
from sqloop.database.cancellation import Cancellation
from sqloop.database.connect import Database
from sqloop.database.outcome import Outcome
from sqloop.database.schema import Schema
from sqloop.dialogue import Followed, apply_rules, asks_reasons, put_against, put_together
from sqloop.errors import DatabaseError, ModelError, QuestionError, SQLoopError
from sqloop.generation.generator import Generator
from sqloop.generation.prompts.forms import Asked, FollowUp, PromptForm
from sqloop.generation.prompts.hub_forms import find_form
from sqloop.generation.prompts.rewriting import rewrite
from sqloop.generation.request import GenerationRequest
from sqloop.glossary import Glossary
from sqloop.linking.mentions import focus
from sqloop.linking.question import LinkedQuestion, link_question
from sqloop.linking.understanding import find_not_understood
from sqloop.linking.wording import Wording
from sqloop.memory import Memory, Recollection, show_examples
from sqloop.race import run_race
from sqloop.ranking import Candidate, Proposal, calibrate, decided, rank
from sqloop.schema_questions import ask_schema


class Assistant:
    """Answers questions on one database with one model; may be used from several threads at once."""

    def __init__(
        self,
        database: Database,
        generator: Generator,
        model: ModelName,
        memory: Memory | None = None,
        glossary: Glossary | None = None,
    ) -> None:
        self._glossary = glossary or Glossary()
        self._memory = memory
        self._database = database
        self._generator = generator
        self._model = model
        self._followed = Followed()
        self._form: PromptForm | None = None
        self._preparing = Lock()

    def ask(
        self,
        question: str,
        k: int,
        cancel: Cancellation | None = None,
        *,
        prefix: str = "",
        seed: int = 0,
        recall: bool = True,
        progress: Callable[[str], None] | None = None,
    ) -> Answer:
        """The answer to ``question`` from ``k`` candidates.

        Every candidate that counts continues ``prefix``, a half-written statement. Another ``seed`` makes
        other draws; without ``recall`` the model is asked even where memory has the answer. ``progress`` is
        told in words what happens next, in the thread of the caller.

        Raises:
            QuestionError: the question is empty or too long, or asks for reasons that no data can tell.
            DatabaseError: the database went away or holds no tables.
            ModelError: the model cannot be loaded or cannot take the prompt.
            CancelledError: ``cancel`` was set while this ran.
        """
        clock = Clock()
        tell = progress or (lambda _: None)
        question = check_question(question)
        tell("Reading the database")
        schema = self._read_schema()
        schema_ms = clock.lap()
        if not prefix.strip() and is_sql(question, schema):
            outcome = suggest_names(self._database.execute(question, cancel), question, schema)
            votes = int(outcome.status == "ok")
            ran = Candidate(question.rstrip("; \n"), 0.0, outcome, votes, float(votes))
            check_cancelled(cancel)
            timings = Timings(schema_ms, 0, 0, clock.lap(), clock.total())
            return Answer(question, (ran,), 1, timings, self._model, own=True)
        if not prefix.strip() and (told := self._ask_schema(question, schema, cancel)) is not None:
            timings = Timings(schema_ms, 0, 0, clock.lap(), clock.total())
            return Answer(question, (told,), 1, timings, self._model, from_schema=True)
        known = self._memory.about(question, schema) if self._memory else Recollection()
        if recall and (recalled := known.run(self._database, schema, prefix, cancel)) is not None:
            timings = Timings(schema_ms, 0, 0, clock.lap(), clock.total())
            return Answer(question, (recalled[0],), 1, timings, self._model, recalled=recalled[1])
        form = self._choose_form()
        linked = self._link(question, schema, form)
        if asks_reasons(question) and not linked.names_any:
            raise QuestionError(
                "This asks for reasons, and nothing of it is in the database.", "Ask about the data."
            )
        near = known.near(self._database, linked)
        asked = Asked(linked, show_examples(near) + self._followed.before(question))
        link_ms = clock.lap()
        work = Work(form, k, seed, prefix, cancel, tell, clock)
        proposals = self._propose(asked, work)
        follow_up = self._followed.follow_up(question)
        if follow_up and not prefix.strip() and is_unchanged(proposals, follow_up, schema.dialect):
            again = self._execute(turn_drafts(proposals, follow_up, schema.dialect), None, cancel)
            if not any(each.outcome.status == "ok" for each in again):
                tell("The query is the one before: the model is asked again")
                against = self._link(put_against(follow_up), schema, form)
                again = self._propose(replace(asked, linked=against), work)
            changed = [] if is_unchanged(again, follow_up, schema.dialect) else again
            proposals = doubt_unchanged([*proposals, *changed], follow_up, schema.dialect)
        if not prefix.strip() and may_be_mended(proposals):
            proposals += self._execute(propose_owners(proposals, asked, form.calibration), None, cancel)
            work.execute_ms += clock.lap()
        if form.repairs and not prefix.strip() and may_be_mended(proposals):
            tell("No query ran: the model is shown the error")
            proposals += self._propose(replace(asked, failed=shown_failure(proposals)), work)
        like = near if recall else ()
        offered = known.offer(self._database, linked, like, proposals, form.calibration, prefix, cancel)
        ranking = known.demote(rank(offered.proposals), self._database, linked)
        candidates = calibrate(ranking, form.calibration)
        first = candidates[0] if candidates and candidates[0].ran else None
        tied = first is not None and is_tied(
            first.sql, first.outcome, lambda sql: self._database.execute(sql, cancel), schema.dialect
        )
        timings = Timings(schema_ms, link_ms, work.generate_ms, work.execute_ms, clock.total())
        return Answer(
            question,
            candidates,
            len(offered.proposals),
            timings,
            replace(self._model, adapter=work.adapter) if proposals else self._model,
            self._database.values().complete,
            LeftOut.between(schema, linked.schema),
            find_not_understood(linked, first.sql) if first else (),
            notes=linked.notes,
            greedy=work.greedy,
            like=offered.origin(candidates[0]) if candidates else None,
            tied=tied,
        )

    def rewrite(
        self,
        follow_up: FollowUp,
        cancel: Cancellation | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> str:
        """The full question that ``follow_up`` means: by rule where that is certain, else by the model.

        Raises QuestionError (also where the model is too small for it), DatabaseError, ModelError and
        CancelledError.
        """
        text = check_question(follow_up.text)
        if asks_reasons(text):
            return text  # It is a question of its own.
        schema = self._read_schema()
        if is_sql(text, schema):
            return text
        if (question := apply_rules(follow_up, schema, self._database.values())) is not None:
            return self._followed.remember(question, follow_up)
        form = self._choose_form()
        if form.follow_ups == "refused":
            raise QuestionError(
                f"{text!r} looks like a follow-up, which the model {self._model.base} cannot work out.",
                "Ask the whole question, or get a real model: see sqloop model list.",
            )
        if form.follow_ups == "together":
            return self._followed.remember(put_together(follow_up), follow_up)
        if progress is not None:
            progress("The model is working out the question")
        said = " ".join((follow_up.question, text, follow_up.sql))
        shown = focus(schema, said, (), form.room)
        question = rewrite(follow_up, shown, form, self._generator, cancel) or put_together(follow_up)
        return self._followed.remember(question, follow_up)

    def _link(self, question: str, schema: Schema, form: PromptForm) -> LinkedQuestion:
        notes = self._glossary.notes(question, schema)
        return link_question(question, schema, self._database.values(), notes, form.room)

    def _propose(self, asked: Asked, work: Work) -> list[Proposal]:
        """What the model writes for ``asked``, run. Raises ModelError, CancelledError."""
        request = GenerationRequest(
            work.form.prefix(asked.schema),
            work.form.suffix(asked),
            work.k,
            work.form.grammar(asked),
            # What is found without drawing is the same every time, and right more often among k.
            decoding="sample" if work.seed else work.form.decoding,
            seed=work.seed,
        )
        work.tell(WRITING)
        work.clock.lap()
        completions = self._generator.generate(request, work.cancel, work.tell_reading)
        check_cancelled(work.cancel)
        work.generate_ms += work.clock.lap()
        work.adapter = completions[0].adapter if completions else None
        drafts = [read_draft(work.form, each, asked, request.max_new_tokens) for each in completions]
        if work.greedy is None:
            pairs = zip(drafts, completions, strict=True)
            work.greedy = next((draft.sql for draft, each in pairs if each.greedy), None)
        follow_up = self._followed.follow_up(asked.question)
        if follow_up is not None and not work.prefix.strip():
            drafts = [keep_draft(each, follow_up, asked.schema.dialect) for each in drafts]
        if work.prefix.strip():
            drafts = [continue_draft(each, work.prefix, asked.schema.dialect) for each in drafts]
        work.tell("Running the queries")
        wording = Wording(asked.linked) if work.form.ranks_by_words else None
        proposals = self._execute(drafts, wording, work.cancel)
        check_cancelled(work.cancel)
        work.execute_ms += work.clock.lap()
        return proposals

    def learn(self, glossary: Glossary) -> None:
        """Words mean this from the next question on."""
        self._glossary = glossary

    def start_model(self) -> None:
        """Have the model loaded in the background; a failure to do so is told by the next question."""

        def warm() -> None:
            with suppress(SQLoopError):
                self.warm()

        Thread(target=warm, daemon=True).start()

    def warm(self) -> None:
        """Load the model and have it read what all questions share. Raises DatabaseError, ModelError."""
        form, schema = self._choose_form(), self._read_schema()
        shared = schema if form.room(schema) is None else replace(schema, tables=())
        self._generator.warm(form.prefix(shared))

    def _read_schema(self) -> Schema:
        schema = self._glossary.describe(self._database.renew())
        if not schema.tables:
            raise DatabaseError(f"{self._database.url} holds no tables.", "Is it the right database?")
        return schema

    def _ask_schema(self, question: str, schema: Schema, cancel: Cancellation | None) -> Candidate | None:
        """What the catalogue answers; None where the question is the model's."""
        sql = ask_schema(question, schema)
        outcome = self._database.execute(sql, cancel) if sql else None
        check_cancelled(cancel)
        ran = outcome is not None and outcome.status == "ok"
        return Candidate(sql, 0.0, outcome, votes=1, share=1.0) if sql and outcome and ran else None

    def _choose_form(self) -> PromptForm:
        with self._preparing:
            if self._form is None:
                model = self._generator.describe()
                try:
                    self._form = find_form(model.form, small=model.small)
                except KeyError:
                    raise ModelError(
                        f"The model wants to be asked in a form {model.form!r} that is unknown."
                    ) from None
            return self._form

    def _execute(
        self, drafts: Sequence[Draft], wording: Wording | None, cancel: Cancellation | None
    ) -> list[Proposal]:
        """Every draft as a proposal; equal SQL is run once, and all that wrote it vote."""
        runnable = [draft for draft in drafts if draft.failure is None]

        def propose(outcomes: Mapping[str, Outcome]) -> list[Proposal]:
            costs = {sql: wording.cost(sql, outcome) for sql, outcome in outcomes.items()} if wording else {}
            return [
                Proposal(each.sql, each.score, each.failure or outcomes[each.sql], costs.get(each.sql, 0.0))
                for each in drafts
                if each.failure or each.sql in outcomes
            ]

        def decide(outcomes: Mapping[str, Outcome]) -> float | None:
            return decided(propose(outcomes), [each.score for each in runnable if each.sql not in outcomes])

        texts = list(dict.fromkeys(draft.sql for draft in runnable))
        return propose(run_race(texts, self._database.execute, decide, cancel))
