"""Entry point of the `traitdunion` command: every Django command and ours, errors in one line."""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import ManagementUtility, get_commands
from django.core.management.base import CommandError, SystemCheckError
from django.db import OperationalError, connection
from django_typer.management import TyperCommand

BUILT_IN = {"help", "version", "--help", "-h", "--version"}


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command named on the command line; a bad input ends in one line and exit code 1."""
    argv = list(sys.argv if argv is None else argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traitdunion.web.settings")
    try:
        _prepare()
        _refuse_unknown(argv)
        with _usage_errors_raised():
            ManagementUtility(_raising(argv)).execute()
    except CommandError as refused:
        if "--traceback" in argv:
            raise
        print(told(refused, argv), file=sys.stderr)
        sys.exit(refused.returncode)
    except OSError as refused:
        if "--traceback" in argv:
            raise
        print(os_error(refused), file=sys.stderr)
        sys.exit(1)
    except ImproperlyConfigured as refused:
        if "--traceback" in argv:
            raise
        print(refused, file=sys.stderr)
        sys.exit(1)
    except OperationalError as refused:
        if "--traceback" in argv or connection.connection is not None:
            raise
        print(connection_error(refused), file=sys.stderr)
        sys.exit(1)


def _prepare() -> None:
    settings.TRAITDUNION_DATA_DIR.mkdir(parents=True, exist_ok=True)
    django.setup()


def _refuse_unknown(argv: Sequence[str]) -> None:
    """Refuse a command that does not exist, naming those that come near."""
    name = argv[1] if len(argv) > 1 else "help"
    if name in BUILT_IN or name in get_commands():
        return
    near = ", ".join(get_close_matches(name, get_commands(), n=3))
    hint = f"Essayez : {near}." if near else "La liste : traitdunion help."
    raise CommandError(f"Commande inconnue : « {name} ». {hint}")


def _raising(argv: list[str]) -> list[str]:
    """The same with Django's option to raise errors, so that they are told here and once."""
    if len(argv) < 2 or argv[1] in BUILT_IN or "--traceback" in argv:
        return argv
    return [*argv[:2], "--traceback", *argv[2:]]


@contextmanager
def _usage_errors_raised() -> Iterator[None]:
    """Have commands raise what their parser refuses: before it has parsed, no option can say so."""
    usual = TyperCommand._traceback
    TyperCommand._traceback = True
    try:
        yield
    finally:
        TyperCommand._traceback = usual


def told(refused: CommandError, argv: Sequence[str]) -> str:
    """One French line; the checks of Django keep their lines."""
    if isinstance(refused, SystemCheckError):
        return str(refused)
    cause = refused.__cause__
    if hasattr(cause, "format_message"):
        return f"{usage_error(cause)} Aide : traitdunion {argv[1]} --help."
    return " ".join(str(refused).split())


def usage_error(wrong: Any) -> str:
    """French sentence for an option or argument that the parser (click's) refuses.

    Kinds are known by the name of the class: typer keeps its copy of click private.
    """
    kind, said = type(wrong).__name__, str(getattr(wrong, "message", ""))
    named = re.search(r"'(.+?)'| \((.+?)\)|^(\S+) is not", said)
    value = next(filter(None, named.groups()), said) if named else said
    if kind == "MissingParameter":
        return f"Il manque {_name(wrong.param)}."
    if kind == "NoSuchOption":
        near = ", ".join(wrong.possibilities or [])
        return f"Option inconnue : {wrong.option_name}." + (f" Essayez : {near}." if near else "")
    if kind == "BadOptionUsage":
        return f"Il manque la valeur de {wrong.option_name}."
    if kind == "BadParameter":
        return f"Valeur refusée pour {_name(wrong.param)} : « {value} »{_expected(wrong.param)}."
    if said.startswith("No such command"):
        return f"Commande inconnue : « {value} »."
    if "extra argument" in said:
        return f"Argument en trop : {value}."
    return "Il manque une commande."


def _name(param: Any) -> str:
    options = [name for name in getattr(param, "opts", ()) if name.startswith("--")]
    return options[0] if options else str(getattr(param, "name", "un argument")).upper()


def _expected(param: Any) -> str:
    kind = getattr(param, "type", None)
    if choices := getattr(kind, "choices", None):
        return " (au choix : " + ", ".join(str(getattr(c, "value", c)) for c in choices) + ")"
    least, most = getattr(kind, "min", None), getattr(kind, "max", None)
    if least is not None and most is not None:
        return f" (un nombre entier de {least} à {most})"
    if least is not None:
        return f" (un nombre entier, au moins {least})"
    return ""


def os_error(wrong: OSError) -> str:
    """French sentence for a file that the system refuses to read or to write."""
    reasons = {
        "FileNotFoundError": "ce fichier ou ce dossier n'existe pas",
        "IsADirectoryError": "c'est un dossier, il faut un fichier",
        "NotADirectoryError": "un fichier se trouve là où il faut un dossier",
        "FileExistsError": "un fichier se trouve là où il faut un dossier",
        "PermissionError": "vous n'avez pas le droit d'y accéder",
    }
    reason = reasons.get(type(wrong).__name__, wrong.strerror or str(wrong))
    return f"{wrong.filename or 'Système'} : {reason}."


def connection_error(refused: OperationalError) -> str:
    """French sentence for a database that does not let us in, with what it said."""
    reason = str(refused).splitlines()[0].removeprefix("connection failed: ")
    return (
        f"La base de données ne s'ouvre pas : {reason}. Vérifiez que son serveur tourne, et "
        "l'adresse donnée par TRAITDUNION_DATABASE_URL."
    )


if __name__ == "__main__":
    main()
