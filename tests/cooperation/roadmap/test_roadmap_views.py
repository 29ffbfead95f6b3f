"""The roadmap filtered, as a board, a calendar, along time; the lineage of ideas as a picture."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from traitdunion.cooperation.committees.queries import last_meeting_of
from traitdunion.cooperation.enums import EtatAction, ResultatDecision
from traitdunion.cooperation.evaluation.lineage import BOX_WIDTH, lineage_of
from traitdunion.cooperation.models import Idee, Partenaire, Pilote
from traitdunion.cooperation.models.committees import Instance, Reunion
from traitdunion.cooperation.roadmap import operations as roadmap_operations
from traitdunion.cooperation.roadmap.calendars import all_due, by_month, month_of
from traitdunion.cooperation.roadmap.filters import Wanted, choices_of, kept
from traitdunion.cooperation.roadmap.gantt import gantt
from traitdunion.cooperation.roadmap.operations import Pledge
from traitdunion.cooperation.roadmap.roadmap import roadmap
from traitdunion.cooperation.sessions import ideas as idea_operations
from traitdunion.cooperation.sessions.ideas import Taken

ROAD = "/cooperation/seances/demi-journee/feuille-de-route/"
ON = date(2026, 10, 15)


@pytest.fixture
def plan(half_day, now):
    """Loger (Brioude, due in September, blocked), Rouler (everywhere, with a step), Rêver (no day).

    The partner promised something for Loger.
    """
    by = half_day.steerer

    def action(titre, n=0, **fields):
        fields = {"by": by, "axe": half_day.axes[n], "titre": titre, "now": now} | fields
        return roadmap_operations.create_action(**fields)

    loger = action("Loger", debut_le=date(2026, 7, 1), fin_prevue_le=date(2026, 9, 30),
                   epci=["Brioude"])  # fmt: skip
    roadmap_operations.follow(
        by=by, action=loger, now=now, etat=EtatAction.EN_COURS, blocage="L'argent"
    )
    rouler = action("Rouler", n=1, debut_le=date(2026, 8, 1), fin_prevue_le=date(2026, 12, 31))
    compter = action("Compter", n=1, parent=rouler, fin_prevue_le=date(2026, 11, 30))
    rever = action("Rêver", n=1, epci=["Le Puy"])
    Pilote.objects.create(action=compter, nom="Ana", organisme="Agence")
    Partenaire.objects.create(action=rouler, organisme="CAF")
    pledge = roadmap_operations.propose_commitment(
        by=by,
        action=rouler,
        organisation=half_day.partner,
        now=now,
        pledge=Pledge(quoi="Prêter", quantite=Decimal(2), unite="vélos", pour_le=date(2026, 10, 1)),
    )
    roadmap_operations.confirm(by=half_day.partner_admin, commitment=pledge, now=now)
    return SimpleNamespace(loger=loger, rouler=rouler, compter=compter, rever=rever)


@pytest.mark.parametrize(
    ("wanted", "titles"),
    [
        (Wanted(), ["Loger", "Rouler", "Rêver"]),
        (Wanted(axe=2), ["Rouler", "Rêver"]),
        # Its own and what is for the whole département.
        (Wanted(epci="Brioude"), ["Loger", "Rouler"]),
        (Wanted(epci="Le Puy"), ["Rouler", "Rêver"]),
        (Wanted(blocked=True), ["Loger"]),
        # Loger by its end, Rouler by the commitment of the partner.
        (Wanted(late=True), ["Loger", "Rouler"]),
        (Wanted(late=True, blocked=True), ["Loger"]),
        (Wanted(organisation="Agence"), ["Rouler"]),
        (Wanted(organisation="CAF"), ["Rouler"]),
        (Wanted(organisation="Office foncier", axe=1), []),
    ],
)
def test_a_filter_keeps_whole_actions(half_day, plan, wanted, titles):
    axes = kept(roadmap(half_day.seance, on=ON), wanted)
    assert [action.titre for axe in axes for action in axe.actions] == titles
    assert all(
        len(action.parts) == 1 for axe in axes for action in axe.actions if action.titre == "Rouler"
    )


def test_the_choices_are_those_the_roadmap_names(half_day, plan):
    organisations, epcis = choices_of(roadmap(half_day.seance, on=ON))
    assert organisations == ["Agence", "CAF", "Office foncier"]
    assert epcis == ["Brioude", "Le Puy"]


def test_bars_along_time(half_day, plan):
    """From 1 July 2026 to 1 January 2027 are 184 days.

    Loger begins on day 0 and ends on day 91 (49.46 %); Rouler goes from day 31 to day 183; Compter
    is due on day 152; 15 October is day 106.
    """
    drawn = gantt(roadmap(half_day.seance, on=ON), on=ON)
    bars = {bar.action.titre: bar for _, bars in drawn.groups for bar in bars}
    assert (bars["Loger"].x, bars["Loger"].width) == ("0.00", "49.46")
    assert (bars["Rouler"].x, bars["Rouler"].width) == ("16.85", "82.61")
    assert (bars["Compter"].begins, bars["Compter"].x) == (False, "82.61")
    assert bars["Compter"].is_part
    assert not bars["Rêver"].is_drawn
    assert drawn.today == "57.61"
    assert [(tick.on.month, tick.x) for tick in drawn.ticks][:2] == [(7, "0.00"), (8, "16.85")]
    assert gantt([], on=ON) is None


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), min_size=1, max_size=8))
def test_a_bar_never_leaves_the_drawing(spans):
    start = date(2026, 1, 1)
    actions = [
        SimpleNamespace(debut_le=start + timedelta(min(span)), parts=[],
                        fin_prevue_le=start + timedelta(max(span)))
        for span in spans
    ]  # fmt: skip
    drawn = gantt([SimpleNamespace(actions=actions)], on=start + timedelta(400))
    for _, bars in drawn.groups:
        for bar in bars:
            assert float(bar.x) >= 0
            assert float(bar.x) + float(bar.width) <= 100.02
    assert 1 <= len(drawn.ticks) <= 13
    assert 0 <= float(drawn.today) <= 100


def test_a_month_has_its_weeks_and_what_is_due(half_day, plan):
    dues = all_due(roadmap(half_day.seance, on=ON))
    assert [(due.on.isoformat(), due.words, due.is_late) for due in dues] == [
        ("2026-09-30", "Loger", True),
        ("2026-10-01", "Office foncier : Prêter", True),
        ("2026-11-30", "Compter", False),
        ("2026-12-31", "Rouler", False),
    ]
    assert [first.month for first, _ in by_month(dues)] == [9, 10, 11, 12]
    # October 2026 begins on a Thursday and ends on a Saturday: five weeks.
    october = month_of(ON, dues)
    assert len(october.weeks) == 5
    assert october.weeks[0][:3] == [None, None, None]
    assert [entry.words for entry in october.weeks[0][3][1]] == ["Office foncier : Prêter"]
    assert (october.before, october.after, october.n_due) == (
        date(2026, 9, 1), date(2026, 11, 1), 1,
    )  # fmt: skip


def test_every_view_is_read_by_everybody_with_its_filters(half_day, plan, client):
    for view, word in (("axes", "Rouler"), ("tableau", "En cours"), ("frise", "sans début")):
        page = client.get(ROAD, {"vue": view, "epci": "Brioude", "retard": "oui"}).content.decode()
        assert word in page
        assert "Rêver" not in page
        assert "La part de Brioude" in page
        assert "Déplacer" not in page
    page = client.get(ROAD, {"vue": "calendrier", "mois": "2026-12-01"}).content.decode()
    assert "Décembre 2026" in page
    assert "vue=frise" in page  # what was asked stays asked from a view to another
    assert client.get(ROAD, {"axe": "9" * 30, "le": "hier", "mois": "x"}).status_code == 200


def test_the_difference_since_the_last_committee_is_one_press_away(half_day, plan, client):
    committee = Instance.objects.create(
        slug="cdpe", nature="cdpe", nom="CDPE", organisation=half_day.steering
    )
    for day in (date(2026, 6, 30), date(2026, 9, 15)):
        fields = {"instance": committee, "heure": "09:00", "ordre_du_jour": "Suivi"}
        Reunion.objects.create(tenue_le=day, **fields)

    def latest(organisation, before, among):
        return last_meeting_of(organisation, before=before, among=among)

    every, none = Instance.objects.all(), Instance.objects.none()
    assert latest(half_day.steering, ON, every).tenue_le == date(2026, 9, 15)
    assert latest(half_day.steering, date(2026, 9, 15), every).tenue_le.month == 6
    assert latest(half_day.partner, ON, every) is None
    # A meeting of a committee that one does not see is not named.
    assert latest(half_day.steering, ON, none) is None
    page = client.get(ROAD, {"le": "2026-06-30", "depuis": "2026-06-18"}).content.decode()
    assert "nouvelle action" in page
    assert "nouvel engagement" in page


def test_a_card_is_moved_by_those_who_steer(half_day, plan, client):
    address = f"/cooperation/actions/{plan.rouler.pk}/etat/"
    client.force_login(half_day.adviser)
    assert client.post(address, {"etat": "en_cours"}).status_code == 403
    client.force_login(half_day.steerer)
    assert "Déplacer" in client.get(ROAD, {"vue": "tableau"}).content.decode()
    moved = client.post(address, {"etat": "realisee"})
    assert moved.url == f"{ROAD}?vue=tableau#action-{plan.rouler.pk}"
    plan.rouler.refresh_from_db()
    assert plan.rouler.etat == EtatAction.REALISEE
    assert plan.rouler.fini_le is not None
    event = plan.rouler.evenements.last()
    assert event.commentaire == "Passée de « À venir » à « Réalisée »"
    client.post(address, {"etat": "n'importe"})
    client.post(address, {"etat": "realisee"})
    assert plan.rouler.evenements.last() == event


@pytest.fixture
def ideas(half_day, now):
    """a and b become c, which becomes the decision, which becomes an action; d stays alone."""
    by, axe = half_day.steerer, half_day.axes[0]
    a, b, d = (
        idea_operations.add_idea(axe=axe, texte=text, now=now) for text in ("Un", "Deux", "Seule")
    )
    c = idea_operations.merge_ideas(by=by, ideas=[a, b], texte="Un et deux", now=now)
    decision = idea_operations.decide(
        by=by,
        seance=half_day.seance,
        ideas=[c],
        now=now,
        taken=Taken(
            texte="On le fait",
            methode="vote",
            par="tous",
            resultat=ResultatDecision.RETENUE,
            prise_le=now.date(),
        ),
    )
    action = roadmap_operations.create_action(
        by=by, axe=axe, titre="Agir", decision=decision, now=now
    )
    return SimpleNamespace(a=a, b=b, c=c, d=d, decision=decision, action=action)


def test_the_lineage_goes_from_left_to_right(half_day, ideas, client):
    drawing, empty = lineage_of(half_day.seance)
    columns = {box.row: box.column for box in drawing.boxes}
    assert columns == {ideas.a: 0, ideas.b: 0, ideas.c: 1, ideas.decision: 2, ideas.action: 3}
    assert (drawing.alone, empty.boxes) == ([ideas.d], [])
    assert len(drawing.links) == 4
    page = client.get("/cooperation/seances/demi-journee/filiation/").content.decode()
    for words in (
        "Vient de\u00a0: «\u00a0Un\u00a0», «\u00a0Deux\u00a0»",
        "1 idée sans suite",
        "Décision, retenue",
    ):
        assert words in page


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=6))
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_two_boxes_overlap_and_each_is_right_of_its_origins(half_day, now, merges):
    with transaction.atomic():
        boxes = _boxes_after(half_day, now, merges)
        transaction.set_rollback(True)
    for box in boxes:
        assert all(parent.x + BOX_WIDTH < box.x for parent in box.parents)
    for each_box in boxes:
        for other in boxes:
            if each_box is not other and each_box.column == other.column:
                assert (
                    each_box.y + each_box.height <= other.y or other.y + other.height <= each_box.y
                )


def _boxes_after(half_day, now, merges):
    for n in range(8):
        idea_operations.add_idea(axe=half_day.axes[0], texte=f"Idée {n} " + "longue " * n, now=now)
    for pair in merges:
        chosen = list(Idee.objects.current().order_by("pk"))
        two = {chosen[n % len(chosen)] for n in pair}
        if len(two) == 2:
            fields = {"ideas": list(two), "texte": "Regroupée", "now": now}
            idea_operations.merge_ideas(by=half_day.steerer, **fields)
    return lineage_of(half_day.seance)[0].boxes
