"""The export of iMER: one row each, what came of it, and nothing of anybody."""

import csv
import io
import json
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.drawn import without_drawn
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Access, Membership, User
from traitdunion.desk.appointments import operations as appointments
from traitdunion.desk.followup import checkpoints, imer, orientations, privacy
from traitdunion.desk.followup.replies import Listed, Reply
from traitdunion.desk.models import CheckPoint

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]
DAY = timedelta(days=1)


@pytest.fixture
def story(oriented, team, now):
    """Listed after 2 days, accepted after 12.5, started on 8 December, in job three months on."""
    orientation, sent = oriented
    orientations.answer_by_link(token=sent.token, reply=Listed(2), now=now + 2 * DAY)
    orientations.answer_signed_in(
        by=team.provider, orientation=orientation, reply=Reply(True), now=now + 12.5 * DAY
    )
    checkpoints.start(
        by=team.adviser, orientation=orientation, started_on=date(2026, 12, 8), now=now + 15 * DAY
    )
    point = CheckPoint.objects.create(
        orientation=orientation, month=3, asked_at=now + 105 * DAY
    )  # fmt: skip
    checkpoints.answer_point(
        by=team.adviser, point=point, servi="oui", en_emploi=True, now=now + 106 * DAY
    )
    return orientation


def test_an_orientation_is_one_row_with_what_came_of_it(story, team):
    [row] = [event for event in imer.events_of(team.ici) if event.nature == imer.ORIENTATION]
    assert row == imer.Imer(
        nature="service_orientation", jour=date(2026, 11, 24), organisation="ici",
        solution_id="garage", solution_type="location_velo", structure_id="garage",
        statut="acceptee", reponse_jours=2.0, attente_jours=10.5, commencee=True,
        servi_3_mois="oui", emploi_3_mois=True,
    )  # fmt: skip


def test_links_and_contacts_are_rows_of_their_own(story, team, now, document):
    user = User.objects.create(email="admin@ici.example")
    Membership.objects.create(user=user, organisation=team.ici, role=Role.ADMINISTRATEUR)
    appointments.set_tool(by=user, organisation=team.ici, adresse="https://x/{reference}", now=now)
    appointments.ask(by=team.adviser, parcours=story.parcours, now=now + DAY)
    kept = story.parcours.answers.get()
    kept.document["options"][0]["solutions"] = ["garage", "inconnue"]
    kept.save()
    natures = [(event.nature, event.jour, event.solution_id) for event in imer.events_of(team.ici)]
    assert natures == [
        ("service_contact", date(2026, 11, 24), "garage"),
        ("service_orientation", date(2026, 11, 24), "garage"),
        ("service_ext_link", date(2026, 11, 25), None),
    ]
    assert imer.events_of(team.ailleurs) == []


def test_both_files_hold_the_same_rows_under_the_documented_columns(story, team, now):
    events = imer.events_of(team.ici)
    table = list(csv.DictReader(io.StringIO(imer.as_csv(events))))
    document = json.loads(json.dumps(imer.as_json(events, at=now)))
    assert document["schema"] == "traitdunion-imer/1"
    assert list(table[0]) == list(imer.COLUMNS)
    assert {field.name for field in fields(imer.Imer)} - set(imer.COLUMNS) == {"parcours"}
    words = {None: "", True: "oui", False: "non"}
    for row, evenement in zip(table, document["evenements"], strict=True):
        assert row == {
            name: words[value] if value is None or isinstance(value, bool) else str(value)
            for name, value in evenement.items()
        }
    page = (ROOT / "docs/reference/imer.md").read_text("utf-8")
    lines = [f"| `{name}` | {content} |" for name, content in imer.COLUMNS.items()]
    assert "\n".join(["| colonne | contenu |", "|---|---|", *lines]) in page
    assert imer.SCHEMA in page


def test_nothing_of_anybody_is_in_the_files(story, team, now):
    table = imer.as_csv(imer.events_of(team.ici))
    parcours = story.parcours
    for secret in (str(parcours.pk), parcours.reference, str(story.pk)):
        assert secret not in table, secret
    for secret in ("1990", "AB", "Langeac", "Puy", "Adviser", "scooter"):
        assert secret not in without_drawn(table), secret


def test_an_anonymised_file_is_still_counted_in_its_month(story, team, now):
    privacy.anonymise_due(now=now + 900 * DAY, kept=730 * DAY)
    [row] = imer.events_of(team.ici)
    assert (row.jour, row.statut, row.attente_jours) == (date(2026, 11, 1), "acceptee", 10.5)


