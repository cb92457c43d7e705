"""The transport that a configuration asks for."""

from __future__ import annotations

from assistant.audio.transport import AudioTransport
from assistant.engine.protocol import DeviceAudio, WavAudio


def open_transport(config: DeviceAudio | WavAudio) -> AudioTransport:
    """Sound devices or WAV files behind the one port; ``open`` of what is returned starts them."""
    if isinstance(config, WavAudio):
        from assistant.audio.wav import WavTransport

        return WavTransport(config.input_path, config.output_path, paced=config.paced)
    from assistant.audio.device import DeviceTransport

    return DeviceTransport(config)
