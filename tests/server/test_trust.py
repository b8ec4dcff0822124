"""A stranger's `sqloop.toml`: what it may do unasked, who is asked, and what is remembered."""

from __future__ import annotations

import http.server
import os
import pty
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from sqloop.errors import SettingsError
from sqloop.lsp.options import configure
from sqloop.lsp.protocol import Options
from sqloop.settings import load_settings
from sqloop.settings_file import SettingsFile
from sqloop.trust import screen, trust

Run = Callable[..., "subprocess.CompletedProcess[str]"]

COMMAND = '[connections.live]\nurl = "mysql+pymysql://a@127.0.0.1:1/x"\npassword_command = "touch {mark}"\n'


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the fixture `run` runs."""
    folder = tmp_path / "workspace"
    folder.mkdir(exist_ok=True)
    return folder


def write(folder: Path, text: str) -> SettingsFile:
    (folder / "sqloop.toml").write_text(text)
    return SettingsFile.read(folder / "sqloop.toml")


@pytest.mark.parametrize(
    "text",
    [
        "k = 8\n[limits]\nrows = 5\nseconds = 1\n[cache]\nvalues = false\n[feedback]\nenabled = false",
        '[connections]\nshop = "sqlite:///shop.db"\n[connections.other]\nurl = "sqlite:///below/other.db"',
        'db = "shop"\n[connections]\nshop = "sqlite:///shop.db"',
        'db = "sample"\nmodel = "starter"\nadapter = "none"',
        'db = "sqlite:///shop.db"',
        '[connections]\nsales = "sales.csv"\nall = "data/*.parquet"\n[connections.old]\nurl = "duckdb:///old.duckdb"',
        'db = "sales"\n[connections]\nsales = "."',
        '[feedback]\nenabled = true\nanswers = "digest"',
    ],
)
def test_what_is_harmless_needs_no_trust(folder: Path, text: str) -> None:
    file = write(folder, text)
    assert screen(file) == (file.data, ())


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('model = "org/name"', "model"),
        ('model = "http://127.0.0.1:1/v1"', "model"),
        ('adapter = "org/name"', "adapter"),
        ('data = "here"', "data"),
        ('db = "mysql+pymysql://a:b@h/n"', "db"),
        ('db = "/etc/passwd"', "db"),
        ('db = "sqlite:////etc/passwd"', "db"),
        ('db = "sqlite:///shop.db?mode=rw"', "db"),
        ('[connections]\na = "mysql+pymysql://a:b@h/n"', "connections.a"),
        ('[connections]\na = "sqlite:////etc/passwd"', "connections.a"),
        ('[connections]\na = "sqlite:///../above.db"', "connections.a"),
        ('[connections]\na = "sqlite:///link.db"', "connections.a"),
        ('[connections]\na = "sqlite:///pipe.db"', "connections.a"),
        ('[connections.a]\nurl = "sqlite:///shop.db"\npassword_command = "id"', "connections.a"),
        ('[feedback]\nstore = "mysql+pymysql://a@h/n"', "feedback.store"),
        ('[feedback]\npassword_command = "id"', "feedback.password_command"),
    ],
)
def test_what_does_more_needs_trust_and_is_left_out_without(folder: Path, text: str, key: str) -> None:
    (folder / "link.db").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe.db")
    harmless, wants = screen(write(folder, text))
    assert [want.key for want in wants] == [key]
    assert not any(harmless.values())
    with pytest.raises(SettingsError, match=f"is not trusted: {key} .*Read the file, then run: sqloop trust"):
        load_settings(folder)


def test_a_password_is_not_repeated_when_it_is_asked_for_trust(folder: Path) -> None:
    text = '[connections]\na = "mysql+pymysql://me:s3cret@h/n"\nb = "mysql+pymysql://me:pa@s3cret@h/n"'
    _, wants = screen(write(folder, text))
    assert "s3cret" not in str(wants)


def test_a_new_setting_needs_trust_until_somebody_calls_it_harmless(folder: Path) -> None:
    assert [want.key for want in screen(write(folder, 'brand_new = "x"'))[1]] == ["brand_new"]


def test_what_the_users_own_flag_decides_needs_no_trust(folder: Path, tmp_path: Path) -> None:
    write(folder, 'model = "http://h/v1"\nk = 2\n' + COMMAND.format(mark="x"))
    settings = load_settings(folder, model="starter", db="sample")
    assert (settings.model, settings.k, settings.connections) == ("starter", 2, {})


def test_trust_ends_with_the_content_and_with_the_path(folder: Path, tmp_path: Path) -> None:
    file = write(folder, 'model = "org/name"')
    trust(file)
    assert load_settings(folder).model == "org/name"
    write(folder, 'model = "org/other"')
    with pytest.raises(SettingsError, match="not trusted"):
        load_settings(folder)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    write(elsewhere, 'model = "org/name"')
    with pytest.raises(SettingsError, match="not trusted"):
        load_settings(elsewhere)


@pytest.mark.parametrize("where", ["here", "below"])
def test_a_folders_command_is_not_run_by_the_command_line(run: Run, folder: Path, where: str) -> None:
    mark = folder / "ran"
    write(folder.parent if where == "below" else folder, COMMAND.format(mark=mark))
    for command in (["ask", "How many?"], ["doctor"], ["feedback", "list"], ["adapters", "list"]):
        done = run(*command)
        assert done.returncode == 2, done
        assert f"connections.live runs the command 'touch {mark}'" in done.stderr
        assert done.stderr.count("\n") == 1
    assert not mark.exists()
    assert run("trust").returncode == 0
    assert run("ask", "How many?").returncode in (2, 3)
    assert mark.exists()
    mark.unlink()
    assert "trusted no longer" in run("trust", "--remove").stderr
    assert run("ask", "How many?").returncode == 2
    assert not mark.exists()


def test_a_person_on_a_terminal_is_asked_once(
    variables: Mapping[str, str], folder: Path, tmp_path: Path
) -> None:
    mark = folder / "ran"
    write(folder, COMMAND.format(mark=mark))
    first = _on_terminal(variables, folder, b"n\n")
    assert "Trust it as it is now? [y/N]" in first
    assert not mark.exists()
    assert "[y/N]" in _on_terminal(variables, folder, b"y\n")
    assert mark.exists()
    assert "[y/N]" not in _on_terminal(variables, folder, b"")


def _on_terminal(variables: Mapping[str, str], folder: Path, keys: bytes) -> str:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "sqloop", "ask", "How many?"]
    process = subprocess.Popen(
        command, cwd=folder, env={**variables}, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs
    )
    os.write(ours, keys)
    process.communicate(timeout=60)
    said = os.read(ours, 65536).decode()
    os.close(theirs)
    os.close(ours)
    return said


def test_a_file_of_somebody_else_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, "k = 9")
    assert load_settings(folder).k == 9
    monkeypatch.setattr(os, "getuid", lambda: 4242)
    assert load_settings(folder).k == 4


def test_a_link_that_somebody_else_laid_is_not_followed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can give a link away")
    write(tmp_path, "k = 9")
    (folder / "sqloop.toml").symlink_to(tmp_path / "sqloop.toml")
    os.lchown(folder / "sqloop.toml", 4242, 4242)
    assert load_settings(folder, upwards=False).k == 4


def test_the_editor_reads_no_file_above_its_workspace(folder: Path, tmp_path: Path) -> None:
    write(tmp_path, "k = 9")
    assert configure(folder, Options(trusted=True)).settings.k == 4


def test_the_editor_honours_what_was_trusted_on_the_command_line(folder: Path) -> None:
    file = write(folder, 'model = "org/name"')
    assert configure(folder, Options()).ignored == ("model: the workspace is not trusted",)
    trust(file)
    assert configure(folder, Options()).settings.model == "org/name"


@pytest.mark.parametrize(("own", "sends"), [(True, True), (False, False)])
def test_a_model_that_an_editors_workspace_names_gets_no_key(folder: Path, own: bool, sends: bool) -> None:
    options = Options(trusted=True, model="http://127.0.0.1:1/v1", own_model=own)
    assert configure(folder, options).settings.own_model is sends


def test_the_users_own_file_is_trusted_and_stands_behind_the_folders(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "config" / "sqloop").mkdir(parents=True)
    write(
        tmp_path / "config" / "sqloop",
        'model = "org/mine"\nk = 7\n[connections]\nmine = "mysql+pymysql://a@h/n"',
    )
    write(folder, 'k = 2\n[connections]\nshop = "sqlite:///shop.db"')
    settings = load_settings(folder)
    assert (settings.model, settings.k, list(settings.connections)) == ("org/mine", 2, ["shop", "mine"])


class _Listener(http.server.BaseHTTPRequestHandler):
    heard: list[str | None]

    def do_POST(self) -> None:
        self.heard.append(self.headers.get("Authorization"))
        self.send_error(404)

    do_GET = do_POST  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str | None]]]:
    handler = type("Handler", (_Listener,), {"heard": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1#m", handler.heard
        server.shutdown()


def test_an_address_of_a_folder_hears_nothing_untrusted_and_no_key_when_trusted(
    run: Run, folder: Path, listener: tuple[str, list[str | None]]
) -> None:
    address, heard = listener
    write(folder, f'model = "{address}"')
    environment = {"OPENAI_API_KEY": "k-secret", "SQLOOP_MODEL": ""}
    assert run("ask", "How many?", **environment).returncode == 2
    assert heard == []
    assert run("trust").returncode == 0
    assert run("ask", "How many?", **environment).returncode == 2
    assert heard == [None]
    assert run("ask", "How many?", "--model", address, **environment).returncode == 2
    assert heard[1:] == ["Bearer k-secret"]
