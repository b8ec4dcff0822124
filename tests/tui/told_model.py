"""An OpenAI-compatible server that writes the SQL it is told: what is proved here is the console."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class ToldModel:
    """Writes ``sqls`` in turn; while ``open`` is not set, it thinks."""

    def __init__(self, *sqls: str) -> None:
        self.sqls = sqls
        self.open = threading.Event()
        self.open.set()
        self.called = threading.Event()
        model = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                model.called.set()
                model.open.wait(60)
                wanted = model.sqls[:1] if body["temperature"] == 0 else (model.sqls[1:] or model.sqls)
                number = int(body.get("n", 1))
                choices = [{"message": {"content": wanted[each % len(wanted)]}} for each in range(number)]
                content = json.dumps({"choices": choices}).encode()
                try:
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)
                except ConnectionError:  # Who asked has been cancelled.
                    pass

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1#told"

    def close(self) -> None:
        self.open.set()
        self._server.shutdown()
        self._server.server_close()
