"""Peak memory of the process that serves and of the model's worker, after questions with k = 8.

Read from Linux's /proc; other systems are left out. Imports nothing that the product would not.
"""

from __future__ import annotations

import os
from pathlib import Path

from benchmarks.figures import Figure, Section
from benchmarks.workload import COUNT, read_questions
from sqloop.generation.worker import WorkerGenerator
from sqloop.session import Session
from sqloop.settings import load_settings

K = 8


def measure() -> Section:
    """This process is the server: it must be a fresh one."""
    with Session(load_settings(db="sample")) as session:
        for question in read_questions():
            session.ask(question, K)
        worker = session.generator.pid if isinstance(session.generator, WorkerGenerator) else None
        processes = {"server process": os.getpid(), "model's worker process": worker}
        figures = tuple(
            Figure(name, "peak", peak / 1e6, "MB")
            for name, pid in processes.items()
            if pid is not None and (peak := read_peak(pid)) is not None
        )
    how = f"Resident set at its highest (VmHWM) after {COUNT} questions on the sample database with k = {K}."
    return Section("memory", how, figures, "" if figures else "this system has no /proc")


def read_peak(pid: int) -> int | None:
    """Bytes; None where the system has no /proc."""
    status = Path(f"/proc/{pid}/status")
    if not status.is_file():
        return None
    lines = (line.split() for line in status.read_text().splitlines())
    return next((int(words[1]) * 1024 for words in lines if words and words[0] == "VmHWM:"), None)
