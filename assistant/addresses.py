"""Addresses of servers."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_loopback(url: str) -> bool:
    """True for an address on this machine."""
    return urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1")
