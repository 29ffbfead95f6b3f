"""The roadmap as documents: a sheet that is read back, a calendar, a PDF whose words are found."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from icalendar import Calendar
from openpyxl import load_workbook

from traitdunion.cooperation.roadmap import operations as roadmap_operations
from traitdunion.cooperation.roadmap.files import as_ics, as_xlsx
from traitdunion.cooperation.roadmap.operations import Pledge

ROAD = "/cooperation/seances/demi-journee/feuille-de-route"
ON = date(2026, 7, 1)


@pytest.fixture
def pledge(half_day, now):
    action = roadmap_operations.create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="=Loger, vite", now=now,
        fin_prevue_le=date(2026, 9, 30),
    )  # fmt: skip
    return roadmap_operations.propose_commitment(
        by=half_day.steerer,
        action=action,
        organisation=half_day.partner,
        now=now,
        pledge=Pledge(
            quoi="Réserver",
            quantite=Decimal("2.5"),
            unite="logements",
            pour_le=date(2026, 8, 1),
            contact="service habitat",
        ),
    )


def test_the_sheet_is_read_back_with_days_numbers_and_no_formula(half_day, pledge):
    book = load_workbook(BytesIO(as_xlsx(half_day.seance, on=ON)))
    head, *rows = book.active.iter_rows()
    names = [cell.value for cell in head]
    action, promise = (dict(zip(names, row, strict=True)) for row in rows)
    assert (action["intitule"].value, action["intitule"].data_type) == ("=Loger, vite", "s")
    assert action["echeance"].value.date() == date(2026, 9, 30)
    assert (promise["quantite"].value, promise["unite"].value) == (2.5, "logements")
    assert promise["etat"].value == "Proposé"


def test_the_calendar_holds_what_is_in_force_and_no_contact(half_day, pledge, now):
    def told():
        written = as_ics(half_day.seance, on=ON, now=now, site="https://x.example")
        assert b"habitat" not in written
        return {
            str(event["uid"]): (event["dtstart"].dt, str(event["summary"]))
            for event in Calendar.from_ical(written).walk("VEVENT")
        }

    action = (f"action-{pledge.action_id}@x.example", (date(2026, 9, 30), "=Loger, vite"))
    assert told() == dict([action])
    roadmap_operations.confirm(by=half_day.partner_admin, commitment=pledge, now=now)
    promise = (date(2026, 8, 1), f"{half_day.partner} : Réserver")
    assert told() == dict([action, (f"engagement-{pledge.pk}@x.example", promise)])


def test_the_documents_are_given_out_to_everybody(half_day, pledge, client):
    for kind, start in ((".pdf", b"%PDF-"), (".xlsx", b"PK"), (".ics", b"BEGIN:VCALENDAR")):
        answered = client.get(ROAD + kind)
        assert answered.status_code == 200
        assert answered.content.startswith(start)
        assert "feuille-de-route-demi-journee" in answered["Content-Disposition"]
