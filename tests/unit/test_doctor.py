"""What the doctor finds without sound devices."""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path

import pytest

from assistant.audio.devices import Device
from assistant.config.locations import Locations
from assistant.doctor import device_list, probe
from assistant.doctor.checks import run_checks
from assistant.doctor.configuration import check_settings
from assistant.doctor.device_list import device_lines
from assistant.doctor.files import check_files
from assistant.doctor.finding import Finding, Status, as_json, as_lines, exit_status, from_dict
from assistant.doctor.program import check_program
from assistant.doctor.speech import SENTENCE, check_parts, check_speech, compare
from assistant.doctor.terminal import TerminalView, check_terminal
from assistant.errors import AudioError
from assistant.memory.opening import open_memory
from assistant.voice.cascade.catalogue import Role
from assistant.voice.cascade.parts import PartReport

GOOD = Finding("a", Status.OK, "b", "c")
WARNING = Finding("a", Status.WARNING, "b", "c", "d")
PROBLEM = Finding("a", Status.PROBLEM, "b", "c", "d")


def named(findings: object, name: str) -> Finding:
    (found,) = [finding for finding in findings if finding.name == name]
    return found


# --- findings -------------------------------------------------------------------------------------


def test_only_a_problem_makes_the_exit_status_1() -> None:
    assert exit_status([GOOD, WARNING]) == 0
    assert exit_status([GOOD, PROBLEM, WARNING]) == 1


def test_json_keeps_every_field() -> None:
    assert [from_dict(entry) for entry in json.loads(as_json([GOOD, PROBLEM]))] == [GOOD, PROBLEM]


def test_a_remedy_stands_below_its_finding() -> None:
    assert as_lines(GOOD) == ["✓ a · b: c"]
    assert as_lines(PROBLEM) == ["✗ a · b: c", "    → d"]


# --- program, settings, terminal ------------------------------------------------------------------


def test_an_untried_python_is_a_warning() -> None:
    assert named(check_program((3, 12)), "Python").status is Status.OK
    old = named(check_program((3, 9)), "Python")
    assert old.status is Status.WARNING
    assert "3.11 to 3.14" in old.remedy


