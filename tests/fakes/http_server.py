"""A real HTTP server on loopback that answers as a test says, streams in pieces and can break off."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


@dataclass
class Answer:
    """``chunks`` are sent one by one, ``pause_s`` apart; ``breaks_off`` hangs up after them."""

    chunks: Iterable[str] = ()
    status: int = 200
    breaks_off: bool = False
    pause_s: float = 0.0


@dataclass
class FakeServer:
    """``answer(method, path, body)`` is asked for every request, which ``asked`` keeps."""

    answer: Callable[[str, str, Any], Answer]
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    sent: int = 0
    """Chunks that a client was there to take."""

    def __enter__(self) -> FakeServer:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._serve(None)

            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self._serve(json.loads(text or b"null"))

            def _serve(self, body: Any) -> None:
                outer.asked.append((self.command, self.path, body))
                answer = outer.answer(self.command, self.path, body)
                self.send_response(answer.status)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for chunk in answer.chunks:
                    data = chunk.encode()
                    try:
                        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                        self.wfile.flush()
                    except OSError:
                        self.close_connection = True
                        return
                    outer.sent += 1
                    time.sleep(answer.pause_s)
                if answer.breaks_off:
                    self.close_connection = True
                    return
                self.wfile.write(b"0\r\n\r\n")

            def log_message(self, *args: object) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client that hangs up is what several tests are about."""

        self._server = Quiet(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_port}"
