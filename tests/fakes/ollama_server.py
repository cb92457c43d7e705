"""Ollama's interface as its "docs/api.md" describes it: paths, fields, NDJSON, nanoseconds, errors.

The unmodified ``ollama`` client for Python is asked to agree (``tests/llm/test_ollama.py``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.http_server import Answer

AT = "2023-08-04T19:22:45.499127Z"
DIGEST = "sha256:bc07c81de745696fdf5afca05e065818a8149fb0c77266fb584d9b2cba3711a"


@dataclass
class FakeOllama:
    """``installed`` models; ``reply`` are the pieces of every answer, ``calls`` its tool calls."""

    installed: list[str] = field(default_factory=lambda: ["llama3.2:latest", "qwen3:8b"])
    reply: tuple[str, ...] = ("The sky ", "is blue.")
    calls: tuple[dict[str, Any], ...] = ()
    fails_with: str = ""
    """An error in the middle of the stream."""
    breaks_off: bool = False

    def answer(self, method: str, path: str, body: Any) -> Answer:
        """What the server does with a request."""
        match method, path:
            case "GET", "/api/tags":
                return self._json({"models": [self._model(name) for name in self.installed]})
            case "POST", "/api/show":
                return self._show(body["model"]) if self._has(body["model"]) else self._missing(body)
            case "POST", "/api/chat":
                if not self._has(body["model"]):
                    return self._missing(body)
                return Answer([json.dumps(each) + "\n" for each in self._chat(body)], 200, self.breaks_off)
            case "POST", "/api/pull":
                self.installed.append(f"{body['model']}:latest")
                return Answer([json.dumps(each) + "\n" for each in self._pull()])
        return Answer(["404 page not found"], 404)

    def _has(self, name: str) -> bool:
        return name in self.installed or f"{name}:latest" in self.installed

    def _model(self, name: str) -> dict[str, Any]:
        details = {
            "parent_model": "", "format": "gguf", "family": "llama", "families": ["llama"],
            "parameter_size": "3.2B", "quantization_level": "Q4_K_M",
        }  # fmt: skip
        return {
            "name": name, "model": name, "modified_at": AT, "size": 2019393189, "digest": DIGEST[7:],
            "details": details,
        }  # fmt: skip

    def _show(self, name: str) -> Answer:
        info = {"general.architecture": "llama", "llama.context_length": 131072}
        capabilities = ["completion", "tools"] if self.calls else ["completion"]
        return self._json(
            {
                "modelfile": "", "template": "{{ .Prompt }}", "details": self._model(name)["details"],
                "model_info": info, "capabilities": capabilities,
            }
        )  # fmt: skip

    def _chat(self, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
        head = {"model": body["model"], "created_at": AT}
        for piece in self.reply:
            yield {**head, "message": {"role": "assistant", "content": piece}, "done": False}
        if self.fails_with:
            yield {"error": self.fails_with}
            return
        if self.breaks_off:
            return
        if self.calls:
            message = {"role": "assistant", "content": "", "tool_calls": list(self.calls)}
            yield {**head, "message": message, "done": False}
        yield {
            **head, "message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop",
            "total_duration": 4883583458, "load_duration": 1334875, "prompt_eval_count": 26,
            "prompt_eval_duration": 342546000, "eval_count": 282, "eval_duration": 4535599000,
        }  # fmt: skip

    def _pull(self) -> Iterator[dict[str, Any]]:
        total = 2142590208
        yield {"status": "pulling manifest"}
        for completed in (241970, total // 2, total):
            yield {"status": f"pulling {DIGEST}", "digest": DIGEST, "total": total, "completed": completed}
        for status in ("verifying sha256 digest", "writing manifest", "success"):
            yield {"status": status}

    def _missing(self, body: dict[str, Any]) -> Answer:
        return self._json({"error": f"model '{body['model']}' not found"}, 404)

    def _json(self, found: dict[str, Any], status: int = 200) -> Answer:
        return Answer([json.dumps(found)], status)
