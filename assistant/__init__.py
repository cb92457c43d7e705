"""A local voice assistant: talk hands-free with personas in a terminal dashboard."""

__version__ = "0.1.0"
