"""The worker process: cancelled, killed, fed noise, orphaned."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from sqloop.database.cancellation import Cancellation
from sqloop.errors import CancelledError, ModelError
from sqloop.generation.inference.loading import load_model
from sqloop.generation.model_folder import identify_folder
from sqloop.generation.opening import open_generator
from sqloop.generation.request import GenerationRequest
from sqloop.generation.wire import read_message, write_message
from sqloop.generation.worker import WorkerGenerator

SHORT = GenerationRequest("singer name year", "how many?", k=2, max_new_tokens=8)
ENDLESS = GenerationRequest("singer", "many?", k=2, grammar="start: /[ab]{20000}/", max_new_tokens=100_000)


@pytest.fixture
def worker(own_model: tuple[Path, Path]) -> Iterator[WorkerGenerator]:
    generator = WorkerGenerator(str(own_model[0]))
    yield generator
    generator.close()


@pytest.fixture
def patient_worker(own_model: tuple[Path, Path], tmp_path: Path) -> Iterator[WorkerGenerator]:
    """One whose model could go on for 20,000 tokens."""
    for file in own_model[0].iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config | {"max_position_embeddings": 200_000}))
    generator = WorkerGenerator(str(tmp_path))
    yield generator
    generator.close()


@pytest.mark.parametrize("kept", [0, 7, 40, -1])
def test_weights_that_are_cut_are_told_in_one_line(
    own_model: tuple[Path, Path], tmp_path: Path, kept: int
) -> None:
    for file in own_model[0].iterdir():
        content = file.read_bytes()
        (tmp_path / file.name).write_bytes(content[:kept] if file.suffix == ".safetensors" else content)
    for look in (WorkerGenerator(str(tmp_path)).describe, lambda: identify_folder(tmp_path)):
        with pytest.raises(ModelError, match=r"The weights in .*\.safetensors cannot be read"):
            look()


def test_answers_what_the_model_answers_in_process(
    worker: WorkerGenerator, own_model: tuple[Path, Path]
) -> None:
    assert worker.generate(SHORT) == load_model(str(own_model[0])).model.generate(SHORT)


def test_starts_on_the_first_need_and_describes_without(
    worker: WorkerGenerator, own_model: tuple[Path, Path]
) -> None:
    before = worker.describe()
    assert worker.pid is None
    worker.warm(SHORT.prefix)
    after = worker.describe()
    assert (before.form, before.loaded, after.loaded) == ("starter", False, True)
    assert before.parameters == after.parameters
    assert before.parameters == load_model(str(own_model[0])).model.network.parameters


def test_adapter_is_used_and_named(own_model: tuple[Path, Path], worker: WorkerGenerator) -> None:
    tuned = open_generator(str(own_model[0]), str(own_model[1]))
    assert tuned.describe().adapter == str(own_model[1])
    assert tuned.generate(SHORT) != worker.generate(SHORT)
    tuned.close()


def test_killed_while_idle_it_starts_again(worker: WorkerGenerator) -> None:
    expected = worker.generate(SHORT)
    first = worker.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert worker.generate(SHORT) == expected
    assert worker.pid != first


def test_killed_while_it_works_the_request_is_tried_again_once(patient_worker: WorkerGenerator) -> None:
    patient_worker.generate(SHORT)
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(patient_worker.generate, ENDLESS)
        first = _wait_for_pid(patient_worker)
        os.kill(first, signal.SIGKILL)
        os.kill(_wait_for_pid(patient_worker, other_than=first), signal.SIGKILL)
        with pytest.raises(ModelError, match="died again"):
            asked.result(timeout=60)
    assert len(patient_worker.generate(SHORT)) == 2


def test_cancel_stops_between_tokens_and_the_worker_lives_on(patient_worker: WorkerGenerator) -> None:
    patient_worker.generate(SHORT)
    pid = patient_worker.pid
    cancel = Cancellation()
    threading.Timer(0.2, cancel.cancel).start()
    with pytest.raises(CancelledError):
        patient_worker.generate(ENDLESS, cancel)
    assert len(patient_worker.generate(SHORT)) == 2
    assert patient_worker.pid == pid


def test_cancel_returns_while_the_model_still_loads(worker: WorkerGenerator) -> None:
    cancel = Cancellation()
    threading.Timer(0.05, cancel.cancel).start()
    with pytest.raises(CancelledError):
        worker.generate(ENDLESS, cancel)
    assert not worker.describe().loaded
    with pytest.raises(CancelledError):
        worker.generate(SHORT, cancel)


def test_many_threads_wait_their_turn_and_one_may_leave(patient_worker: WorkerGenerator) -> None:
    patient_worker.generate(SHORT)
    first, second = Cancellation(), Cancellation()
    with ThreadPoolExecutor(8) as pool:
        blocking = pool.submit(patient_worker.generate, ENDLESS, first)
        leaving = pool.submit(patient_worker.generate, SHORT, second)
        staying = [pool.submit(patient_worker.generate, SHORT) for _ in range(4)]
        second.cancel()
        with pytest.raises(CancelledError):
            leaving.result(timeout=60)
        assert not any(each.done() for each in staying)
        first.cancel()
        with pytest.raises(CancelledError):
            blocking.result(timeout=60)
        answers = [each.result(timeout=60) for each in staying]
    assert all(each == answers[0] for each in answers)


@pytest.mark.parametrize("name", ["/no/such/folder", "./nothing", "a b c", ""])
def test_no_such_folder_is_said_at_once(name: str) -> None:
    with pytest.raises(ModelError) as raised:
        open_generator(name)
    assert "\n" not in str(raised.value)


def test_folder_without_a_model_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"is no model: it has no config\.json"):
        open_generator(str(tmp_path))


def test_hub_name_without_network_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    generator = open_generator("some-one/no-such-model")
    with pytest.raises(ModelError, match="the hub did not give it") as raised:
        generator.generate(SHORT)
    assert "\n" not in str(raised.value)
    assert "sqloop model list" in str(raised.value)
    generator.close()


def test_a_failed_load_is_tried_afresh(own_model: tuple[Path, Path], tmp_path: Path) -> None:
    for file in own_model[0].iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    whole = (tmp_path / "model.safetensors").read_bytes()
    (tmp_path / "model.safetensors").write_bytes(whole[:50])
    generator = WorkerGenerator(str(tmp_path))
    with pytest.raises(ModelError, match="cannot be loaded"):
        generator.generate(SHORT)
    (tmp_path / "model.safetensors").write_bytes(whole)
    assert len(generator.generate(SHORT)) == 2
    generator.close()


def test_a_failed_request_leaves_the_worker_usable(worker: WorkerGenerator) -> None:
    with pytest.raises(ModelError, match="context"):
        worker.generate(GenerationRequest("", "word " * 3000))
    pid = worker.pid
    assert len(worker.generate(SHORT)) == 2
    assert worker.pid == pid


def test_ends_with_its_parent(own_model: tuple[Path, Path]) -> None:
    """A parent that is killed while the worker generates leaves nothing behind."""
    script = (
        "import sys; from sqloop.generation.worker import WorkerGenerator as W;"
        "from sqloop.generation.request import GenerationRequest as R;"
        f"w = W({str(own_model[0])!r}); w.generate(R('a', 'b', k=1, max_new_tokens=2));"
        "print(w.pid, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    gone = threading.Event()
    for _ in range(600):
        if not _is_running(pid):
            break
        gone.wait(0.05)
    assert not _is_running(pid)


def test_noise_on_standard_output_stays_out_of_the_protocol(
    own_model: tuple[Path, Path], tmp_path: Path
) -> None:
    """Neither from Python nor from C: something that prints while a library is imported."""
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\n"
        "def noise(event, args):\n"
        "    if event == 'import' and args[0] == 'tokenizers':\n"
        "        print('python noise', flush=True); os.write(1, b'\\x00\\x00\\x00\\x05noise from C')\n"
        "sys.addaudithook(noise)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "sqloop.generation.worker_main"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    write_message(process.stdin, {"id": 0, "do": "load", "base": str(own_model[0]), "adapter": None})
    assert read_message(process.stdout) == {"id": 0, "result": {}}
    process.stdin.close()
    assert process.stdout.read() == b""
    assert b"noise from C" in process.stderr.read()
    assert process.wait(timeout=30) == 0
    process.stdout.close()
    process.stderr.close()


def test_the_serving_side_never_loads_torch(own_model: tuple[Path, Path]) -> None:
    script = (
        "import sys; from sqloop.generation.opening import open_generator;"
        "from sqloop.generation.request import GenerationRequest as R;"
        f"g = open_generator({str(own_model[0])!r}); g.describe();"
        "g.generate(R('a', 'b', max_new_tokens=2)); g.close();"
        "open_generator('http://127.0.0.1:1/v1#m');"
        "print([m for m in ('torch', 'transformers', 'peft', 'llguidance') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def _wait_for_pid(worker: WorkerGenerator, other_than: int | None = None) -> int:
    pause = threading.Event()
    for _ in range(1200):
        pid = worker.pid
        if pid is not None and pid != other_than:
            return pid
        pause.wait(0.05)
    raise AssertionError("no worker came up")


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in ("Z", "X")
    except OSError:
        return False


def test_no_secret_of_the_environment_reaches_the_worker(
    worker: WorkerGenerator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SQLOOP_PASSWORD", "s3cret-1")
    monkeypatch.setenv("OPENAI_API_KEY", "s3cret-2")
    worker.warm("")
    environment = Path(f"/proc/{worker.pid}/environ").read_bytes()
    assert b"PATH=" in environment
    assert b"s3cret" not in environment


def test_code_that_comes_with_a_model_is_not_run_and_nobody_is_asked(
    own_model: tuple[Path, Path], tmp_path: Path
) -> None:
    for file in own_model[0].iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    mark = tmp_path / "ran"
    (tmp_path / "modeling_custom.py").write_text(f"open({str(mark)!r}, 'w')")
    (tmp_path / "sqloop.json").unlink(missing_ok=True)
    config = json.loads((tmp_path / "config.json").read_text())
    own = {"AutoConfig": "modeling_custom.Config", "AutoModelForCausalLM": "modeling_custom.Model"}
    (tmp_path / "config.json").write_text(json.dumps(config | {"model_type": "custom", "auto_map": own}))
    worker = WorkerGenerator(str(tmp_path))
    with pytest.raises(ModelError, match="code that comes with it, which SQLoop does not run"):
        worker.generate(SHORT)
    worker.close()
    assert not mark.exists()


def test_a_library_that_asks_is_told_that_nobody_is_there() -> None:
    asking = (
        "import sys, threading; sys.argv = ['worker']\n"
        "from sqloop.generation import worker_main\n"
        "def answer(self, message):\n"
        "    try: return {'id': message['id'], 'result': input('Run it? ')}\n"
        "    except EOFError: return {'id': message['id'], 'result': 'nobody'}\n"
        "worker_main.Desk.answer = answer\n"
        "worker_main.main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", asking], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        for number in (1, 2):
            write_message(process.stdin, {"do": "warm", "id": number})
            assert read_message(process.stdout) == {"id": number, "result": "nobody"}
        process.stdin.close()


def test_whoever_waits_is_told_how_much_of_the_prompt_has_been_read(tiny_gguf: Path) -> None:
    long = GenerationRequest("CREATE TABLE stage (place, day);" * 30, "?", max_new_tokens=2)
    with closing(WorkerGenerator(str(tiny_gguf))) as worker, ThreadPoolExecutor() as pool:
        worker.generate(SHORT)
        told: dict[str, list[tuple[float, int]]] = {"first": [], "behind": []}

        def ask(name: str, request: GenerationRequest) -> int:
            worker.generate(request, None, lambda share: told[name].append((share, threading.get_ident())))
            return threading.get_ident()

        first = pool.submit(ask, "first", long)
        while not told["first"]:
            time.sleep(0.001)
        threads = {"behind": pool.submit(ask, "behind", replace(long, suffix="!")).result()}
        threads["first"] = first.result()
        shares = [share for share, _ in told["first"]]
        assert shares == sorted(set(shares))
        assert (len(shares) > 4, shares[-1]) == (True, 1.0)
        assert told["behind"][-1][0] == 1.0
        for name, events in told.items():
            assert {thread for _, thread in events} == {threads[name]}
        again = list[float]()
        worker.generate(long, None, again.append)
        assert again == []
