"""Entry point of the `traitdunion` command: every Django command and ours, errors in one line."""

import ast
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import ManagementUtility, get_commands
from django.core.management.base import CommandError, SystemCheckError
from django.db import OperationalError, connection

from traitdunion.web.database import SQLITE_FILE, close_to_others, create_file

DJANGO = "--django"
OURS = "traitdunion."
OWN_HELP = {"help", "--help", "-h", DJANGO}
BUILT_IN = {"help", "version", "--help", "-h", "--version"}
CREATE_SITE = {"migrate", "demo"}
# These keep files in the data folder: without it, they would fill that of no site.
FILL_FOLDER = {"addresses", "basemap", "network", "streets", "sync"}
# Django's checks import every page, which takes seconds: they run where a site is served.
CHECKED = {"demo", "serve"}
CHOOSE_SITE = (
    "Donnez le dossier de votre site (TRAITDUNION_DATA_DIR) ou l'adresse de sa base "
    "(TRAITDUNION_DATABASE_URL) ; pour en créer un : traitdunion setup."
)
SITE_CHOSEN = {"TRAITDUNION_DATA_DIR", "TRAITDUNION_DATABASE_URL"}


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command named on the command line; a bad input ends in one line and exit code 1."""
    argv = list(sys.argv if argv is None else argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traitdunion.web.settings")
    try:
        if asks_for_help(argv):
            print(help_text(everything=DJANGO in argv))
            return
        _prepare(argv[1] if len(argv) > 1 else "help")
        _refuse_unknown(argv)
        with _usage_errors_raised():
            ManagementUtility(_raising(argv)).execute()
    except CommandError as refused:
        if "--traceback" in argv:
            raise
        cause = refused.__cause__
        if isinstance(cause, OperationalError) and connection.connection is None:
            print(connection_error(cause), file=sys.stderr)
        else:
            print(error_line(refused, argv), file=sys.stderr)
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


def asks_for_help(argv: Sequence[str]) -> bool:
    """Return whether the list of commands is asked for, and not the help of one."""
    return set(argv[1:]) <= OWN_HELP


def help_text(*, everything: bool) -> str:
    """Return our commands with what each does; those of Django too where `everything`."""
    ours = our_commands()
    width = max(map(len, ours))
    lines = ["traitdunion COMMANDE [OPTIONS]. L'aide de chacune : traitdunion COMMANDE --help.", ""]
    lines += [f"  {name:<{width}}  {summary_of(source)}" for name, source in ours.items()]
    if everything:
        _set_up()
        others = sorted(set(get_commands()) - set(ours))
        lines += ["", "Commandes de Django :", *(f"  {name}" for name in others)]
    else:
        lines += ["", f"Celles de Django (migrate, dumpdata…) : traitdunion help {DJANGO}."]
    return "\n".join(lines)


def our_commands() -> dict[str, Path]:
    """Return the source file of each command of ours, by name.

    Django would import every application and its models first, which takes seconds.
    """
    files: list[Path] = []
    for app in settings.INSTALLED_APPS:
        if app.startswith(OURS):
            source = find_spec(app)
            for folder in (source and source.submodule_search_locations) or ():
                files += Path(folder).glob("management/commands/[a-z]*.py")
    return {file.stem: file for file in sorted(files, key=lambda file: file.stem)}


def summary_of(source: Path) -> str:
    """Return the help of a command, read in its source: importing twenty would take seconds."""
    for node in ast.parse(source.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and node.name == "Command":
            for line in node.body:
                if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant):
                    return str(line.value.value)
    return ""


def _set_up() -> None:
    """Import every application; the list of our commands does without."""
    import django

    django.setup()


def _prepare(name: str) -> None:
    """Set Django up. Only the commands that start a site create its data folder and its file."""
    data_dir = settings.TRAITDUNION_DATA_DIR
    if name == "migrate" and not (SITE_CHOSEN & set(os.environ) or data_dir.is_dir()):
        # Run from another folder, or without its environment, it would create another site.
        raise CommandError(f"{data_dir} n'existe pas, et rien ne désigne votre site. {CHOOSE_SITE}")
    if name in CREATE_SITE:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_sqlite():
            create_file(data_dir)
    elif name in FILL_FOLDER and not data_dir.is_dir():
        raise CommandError(f"{data_dir} n'existe pas. {CHOOSE_SITE}")
    if _is_sqlite():
        close_to_others(data_dir)
    _set_up()


def _is_sqlite() -> bool:
    return str(settings.DATABASES["default"]["ENGINE"]).endswith("sqlite3")


def _refuse_unknown(argv: Sequence[str]) -> None:
    """Refuse a command that does not exist, naming those that come near."""
    name = argv[1] if len(argv) > 1 else "help"
    if name in BUILT_IN or name in get_commands():
        return
    near = ", ".join(get_close_matches(name, get_commands(), n=3))
    hint = f"Essayez : {near}." if near else "La liste : traitdunion help."
    raise CommandError(f"Commande inconnue : « {name} ». {hint}")


def _raising(argv: list[str]) -> list[str]:
    """Add Django's options: to raise errors, printed here and once, and to leave its checks out."""
    if len(argv) < 2 or argv[1] in BUILT_IN or "--traceback" in argv:
        return argv
    unchecked = argv[1] in our_commands() and argv[1] not in CHECKED
    return [*argv[:2], "--traceback", *(["--skip-checks"] if unchecked else []), *argv[2:]]


