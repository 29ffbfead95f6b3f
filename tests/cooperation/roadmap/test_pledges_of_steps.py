"""A commitment taken for a step counts wherever the roadmap is read, as one for its action does."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from traitdunion.cooperation.evaluation.quality import quality_of
from traitdunion.cooperation.models import Invite, Partenaire
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.roadmap import operations as roadmap_operations
from traitdunion.cooperation.roadmap.action_lines import lines_of
from traitdunion.cooperation.roadmap.calendars import all_due
from traitdunion.cooperation.roadmap.due_commitments import due_on
from traitdunion.cooperation.roadmap.files import as_csv, as_ics, as_json, as_reentry_csv, as_xlsx
from traitdunion.cooperation.roadmap.filters import Wanted, choices_of, kept
from traitdunion.cooperation.roadmap.operations import Pledge
from traitdunion.cooperation.roadmap.reminders import _last_event_at
from traitdunion.cooperation.roadmap.roadmap import differences, roadmap
from traitdunion.cooperation.roadmap.sheet import remove_action

DUE, ON = date(2026, 10, 1), date(2026, 10, 15)
LINE = "Office foncier : Prêter, 2 vélos, pour le 1er octobre 2026 (confirmé, en retard)"


@pytest.fixture
def step(half_day, now):
    """Return the step of « Rouler », which has no commitment, for which the partner took one."""
    by, axe = half_day.steerer, half_day.axes[1]
    rouler = roadmap_operations.create_action(by=by, axe=axe, titre="Rouler", now=now)
    step = roadmap_operations.create_action(by=by, axe=axe, titre="Compter", parent=rouler, now=now)
    pledge = roadmap_operations.propose_commitment(
        by=by,
        action=step,
        organisation=half_day.partner,
        now=now,
        pledge=Pledge(quoi="Prêter", quantite=Decimal(2), unite="vélos", pour_le=DUE),
    )
    roadmap_operations.confirm(
        by=half_day.partner_admin, commitment=pledge, now=now + timedelta(days=2)
    )
    return step


def test_it_is_in_every_file(half_day, step, now):
    axes = roadmap(half_day.seance, on=ON)
    ((action,),) = [axe.actions for axe in axes if axe.actions]
    assert ("Engagement pour l'étape « Compter »", LINE) in lines_of(action, on=ON)
    assert LINE in as_reentry_csv(axes, on=ON)
    rows = list(csv.DictReader(StringIO(as_csv(half_day.seance, on=ON)), delimiter=";"))
    assert [(row["intitule"], row["partie_de"], row["en_retard"]) for row in rows] == [
        ("Rouler", "", "non"), ("Compter", "Rouler", "non"), ("Prêter", "Compter", "oui"),
    ]  # fmt: skip
    sheet = load_workbook(BytesIO(as_xlsx(half_day.seance, on=ON))).active
    assert [row[3] for row in sheet.iter_rows(min_row=2, values_only=True)][-1] == "Prêter"
    (some_action,) = [
        each_action
        for axe in as_json(half_day.seance, on=ON)["axes"]
        for each_action in axe["actions"]
    ]
    (promise,) = some_action["sous_actions"][0]["engagements"]
    assert (promise["quoi"], promise["en_vigueur"], promise["en_retard"]) == ("Prêter", True, True)
    assert b"Office foncier : Pr" in as_ics(half_day.seance, on=ON, now=now, site="https://x.org")


def test_it_is_late_after_its_day_and_not_on_it(half_day, step):
    def titles(on, **wanted):
        axes = kept(roadmap(half_day.seance, on=on), Wanted(**wanted))
        return [action.titre for axe in axes for action in axe.actions]

    assert titles(DUE, late=True) == []
    assert titles(DUE + timedelta(days=1), late=True) == ["Rouler"]
    assert titles(DUE, organisation="Office foncier") == ["Rouler"]
    axes = roadmap(half_day.seance, on=ON)
    assert choices_of(axes)[0] == ["Office foncier"]
    assert [(due.on, due.words, due.is_late) for due in all_due(axes)] == [
        (DUE, "Office foncier : Prêter", True)
    ]
    assert [due.commitment.action for due in due_on(ON)] == [step]


def test_it_is_news_of_the_action(half_day, step, now):
    """The action is asked about a spacing after the last news, of its steps included."""
    assert _last_event_at(step.parent) == now + timedelta(days=2)
    changed = differences(half_day.seance, since=now.date(), until=ON)
    assert [(row.action, row.changes) for row in changed] == [
        (step, [("état", "proposé", "confirmé")])
    ]


def test_its_college_counts_among_those_of_the_action(half_day, step, now):
    def mixed():
        figures = quality_of(half_day.seance, on=ON).figures
        return [
            (figure.n, figure.d, figure.unknown)
            for figure in figures
            if "collèges diff" in figure.label
        ]

    Partenaire.objects.create(action=step.parent, organisme="CAF", college="operateurs")
    assert mixed() == [(0, 0, 1)]
    Invite.objects.create(
        seance=half_day.seance, nom="A", organisation="Office foncier", college="collectivites",
        reponse="oui", arrive_le=now,
    )  # fmt: skip
    assert mixed() == [(1, 1, 0)]


def test_it_is_on_the_page_and_closes_the_deletion_of_its_step(half_day, step, client, now):
    client.force_login(half_day.steerer)
    page = client.get("/cooperation/seances/demi-journee/feuille-de-route/").content.decode()
    assert "Office foncier\u00a0: Prêter, 2 vélos" in page
    with pytest.raises(CooperationError, match="a déjà une histoire"):
        remove_action(by=half_day.steerer, action=step, now=now)
