"""Evaluation: anonymous from birth, counted, told with its denominator; the bilan of the demo."""

import re
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from math import isclose
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from traitdunion.cooperation import evaluation, operations
from traitdunion.cooperation.bilan import bilan_of
from traitdunion.cooperation.evaluation import LEAST_SHOWN, Share, answer, draw_ballots
from traitdunion.cooperation.models import (
    Bulletin,
    CompteEvaluation,
    Decision,
    Idee,
    Invite,
    Seance,
)
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.queries import ancestors, day
from traitdunion.cooperation.questionnaire import questions

YES = {"participer": "tout_a_fait", "s_engager": "oui"}


def drawn(half_day, now, n=1):
    return draw_ballots(by=half_day.steerer, seance=half_day.seance, n=n, now=now)


@pytest.mark.parametrize(
    ("n", "d", "percent", "interval"),
    # 75 / 80 and 63 / 80 are the shares that match the published figures of the half-day.
    [(75, 80, 94, (86, 97)), (63, 80, 79, (69, 86)), (0, 11, 0, (0, 26)), (11, 11, 100, (74, 100))],
)
def test_a_share_has_its_wilson_interval(n, d, percent, interval):
    share = Share(n, d)
    assert (share.percent, share.interval_percent) == (percent, interval)
    # The bounds are where the distance to the share is 1.96 standard errors of the bound itself.
    for bound in share.interval:
        if 0 < bound < 1:
            distance = abs(n / d - bound) / (bound * (1 - bound) / d) ** 0.5
            assert isclose(distance, 1.959964, abs_tol=1e-5)


def test_a_half_is_rounded_up():
    assert Share(1, 8).percent == 13


def test_a_ballot_serves_once_however_its_code_is_typed(half_day, now):
    (code,) = drawn(half_day, now)
    answer(code=f" {code[:4].lower()}-{code[4:]} ", answers=YES)
    with pytest.raises(CooperationError, match="déjà servi"):
        answer(code=code, answers=YES)
    assert sum(CompteEvaluation.objects.values_list("nombre", flat=True)) == 2


def test_nothing_kept_tells_who_or_when(half_day, now):
    """The columns themselves, and that neither code nor order of ballots leads to an answer."""
    codes = drawn(half_day, now, 3)
    answer(code=codes[1], answers=YES)
    columns = {field.name for field in CompteEvaluation._meta.get_fields()}
    assert columns == {"id", "seance", "question", "reponse", "nombre"}
    columns = {field.name for field in Bulletin._meta.get_fields()}
    assert columns == {"id", "seance", "empreinte", "rempli"}
    assert not any(code in str(Bulletin.objects.values()) for code in codes)


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({}, "une question au moins"),
        ({"participer": "oui"}, "choisissez"),
        ({"autre": "x"}, "une q"),
    ],
)
def test_a_ballot_that_says_nothing_sound_stays_unused(half_day, now, answers, why):
    (code,) = drawn(half_day, now)
    with pytest.raises(CooperationError, match=why):
        answer(code=code, answers=answers)
    assert not Bulletin.objects.get().rempli
    assert not CompteEvaluation.objects.exists()


def test_an_unknown_ballot_is_refused(half_day):
    with pytest.raises(CooperationError, match="n'existe pas"):
        answer(code="ABCDEFGHJKLM", answers=YES)


def test_only_those_who_steer_draw_ballots(half_day, now):
    with pytest.raises(PermissionDenied):
        draw_ballots(by=half_day.adviser, seance=half_day.seance, n=1, now=now)
    for n in (0, evaluation.MOST_BALLOTS + 1):
        with pytest.raises(CooperationError):
            drawn(half_day, now, n)


def test_few_answers_are_told_by_their_number_alone(half_day, now):
    codes = drawn(half_day, now, LEAST_SHOWN)
    for code in codes[:-1]:
        answer(code=code, answers=YES)
    found = evaluation.evaluation_of(half_day.seance)
    assert (found.n_ballots, found.n_drawn) == (LEAST_SHOWN - 1, LEAST_SHOWN)
    assert {(one.n_answers, one.counts, one.favourable) for one in found.results[:2]} == {
        (LEAST_SHOWN - 1, (), None)
    }
    answer(code=codes[-1], answers=YES)
    found = evaluation.evaluation_of(half_day.seance)
    assert [one.favourable for one in found.headlines] == [Share(LEAST_SHOWN, LEAST_SHOWN)] * 2


