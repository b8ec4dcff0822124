"""A folder of TEMPTABQA-C in small: two athletes, and one of them again with other facts."""

from __future__ import annotations

import csv
from pathlib import Path

SHARED = Path(__file__).parents[4] / "shared" / "data" / "temptabqa-c"
"""The real one, where it is at hand."""

ANN = """Ann Bee

Personal Information
Birth Date
1990-02-3\t

Birth Place
Medal, Ohio\t

Height

Country Representing: GBR2
World Cup
Singles \tMedalGold | 2012 | St. Moritz, Graubünden, MedalSilver | 2014 | Rome
4x100 m, mixed\tMedalBronze | 2014 | Rome
Singles\tMedalGold | 2016 | Oslo

Diamond League

Country Representing: GER
World Cup
Team\tMedalGold | 2010 | Rio de Janeiro

"""
BO = """Bo Cee

Country Representing: CHN
Asian Games
Singles\tMedalBronze | 2018 | Jakarta

"""
OTHER_ANN = """Ann Bee

Country Representing: GBR2
World Cup
Team\tMedalSilver | 2001 | Paris

Personal Information
Birth Date
1980-12-24\t

"""
COUNT = "How many International Gold Medals did Ann Bee win throughout his/her career?"
FORMATS = "List all the formats in which Ann Bee has won medals in ?"
BO_FIRST = "In which year did Bo Cee win his/her first International medal ?"

COLUMNS = ["Types", "Questions", "Answers", "Context"]
FILES = {
    "Train_set/train_set.tsv": [("13", COUNT, "3", ANN)],
    "Test_Dataset_with_Splits/Original.tsv": [
        ("3", FORMATS, "Singles , 4x100 m, mixed, Singles, Team", ANN),
        ("13", COUNT, "3", ANN),
        ("78", BO_FIRST, " 2018", BO),
    ],
    "Test_Dataset_with_Splits/CounterFactual.tsv": [("13", COUNT, "0", OTHER_ANN)],
}


def write_folder(folder: Path) -> Path:
    """Write the small folder; columns stand in other orders in other files, as they do upstream."""
    for place, (name, rows) in enumerate(FILES.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS[place:] + COLUMNS[:place], delimiter="\t")
            writer.writeheader()
            writer.writerows(dict(zip(COLUMNS, row, strict=True)) for row in rows)
    return folder
