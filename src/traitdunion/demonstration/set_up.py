"""Setting up the embedded demonstration: base, communes, network, catalogue, observatory."""

import tempfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import yaml
from django.conf import settings
from django.core.management import call_command
from django.utils.crypto import get_random_string

from traitdunion import reach
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Organisation
from traitdunion.accounts.operations import load_demonstration
from traitdunion.catalogue.models import Structure
from traitdunion.catalogue.operations import entrust, load_catalogue
from traitdunion.cooperation.models import Seance
from traitdunion.cooperation.sessions.seating import compose_session, kept_rounds
from traitdunion.employers.operations import import_sites
from traitdunion.employers.site_files import read_sites
from traitdunion.networks import versions as networks
from traitdunion.networks.versions import NewNetwork
from traitdunion.reach.calendar_days import monday_of
from traitdunion.territory.models import Commune
from traitdunion.territory.operations import load_territory

from .employers import load_demonstration as load_employers
from .followup import load_demonstration as load_parcours
from .half_day import load_demonstration as load_half_day
from .housing import load_demonstration as load_housing
from .network import DEMO, write_demo_gtfs
from .observatory import load_demonstration as load_observatory

Progress = Callable[[str, float], None]
CATALOGUE = DEMO.with_name("catalogue.yaml")
ACCOUNTS = DEMO.with_name("accounts.yaml")
HALF_DAY = DEMO.with_name("cooperation.yaml")
OBSERVATORY = DEMO.with_name("observatory.yaml")
PARCOURS = DEMO.with_name("parcours.yaml")
HOUSING = DEMO.with_name("logement.yaml")
EMPLOYERS = DEMO.with_name("employeurs.csv")
LABEL = "Réseau de démonstration"
SEED = 2025
DAYS = 7 * 30
DAYS_AHEAD = 14


def set_up(*, now: datetime, progress: Progress) -> str:
    """Bring the demonstration up to date; a network that is not of demonstration stays in use.

    Returns the password of its fictitious people, drawn at each call.
    """
    settings.TRAITDUNION_DATA_DIR.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    reach.warm_up(lambda step, share: progress(f"Moteur : {step}", share * 0.3))
    if not Commune.objects.exists():
        load_territory(progress=lambda step, share: progress(step, 0.3 + share * 0.4))
    progress("Réseau de démonstration", 0.7)
    today = now.date()
    if not _covers(today):
        import_demo_network(monday_of(today), now=now)
    progress("Catalogue de démonstration", 0.9)
    load_catalogue(CATALOGUE, now=now)
    progress("Comptes de démonstration", 0.95)
    # Letters and figures alone: one press of the mouse takes the whole word.
    password = get_random_string(16)
    load_demonstration(yaml.safe_load(ACCOUNTS.read_text("utf-8")), password=password)
    entrust_demonstration()
    progress("Parcours de démonstration", 0.97)
    load_parcours(yaml.safe_load(PARCOURS.read_text("utf-8")), now=now)
    seance = load_half_day(yaml.safe_load(HALF_DAY.read_text("utf-8")), now=now)
    progress("Observatoire de démonstration", 0.98)
    load_observatory(OBSERVATORY, networks=settings.TRAITDUNION_DATA_DIR / "networks", now=now)
    import_sites(rows=read_sites(EMPLOYERS.read_bytes())[0], demonstration=True)
    load_employers(now=now)
    load_housing(HOUSING, now=now)
    progress("Tables de la séance de démonstration", 0.99)
    compose_tables(seance, now=now)
    return password


def compose_tables(seance: Seance, *, now: datetime) -> None:
    """Compose the tables of the session, once: it takes the solver a few seconds."""
    if kept_rounds(seance) or not seance.invites.exists():
        return
    steerer = seance.organisation.memberships.get(role=Role.PILOTAGE).user
    compose_session(by=steerer, seance=seance, rng=np.random.default_rng(SEED), now=now)


def entrust_demonstration() -> None:
    """Give the fictitious structures to the fictitious organisations, unless they are kept."""
    unkept = Structure.objects.filter(organisation=None, id__endswith="-demo")
    for slug in ("garage-demo", "guichet-demo"):
        theirs = unkept.filter(id=slug) if slug == "garage-demo" else unkept
        entrust(organisation=Organisation.objects.get(slug=slug), structures=theirs)


def _covers(today: date) -> bool:
    """Whether the network in use still answers for the days to come, or is not ours to replace."""
    try:
        current = networks.current_network(settings.TRAITDUNION_DATA_DIR / "networks")
    except FileNotFoundError:
        return False
    ahead = today + timedelta(DAYS_AHEAD)
    return not current.demonstration or current.timetable.start <= today <= ahead <= (
        current.timetable.end
    )


def import_demo_network(monday: date, *, now: datetime) -> networks.NetworkVersion:
    """Write the demonstration feed and put it in use for thirty weeks from `monday`."""
    with tempfile.TemporaryDirectory() as folder:
        feed = Path(folder) / "demonstration.zip"
        write_demo_gtfs(DEMO, feed, start=monday, days=DAYS)
        root = settings.TRAITDUNION_DATA_DIR / "networks"
        root.mkdir(parents=True, exist_ok=True)
        return networks.import_network(
            [feed],
            root=root,
            now=now,
            new=NewNetwork(label=LABEL, start=monday, days=DAYS, demonstration=True),
        )
