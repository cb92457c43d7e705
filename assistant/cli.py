"""The ``assistant`` command. Everything heavy is imported by the command that needs it."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant import __version__

if TYPE_CHECKING:
    from assistant.config.settings import Settings
    from assistant.engine.protocol import WavAudio
    from assistant.personas.load import Library

app = typer.Typer(
    name="assistant",
    help="Talk hands-free with personas. Without a command: the dashboard.",
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
bench = typer.Typer(help="Measure this machine.", rich_markup_mode=None)
app.add_typer(bench, name="bench")
personas = typer.Typer(help="List the personas, hear, check or make one.", rich_markup_mode=None)
app.add_typer(personas, name="personas")
models = typer.Typer(help="List the models for text, or get one.", rich_markup_mode=None)
app.add_typer(models, name="models")

Persona = Annotated[str | None, typer.Option(help="Who answers, by name.")]
Microphone = Annotated[str | None, typer.Option("--input-device", help="The microphone, by name.")]
Speaker = Annotated[str | None, typer.Option("--output-device", help="The speaker, by name.")]
Volume = Annotated[float | None, typer.Option(help="Loudness of the voice, 0.0 to 1.0.")]
Engine = Annotated[str | None, typer.Option(help="auto, moshi, cascade, or typed (no audio at all).")]
TextEngine = Annotated[str | None, typer.Option(help="auto, scripted, llama, mlx, openai or ollama.")]
TextModel = Annotated[str | None, typer.Option(help="A GGUF file, a folder, or a server's model.")]
TextUrl = Annotated[str | None, typer.Option(help="The address of a text engine's server.")]
Offline = Annotated[bool | None, typer.Option("--offline", help="Never ask a server on another machine.")]
Without = Annotated[str | None, typer.Option(help="Speech parts not to use, with commas between.")]

Record = Annotated[
    bool | None, typer.Option("--record/--no-record", help="Record both voices and all that is said.")
]
Recordings = Annotated[Path | None, typer.Option("--recordings-dir", help="The folder for recordings.")]


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"assistant {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def dashboard(  # noqa: PLR0913, PLR0917 - one parameter an option
    context: typer.Context,
    persona: Persona = None,
    input_device: Microphone = None,
    output_device: Speaker = None,
    volume: Volume = None,
    engine: Engine = None,
    without: Without = None,
    text_engine: TextEngine = None,
    text_model: TextModel = None,
    text_url: TextUrl = None,
    offline: Offline = None,
    record: Record = None,
    recordings_dir: Recordings = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="Plain lines, for screen readers and pipes.")
    ] = False,
    mini: Annotated[bool, typer.Option("--mini", help="One line of meter and caption.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Talk hands-free with personas. Without a command: the dashboard."""
    options = {
        "persona": persona,
        "input_device": input_device,
        "output_device": output_device,
        "volume": volume,
        "engine": engine,
        "without": without,
        "text_engine": text_engine,
        "text_model": text_model,
        "text_url": text_url,
        "offline": offline,
        "recording": record,
        "recordings_dir": recordings_dir,
    }
    context.obj = options
    if context.invoked_subcommand is not None:
        return
    if plain:
        _talk(options, announced=True)
        return
    from assistant.launch import launch_dashboard

    launch_dashboard(options, mini=mini)


@app.command()
def talk(
    context: typer.Context,
    in_path: Annotated[
        Path | None,
        typer.Option("--in", exists=True, dir_okay=False, help="A WAV to hear, not the microphone."),
    ] = None,
    out_path: Annotated[Path | None, typer.Option("--out", help="A WAV to speak into.")] = None,
    paced: Annotated[bool, typer.Option(help="As long as the WAV lasts; else as fast as can be.")] = False,
    engine: Engine = None,
) -> None:
    """Talk without a dashboard: plain lines, and typed lines on standard input."""
    from assistant.engine.protocol import WavAudio
    from assistant.errors import AudioError

    if (in_path is None) != (out_path is None):
        raise AudioError("A WAV to hear needs a WAV to speak into.", "Give both --in and --out.")
    audio = WavAudio(str(in_path), str(out_path), paced) if in_path else None
    _talk(context.obj | ({"engine": engine} if engine else {}), audio)


