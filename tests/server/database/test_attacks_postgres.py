"""The attack list of PostgreSQL against all walls together, and against each alone: nothing ever changes.

All of it meets all walls and the text; `make test` draws a sample for the engine and for the role alone.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from effort import choose
from sqloop.database.checking.readonly import check_readonly
from sqloop.database.connect import Database, connect
from sqloop.database.outcome import Limits
from sqloop.errors import UnreachableError

from .evidence import make_reader, postgres_state, try_reader_alone
from .test_attacks import LIMITS, read_attacks

LIST = Path(__file__).with_name("attacks_postgres.txt")
SAMPLE = 120


@pytest.fixture
def attacks(loot: Path) -> list[tuple[str, bool]]:
    return read_attacks(loot, LIST)


def test_the_list_is_long_and_without_repetition(attacks: list[tuple[str, bool]]) -> None:
    assert len({sql for sql, _ in attacks}) == len(attacks) >= 300


def test_all_walls_together(postgres, postgres_shop: Database, attacks: list[tuple[str, bool]]) -> None:  # type: ignore[no-untyped-def]
    before = postgres_state(postgres)
    postgres_shop.limits = Limits(seconds=0.5)
    passed = [sql for sql, reads in attacks if postgres_shop.execute(sql).status == "ok" and not reads]
    assert passed == []
    assert postgres_state(postgres) == before


def test_wall_1_alone_refuses_by_the_text(attacks: list[tuple[str, bool]]) -> None:
    passed = [sql for sql, reads in attacks if not reads and check_readonly(sql, "postgres") is None]
    assert passed == []


def test_wall_2_alone_holds(postgres, postgres_shop: Database, attacks: list[tuple[str, bool]]) -> None:  # type: ignore[no-untyped-def]
    """As the owner of all that is there, who is no superuser: of such a one the text is the only wall."""
    before = postgres_state(postgres)
    for sql, _ in choose(attacks, SAMPLE):
        with suppress(UnreachableError):  # one may end the sessions of its own role
            postgres_shop._engine.run(sql, LIMITS)
            postgres_shop._engine.prepare(sql, LIMITS)
    assert postgres_state(postgres) == before


def test_wall_4_alone_holds(postgres, postgres_shop: Database, attacks: list[tuple[str, bool]]) -> None:  # type: ignore[no-untyped-def]
    """The role that `sqloop doctor` proposes, on a session without any other wall.

    But for what a role says of its own.
    """
    make_reader(postgres, postgres_shop.check().mend)
    with connect(postgres.url("shop", "sqloop_reader", postgres.password)) as reader:
        assert not reader.check().may_write
        assert len(reader.schema().tables) == 7
    tried = [sql for sql, _ in attacks if not sql.startswith("ALTER DEFAULT")]
    try_reader_alone(postgres, choose(tried, SAMPLE))
