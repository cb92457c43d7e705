"""The voice suite: every figure of how well the assistant hears and speaks, measured and written down.

Each section is a module with ``measure(short: bool) -> Section``; ``scripts/voice_suite`` runs them.
Its users' voices come with ``uv pip install --group suite`` and ``apt-get install flite festival
festvox-us-slt-hts espeak-ng``; those that are missing are named in the report.
"""
