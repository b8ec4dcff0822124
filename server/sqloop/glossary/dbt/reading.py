"""The files of a dbt project: one of YAML, or all of a folder; blocks of documentation from beside them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from sqloop.database.schema import Dialect
from sqloop.errors import SettingsError
from sqloop.glossary.dbt.imported import Entries, Imported
from sqloop.glossary.dbt.mappings import Given, is_enabled, mapping, mappings, text
from sqloop.glossary.dbt.metrics import Metrics
from sqloop.glossary.dbt.semantics import Measure, NotWrittenError, SemanticModel, Semantics, dimensions_of

LARGEST = 5_000_000
"""Bytes of a file."""
MOST_FILES = 2_000
"""Files of a project."""

_MADE = {"target", "dbt_packages", "dbt_modules", "logs", "node_modules", "venv", "env"}
"""Folders of a project that are not its own."""
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_REF = re.compile(r"ref\(\s*(?:['\"][\w.]+['\"]\s*,\s*)?['\"](\w+)['\"]")
_DOC = re.compile(r"\{\{\s*doc\(\s*(?:['\"]\w+['\"]\s*,\s*)?['\"](\w+)['\"]\s*\)\s*\}\}")
_BLOCK = re.compile(r"\{%-?\s*docs\s+(\w+)\s*-?%\}(.*?)\{%-?\s*enddocs\s*-?%\}", re.DOTALL)


def read_dbt(path: Path, dialect: Dialect) -> Imported:
    """What a YAML file, or all those of a folder say. Raises SettingsError where there is none to read."""
    found = Imported()
    if not path.is_dir():
        data = _load(path)
        if not isinstance(data, dict):
            raise SettingsError(f"{path} is no schema.yml of dbt: it holds no models.")
        parts = [data]
    else:
        parts = list(_load_all(path, found))
        if not parts:
            raise SettingsError(f"{path} holds no YAML of dbt.")
    _Reader(dialect, found, _read_blocks(_find_root(path))).read(parts)
    return found


def _load(path: Path) -> object:
    """Raises SettingsError."""
    try:
        if path.stat().st_size > LARGEST:
            raise SettingsError(f"{path} is larger than {LARGEST:,} bytes.")
        return yaml.load(path.read_text(encoding="utf-8-sig"), _LOADER)
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}.") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise SettingsError(f"{path} is no YAML: {' '.join(str(error).split())[:200]}") from None


def _load_all(folder: Path, found: Imported) -> Iterator[dict[Any, Any]]:
    for path in _list(folder, {".yml", ".yaml"}):
        try:
            data = _load(path)
        except SettingsError as error:
            found.left_out.append(error.message.removesuffix("."))
            continue
        if isinstance(data, dict):
            yield data


def _list(folder: Path, kinds: set[str]) -> list[Path]:
    """The project's own files of some kinds, in order. Raises SettingsError where there are too many."""
    paths: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(each for each in folders if each not in _MADE and not each.startswith("."))
        paths += [Path(place, name) for name in sorted(names) if Path(name).suffix.lower() in kinds]
        if len(paths) > MOST_FILES:
            raise SettingsError(f"{folder} holds more than {MOST_FILES:,} files.", "Name a folder in it.")
    return paths


def _find_root(path: Path) -> Path:
    """The project that a file or folder is in; without one the folder itself."""
    folder = path.resolve() if path.is_dir() else path.resolve().parent
    around = (each for each in (folder, *folder.parents) if (each / "dbt_project.yml").is_file())
    return next(around, folder)


def _read_blocks(root: Path) -> dict[str, str]:
    """Blocks of documentation by name; a file that cannot be read has none."""
    blocks: dict[str, str] = {}
    for path in _list(root, {".md"}):
        try:
            if path.stat().st_size <= LARGEST:
                blocks |= dict(_BLOCK.findall(path.read_text(encoding="utf-8", errors="replace")))
        except OSError:
            continue
    return blocks


