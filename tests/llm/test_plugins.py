"""A package that brings a text engine and a format of its own is found once it is installed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.config.settings import Settings
from assistant.errors import TextEngineError
from assistant.llm import plugins
from assistant.llm.manager import TextEngineManager
from assistant.llm.output.pipeline import OutputPipeline
from assistant.tools.parser import Call, Text
from assistant.tools.result import ToolCall
from tests.fakes.text_engine import text_of
from tests.llm.prompts import prompt

CODE = '''
from assistant.llm.port import Finished, ModelInfo, TextDelta


class Parrot:
    name = "parrot green"

    def __init__(self, settings, model):
        self.settings = settings

    async def stream(self, prompt):
        yield TextDelta(prompt.messages[-1].text)
        yield Finished()

    async def info(self):
        return ModelInfo("parrot", "green")

    async def count(self, prompt):
        return 0

    async def close(self):
        pass


def broken(settings, model):
    raise RuntimeError("no feathers")


class Brackets:
    """[[mute]] is a call; the marker never begins in one piece and ends in another's middle."""

    def __init__(self):
        self._held = ""

    def feed(self, piece):
        self._held += piece
        if "[" in self._held and "]]" not in self._held:
            return ""
        return self._emptied()

    def finish(self):
        return self._emptied()

    def _emptied(self):
        text, self._held = self._held, ""
        return text.replace("[[", 'TOOL_CALL: {"name": "').replace("]]", '", "arguments": {}}')
'''
ENTRY_POINTS = """
[assistant.engines]
parrot = parrot_package:Parrot
featherless = parrot_package:broken

[assistant.formats]
brackets = parrot_package:Brackets
absent = parrot_package:Nothing
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "parrot_package.py").write_text(CODE)
    info = tmp_path / "parrot_package-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: parrot-package\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    monkeypatch.syspath_prepend(str(tmp_path))
    plugins.output_formats.cache_clear()
    yield
    plugins.output_formats.cache_clear()
    sys.modules.pop("parrot_package", None)


def manager(folder: Path, engine: str) -> TextEngineManager:
    return TextEngineManager(Settings(text_engine=engine), folder, folder / "log")


@pytest.mark.usefixtures("installed")
async def test_its_engine_writes_replies(tmp_path: Path):
    engines = manager(tmp_path, "scripted")
    assert await engines.use("parrot") == "parrot green"
    assert await text_of(engines.stream(prompt("Polly."))) == "Polly."
    with pytest.raises(TextEngineError, match=r"no feathers.*parrot-package"):
        await engines.use("featherless")
    assert engines.engine == "parrot"


@pytest.mark.usefixtures("installed")
def test_its_format_becomes_a_call():
    pipeline = OutputPipeline()
    found = [*pipeline.feed("Well. [[mu"), *pipeline.feed("te]]"), *pipeline.finish()]
    assert found == [Text("Well. "), Call(ToolCall("mute", {}))]


def test_an_unknown_engine_comes_with_those_there_are(tmp_path: Path):
    with pytest.raises(TextEngineError, match="scripted, llama, mlx, openai, ollama"):
        manager(tmp_path, "parrot")