def test_every_question_has_its_favourable_answers():
    assert [one.code for one in questions() if one.est_titre] == ["participer", "s_engager"]
    for one in questions():
        assert one.favorables < set(one.reponses)


# -- pages -----------------------------------------------------------------------------------------


def test_ballots_are_drawn_filled_and_told(client, half_day):
    client.force_login(half_day.steerer)
    page = client.post(reverse("cooperation:ballots", args=["demi-journee"]), {"combien": 12})
    codes = re.findall(r'<strong class="nowrap">([A-Z0-9-]{14})</strong>', page.content.decode())
    assert len(codes) == 12
    again = client.get(reverse("cooperation:ballots", args=["demi-journee"])).content.decode()
    assert "Aucun rempli sur 12 tirés" in again
    assert not any(code in again for code in codes)
    client.logout()
    where = reverse("cooperation:ballot")
    for code in codes:
        answered = client.post(where, {"code": code, **YES})
        assert answered.url == reverse("cooperation:bilan", args=["demi-journee"])
    told = client.get(answered.url).content.decode()
    assert "Merci. Vos réponses sont comptées" in told
    assert "12 réponses sur 12" in told
    refused = client.post(where, {"code": codes[0], **YES})
    assert refused.status_code == 422
    assert "déjà servi" in refused.content.decode()


def test_the_code_of_a_ballot_is_in_no_address(client, half_day, now):
    (code,) = drawn(half_day, now)
    assert code not in client.post(reverse("cooperation:ballot"), {"code": code, **YES}).url


# -- bilan -----------------------------------------------------------------------------------------


def test_the_bilan_counts_who_came_and_what_was_kept(half_day, now):
    for n, (domain, came) in enumerate(
        [("Emploi", True), ("Emploi", True), ("", True), ("x", False)]
    ):
        Invite.objects.create(
            seance=half_day.seance, nom=f"P{n}", organisation="O", college="etat", domaine=domain,
            arrive_le=now if came else None,
        )  # fmt: skip
    found = bilan_of(half_day.seance, on=now.date())
    assert found.n_present == 3
    assert found.domains == (("Emploi", 2), ("Domaine non renseigné", 1))
    assert found.retained == ()
    assert found.response_rate == Share(0, 3)
    assert found.cooperation.held_in_time is None


@pytest.fixture
def demo(db, settings):
    """The half-day of demonstration, loaded as `make demo` does."""
    import yaml

    from traitdunion.accounts.operations import load_demonstration
    from traitdunion.cooperation.demonstration import load_demonstration as load_half_day
    from traitdunion.web.demonstration import ACCOUNTS, HALF_DAY

    now = datetime(2026, 11, 25, 9, tzinfo=UTC)
    load_demonstration(yaml.safe_load(ACCOUNTS.read_text("utf-8")), password="un mot assez long")
    seance = load_half_day(yaml.safe_load(HALF_DAY.read_text("utf-8")), now=now)
    return SimpleNamespace(seance=seance, now=now)


def test_the_bilan_of_the_demonstration_gives_the_published_figures(demo, client):
    """80 present in five domains, 3 actions, 94 %, 79 %: computed, so that an answer changes it."""
    found = bilan_of(demo.seance, on=demo.now.date())
    assert (found.n_present, len(found.domains), len(found.retained)) == (80, 5, 3)
    assert [one.favourable.percent for one in found.evaluation.headlines] == [94, 79]
    text = client.get(reverse("cooperation:bilan", args=[demo.seance.pk])).content.decode()
    text = text.replace("&nbsp;", " ")
    for said in ("75 réponses sur 80, entre 86 et 97 %", "63 réponses sur 80, entre 69 et 86 %"):
        assert said in text
    demo.seance.comptes_evaluation.filter(question="s_engager", reponse="oui").update(nombre=50)
    changed = bilan_of(demo.seance, on=demo.now.date())
    assert changed.evaluation.headlines[1].favourable == Share(50, 67)