@contextmanager
def _usage_errors_raised() -> Iterator[None]:
    """Make commands raise what their parser refuses, which no option can do before it parses."""
    from django_typer.management import TyperCommand  # 0.3 s, which the list does without

    usual = TyperCommand._traceback
    TyperCommand._traceback = True
    try:
        yield
    finally:
        TyperCommand._traceback = usual


def error_line(refused: CommandError, argv: Sequence[str]) -> str:
    """Return an error as one French line; the checks of Django keep their lines."""
    if isinstance(refused, SystemCheckError):
        return str(refused)
    cause = refused.__cause__
    if hasattr(cause, "format_message"):
        return f"{usage_error(cause)} Aide : traitdunion {argv[1]} --help."
    return " ".join(str(refused).split())


def usage_error(wrong: Any) -> str:
    """Return the French sentence for an option or argument that the parser (click's) refuses.

    Kinds are known by the name of the class: typer keeps its copy of click private.
    """
    kind, message = type(wrong).__name__, str(getattr(wrong, "message", ""))
    named = re.search(r"'(.+?)'| \((.+?)\)|^(\S+) is not", message)
    value = next(filter(None, named.groups()), message) if named else message
    if kind == "MissingParameter":
        return f"Il manque {_name(wrong.param)}."
    if kind == "NoSuchOption":
        near = ", ".join(wrong.possibilities or [])
        return f"Option inconnue : {wrong.option_name}." + (f" Essayez : {near}." if near else "")
    if kind == "BadOptionUsage":
        return f"Il manque la valeur de {wrong.option_name}."
    if kind == "BadParameter":
        return f"Valeur refusée pour {_name(wrong.param)} : « {value} »{_expected(wrong.param)}."
    if message.startswith("No such command"):
        return f"Commande inconnue : « {value} »."
    if "extra argument" in message:
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
    """Return the French sentence for a file that the system refuses to read or to write."""
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
    """Return the French sentence for a database that cannot be opened, with the reason given."""
    if _is_sqlite():
        path = settings.TRAITDUNION_DATA_DIR / SQLITE_FILE
        wrong = "ne s'ouvre pas" if path.exists() else "n'existe pas"
        return f"La base de données {path} {wrong}. {CHOOSE_SITE}"
    reason = str(refused).splitlines()[0].removeprefix("connection failed: ")
    return (
        f"La base de données ne s'ouvre pas : {reason}. Vérifiez que son serveur tourne, et "
        "l'adresse donnée par TRAITDUNION_DATABASE_URL."
    )


if __name__ == "__main__":
    main()
