"""An OpenAI-compatible server that writes the SQL it is told: what is proved with it is the editor."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class ToldModel:
    """Answers a question that holds a text with the SQL told for it, in every candidate."""

    def __init__(self, told: dict[str, str]) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                question = body["messages"][0]["content"].rsplit("Question: ", 1)[-1]
                sql = next((sql for part, sql in told.items() if part in question), "SELECT 0")
                choices = [{"message": {"content": sql}}] * int(body.get("n", 1))
                content = json.dumps({"choices": choices}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """As the settings take it."""
        return f"http://127.0.0.1:{self._server.server_port}/v1#told"

    def close(self) -> None:
        """Stop it."""
        self._server.shutdown()
        self._server.server_close()
