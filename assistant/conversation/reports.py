"""What the engine reports of itself that the faces are shown as it is."""

from __future__ import annotations

from assistant.conversation.updates import FrameTimesShown, HealthShown, InputEnded, NoticeShown, Update
from assistant.engine.monologue_protocol import FrameTimes
from assistant.engine.protocol import AudioHealth, EngineNotice, InputFinished

Report = AudioHealth | EngineNotice | FrameTimes | InputFinished


def shown(report: Report) -> Update:
    """The update that says the same."""
    match report:
        case AudioHealth(underruns, _, dropped, erle, rss_mb, echo_delay_s):
            return HealthShown(underruns, dropped, erle, rss_mb, echo_delay_s)
        case EngineNotice(severity, message, remedy):
            return NoticeShown(severity, message, remedy)
        case FrameTimes(encode, step, decode, dropped, underruns):
            return FrameTimesShown(encode, step, decode, dropped, underruns)
        case InputFinished():
            return InputEnded()