def test_the_document_of_the_bilan_gives_the_figures_of_its_page(demo, client):
    def words():
        answered = client.get(reverse("cooperation:bilan-pdf", args=[demo.seance.pk]))
        assert answered["Content-Type"] == "application/pdf"
        pages = PdfReader(BytesIO(answered.content)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split()), len(pages)

    text, n_pages = words()
    assert n_pages == 2
    for said in (
        "80 présents 5 domaines 3 actions retenues 94 %", "79 %", "Emploi 22", "Insertion 19",
        "75 sur 80, entre 86 et 97 %", "63 sur 80, entre 69 et 86 %", "taux de réponse de 100 %",
        "Guichet unique départemental", "Idées ayant reçu une réponse publique : 7 sur 8",
        "Séance de démonstration",
    ):  # fmt: skip
        assert said in text, said
    demo.seance.comptes_evaluation.filter(question="s_engager", reponse="oui").update(nombre=50)
    assert "50 sur 67" in words()[0]


def test_a_session_without_anything_has_its_document_too(half_day, client):
    answered = client.get(reverse("cooperation:bilan-pdf", args=["demi-journee"]))
    text = PdfReader(BytesIO(answered.content)).pages[0].extract_text()
    assert "Personne n'a encore répondu." in " ".join(text.replace("’", "'").split())


def test_cooperation_is_measured_on_the_records(demo):
    # Six ideas and one that was split were grouped, then decided the same day; an eighth, to which
    # somebody objects, waits. On the day, two commitments are
    # due: the four meetings, held on the 128th of 130 days; the training, not told as held.
    measured = bilan_of(demo.seance, on=demo.now.date()).cooperation
    assert measured.answered == Share(7, 8)
    assert measured.median_days == 0
    assert measured.held_in_time == Share(1, 2)
    before = demo.seance.tenue_le + timedelta(129)
    assert bilan_of(demo.seance, on=before).cooperation.held_in_time is None


def test_an_idea_said_after_midnight_is_of_that_day(half_day):
    """In June, 22:30 UTC is half past midnight in France."""
    idea = Idee.objects.create(
        axe=half_day.axes[0], texte="Un minibus", source="table",
        dite_le=datetime(2026, 6, 18, 22, 30, tzinfo=UTC),
    )  # fmt: skip
    decision = Decision.objects.create(
        seance=half_day.seance, texte="Oui", methode="consentement", par="tous",
        resultat="retenue", prise_le=date(2026, 6, 19),
    )  # fmt: skip
    decision.idees.add(idea)
    measured = bilan_of(half_day.seance, on=date(2026, 6, 20)).cooperation
    assert measured.median_days == 0


def test_the_bilan_asks_the_base_as_much_for_one_idea_as_for_many(demo):
    """By a slow twin too: each idea is answered by the first decision about what it became."""
    with CaptureQueriesContext(connection) as few:
        bilan_of(demo.seance, on=demo.now.date())
    axe = demo.seance.axes.first()
    by = demo.seance.organisation.memberships.get(role="pilotage").user
    for n in range(5):
        born = operations.note_table(
            by=by, axe=axe, table=n, lines=[f"a{n}", f"b{n}"], now=demo.now - timedelta(n)
        )
        born = [operations.merge_ideas(by=by, ideas=born, texte=f"c{n}", now=demo.now)]
        operations.decide(
            by=by, seance=demo.seance, ideas=born, texte="Oui", methode="consentement", par="tous",
            resultat="retenue", prise_le=demo.now.date(), now=demo.now,
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        measured = bilan_of(demo.seance, on=demo.now.date()).cooperation
    assert len(many) == len(few)
    told = [
        [
            (decision.prise_le - day(idea.dite_le)).days
            for decision in demo.seance.decisions.all()
            if idea in {one for last in decision.idees.all() for one in (last, *ancestors(last))}
        ]
        for idea in Idee.objects.filter(axe__seance=demo.seance, origines=None)
    ]
    waits = sorted(min(one) for one in told if one)
    assert measured.answered == Share(17, 18) == Share(len(waits), len(told))
    assert measured.median_days == waits[8]


def test_other_sessions_of_the_organisation_are_compared(client, half_day):
    Seance.objects.create(
        slug="avant", titre="La première", organisation=half_day.steering, code="XYZ234",
        tenue_le=date(2026, 1, 8),
    )  # fmt: skip
    page = client.get(reverse("cooperation:bilan", args=["demi-journee"])).content.decode()
    table = page.split("D'une séance à l'autre")[1]
    assert "La première, janvier 2026" in table
    assert half_day.seance.titre + "," not in table
