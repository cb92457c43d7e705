"""The engine process with a stand-in Moshi: ``python -m tests.fakes.moshi_host FD``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from assistant.engine.host import main
from assistant.engine.protocol import EngineConfig
from assistant.voice.duplex.pipeline import FindTalker
from assistant.voice.moshi.checkpoint import open_checkpoint
from tests.fakes.talker import StandInTalker


def talker_for(config: EngineConfig) -> FindTalker | None:
    if config.engine != "moshi":
        return None
    return lambda: StandInTalker(open_checkpoint(Path(config.moshi_model)), "stand-in Moshi")


if __name__ == "__main__":
    os._exit(main(sys.argv[1:], talker_for))
