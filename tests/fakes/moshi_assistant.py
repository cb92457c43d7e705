"""The assistant, whose engine process has a stand-in Moshi: ``python -m tests.fakes.moshi_assistant …``."""

from __future__ import annotations

from assistant.__main__ import main
from assistant.engine import supervisor

if __name__ == "__main__":
    supervisor.HOST = "tests.fakes.moshi_host"
    main()