def test_whoever_takes_the_files_is_written_down(client, story, team):
    client.force_login(team.moderator)
    for kind, head in (("csv", b"nature,jour,"), ("json", b'{\n "schema"')):
        answer = client.post("/organisations/ici/suivi/imer/", {"format": kind})
        assert answer.content.startswith(head)
        assert f'filename="imer-ici.{kind}"' in answer["Content-Disposition"]
    assert Access.objects.filter(user=team.moderator, action="exporter").count() == 2
    client.force_login(team.steering)
    assert client.post("/organisations/ici/suivi/imer/").status_code == 403
    assert "Exporter en CSV" not in client.get("/organisations/ici/suivi/").content.decode()


# -- what leaves the site ------------------------------------------------------------------------


def rows_of(n, **fields):
    made = {
        "nature": imer.ORIENTATION, "jour": date(2026, 10, 5), "organisation": "ici",
        "solution_id": "garage", "solution_type": "location_velo", "structure_id": "garage",
        "statut": "acceptee",
    } | fields  # fmt: skip
    return [imer.Imer(**made) for _ in range(n)]


def test_the_month_under_way_is_not_exported():
    events = rows_of(11) + rows_of(30, jour=date(2026, 11, 1))
    assert {event.jour for event in imer.released(events, on=date(2026, 11, 24))} == {
        date(2026, 10, 1)
    }


def test_a_rare_solution_is_exported_by_its_type_then_its_nature_then_not_at_all():
    events = [
        *rows_of(12),
        # 6 + 5 of one type: together eleven.
        *rows_of(6, solution_id="a", structure_id="a", solution_type="taxi"),
        *rows_of(5, solution_id="b", structure_id="b", solution_type="taxi"),
        # 7 + 4 of two types: eleven of one nature.
        *rows_of(7, solution_id="c", structure_id="c", solution_type="prêt"),
        *rows_of(4, solution_id="d", structure_id="d", solution_type="garage"),
        *rows_of(10, nature=imer.CONTACT),
    ]
    released = imer.released(events, on=date(2026, 11, 1))
    what = [(event.nature, event.solution_id, event.solution_type) for event in released]
    assert sorted(what, key=str) == sorted(
        [(imer.ORIENTATION, "garage", "location_velo")] * 12
        + [(imer.ORIENTATION, None, "taxi")] * 11
        + [(imer.ORIENTATION, None, None)] * 11,
        key=str,
    )


def test_the_many_rows_of_one_person_are_one_person():
    kept = rows_of(11, nature=imer.CONTACT, parcours=7)
    assert imer.released(kept, on=date(2026, 11, 1)) == []
    others = [row for n in range(10) for row in rows_of(1, nature=imer.CONTACT, parcours=n)]
    assert len(imer.released([*kept, *others], on=date(2026, 11, 1))) == 0
    eleventh = rows_of(1, nature=imer.CONTACT, parcours=11)
    assert len(imer.released([*kept, *others, *eleventh], on=date(2026, 11, 1))) == 22


def test_an_outcome_of_one_person_is_rare_however_many_rows_it_has():
    many = rows_of(15, statut="refusee", motif="absence", parcours=1)
    rows = imer.released([*many, *rows_of(20, statut="ouverte")], on=date(2026, 11, 1))
    assert "refusee" not in {row.statut for row in rows}


def test_no_export_holds_the_file_of_a_row():
    (row,) = rows_of(1, parcours=4_242)
    at = datetime(2026, 11, 1, tzinfo=UTC)
    assert "4242" not in imer.as_csv([row]) + str(imer.as_json([row], at=at))


def test_rare_outcomes_are_blanked_with_what_would_give_them_away():
    events = [
        *rows_of(20, reponse_jours=2.4),
        *rows_of(13, statut="ouverte"),
        # Three refusals: 36 - 20 - 13 would give them back, so the open ones are blanked too.
        *rows_of(3, statut="refusee", motif="zone", reponse_jours=1.0),
    ]
    released = imer.released(events, on=date(2026, 11, 1))
    rows = [(event.statut, event.motif, event.reponse_jours) for event in released]
    assert sorted(rows, key=str) == sorted(
        [("acceptee", None, 2.0)] * 20 + [(None, None, None)] * 16, key=str
    )
