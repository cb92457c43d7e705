"""The process of its own in which MLX runs a text model, until the parent goes.

Lines of JSON go both ways. The parent sends ``{"path", "context"}`` of a checked GGUF file or folder, with
the context in tokens at most, then questions: ``{"id", "do": "reply",
"messages", "temperature", "top_p", "max_tokens"}``, ``{"id", "do": "count", "messages"}``,
``{"id", "do": "read", "messages", "before"}`` (what stands before that, for a later reply) and
``{"cancel": id}``. Every answer carries the question's id, and the last one ``"last": true``.

MLX wants all its work in one thread, the main one here; another reads, so that a cancel is seen at once.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from assistant.errors import TextEngineError
from assistant.llm.mlx.text import TextCodec, codec_of_folder, codec_of_gguf
from assistant.llm.process import NICENESS
from assistant.llm.sampling import Sampling

Send = Callable[[dict[str, Any]], None]


class Worker:
    """Answers questions one after the other. ``model`` is an ``MlxModel``, or what a test takes for one."""

    def __init__(self, model: Any, codec: TextCodec, context: int, send: Send) -> None:
        self._model, self._codec, self._context, self._send = model, codec, context, send
        self._asked: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        self._cancelled: set[int] = set()
        self._is_closing = False

    def read(self, lines: Iterable[str]) -> None:
        """Take questions until there are no more lines: then the parent is gone."""
        for line in lines:
            question = json.loads(line)
            if "cancel" in question:
                self._cancelled.add(question["cancel"])
            else:
                self._asked.put(question)
        self._is_closing = True
        self._asked.put(None)

    def work(self) -> None:
        """Answer until the parent is gone."""
        while question := self._asked.get():
            number = question["id"]
            try:
                self._answer(number, question)
            except TextEngineError as error:
                self._send({"id": number, "failed": error.message, "remedy": error.remedy, "last": True})
            except Exception as error:
                reason = f"{type(error).__name__}: {error}"
                self._send({"id": number, "failed": f"MLX failed ({reason}).", "last": True})
            self._cancelled.discard(number)

    def _answer(self, number: int, question: dict[str, Any]) -> None:
        def is_cancelled() -> bool:
            return self._is_closing or number in self._cancelled

        if question["do"] == "read":
            known = self._codec.encode_before(question["before"], question["messages"])
            if len(known) < self._context:
                self._model.read_ahead(known, is_cancelled)
            self._send({"id": number, "last": True})
            return
        prompt = self._codec.encode(question["messages"])
        if question["do"] == "count":
            self._send({"id": number, "tokens": len(prompt), "last": True})
            return
        room = self._context - len(prompt)
        if room < 1:
            self._send({"id": number, "overflow": len(prompt), "last": True})
            return
        limit = min(room, question["max_tokens"])
        sampling = Sampling(question["temperature"], question["top_p"], limit)
        cached, tokens = self._model.reply(prompt, sampling, is_cancelled)
        written, ended = self._write(number, tokens)
        reason = "length" if written >= limit and not ended else "stop"
        usage = [len(prompt), written, cached]
        self._send({"id": number, "usage": usage, "finished": reason, "last": True})

    def _write(self, number: int, tokens: Iterable[int]) -> tuple[int, bool]:
        """How many tokens were written, and whether the model ended by itself."""
        decoder, written = self._codec.decoder(), 0
        for token in tokens:
            if token in self._codec.ends:
                return written, True
            written += 1
            if text := decoder.feed(token):
                self._send({"id": number, "text": text})
        return written, False


def main() -> None:
    """Serve until the parent's end of the channel closes."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    os.nice(NICENESS)
    # Files are all it is given; nothing in its libraries may look for more elsewhere.
    os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}

    def send(answer: dict[str, Any]) -> None:
        try:
            channel.sendall(json.dumps(answer).encode() + b"\n")
        except OSError:
            return  # the parent has gone, which the reading thread sees too

    with channel.makefile("r", encoding="utf-8") as lines:
        config = json.loads(lines.readline())
        try:
            model, codec, context = _load(Path(config["path"]))
        except TextEngineError as error:
            send({"failed": str(error)})
            sys.exit(1)
        except Exception as error:
            send({"failed": f"{type(error).__name__}: {error}."})
            sys.exit(1)
        context = min(config["context"], context or config["context"])
        send({"ready": True, "context": context})
        worker = Worker(model, codec, context, send)
        threading.Thread(target=worker.read, args=(lines,), daemon=True).start()
        worker.work()


def _load(path: Path) -> tuple[Any, TextCodec, int]:
    from assistant.llm.mlx.folder import open_folder
    from assistant.llm.mlx.model import load_folder, load_gguf

    if path.is_dir():
        folder = open_folder(path)
        model = load_folder(path)
        return model, codec_of_folder(folder, model.ends), folder.context
    model, metadata = load_gguf(path)
    context = metadata.get(f"{metadata['general.architecture']}.context_length", 0)
    return model, codec_of_gguf(metadata), context


if __name__ == "__main__":
    main()