def _talk(options: dict[str, Any], audio: WavAudio | None = None, *, announced: bool = False) -> None:
    from assistant.assembly import Assembly
    from assistant.chat.plain import ANNOUNCEMENT, talk_plainly

    if announced:
        typer.echo(ANNOUNCEMENT)
    with Assembly(options, audio=audio) as assembly:
        assembled = assembly.assemble()
        lines = None if audio else sys.stdin
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(talk_plainly(assembled.runner, assembled.library, sys.stdout, lines))


def _library(options: dict[str, Any]) -> tuple[Library, Settings]:
    from assistant.config.layers import load_settings
    from assistant.config.locations import find_locations
    from assistant.personas.load import load_library

    values = load_settings(options).values
    return load_library(values.themes_dir or find_locations(values.data_dir).themes), values


@personas.callback(invoke_without_command=True)
def list_personas(context: typer.Context) -> None:
    """List the personas, and the persona files that are broken."""
    if context.invoked_subcommand is not None:
        return
    library, _ = _library(context.obj)
    for each in library:
        typer.echo(f"{each.glyph} {each.name:<12} {each.tagline}")
    for broken in library.failed:
        typer.echo(str(broken), err=True)
    if library.failed:
        raise typer.Exit(1)


@personas.command("new")
def new_persona(
    context: typer.Context, name: Annotated[str, typer.Argument(help="What it is called.")]
) -> None:
    """Write a first file for a persona of your own."""
    from assistant.config.layers import load_settings
    from assistant.config.locations import find_locations
    from assistant.personas.new import write_new

    values = load_settings(context.obj).values
    file = write_new(name, values.themes_dir or find_locations(values.data_dir).themes)
    typer.echo(f"{file} is there to be changed; a running dashboard follows every change.")


@personas.command("check")
def check_personas(
    context: typer.Context,
    persona_files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...")] = None,
) -> None:
    """Read persona files and tell what is wrong; without any, those that are in use."""
    from assistant.personas.load import PersonaFileError, load_file

    failed = list(_library(context.obj)[0].failed) if not persona_files else []
    for file in persona_files or ():
        try:
            typer.echo(f"{file}: {load_file(file).name} is fine.")
        except PersonaFileError as error:
            failed.append(error)
    for broken in failed:
        typer.echo(str(broken), err=True)
    if failed:
        raise typer.Exit(1)
    if not persona_files:
        typer.echo("Every persona file is fine.")


@personas.command("preview")
def preview_persona(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The persona, by name.")],
    text: Annotated[str, typer.Option(help="What it says; else it introduces itself.")] = "",
    out_path: Annotated[Path | None, typer.Option("--out", help="A WAV, not the speaker.")] = None,
) -> None:
    """Hear the voice of a persona."""
    from assistant.assembly import find_persona
    from assistant.conversation.voice import voice_spec
    from assistant.personas.model import line_fields
    from assistant.voice import preview
    from assistant.voice.cascade.parts import load_voice

    library, values = _library(context.obj)
    persona = find_persona(name, library)
    voice, _ = load_voice(values.without, values.voice_engine, values.voice_model)
    said = text or next(line for line in persona.lines.greeting if not line_fields(line))
    speech = voice.synthesise(said, voice_spec(persona, library))
    if out_path:
        preview.write(speech, out_path)
    else:
        preview.play(speech, values.output_device, values.volume)


