"""How the sound and the process that makes it are doing."""

from __future__ import annotations

import psutil

from assistant.audio.echo import Echo
from assistant.audio.transport import AudioTransport, Counters
from assistant.engine.protocol import AudioHealth


def health_of(transport: AudioTransport | None, echo: Echo) -> AudioHealth:
    """Counters of the transport, where there is one, the echo's state, and the memory of this process."""
    counters = transport.counters() if transport else Counters()
    rss_mb = psutil.Process().memory_info().rss / 2**20
    late = (counters.underruns, counters.overruns, counters.dropped_blocks)
    return AudioHealth(*late, echo.erle, rss_mb, echo.delay_s)
