"""Databases for blind measurements: what nobody has tuned on.

`orders_office` and `video_hire` look as public sample databases do, an order-processing company and a hire
shop for films and games, with names and rows of their own; `field_service` maintains lifts and boilers,
`school_trips` is about trips of five schools. `bookshop` (three shops) and `kennels` (boarding and grooming)
are made to be hard: undeclared keys, views, flags in several forms and names that are words of the questions;
`self_storage` and `driving_school` declare all their keys and use plain names; `dental_practice` is plain and
`boat_club` has grown over the years, both with long questions; `housing_coop` and `feed_mill` have short ones
typed in a hurry; `hospital_stays` and `brewery_sales` are normalised, with all their keys declared: their
tables hang together in long chains, and more than half of the questions need tables that are two or more keys
apart; `harbour_pilots` and `lift_service` are firms of ten tables and two views each, with an undeclared key,
flags in four dresses, states such as "open" and columns that are easily taken for one another. `ferry_line`,
`seedvault`, `schoolbus`, `repair_cafe` and `podnet` were written for the dialogues of ``dialogues-11``,
`bee_yard`, `excavation`, `gliding`, `parking` and `translation` for those of ``dialogues-12``, `physio`,
`farm_shop`, `coworking`, `harvest` and `tuition` for those of ``dialogues-13``, `riding_school`,
`map_archive`, `cider_press`, `organ_builder` and `buoy_network` for those of ``dialogues-14``, `planetarium`,
`piano_tuners`, `falconry`, `lighthouse_stays` and `tattoo_studio` for those of ``dialogues-15``, `ice_rink`,
`stamp_dealer`, `dog_training`, `balloon_flights` and `glassworks` for those of ``dialogues-16``,
`pest_control`, `lost_property`, `puppet_theatre`, `surf_school` and `clock_repair` for those of
``dialogues-17``; `parkcite`
(parking tickets, short names), `translation_agency`, `allotments` (plain), `cablecars` (old names, half
of the keys undeclared), `toolhire` (plain), `linenhire` (old names), `drainage_board` (plain), `studfarm`
(old names, a third of the keys undeclared), `cemetery_office` (plain), `fishquota` (old names, likewise),
`animal_shelter` (plain) and `trkmnt` (old names, a third of the keys undeclared) have ten to fourteen
tables each.
The databases, the questions of ``questions/blind-NAME.jsonl`` and their gold SQL were written before any
model was asked. They are measured once: from then on they are development data, as the other written
questions are, and the next blind measurement needs new ones.

``python tests/benchmarks/blind NAME FILE.sqlite`` builds one of them out of its script of SQL.
"""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path


def build(name: str, path: Path) -> None:
    """Write the database of that name into a new file. Raises FileNotFoundError, FileExistsError."""
    run_script(Path(__file__).with_name(f"{name}.sql.gz"), path)


def run_script(script: Path, path: Path) -> None:
    """Write what a packed script of SQL makes into a new file. Raises FileNotFoundError, FileExistsError."""
    text = gzip.decompress(script.read_bytes()).decode()
    path.open("xb").close()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(text)
