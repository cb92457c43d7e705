"""What PulseAudio and PipeWire print about the speaker in use."""

from __future__ import annotations

import subprocess
from subprocess import CalledProcessError

import pytest

from assistant.audio import sound_server
from assistant.audio.sound_server import SoundServer, speaker_of

INFO = "Server Name: PulseAudio (on PipeWire 1.0.5)\nDefault Sink: alsa_output.pci\nDefault Source: mic\n"
SINKS = """Sink #55
\tState: SUSPENDED
\tName: bluez_output.1
\tDescription: WH-1000XM4
\tPorts:
\t\theadset-output: Headset (type: Headset, priority: 0, available)
\tActive Port: headset-output

Sink #56
\tState: RUNNING
\tName: alsa_output.pci
\tDescription: Built-in Audio
\tProperties:
\t\tdevice.description = "Something else"
\tPorts:
\t\tanalog-output-speaker: Speakers (type: Speaker, priority: 10000, availability unknown)
\t\tanalog-output-headphones: Headphones (type: Headphones, priority: 9900, available)
\tActive Port: analog-output-headphones
"""


def test_the_default_sink_with_its_active_port():
    assert speaker_of(INFO, SINKS) == "Built-in Audio, Headphones"
    assert speaker_of(
        INFO, SINKS.replace("Port: analog-output-headphones", "Port: analog-output-speaker")
    ) == ("Built-in Audio, Speakers")
    assert speaker_of(INFO.replace("alsa_output.pci", "bluez_output.1"), SINKS) == "WH-1000XM4, Headset"


@pytest.mark.parametrize(("info", "sinks"), [("", ""), ("", SINKS), (INFO, ""), (INFO, "Connection refused")])
def test_what_is_not_said_is_unknown(info, sinks):
    assert speaker_of(info, sinks) == ""


def test_a_sink_without_ports():
    sinks = "Sink #0\n\tName: alsa_output.pci\n\tDescription: Null Output\n\tActive Port: \n"
    assert speaker_of(INFO, sinks) == "Null Output"


def test_while_the_server_says_nothing_the_last_speaker_stays(monkeypatch):
    other = INFO.replace("alsa_output.pci", "bluez_output.1")
    answers = [INFO, SINKS, CalledProcessError(1, "pactl"), INFO, "", other, SINKS]

    def answer(*_: str) -> str:
        given = answers.pop(0)
        if isinstance(given, Exception):
            raise given
        return given

    monkeypatch.setattr(sound_server, "_answer", answer)
    monkeypatch.setattr(SoundServer, "_follow", lambda self: None)
    server = SoundServer()
    seen = [server.speaker]
    for _ in range(3):
        server._look()
        seen.append(server.speaker)
    assert seen == ["Built-in Audio, Headphones"] * 3 + ["WH-1000XM4, Headset"]


def test_a_burst_of_changes_is_looked_at_once(monkeypatch):
    looks: list[None] = []
    monkeypatch.setattr(SoundServer, "_look", lambda self: looks.append(None))
    lines = "Event 'change' on sink #1\n" * 50
    command = ["sh", "-c", f"sleep 0.3; printf '%s' \"{lines}\"; sleep 0.3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as told:
        assert SoundServer()._listen(told)
    assert len(looks) == 2, "what was there before, and the burst"


def test_without_pactl_the_speaker_is_unknown(monkeypatch):
    def missing(*_: str) -> None:
        raise FileNotFoundError("pactl")

    monkeypatch.setattr(sound_server, "_pactl", missing)
    server = SoundServer()
    assert server.speaker == ""
    server.close()
