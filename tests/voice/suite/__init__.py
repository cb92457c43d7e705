"""The voice suite: every figure of how well the assistant hears and speaks, measured and written down.

Each section is a module with ``measure(short: bool) -> Section``; ``scripts/voice_suite`` runs them.
"""
