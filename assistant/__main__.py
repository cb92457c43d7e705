"""``python -m assistant`` and the ``assistant`` command."""

from __future__ import annotations

import signal
import sys

from assistant.garbage import collect_seldom


def main() -> None:
    """Run the command; an ``AssistantError`` becomes its sentence.

    Ctrl-C while modules are being imported ends it without a word.
    """
    collect_seldom()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # The parser of options takes a fifth of the time to the first paint, so without any it stays away.
    if sys.argv[1:]:
        from assistant.cli import run
    else:
        from assistant.launch import launch_dashboard

        def run() -> None:
            launch_dashboard({})

    from assistant.errors import AssistantError

    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        run()
    except AssistantError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


if __name__ == "__main__":
    main()
