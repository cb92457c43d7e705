"""``python -m assistant`` and the ``assistant`` command."""

# Built in, unlike ``signal``, which imports other modules: a Ctrl-C meanwhile would be a traceback.
import _signal  # type: ignore[import-not-found]

_signal.signal(_signal.SIGINT, _signal.SIG_DFL)

import signal
import sys

from assistant.garbage import collect_seldom


def main() -> None:
    """Run the command; an ``AssistantError`` becomes its sentence.

    Ctrl-C while modules are being imported, or while the interpreter ends, ends it without a word.
    """
    collect_seldom()
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
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


if __name__ == "__main__":
    main()
