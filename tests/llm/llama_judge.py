"""llama.cpp as the judge of tokens and probabilities; as a module, the process that it runs in."""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx2
import numpy as np
from numpy.typing import NDArray

from assistant.llm.process import start_model_process


class LlamaJudge:
    """Over one GGUF file, with keys and values in 32 bits, so that nothing but the weights is rounded."""

    def __init__(self, path: Path, folder: Path, *, hidden: bool = False) -> None:
        self._path, self._folder, self._hidden = path, folder, hidden

    def __enter__(self) -> LlamaJudge:
        at = str(self._folder / "judge.sock")
        config = {"path": str(self._path), "socket": at, "hidden": self._hidden}
        log = self._folder / "judge.log"
        self._process = start_model_process("tests.llm.llama_judge", config, self._path.name, log)
        transport = httpx2.HTTPTransport(uds=at)
        self._client = httpx2.Client(base_url="http://judge", transport=transport, timeout=120.0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()
        self._process.end()
        (self._folder / "judge.sock").unlink()

    def tokens(self, text: str) -> list[int]:
        """Special tokens are read, none is added."""
        body = {"content": text, "add_special": False, "parse_special": True}
        return list(self._ask("/tokenize", body)["tokens"])

    def log_probabilities(self, tokens: list[int], words: int) -> NDArray[np.float32]:
        """Of each of ``words`` tokens to follow ``tokens``."""
        # Of an end or half a character nothing would be told; the bias is not in the probabilities.
        bias = [[self.tokens("a")[-1], 1e6]]
        body = {"prompt": tokens, "n_predict": 1, "n_probs": words, "temperature": 0.0, "logit_bias": bias}
        (told,) = self._ask("/completion", body)["completion_probabilities"]
        found = np.full(words, np.nan, np.float32)
        for each in told["top_logprobs"]:
            found[each["id"]] = each["logprob"]
        assert not np.isnan(found).any()
        return found

    def hidden(self, tokens: list[int]) -> NDArray[np.float32]:
        """[position, feature] behind the last norm, which the output matrix makes logits of.

        Only of a judge made with ``hidden``.
        """
        (told,) = self._ask("/embedding", {"content": tokens})
        return np.array(told["embedding"], np.float32)

    def _ask(self, path: str, body: dict[str, Any]) -> Any:
        response = self._client.post(path, json=body)
        assert response.status_code == 200, response.text[:500]
        return response.json()


def main() -> None:
    """Serve until the parent's end of the channel closes."""
    import xllamacpp

    channel = socket.socket(fileno=int(sys.argv[1]))
    with channel.makefile("rw", encoding="utf-8") as file:
        config = json.loads(file.readline())
        params = xllamacpp.CommonParams()
        params.model.path = config["path"]
        params.hostnames = [config["socket"]]
        params.n_ctx, params.n_parallel = 512, 1
        params.cache_type_k = params.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
        params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
        params.cache_ram_mib = 0
        if config["hidden"]:
            params.embedding = True
            params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_NONE
        params.warmup = params.ui = False
        params.offline = True
        server = xllamacpp.Server(params)
        file.write(json.dumps({"ready": bool(server)}) + "\n")
        file.flush()
        file.read()
    os._exit(0)


if __name__ == "__main__":
    main()
