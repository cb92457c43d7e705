"""``python -m assistant`` and the ``assistant`` command."""

from __future__ import annotations

import signal


def main() -> None:
    """Run the command; Ctrl-C while its modules are being imported ends it without a word."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from assistant import cli

    signal.signal(signal.SIGINT, signal.default_int_handler)
    cli.main()


if __name__ == "__main__":
    main()
