"""The sheet of an action: parts written, told in the thread, put back; nothing lost on the way."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from traitdunion.cooperation.enums import EtatAction
from traitdunion.cooperation.evaluation import thread as thread_queries
from traitdunion.cooperation.kept_rows import kept
from traitdunion.cooperation.models import (
    Action,
    Evenement,
    ImportPlan,
    Indicateur,
    LigneBudget,
    Partenaire,
    Releve,
)
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.retention import forget_due
from traitdunion.cooperation.roadmap import operations as roadmap_operations
from traitdunion.cooperation.roadmap.budget import totals
from traitdunion.cooperation.roadmap.changes import is_edit, last_changes, undo
from traitdunion.cooperation.roadmap.pilots import name_pilot
from traitdunion.cooperation.roadmap.roadmap import differences, roadmap
from traitdunion.cooperation.roadmap.sheet import (
    Reading,
    change_essentials,
    remove_action,
    remove_part,
    take_reading,
    write_part,
)
from traitdunion.territory.models import Epci

DUE = date(2026, 9, 30)


@pytest.fixture
def action(half_day, now):
    return roadmap_operations.create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="Loger les arrivants", now=now,
        fin_prevue_le=DUE,
    )  # fmt: skip


@pytest.fixture
def indicator(half_day, action, now):
    row = Indicateur(
        action=action, definition="Arrivants logés", unite="personnes", source="bailleurs",
        depart=0, cible=40, personnes=True,
    )  # fmt: skip
    write_part(row, by=half_day.steerer, now=now)
    return row


def all_rows(action):
    """Everything of a sheet but its thread, as JSON has it."""
    parts = [
        *action.pilotes.all(), *action.partenaires.all(), *action.budget.all(),
        *action.indicateurs.all(), *Releve.objects.filter(indicateur__action=action),
    ]  # fmt: skip
    return [kept(row) for row in (action, *parts)]


def test_a_part_written_is_told_in_the_history_and_not_in_the_thread(half_day, action, now):
    line = LigneBudget(action=action, annee=2026, unite="eur", objet="Animation", prevu=1000)
    event = write_part(line, by=half_day.steerer, now=now)
    assert event.commentaire == "Ligne de budget ajoutée : Animation, 2026 : 1\xa0000 €"
    assert is_edit(event)
    steps = thread_queries.thread(action, with_session=False)
    assert [step.row.commentaire for step in steps] == ["Action créée"]


def test_only_those_who_steer_write_and_put_back(half_day, action, now):
    row = Partenaire(action=action, organisme="CAF")
    with pytest.raises(PermissionDenied):
        write_part(row, by=half_day.partner_admin, now=now)
    event = write_part(row, by=half_day.steerer, now=now)
    for act, what in ((remove_part, row), (undo, event)):
        with pytest.raises(PermissionDenied):
            act(what, by=half_day.adviser, now=now)
    assert action.partenaires.count() == 1


def test_removing_an_indicator_and_undoing_brings_its_readings_back(
    half_day, action, indicator, now
):
    by = half_day.steerer
    take_reading(
        by=by, indicateur=indicator, now=now, reading=Reading(releve_le=DUE, valeur=Decimal(25))
    )
    before = all_rows(action)
    gone = remove_part(indicator, by=by, now=now)
    assert all_rows(action) == before[:1]
    back = undo(gone, by=by, now=now)
    assert all_rows(action) == before
    assert back.commentaire == "Annulé : Indicateur retiré : Arrivants logés"
    with pytest.raises(CooperationError, match="déjà annulé"):
        undo(gone, by=by, now=now)
    # To undo the undoing takes it off again.
    again = undo(back, by=by, now=now)
    assert (all_rows(action), again.commentaire) == (
        before[:1],
        "Rétabli : Indicateur retiré : Arrivants logés",
    )


def test_what_changed_again_since_is_not_put_back_silently(half_day, action, indicator, now):
    by = half_day.steerer
    added = indicator.action.evenements.last()
    take_reading(
        by=by, indicateur=indicator, now=now, reading=Reading(releve_le=DUE, valeur=Decimal(25))
    )
    # Taking the indicator back would take the reading away.
    with pytest.raises(CooperationError, match="a changé encore depuis"):
        undo(added, by=by, now=now)
    indicator.cible = Decimal(50)
    changed = write_part(indicator, by=by, now=now)
    indicator.cible = Decimal(60)
    write_part(indicator, by=by, now=now)
    with pytest.raises(CooperationError, match="a changé encore depuis"):
        undo(changed, by=by, now=now)
    assert [still for _, still in last_changes(action)] == [True, False, True, False]


def test_a_state_told_by_mistake_is_put_back_and_the_past_keeps_both(half_day, action, now):
    by = half_day.steerer
    followed = roadmap_operations.follow(
        by=by, action=action, now=now + timedelta(1), etat=EtatAction.ABANDONNEE
    )
    undo(followed, by=by, now=now + timedelta(3))
    action.refresh_from_db()
    assert action.etat == EtatAction.A_VENIR
    days = [date(2026, 6, 19), date(2026, 6, 20), date(2026, 6, 22)]
    assert [roadmap(half_day.seance, on=on)[0].actions[0].etat for on in days] == [
        "a_venir", "abandonnee", "a_venir",
    ]  # fmt: skip
    with pytest.raises(CooperationError, match="ne s'annule pas"):
        undo(action.evenements.first(), by=by, now=now)


moves = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), min_size=1, max_size=6)


@given(moves=moves)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_undoing_everything_from_the_last_gives_the_sheet_back(half_day, action, now, moves):
    """A letter is a line of budget: written with an amount, or taken off with 0."""
    by, start, done = half_day.steerer, all_rows(action), []
    for letter, amount in moves:
        row = action.budget.filter(objet=letter).first()
        if amount == 0:
            done += [remove_part(row, by=by, now=now)] if row else []
            continue
        row = row or LigneBudget(action=action, annee=2026, unite="eur", objet=letter)
        row.prevu = amount
        done.append(write_part(row, by=by, now=now))
    for event in reversed(done):
        undo(event, by=by, now=now)
    assert all_rows(action) == start
    action.evenements.exclude(commentaire="Action créée").delete()


def test_essentials_are_in_the_past_and_in_the_difference(half_day, action, now):
    Epci.objects.create(siren="200000001", nom="CC Brioude Sud Auvergne", type="CC")
    fields = {"titre": "Loger", "reference": "1.1", "epci": ["cc brioude sud auvergne", "Ailleurs"]}
    event = change_essentials(by=half_day.steerer, action=action, now=now + timedelta(5), **fields)
    assert is_edit(event)
    assert action.epci == ["CC Brioude Sud Auvergne", "Ailleurs"]
    (difference,) = differences(half_day.seance, since=date(2026, 6, 19), until=DUE)
    assert difference.changes == [
        ("titre", "Loger les arrivants", "Loger"),
        ("référence", "rien", "1.1"),
        ("intercommunalités", "rien", "CC Brioude Sud Auvergne, Ailleurs"),
    ]
    assert change_essentials(by=half_day.steerer, action=action, now=now, **fields) is None


def test_an_event_older_than_a_column_still_tells_the_roadmap(half_day, action):
    event = action.evenements.get()
    del event.contenu["epci"], event.contenu["reference"]
    event.save()
    actions = roadmap(half_day.seance, on=DUE)[0].actions[0]
    assert (actions.epci, actions.reference) == ([], "")


def test_an_action_is_taken_away_only_while_nothing_happened_to_it(half_day, action, now):
    by = half_day.steerer
    step = roadmap_operations.create_action(
        by=by, axe=action.axe, titre="Compter", parent=action, now=now
    )
    with pytest.raises(CooperationError, match="déjà une histoire"):
        remove_action(by=by, action=action, now=now)
    remove_action(by=by, action=step, now=now)
    assert action.evenements.last().commentaire == "Étape retirée : Compter"
    assert not Action.objects.filter(titre="Compter").exists()


def test_totals_by_year_and_what_is_left_to_find():
    """2026: 1000 of which 600 given, 500 of which nothing is known; 2027: 200, over-funded."""
    lines = [
        LigneBudget(annee=2026, unite="eur", prevu=Decimal(1000), demande=Decimal(800),
                    obtenu=Decimal(600)),
        LigneBudget(annee=2026, unite="eur", prevu=Decimal(500)),
        LigneBudget(annee=2027, unite="eur", prevu=Decimal(200), obtenu=Decimal(300)),
        LigneBudget(annee=2026, unite="etp", prevu=Decimal("0.5")),
    ]  # fmt: skip
    rows = [
        (total.annee, total.prevu, total.demande, total.obtenu, total.to_find)
        for total in totals(lines)
    ]
    assert rows == [
        (2026, 1500, 800, 600, 900),
        (2027, 200, None, 300, 0),
        (None, 1700, 800, 900, 900),
        (2026, Decimal("0.5"), None, None, Decimal("0.5")),
    ]


def test_the_sheet_is_filled_and_put_back_on_pages(half_day, action, client, now):
    client.force_login(half_day.steerer)
    root = f"/cooperation/actions/{action.pk}/fiche/"
    assert client.get(root).status_code == 200
    line = {"objet": "Animation", "annee": "2026", "unite": "eur", "prevu": "12 000,50 €",
            "financeur": "", "demande": "", "obtenu": "", "reel": ""}  # fmt: skip
    assert client.post(root + "budget/", line).status_code == 302
    (row,) = action.budget.all()
    assert row.prevu == Decimal("12000.50")
    edit = f"{root}budget/{row.pk}/"
    assert 'value="12\xa0000,5"' in client.get(edit).content.decode().replace("\u202f", "\xa0")
    assert client.post(edit, line | {"obtenu": "3000"}).status_code == 302
    assert client.post(edit, line | {"prevu": "beaucoup"}).status_code == 422
    assert client.post(edit, {"faire": "retirer"}).status_code == 302
    assert not action.budget.exists()
    last = action.evenements.last()
    assert client.post(root, {"annuler": last.pk}).status_code == 302
    assert action.budget.get().obtenu == 3000
    assert client.post(root + "etape/", {"titre": "Compter"}).status_code == 302
    essential = {"titre": "Loger vite", "debut_le": "2026-12-01", "fin_prevue_le": "2026-10-01"}
    assert client.post(root + "essentiel/", essential).status_code == 422
    essential |= {"debut_le": "2026-07-01", "epci": "Brioude\n\nLe Puy"}
    assert client.post(root + "essentiel/", essential).status_code == 302
    action.refresh_from_db()
    assert (action.titre, action.epci) == ("Loger vite", ["Brioude", "Le Puy"])
    assert client.get(root + "chose/").status_code == 404
    page = client.get(f"/cooperation/actions/{action.pk}/").content.decode()
    assert "reste à trouver" in page


def test_a_pilot_of_another_action_is_not_changed_from_here(half_day, action, client, now):
    other = roadmap_operations.create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="Autre", now=now
    )
    row = Partenaire.objects.create(action=other, organisme="CAF")
    client.force_login(half_day.steerer)
    address = f"/cooperation/actions/{action.pk}/fiche/partenaire/{row.pk}/"
    assert client.post(address, {"faire": "retirer"}).status_code == 404
    event = Evenement.objects.filter(action=other).first()
    undo_there = {"annuler": event.pk}
    assert client.post(f"/cooperation/actions/{action.pk}/fiche/", undo_there).status_code == 404


def test_an_address_taken_off_a_sheet_is_forgotten_a_year_later(half_day, action, now):
    fields = {"by": half_day.steerer, "now": now}
    pilot = name_pilot(**fields, action=action, nom="Ana", courriel="ana@x.example")
    removed = remove_part(pilot, **fields)
    ImportPlan.objects.create(seance=half_day.seance, nom="p.xlsx", fichier=b"x", lu_le=now)
    assert forget_due(now=now + timedelta(29)).total == 0
    assert forget_due(now=now + timedelta(31)).plans == 1
    assert forget_due(now=now + timedelta(364)).contacts == 0
    # Naming her and taking her off both kept it.
    assert forget_due(now=now + timedelta(366)).contacts == 2
    assert forget_due(now=now + timedelta(367)).total == 0
    assert not Evenement.objects.filter(changement__icontains="ana@x.example").exists()
    removed.refresh_from_db()
    assert is_edit(removed)
    undo(removed, **fields)
    assert [(str(each_pilot), each_pilot.courriel) for each_pilot in action.pilotes.all()] == [
        ("Ana", "")
    ]