@models.callback(invoke_without_command=True)
def list_models(context: typer.Context) -> None:
    """List the models that can write the replies."""
    from assistant.config.layers import load_settings
    from assistant.config.locations import find_locations
    from assistant.llm.models import list_models as tell

    values = load_settings(context.obj).values
    if context.invoked_subcommand is None:
        asyncio.run(tell(values, find_locations(values.data_dir).models, typer.echo))


@models.command("pull")
def pull_model(context: typer.Context, name: str) -> None:
    """Download a model with Ollama."""
    from assistant.config.layers import load_settings
    from assistant.llm.models import pull_model as pull

    asyncio.run(pull(load_settings(context.obj).values, name, typer.echo))


@models.command("get")
def get_model(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="moshika-q4, -q8, -bf16, moshiko-…, or personaplex-7b-v1")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Download Moshi, for full duplex; the licence is shown first."""
    from assistant.config.layers import load_settings
    from assistant.config.locations import find_locations
    from assistant.voice.moshi.get import get_release

    values = load_settings(context.obj).values
    folder, offline = find_locations(values.data_dir).models, values.offline
    if not get_release(name, folder, typer.echo, lambda: yes or typer.confirm("Fetch it?"), offline=offline):
        raise typer.Exit(1)


@app.command()
def devices() -> None:
    """List microphones and speakers."""
    from assistant.doctor.device_list import device_lines

    for line in device_lines():
        typer.echo(line)


@app.command()
def doctor(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    sound: Annotated[bool, typer.Option("--sound", help="Play five seconds for the echo test.")] = False,
) -> None:
    """Look at everything the assistant needs; each finding comes with its remedy."""
    from assistant.doctor import finding
    from assistant.doctor.checks import run_checks

    findings = []
    for found in run_checks(context.obj, with_sound=sound):
        findings.append(found)
        for line in () if as_json else finding.as_lines(found):
            typer.echo(line)
    if as_json:
        typer.echo(finding.as_json(findings))
    raise typer.Exit(finding.exit_status(findings))


@app.command()
def replay(
    folder: Annotated[Path, typer.Argument(help="A recording.")],
    audio: Annotated[bool, typer.Option("--audio", help="Listen to its sound again instead.")] = False,
) -> None:
    """Run a recorded conversation again, and tell where it goes another way."""
    if audio:
        from assistant.recording.audio_replay import replay_audio

        is_same = replay_audio(folder, typer.echo)
    else:
        from assistant.recording.replay import replay_session

        is_same = replay_session(folder, typer.echo)
    if not is_same:
        raise typer.Exit(1)


Records = Annotated[Path, typer.Option(help="The folder for the record.")]


@bench.command("voice")
def bench_voice(
    context: typer.Context, turns: int = 50, output: Records = Path("reports/benchmarks")
) -> None:
    """Voice-to-voice latency by stage, both sides on one clock."""
    from assistant.assembly import text_engine_for
    from assistant.bench import voice

    if not voice.bench_voice(turns, output, typer.echo, text_engine=text_engine_for(context.obj)):
        raise typer.Exit(1)


@bench.command("text")
def bench_text(context: typer.Context, output: Records = Path("reports/benchmarks")) -> None:
    """First tokens of a conversation with the text engine, warm and cold."""
    from assistant.assembly import text_engine_for
    from assistant.bench import text

    text.bench_text(text_engine_for(context.obj), output, typer.echo)


@bench.command("start")
def bench_start(output: Records = Path("reports/benchmarks")) -> None:
    """Time to help, to the first paint and to listening."""
    from assistant.bench import start

    if not start.bench_start(output, typer.echo):
        raise typer.Exit(1)


@bench.command("tui")
def bench_tui(output: Records = Path("reports/benchmarks")) -> None:
    """What the dashboard costs: frames, tokens, switches, keys, memory."""
    from assistant.bench import tui

    if not tui.bench_tui(output, typer.echo):
        raise typer.Exit(1)


def run() -> None:
    """Run the command. Raises ``AssistantError``."""
    app(prog_name="assistant")
