"""Settings: what overrides what, what is relative to what, and one clear line for every mistake."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from sqloop import settings
from sqloop.errors import SettingsError
from sqloop.feedback.store import FeedbackStore
from sqloop.glossary import Entry
from sqloop.settings import Connection, Settings


def load_settings(folder: Path, **flags: object) -> Settings:
    """Of a folder that its user trusts."""
    return settings.load_settings(folder, lambda *_: True, **flags)


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SQLOOP_DB", "SQLOOP_MODEL", "SQLOOP_ADAPTER", "SQLOOP_K", "SQLOOP_CONNECTIONS"):
        monkeypatch.delenv(name, raising=False)


def write(folder: Path, text: str) -> Path:
    (folder / "sqloop.toml").write_text(text, encoding="utf-8")
    return folder


def test_without_a_file_the_defaults_hold_and_no_connection_is_named(tmp_path: Path) -> None:
    found = load_settings(tmp_path)
    assert found.connection() is None
    limits = found.limits.limits()
    assert (found.model, limits.seconds, limits.rows, limits.bytes) == ("auto", 5.0, 1000, 8 * 1024 * 1024)


def test_the_file_is_found_from_a_folder_below(tmp_path: Path) -> None:
    write(tmp_path, "k = 7")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert load_settings(below).k == 7


def test_flags_override_variables_override_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, 'k = 2\nmodel = "file"\nadapter = "file"')
    monkeypatch.setenv("SQLOOP_K", "3")
    monkeypatch.setenv("SQLOOP_MODEL", "variable")
    found = load_settings(tmp_path, k=5, model=None)
    assert (found.k, found.model, found.adapter) == (5, "variable", "file")


def test_a_variable_sets_one_limit_and_leaves_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "[limits]\nrows = 10")
    monkeypatch.setenv("SQLOOP_LIMITS__SECONDS", "0.5")
    limits = load_settings(tmp_path).limits.limits()
    assert (limits.seconds, limits.rows) == (0.5, 10)


@pytest.mark.parametrize(
    ("db", "url"),
    [
        (None, "mysql+pymysql://me@host/one"),
        ("two", "mysql+pymysql://me@host/two"),
        ("sqlite:////tmp/other.db", "sqlite:////tmp/other.db"),
    ],
    ids=["the first", "by name", "by URL"],
)
def test_db_chooses_the_connection(tmp_path: Path, db: str | None, url: str) -> None:
    write(
        tmp_path,
        '[connections]\none = "mysql+pymysql://me@host/one"\n'
        '[connections.two]\nurl = "mysql+pymysql://me@host/two"\npassword_command = "pass show two"',
    )
    connection = load_settings(tmp_path, db=db).connection()
    assert connection is not None
    assert connection.url == url
    assert connection.password_command == ("pass show two" if db == "two" else "")


def test_the_sample_database_has_a_name_that_a_connection_may_take(tmp_path: Path) -> None:
    write(tmp_path, '[connections]\nshop = "sqlite:////a"')
    assert load_settings(tmp_path, db="sample").connection() is None
    write(tmp_path, '[connections]\nshop = "sqlite:////a"\nsample = "sqlite:////b"')
    assert load_settings(tmp_path, db="sample").connection() == Connection(url="sqlite:////b")


@pytest.mark.parametrize("line", ['a = "sqlite:///shop.db"', 'a = {url = "sqlite:///shop.db"}'])
def test_a_relative_sqlite_file_is_relative_to_the_settings_file(tmp_path: Path, line: str) -> None:
    write(tmp_path, f"[connections]\n{line}")
    (tmp_path / "below").mkdir()
    connection = load_settings(tmp_path / "below").connection()
    assert connection == Connection(url=f"sqlite:///{tmp_path}/shop.db")


@pytest.mark.parametrize("url", ["sqlite:////abs/shop.db", "sqlite:///~/shop.db", "mysql+pymysql://me@h/n"])
def test_other_urls_stay_as_they_are(tmp_path: Path, url: str) -> None:
    write(tmp_path, f'[connections]\na = "{url}"')
    assert load_settings(tmp_path).connection() == Connection(url=url)


@pytest.mark.parametrize(
    ("store", "place"),
    [
        ("kept/feedback.sqlite", "{folder}/kept/feedback.sqlite"),
        ("/abs/feedback.sqlite", "/abs/feedback.sqlite"),
        ("sqlite:///feedback.sqlite", "sqlite:///{folder}/feedback.sqlite"),
        ("mysql+pymysql://me@h/n", "mysql+pymysql://me@h/n"),
        ("", ""),
    ],
)
def test_a_feedback_store_is_relative_to_the_settings_file(tmp_path: Path, store: str, place: str) -> None:
    write(tmp_path, f'[feedback]\nstore = "{store}"')
    (tmp_path / "below").mkdir()
    assert load_settings(tmp_path / "below").feedback.store == place.format(folder=tmp_path)


def test_feedback_keeps_rows_unless_told_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    feedback = load_settings(tmp_path).feedback
    assert (feedback.enabled, feedback.store, feedback.answers) == (True, "", "rows")
    write(tmp_path, '[feedback]\nenabled = false\nanswers = "digest"')
    monkeypatch.setenv("SQLOOP_FEEDBACK__ENABLED", "true")
    feedback = load_settings(tmp_path).feedback
    assert (feedback.enabled, feedback.answers) == (True, "digest")


def test_a_model_folder_beside_the_file_is_found_and_a_hub_name_is_kept(tmp_path: Path) -> None:
    (tmp_path / "tuned").mkdir()
    found = load_settings(write(tmp_path, 'model = "org/name"\nadapter = "tuned"'))
    assert (found.model, found.adapter) == ("org/name", str(tmp_path / "tuned"))


def test_words_of_ones_own_are_texts_or_definitions(tmp_path: Path) -> None:
    text = (
        '[glossary]\nhit = "sold well"\n"old song" = { sql = "song.year < 1970" }\n'
        '[descriptions]\nsong.year = "of its release"\n"singer" = "who sings"\n'
    )
    words = load_settings(write(tmp_path, text)).words
    assert words.entries == (Entry("hit", "sold well"), Entry("old song", sql="song.year < 1970"))
    assert words.descriptions == (("song.year", "of its release"), ("singer", "who sings"))


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("k = 4\ncolour = 1", 2, "colour: unknown key"),
        ('k = "many"', 1, "k: "),
        ("\nk = 0", 2, "k: it must be at least 1"),
        ("k = 4\n[limits]\n# why\nsecond = 3", 4, "limits.second: unknown key"),
        ("[limits]\nseconds = -1", 2, "limits.seconds: "),
        ("limits.rows = 0", 1, "limits.rows: "),
        ('[feedback]\nanswers = "all"', 2, "feedback.answers: it must be 'rows' or 'digest'"),
        ('[connections.a]\nurl = "sqlite:///a"\npasword = "x"', 3, "connections.a.pasword: unknown key"),
        ('[connections.a]\npassword_command = "x"', 1, "connections.a.url: it must be there"),
        ("[connections]\na = 5", 2, "connections.a: "),
        ("[glossary]\nx = {}", 2, "glossary.x: neither means nor sql says anything"),
        ('[glossary]\nx = {mean = "y"}', 2, "glossary.x.mean: unknown key"),
        ('[glossary]\n"?" = "y"', 1, "glossary: '?' is no name"),
        ('[glossary]\nhit = "y"\nHits = "z"', 1, "glossary: 'hit' and 'Hits' are one name: keep one of them"),
        ("[descriptions]\ncustomers = 3", 2, "descriptions.customers: "),
        ("k = 4\n[connections\n", 2, "invalid TOML"),
        ("k = 4\nk = 5\n", 2, "invalid TOML"),
    ],
)
def test_a_mistake_in_the_file_names_file_line_and_key(
    tmp_path: Path, text: str, line: int, says: str
) -> None:
    write(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path}/sqloop.toml:{line}: {says}")
    assert "\n" not in message


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, 'k = "many"\n[limitz]\nrows = 1\n') / "sqloop.toml"
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path)
    assert str(caught.value) == f"{path}:1: k: it must be a whole number; {path}:2: limitz: unknown key"


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "sqloop.toml").write_bytes(b"\xff\xfe\x00k")
    with pytest.raises(SettingsError, match=r"sqloop\.toml: not a text file in UTF-8"):
        load_settings(tmp_path)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("SQLOOP_K", "lots"), ("SQLOOP_LIMITS__ROWS", "-1"), ("SQLOOP_CONNECTIONS", '{"a":1}')],
)
def test_a_mistake_in_a_variable_names_the_variable_even_beside_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    write(tmp_path, "k = 4")
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=f"^{variable}: "):
        load_settings(tmp_path)


def test_a_variable_that_is_no_json_is_a_settings_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SQLOOP_CONNECTIONS", "{nonsense")
    with pytest.raises(SettingsError, match="connections"):
        load_settings(tmp_path)


def test_a_mistake_in_a_flag_names_the_flag(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^-k: it must be at least 1"):
        load_settings(tmp_path, k=0)


def test_an_unknown_connection_names_the_known_ones(tmp_path: Path) -> None:
    write(tmp_path, '[connections]\nshop = "sqlite:///a"\nlive = "sqlite:///b"')
    with pytest.raises(SettingsError, match=r"no connection called 'shp'. Known: shop, live"):
        load_settings(tmp_path, db="shp").connection()


def test_a_path_given_as_db_is_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "shop.db"
    file.touch()
    monkeypatch.chdir(tmp_path)
    for given in (str(file), "shop.db", "./shop.db"):
        connection = load_settings(tmp_path, db=given).connection()
        assert connection is not None
        assert Path(connection.url.removeprefix("sqlite:///")).samefile(file)
    (tmp_path / "below").mkdir()
    write(tmp_path, 'db = "shop.db"')
    assert load_settings(tmp_path / "below").connection() == Connection(url=f"sqlite:///{file}")


def test_a_path_to_no_file_is_neither_file_nor_connection(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no connection or file called 'nothing\.db'"):
        load_settings(tmp_path, db="nothing.db").connection()


def test_a_password_never_shows_in_a_message(tmp_path: Path) -> None:
    write(tmp_path, '[connections.a]\nurl = "mysql+pymysql://me:s3cret@h/n"\nport = 3')
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path)
    assert "s3cret" not in str(caught.value)


def test_a_password_never_shows_where_the_scheme_was_forgotten(tmp_path: Path) -> None:
    forgotten = "me:s3:cr@et@h/n.db"
    write(tmp_path, f'db = "a"\nconnections.a = "{forgotten}"')
    for given in (forgotten, "me:s3:cr@et@h", "a"):
        with pytest.raises(SettingsError, match=r"me:\*\*\*@h") as caught:
            load_settings(tmp_path, db=given).connection()
        assert "s3:" not in str(caught.value)
    with pytest.raises(SettingsError, match="store cannot be understood"):
        FeedbackStore(str(tmp_path / forgotten))


def test_a_password_with_an_at_sign_is_refused_without_repeating_a_part_of_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="Write it as %40") as caught:
        load_settings(tmp_path, db="mysql+pymysql://me:pa@s3cret@host/shop").connection()
    assert "s3cret" not in str(caught.value)
    url = "mysql+pymysql://me:pa%40s3cret@host/shop?read_default_file=/a@b"
    assert load_settings(tmp_path, db=url).connection() == Connection(url=url)


@pytest.mark.parametrize(
    "model",
    ["http://me:s3cret@host/v1#m", "https://host/v1?api_key=s3cret", "http://me:a/s3cret@host/v1"],
)
def test_a_key_in_the_url_of_a_model_is_refused_without_repeating_it(tmp_path: Path, model: str) -> None:
    with pytest.raises(SettingsError, match="--model: no user, password or query in a URL") as caught:
        load_settings(tmp_path, model=model)
    assert "s3cret" not in str(caught.value)
    named = "http://host:1234/v1#qwen@q4"
    assert load_settings(tmp_path, model=named).model == named


@pytest.mark.parametrize("given", ["host=h password=s3cret", "Server=h;Pwd='s3cret x';Port=1"])
def test_a_password_in_another_notation_is_not_repeated(tmp_path: Path, given: str) -> None:
    with pytest.raises(SettingsError, match=r"There is no connection .*=\*\*\*") as caught:
        load_settings(tmp_path, db=given).connection()
    assert "s3cret" not in str(caught.value)


def test_the_page_of_the_settings_says_what_the_fields_say() -> None:
    docs = Path(__file__).parents[2] / "docs"
    written = runpy.run_path(str(docs / "settings.py"))["write"]()
    assert (docs / "settings.md").read_text(encoding="utf-8") == written, "run docs/settings.py"
