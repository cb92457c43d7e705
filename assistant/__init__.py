"""A local voice assistant: talk hands-free with personas in a terminal dashboard."""

import os

__version__ = "0.1.0"

# onnxruntime's wheels collect usage data from their import on, unless this is set before.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
