"""Entry point of the `traitdunion` command; names the missing extra where Django is absent."""

import sys

MISSING_WEB = (
    "La commande traitdunion demande l'extra « web » : pip install 'traitdunion[web]'. "
    "Sans lui, seul le moteur (traitdunion.reach) est utilisable, depuis Python."
)


def main() -> None:
    """Run the command line; exit with code 1 and one line where the extra `web` is missing."""
    try:
        from .command_line import main as run
    except ModuleNotFoundError as absent:
        if absent.name not in ("django", "django_typer"):
            raise
        print(MISSING_WEB, file=sys.stderr)
        sys.exit(1)
    run()
