"""Entry point of the `traitdunion` command: every Django command, and ours."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run the command named on the command line; a bad input ends in one line and exit code 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traitdunion.web.settings")
    from django.conf import settings

    settings.TRAITDUNION_DATA_DIR.mkdir(parents=True, exist_ok=True)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
