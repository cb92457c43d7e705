"""A hub on this machine that speaks as much of huggingface.co's protocol as fetching a model takes."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """Repositories by name, each with its files; and how it misbehaves."""

    repos: dict[str, dict[str, bytes]]
    gated: set[str] = field(default_factory=set)
    break_after: int | None = None
    """Bytes of the next file's body after which the connection ends, once."""
    spoil: set[str] = field(default_factory=set)
    """Files that are sent with other bytes than the hub states."""
    ranges: list[str] = field(default_factory=list)
    """The ``Range`` headers that came."""
    endpoint: str = ""


@contextmanager
def serve(hub: Hub) -> Iterator[Hub]:
    """Run it on a free port; ``hub.endpoint`` is its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    hub.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *arguments: object) -> None:
            pass

        def do_HEAD(self) -> None:
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def _answer(self) -> None:
            path = unquote(urlsplit(self.path).path)
            if path.startswith("/api/models/"):
                self._info(path.removeprefix("/api/models/").partition("/revision/")[0])
            elif "/resolve/" in path:
                repo, _, rest = path[1:].partition("/resolve/")
                self._file(repo, rest.partition("/")[2])
            else:
                self._refuse(404, "EntryNotFound")

        def _refuse(self, status: int, code: str) -> None:
            self.send_response(status)
            self.send_header("X-Error-Code", code)
            self.send_header("X-Error-Message", code)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _info(self, repo: str) -> None:
            if repo not in hub.repos:
                return self._refuse(404, "RepoNotFound")
            files = [
                {
                    "rfilename": name,
                    "size": len(body),
                    "lfs": {
                        "oid": _sha256(body),
                        "sha256": _sha256(body),
                        "size": len(body),
                        "pointerSize": 134,
                    },
                }
                for name, body in hub.repos[repo].items()
            ]
            body = json.dumps(
                {"id": repo, "modelId": repo, "sha": COMMIT, "siblings": files, "tags": []}
            ).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)
            return None

        def _file(self, repo: str, name: str) -> None:
            if repo in hub.gated:
                return self._refuse(403, "GatedRepo")
            if name not in hub.repos.get(repo, {}):
                return self._refuse(404, "EntryNotFound" if repo in hub.repos else "RepoNotFound")
            body = hub.repos[repo][name]
            etag = _sha256(body)
            if name in hub.spoil:
                body = bytes(len(body))
            start = 0
            if asked := self.headers.get("Range"):
                hub.ranges.append(asked)
                start = int(asked.removeprefix("bytes=").partition("-")[0])
            self.send_response(206 if asked else 200)
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("ETag", f'"{etag}"')
            self.send_header("X-Linked-Etag", f'"{etag}"')
            self.send_header("X-Linked-Size", str(len(body)))
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Length", str(len(body) - start))
            if asked:
                self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            self.end_headers()
            if self.command == "GET":
                self._send(body[start:])
            return None

        def _send(self, body: bytes) -> None:
            if hub.break_after is not None:
                body, hub.break_after = body[: hub.break_after], None
                self.close_connection = True
            self.wfile.write(body)

    return Handler


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