class _Reader:
    def __init__(self, dialect: Dialect, found: Imported, blocks: dict[str, str]) -> None:
        self._dialect, self._found, self._blocks = dialect, found, blocks
        self._entries = Entries(found, self._tell)
        self._measures: dict[str, Measure | str] = {}

    def read(self, parts: list[dict[Any, Any]]) -> None:
        """Metrics first: they are what people say. Names of all files are known to each other."""
        kinds = ("models", "seeds", "snapshots")
        models = [
            each for data in parts for kind in kinds for each in mappings(data, kind) if is_enabled(each)
        ]
        sources = [
            each
            for data in parts
            for source in mappings(data, "sources")
            for each in mappings(source, "tables")
        ]
        for each in [*models, *sources]:
            self._describe(each)
        semantics = Semantics(self._dialect, {text(each, "name"): _names(each)[0] for each in models})
        known: list[tuple[Given, SemanticModel]] = []
        for each in (
            inner for data in parts for inner in mappings(data, "semantic_models") if is_enabled(inner)
        ):
            ref = _REF.search(text(each, "model"))
            known.append((each, semantics.add(each, ref[1] if ref else text(each, "name"))))
        within = [each for each in models if is_enabled(each, "semantic_model")]
        known += [(each, semantics.add(each, text(each, "name"))) for each in within]
        self._take_measures(known, semantics)
        metrics = [each for data in parts for each in mappings(data, "metrics")]
        metrics += [each for model in within for each in mappings(model, "metrics")]
        self._take_metrics([each for each in metrics if is_enabled(each)], semantics)
        for given, model in known:
            self._take_rest(given, model)

    def _describe(self, table: Given) -> None:
        columns = {text(each, "name"): text(each, "description") for each in mappings(table, "columns")}
        for name in _names(table):
            said = {name: text(table, "description")} | {
                f"{name}.{each}": told for each, told in columns.items()
            }
            self._found.descriptions |= {
                key: told for key, each in said.items() if (told := self._tell(each))
            }

    def _take_measures(self, known: list[tuple[Given, SemanticModel]], semantics: Semantics) -> None:
        for given, model in known:
            own = [each for each in mappings(given, "metrics") if text(each, "agg") and is_enabled(each)]
            for each in [*mappings(given, "measures"), *own]:
                try:
                    self._measures[text(each, "name")] = semantics.measure(each, model)
                except NotWrittenError as error:
                    self._measures[text(each, "name")] = str(error)

    def _take_metrics(self, metrics: list[Given], semantics: Semantics) -> None:
        named = {text(each, "name"): each for each in metrics}
        writer = Metrics(named, self._measures, semantics, self._dialect)
        for name, each in named.items():
            try:
                sql = writer.write(name)
            except NotWrittenError as error:
                self._entries.leave_out(f"the SQL of {name}", str(error))
                sql = ""
            self._entries.add(each, sql)

    def _take_rest(self, given: Given, model: SemanticModel) -> None:
        """Measures and computed dimensions whose names no metric has; no sum under its column's name."""
        for each in mappings(given, "measures"):
            name, measure = text(each, "name"), self._measures[text(each, "name")]
            if isinstance(measure, str):
                self._entries.leave_out(name, measure)
            elif text(each, "expr") not in ("", name):
                self._entries.add(each, measure.write([]), passing=True)
        for each in dimensions_of(given):
            found = model.dimensions.get(text(each, "name"))
            if found is None:
                self._entries.leave_out(text(each, "name"), "its expression cannot be read")
            elif not re.fullmatch(r"[\w.`\"]+", found.sql):
                self._entries.add(each, found.sql, passing=True)

    def _tell(self, description: str) -> str:
        """In one line, with blocks of documentation in place; empty where that takes more."""
        told = _DOC.sub(lambda doc: self._blocks.get(doc[1], doc[0]), description)
        return "" if "{{" in told or "{%" in told else " ".join(told.split())


def _names(table: Given) -> list[str]:
    """What a model, or the table of a source, may be called in the database."""
    name = text(table, "identifier") or text(mapping(table, "config"), "alias") or text(table, "alias")
    name = name or text(table, "name")
    versions = mappings(table, "versions")
    return [
        name,
        *(text(mapping(each, "config"), "alias") or f"{name}_v{text(each, 'v')}" for each in versions),
    ]
