"""The process of its own in which llama.cpp runs: its server behind a Unix socket, until the parent goes.

The parent writes one JSON object with ``LlamaConfig``'s fields and reads one line, ``{"ready": true}`` or
``{"failed": reason}``. Nothing but the parent knows the key, and nothing but this user can reach the socket.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from assistant.llm.process import NICENESS


@dataclass(frozen=True, slots=True)
class LlamaConfig:
    """``path`` of a checked GGUF file, ``socket`` to listen on, ``context`` and ``batch`` in tokens.

    ``flash_attention`` False: attention as plain products of matrices, which a processor is quicker at.
    """

    path: str
    socket: str
    key: str
    alias: str
    context: int
    threads: int
    batch: int
    cache_mb: int
    flash_attention: bool


def main() -> None:
    """Serve until the parent's end of the channel closes."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    os.nice(NICENESS)
    with channel.makefile("rw", encoding="utf-8") as file:
        config = LlamaConfig(**json.loads(file.readline()))
        try:
            server = _serve(config)
        except Exception as error:
            file.write(json.dumps({"failed": f"{str(error) or type(error).__name__}."}) + "\n")
            file.flush()
            os._exit(1)
        file.write(json.dumps({"ready": bool(server)}) + "\n")
        file.flush()
        file.read()
        shutil.rmtree(Path(config.socket).parent, ignore_errors=True)

    # Native threads still run: an orderly end of the interpreter could wait for them.
    os._exit(0)


def _serve(config: LlamaConfig) -> object:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = config.path
    params.model_alias = {config.alias}
    params.hostnames = [config.socket]
    params.api_keys = [config.key]
    params.n_ctx = config.context
    params.n_parallel = 1
    params.n_batch = params.n_ubatch = config.batch
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = config.threads
    params.cache_ram_mib = config.cache_mb
    if not config.flash_attention:
        params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    params.n_threads_http = 4
    params.verbosity = 1
    params.ui = False
    params.offline = True
    return xllamacpp.Server(params)


if __name__ == "__main__":
    main()
