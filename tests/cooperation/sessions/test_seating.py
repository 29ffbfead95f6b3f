"""Tables of a session kept and composed again, and what is printed of them."""

import io
from itertools import cycle

import numpy as np
import pytest
from pypdf import PdfReader

from traitdunion.cooperation.enums import CollegeDeclare, ReponseInvitation, Voisinage
from traitdunion.cooperation.models import Invite, Place
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.sessions import printed_sheets as printing
from traitdunion.cooperation.sessions import seating
from traitdunion.demonstration.set_up import compose_tables

pytestmark = pytest.mark.django_db
PAGE = "/cooperation/seances/demi-journee/tables/"


@pytest.fixture
def room(half_day):
    """Sixteen people of four domains who said yes, one who said no; four tables, three rounds."""
    seance = half_day.seance
    seance.n_tables, seance.n_manches = 4, 3
    seance.save()
    domains = zip(range(16), cycle(["emploi", "logement", "mobilité", "santé"]), strict=False)
    colleges = list(CollegeDeclare)
    for n, domain in domains:
        Invite.objects.create(
            seance=seance, nom=f"Invité {n:02}", organisation=f"Organisation {n % 7}",
            college=colleges[n % 7], domaine=domain, reponse=ReponseInvitation.OUI,
        )  # fmt: skip
    Invite.objects.create(
        seance=seance, nom="Absente", organisation="X", college="etat", reponse="non"
    )
    return half_day


def compose(room, now, **fields):
    return seating.compose_session(
        by=room.steerer, seance=room.seance, rng=np.random.default_rng(1), now=now, **fields
    )


def test_nobody_is_met_twice_and_who_said_no_has_no_seat(room, now):
    the_seating = compose(room, now)
    # 16 people at 4 tables of 4: three rounds without meeting again exist (an affine plane).
    assert the_seating.after.repeated == 0
    assert (
        the_seating.before.repeated == 4 * 6
    )  # the list cut in pieces: each pair of a table, thrice
    assert the_seating.after.met_least == 9
    assert Place.objects.count() == 16 * 3
    assert not Place.objects.filter(invite__nom="Absente").exists()
    assert seating.quality_kept(room.seance) == the_seating


def test_whoever_facilitates_stays_and_pairs_are_kept(room, now):
    people = list(room.seance.invites.exclude(nom="Absente"))
    people[0].anime = 3
    people[0].save()
    by = room.steerer
    seating.constrain(by=by, un=people[1], autre=people[2], sorte=Voisinage.SEPARES)
    seating.constrain(by=by, un=people[4], autre=people[3], sorte=Voisinage.ENSEMBLE)
    compose(room, now)
    at = {person.pk: [place.table for place in person.places.all()] for person in people}
    assert at[people[0].pk] == [3, 3, 3]
    assert all(a != b for a, b in zip(at[people[1].pk], at[people[2].pk], strict=True))
    assert at[people[3].pk] == at[people[4].pk]


def test_the_absent_leave_and_the_round_held_stays(room, now):
    compose(room, now)
    first = seating.kept_rounds(room.seance)[0]
    gone = list(room.seance.invites.exclude(nom="Absente"))[-2:]
    room.seance.invites.exclude(pk__in=[guest.pk for guest in gone]).exclude(nom="Absente").update(
        arrive_le=now
    )
    compose(room, now, n_done=1, present_only=True)
    rounds = seating.kept_rounds(room.seance)
    assert rounds[0] == first
    missing = {str(guest.pk) for guest in gone}
    assert all(not missing & set(seats) for seats in rounds[1:])
    assert all(len(seats) == 14 for seats in rounds[1:])


def test_a_plan_that_changed_people_says_so(room, now):
    assert seating.unseated(room.seance) == []
    compose(room, now)
    assert seating.unseated(room.seance) == []
    invites = room.seance.invites.filter(reponse="oui").first()
    invites.reponse = "non"
    invites.save()
    late = Invite.objects.create(
        seance=room.seance, nom="Tardive", organisation="Y", college="etat", reponse="oui"
    )
    assert set(seating.unseated(room.seance)) == {invites, late}


def test_nobody_to_seat_is_told(half_day, now):
    with pytest.raises(CooperationError, match="Personne n'a répondu"):
        compose(half_day, now)


def test_the_page_composes_and_shows_before_and_after(room, client):
    client.force_login(room.steerer)
    client.post(PAGE, {"faire": "composer", "n_done": "0"})
    shown = client.get(PAGE)
    assert shown.context["quality"].after.repeated == 0
    assert len(shown.context["rounds"]) == 3
    room.seance.n_tables = 40
    room.seance.save()
    refused = client.post(PAGE, {"faire": "composer", "n_done": "0"})
    assert refused.status_code == 422
    assert "Changez le nombre de tables" in refused.content.decode()


def pages_of(pdf):
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def test_a_sheet_for_each_table_and_axe(room):
    for paper, width in (("a4", 595), ("a5", 420)):
        pdf = printing.sheets(room.seance, site="https://x.example", paper=paper)
        pages = pages_of(pdf)
        assert len(pages) == 4 * 2, width
        assert "Comment loger ceux qui arrivent ?" in pages[0]
        assert "Comité local du Velay" in pages[0]
        assert "ABC234" in pages[0]


def test_badges_signatures_and_plan_name_everybody_who_comes(room, now):
    compose(room, now)
    seance = room.seance
    for pdf in (
        printing.badges(seance, site="https://x.example"),
        printing.signatures(seance),
        printing.tables(seance),
    ):
        text = " ".join(pages_of(pdf))
        assert all(f"Invité {n:02}" in text for n in range(16))
        assert "Absente" not in text
    assert len(pages_of(printing.tables(seance))) == 3


def test_a_name_is_printed_and_never_run(half_day):
    Invite.objects.create(
        seance=half_day.seance, nom='#panic("a") *b* ]', organisation="$x$", college="etat"
    )
    assert '#panic("a") *b* ]' in " ".join(pages_of(printing.signatures(half_day.seance)))


def test_a_session_without_anybody_prints_all_the_same(half_day, client):
    client.force_login(half_day.steerer)
    for kind in printing.KINDS:
        answered = client.get(f"/cooperation/seances/demi-journee/imprimer/{kind}.pdf")
        assert answered["Content-Type"] == "application/pdf"
        assert answered.content.startswith(b"%PDF")
    assert client.get("/cooperation/seances/demi-journee/imprimer/rien.pdf").status_code == 404


def test_the_demonstration_composes_its_tables_once(room, now):
    compose_tables(room.seance, now=now)
    first = sorted(Place.objects.values_list("invite", "manche", "table"))
    assert {manche for _, manche, _ in first} == set(range(1, room.seance.n_manches + 1))
    compose_tables(room.seance, now=now)
    assert sorted(Place.objects.values_list("invite", "manche", "table")) == first
