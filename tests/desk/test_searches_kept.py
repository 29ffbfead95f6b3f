"""Each search is kept without anybody in it, once, and coarsely."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.core.cache import caches
from django.db import OperationalError, connection

from traitdunion import reach
from traitdunion.desk.enums import Horaire
from traitdunion.desk.models import Search
from traitdunion.desk.operations import area_of, horaire_of, keep_search
from traitdunion.matching.answer import Filtre, Finding, Verdict
from traitdunion.matching.situation import Permis, Place, Vehicule
from traitdunion.territory.models import Commune, Departement, Epci, Region

NOW = datetime(2026, 11, 25, 9, 41, tzinfo=UTC)  # a Wednesday
H = 3600


@pytest.fixture(autouse=True)
def forgotten():
    caches["memory"].clear()


@pytest.fixture
def communes(db):
    """A town of its own, two villages of one EPCI, one village of none."""
    region = Region.objects.create(code="84", nom="Auvergne-Rhône-Alpes")
    departement = Departement.objects.create(code="43", nom="Haute-Loire", region=region)
    epci = Epci.objects.create(siren="200073393", nom="CC des Rives du Haut Allier", type="CC")
    rows = [("43112", 3_600, epci), ("43001", 60, epci), ("43002", 1_999, epci),
            ("43003", None, None)]  # fmt: skip
    for code, population, belongs in rows:
        Commune.objects.create(
            code_insee=code, nom=f"C{code}", departement=departement, epci=belongs,
            population=population, lat=45.1, lon=3.5,
        )  # fmt: skip


def answered(samples, **changed):
    answer = samples.sample_answer()
    shift = reach.Shift(8 * H, 16 * H)
    situation = replace(answer.situation, shift=shift, permis=Permis.AUCUN, **changed)
    return replace(answer, situation=situation)


def here(code: str) -> Place:
    return Place("Quelque part", 45.1, 3.5, code)


def test_a_search_keeps_what_was_asked_coarsely_and_what_came_of_it(samples, communes):
    answer = answered(samples, home=here("43001"), work=here("43112"), vehicule=Vehicule.VELO)
    kept = keep_search(answer, now=NOW)
    assert Search.objects.get() == kept
    assert kept.week == date(2026, 11, 23)
    assert (kept.home_area, kept.work_area) == ("200073393", "43112")
    assert (kept.horaire, kept.n_days) == (Horaire.JOURNEE, 5)
    assert (kept.permis, kept.vehicule) == ("aucun", "velo")
    unsure = sum(option.verdict == Verdict.A_VERIFIER for option in answer.options)
    assert (kept.n_sure, kept.n_to_check) == (len(answer.options) - unsure, unsure)
    assert kept.filtre == ""
    assert isinstance(kept.pk, uuid.UUID)
    assert kept.pk.version == 4


def test_where_nothing_is_left_the_last_filter_is_kept(samples, communes):
    answer = answered(samples, home=here("43112"), work=here("43001"))
    checks = (Finding(Verdict.NON, "Aucun retour.", Filtre.RETOUR),)
    removed = replace(answer.excluded[0], checks=checks)
    kept = keep_search(replace(answer, options=(), excluded=(removed,)), now=NOW)
    assert (kept.n_sure, kept.n_to_check, kept.filtre) == (0, 0, "retour")


def test_two_villages_of_one_epci_leave_equal_rows(samples, communes):
    rows = []
    for code in ("43001", "43002"):
        kept = keep_search(answered(samples, home=here(code), work=here("43112")), now=NOW)
        rows.append({f.name: getattr(kept, f.name) for f in Search._meta.fields if f.name != "id"})
    assert rows[0] == rows[1]


def test_no_field_tells_a_person_or_a_moment():
    assert {field.name for field in Search._meta.fields} == {
        "id", "week", "home_area", "work_area", "horaire", "n_days", "permis", "vehicule",
        "n_sure", "n_to_check", "filtre", "demonstration",
    }  # fmt: skip


def test_the_same_question_read_again_is_kept_once(samples, communes):
    answer = answered(samples, home=here("43112"), work=here("43001"))
    assert keep_search(answer, now=NOW) is not None
    assert keep_search(answer, now=NOW) is None
    other = replace(answer, situation=replace(answer.situation, permis=Permis.B))
    assert keep_search(other, now=NOW) is not None
    assert Search.objects.count() == 2


def test_a_base_that_refuses_to_write_costs_nobody_an_answer(samples, communes, monkeypatch):
    def refuse(*args, **kwargs):
        raise OperationalError("database is locked")

    monkeypatch.setattr(Search, "save", refuse)
    answer = answered(samples, home=here("43112"), work=here("43001"))
    assert keep_search(answer, now=NOW) is None


@pytest.mark.parametrize(
    ("code", "area"),
    [("43112", "43112"), ("43001", "200073393"), ("43002", "200073393"), ("43003", "43"),
     ("99999", ""), (None, "")],
)  # fmt: skip
def test_a_small_commune_is_kept_as_what_holds_it(communes, code, area):
    assert area_of(Place("x", 45.0, 3.0, code)) == area


@pytest.mark.parametrize(
    ("start", "end", "days", "kind"),
    [
        (5, 13, range(5), Horaire.MATIN),
        (6.5, 15, range(5), Horaire.MATIN),
        (7, 15, range(5), Horaire.JOURNEE),
        (8, 16, range(5), Horaire.JOURNEE),
        (13, 21, range(5), Horaire.APRES_MIDI),
        (13, 24, range(5), Horaire.APRES_MIDI),
        (21, 29, range(5), Horaire.NUIT),
        (18, 26, range(5), Horaire.NUIT),
        (3, 11, range(5), Horaire.NUIT),
        (8, 16, (5, 6), Horaire.WEEK_END),
        (8, 16, (4, 5), Horaire.JOURNEE),
    ],
)
def test_shifts_are_told_by_kind(start, end, days, kind):
    assert horaire_of(reach.Shift(int(start * H), int(end * H), frozenset(days))) == kind


def test_a_split_shift_is_told_as_such():
    periods = ((6 * H, 9 * H), (17 * H, 20 * H))
    assert horaire_of(reach.Shift(6 * H, 20 * H, periods=periods)) == Horaire.COUPE


def test_the_page_keeps_each_answer_it_shows_and_no_mistake(client, sampled, samples):
    places = "/?domicile=Langeac+(43)&travail=Le+Puy-en-Velay+(43)"
    question = f"{places}&jours=lun&debut=08:00&fin=16:00"
    client.get(question)
    assert len(sampled.kept) == 1
    client.get(question.replace("Langeac", "Langac"))
    client.get("/")
    assert len(sampled.kept) == 1


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite alone numbers its rows")
def test_the_order_of_the_rows_is_drawn_and_not_that_of_the_questions(
    samples, communes, monkeypatch
):
    places = [30, 10, 20]
    monkeypatch.setattr("secrets.randbits", lambda bits: places.pop(0))
    for days in ({0}, {0, 1}, {0, 1, 2}):
        answer = answered(samples, home=here("43112"), work=here("43001"))
        shift = reach.Shift(8 * H, 16 * H, days=frozenset(days))
        situation = replace(answer.situation, shift=shift)
        assert keep_search(replace(answer, situation=situation), now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT n_days FROM desk_search ORDER BY rowid")
        # asked in the order 1, 2, 3; kept at places 30, 10, 20
        assert [n for (n,) in cursor.fetchall()] == [2, 3, 1]