def test_settings_are_told_with_where_they_come_from(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('persona = "tars"\nvolumee = 0.3\n')
    settings, findings = check_settings({"volume": 0.5}, file)
    assert (settings.persona, settings.volume) == ("tars", 0.5)
    assert "persona = tars" in findings[0].detail
    assert "volume = 0.5 (--volume)" in findings[0].detail
    assert "volumee" in findings[1].detail
    assert findings[1].remedy == "Did you mean volume?"


def test_broken_settings_are_a_problem_and_the_defaults_stand_in(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("volume = \n")
    settings, findings = check_settings({}, file)
    assert settings.volume == 0.8
    assert [finding.status for finding in findings] == [Status.PROBLEM]
    assert str(file) in findings[0].detail


TRUE_COLOUR = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


@pytest.mark.parametrize(
    ("view", "name", "status"),
    [
        (TerminalView(True, 100, 30, "utf-8", TRUE_COLOUR), "size", Status.OK),
        (TerminalView(True, 60, 30, "utf-8", TRUE_COLOUR), "size", Status.WARNING),
        (TerminalView(True, 100, 30, "utf-8", TRUE_COLOUR), "colours", Status.OK),
        (TerminalView(True, 100, 30, "utf-8", {"TERM": "vt100"}), "colours", Status.WARNING),
        (TerminalView(True, 100, 30, "utf-8", {"TERM": "dumb"}), "colours", Status.PROBLEM),
        (TerminalView(True, 100, 30, "utf-8", {**TRUE_COLOUR, "NO_COLOR": "1"}), "colours", Status.OK),
        (TerminalView(True, 100, 30, "UTF-8", TRUE_COLOUR), "characters", Status.OK),
        (TerminalView(True, 100, 30, "ISO-8859-1", TRUE_COLOUR), "characters", Status.PROBLEM),
        (TerminalView(False, 80, 24, "utf-8", TRUE_COLOUR), "output", Status.WARNING),
    ],
)
def test_the_terminal_is_judged(view: TerminalView, name: str, status: Status) -> None:
    found = named(check_terminal(view), name)
    assert found.status is status
    assert bool(found.remedy) == (status is not Status.OK)


def test_tmux_without_true_colour_is_told_how_to_get_it() -> None:
    view = TerminalView(True, 100, 30, "utf-8", {"TERM": "tmux-256color", "TMUX": "x"})
    findings = list(check_terminal(view))
    assert "tmux.conf" in named(findings, "colours").remedy
    assert "tmux" in named(findings, "multiplexer").detail


# --- files ----------------------------------------------------------------------------------------


def files(folder: Path, note: str = "") -> list[Finding]:
    locations = Locations(folder / "data", folder / "state", note)
    return list(check_files(locations, folder / "config" / "config.toml", folder / "themes"))


def test_a_fresh_machine_has_no_problem_and_nothing_is_made(tmp_path: Path) -> None:
    assert exit_status(files(tmp_path)) == 0
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where a folder belongs")
    found = named(files(tmp_path), "state folder")
    assert found.status is Status.PROBLEM
    assert found.remedy


def test_a_stand_in_for_an_unwritable_place_is_a_problem_with_its_remedy(tmp_path: Path) -> None:
    found = named(files(tmp_path, "/x cannot be written to. Make it writable."), "place")
    assert (found.detail, found.remedy) == ("/x cannot be written to.", "Make it writable.")


def test_a_sound_memory_file_is_counted_and_left_alone(tmp_path: Path) -> None:
    opened = open_memory(tmp_path / "data" / "memory.sqlite")
    opened.store.close()
    before = {path: path.read_bytes() for path in (tmp_path / "data").iterdir()}
    found = named(files(tmp_path), "memory")
    assert found.status is Status.OK
    assert "0 messages" in found.detail
    assert before.items() <= {path: path.read_bytes() for path in (tmp_path / "data").iterdir()}.items()


def test_a_damaged_memory_file_is_a_problem_and_stays_where_it_is(tmp_path: Path) -> None:
    file = tmp_path / "data" / "memory.sqlite"
    file.parent.mkdir()
    file.write_bytes(b"SQLite format 3\0" + b"garbage" * 1000)
    found = named(files(tmp_path), "memory")
    assert found.status is Status.PROBLEM
    assert "damaged" in found.detail
    assert file.exists()


def test_a_file_of_another_program_in_the_memory_s_place_is_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "data" / "memory.sqlite"
    file.parent.mkdir()
    sqlite3.connect(file).execute("CREATE TABLE other (x)").connection.close()
    assert named(files(tmp_path), "memory").status is Status.PROBLEM


def test_a_broken_persona_file_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "themes").mkdir()
    (tmp_path / "themes" / "mine.toml").write_text('name = "Mine"\nvoices = 3\n= broken\n')
    findings = [finding for finding in files(tmp_path) if finding.name == "personas"]
    assert [finding.status for finding in findings] == [Status.PROBLEM, Status.OK]
    assert "mine.toml:3:" in findings[0].detail
    assert findings[0].remedy


# --- speech ---------------------------------------------------------------------------------------


def part(key: str, role: Role, reason: str = "") -> PartReport:
    remedy = f"pip install {key}" if reason else ""
    return PartReport(key, role, key.title(), "1.0", "MIT", not reason, reason, remedy, 2**20)


BEST, NEXT = part("moonshine", "recogniser"), part("whisper", "recogniser")


def test_the_first_part_is_at_work_and_the_next_one_stands_by() -> None:
    found = named(check_parts([BEST, NEXT]), "recogniser")
    assert found.status is Status.OK
    assert found.detail.startswith("Moonshine 1.0")
    assert "Whisper would take over" in found.detail


def test_a_missing_part_is_a_warning_with_the_reason_and_the_remedy() -> None:
    absent = part("moonshine", "recogniser", "Moonshine is not installed.")
    found = named(check_parts([absent, NEXT]), "recogniser")
    assert found.status is Status.WARNING
    assert found.detail.startswith("Whisper")
    assert "Moonshine is not installed." in found.detail
    assert found.remedy == "pip install moonshine"


def test_a_part_switched_off_on_purpose_is_no_fault() -> None:
    found = named(check_parts([BEST, NEXT], without=["moonshine"]), "recogniser")
    assert found.status is Status.OK
    assert "switched off" in found.detail


def test_a_role_that_nothing_fills_is_a_problem() -> None:
    found = named(check_parts([part("moonshine", "recogniser", "It is gone.")]), "recogniser")
    assert found.status is Status.PROBLEM
    assert found.remedy == "pip install moonshine"


def test_the_voice_is_understood_by_the_recogniser() -> None:
    assert [finding.status for finding in check_speech()] == [Status.OK]


def test_a_recogniser_that_hears_something_else_is_reported() -> None:
    assert compare("V", "R", SENTENCE.upper()).status is Status.OK
    assert compare("V", "R", "Completely different words").status is Status.WARNING


# --- processes of their own -----------------------------------------------------------------------


def child(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str) -> list[Finding]:
    program = tmp_path / "child"
    program.write_text(f"#!{sys.executable}\n{code}\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    return list(probe.probe("sound", {}, silence_s=2.0))


ONE = 'print(\'{"area":"a","status":"ok","name":"b","detail":"c","remedy":""}\', flush=True)'


def test_a_check_that_hangs_is_ended_and_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first, second = child(monkeypatch, tmp_path, f"import time\n{ONE}\ntime.sleep(60)")
    assert first == GOOD
    assert second.status is Status.PROBLEM
    assert "did not answer" in second.detail


def test_a_check_that_crashes_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first, second = child(monkeypatch, tmp_path, f"import os\n{ONE}\nos.abort()")
    assert first == GOOD
    assert (second.status, second.detail) == (Status.PROBLEM, "It ended with signal 6.")


def test_without_a_sound_server_there_is_a_remedy_for_everything(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for variable in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/none")
    findings = list(run_checks({"without": "moonshine"}))
    assert {"program", "settings", "files", "terminal", "speech", "PortAudio"} <= {
        each.area for each in findings
    }
    assert all(finding.remedy for finding in findings if finding.status is Status.PROBLEM)
    assert "Whisper" in named(findings, "recogniser").detail


# --- the list of devices --------------------------------------------------------------------------


def test_devices_are_listed_with_default_and_rate() -> None:
    headset = Device(0, "Headset", "ALSA", 1, 2, 48_000, is_default_output=True)
    webcam = Device(1, "Webcam", "ALSA", 1, 0, 16_000, is_default_input=True)
    assert device_lines([headset, webcam]) == [
        "Microphones:",
        "    Headset  (48000 Hz, ALSA)",
        "  * Webcam  (16000 Hz, ALSA)",
        "Speakers:",
        "  * Headset  (48000 Hz, ALSA)",
    ]
    assert device_lines([])[1] == "    none"


def test_every_device_is_found_once_by_its_role(monkeypatch: pytest.MonkeyPatch) -> None:
    devices = [
        Device(0, "Headset", "ALSA", 1, 2, 48_000),
        Device(1, "Webcam", "ALSA", 1, 0, 16_000),
        Device(2, "Headset", "JACK", 1, 2, 48_000),
    ]
    monkeypatch.setattr(device_list, "list_devices", lambda: devices)
    found = [(each.name, each.detail) for each in device_list.each_device()]
    assert found == [("microphone", "Headset"), ("microphone", "Webcam"), ("speaker", "Headset")]


def test_devices_that_cannot_be_looked_for_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> list[Device]:
        raise AudioError("PortAudio is not installed.", "Run: this.")

    monkeypatch.setattr(device_list, "list_devices", missing)
    (found,) = device_list.each_device()
    assert (found.status, found.detail, found.remedy) == (
        Status.PROBLEM,
        "PortAudio is not installed.",
        "Run: this.",
    )
