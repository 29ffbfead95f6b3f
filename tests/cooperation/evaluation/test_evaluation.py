"""Evaluation: anonymous from birth, counted, told with its denominator; the bilan of the demo."""

import re
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from math import isclose

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from traitdunion.cooperation.dates import day
from traitdunion.cooperation.evaluation import operations as evaluation
from traitdunion.cooperation.evaluation.bilan import bilan_of
from traitdunion.cooperation.evaluation.operations import answer, draw_ballots
from traitdunion.cooperation.evaluation.publication import (
    OTHER_FAVOURABLE,
    Share,
    moves_by_elevens,
    published,
)
from traitdunion.cooperation.evaluation.questionnaire import questions
from traitdunion.cooperation.models import (
    Bulletin,
    CompteEvaluation,
    Decision,
    Idee,
    Invite,
    Seance,
)
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.sessions import guests
from traitdunion.disclosure import K

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
    for n in (0, evaluation.MAX_BALLOTS + 1):
        with pytest.raises(CooperationError):
            drawn(half_day, now, n)


def test_few_answers_are_told_by_their_number_alone(half_day, now):
    codes = drawn(half_day, now, K)
    tomorrow = day(now) + timedelta(days=1)
    for code in codes[:-1]:
        answer(code=code, answers=YES, now=now)
    results = published(half_day.seance, on=tomorrow)
    assert (results.has_ballots, results.n_ballots) == (True, None)
    assert {
        (result.has_answers, result.percent, result.counts) for result in results.results[:2]
    } == {(True, None, ())}
    answer(code=codes[-1], answers=YES, now=now)
    results = published(half_day.seance, on=tomorrow)
    assert [headline.favourable for headline in results.headlines] == [Share(K, K)] * 2


def test_a_late_ballot_is_published_with_ten_others_at_least(half_day, now):
    codes = drawn(half_day, now, 25)
    for code in codes[:13]:
        answer(code=code, answers=YES, now=now)
    assert published(half_day.seance, on=day(now)) is None
    Seance.objects.update(etat="close")
    half_day.seance.refresh_from_db()
    seen = []
    for code in codes[13:]:
        seen.append(published(half_day.seance, on=day(now)).n_ballots)
        answer(code=code, answers=YES | {"participer": "pas_du_tout"}, now=now)
    # 13 at the closing; the 24th brings eleven more.
    assert seen == [13] * 11 + [24]
    last = published(half_day.seance, on=day(now))
    assert (last.n_ballots, last.headlines[0].favourable) == (24, Share(13, 24))


def test_nothing_is_published_of_ten_ballots_then_all_of_eleven(half_day, now):
    Seance.objects.update(etat="close")
    seen = []
    for code in drawn(half_day, now, 12):
        answer(code=code, answers=YES, now=now)
        half_day.seance.refresh_from_db()
        results = published(half_day.seance, on=day(now)).results
        seen.append(results[0].favourable)
    assert seen == [None] * 10 + [Share(11, 11)] * 2


def keep(seance, question, **numbers):
    """Write the counts of a question, and as many ballots."""
    for reponse, nombre in numbers.items():
        seance.comptes_evaluation.update_or_create(
            question=question, reponse=reponse, defaults={"nombre": nombre}
        )
    filled = seance.bulletins.filter(rempli=True).count()
    Bulletin.objects.bulk_create(
        Bulletin(seance=seance, empreinte=f"bulletin {n}", rempli=True)
        for n in range(filled, sum(numbers.values()))
    )


def test_answers_of_few_are_gathered_on_each_side_apart(half_day, now):
    Seance.objects.update(etat="close")
    half_day.seance.refresh_from_db()
    keep(half_day.seance, "participer", tout_a_fait=60, plutot=5, plutot_pas=12, pas_du_tout=3)
    [result, *_] = published(half_day.seance, on=day(now)).results
    # 65 of 80 are favourable: 60 beside « others 20 » would give 5. Each side is one line.
    assert result.favourable == Share(65, 80)
    assert [(label, n) for label, n, _ in result.counts] == [
        (OTHER_FAVOURABLE, 65), ("Autres réponses", 15),
    ]  # fmt: skip


def test_a_small_side_takes_away_every_number_of_the_session(half_day, now):
    """75 of 80 leave 5; « 63 of 80 » at the next question would give the 80 back."""
    Seance.objects.update(etat="close")
    half_day.seance.refresh_from_db()
    keep(half_day.seance, "participer", tout_a_fait=43, plutot=32, pas_du_tout=5)
    keep(half_day.seance, "s_engager", oui=63, non=17)
    results = published(half_day.seance, on=day(now))
    assert [headline.percent for headline in results.headlines] == [94, 79]
    assert {result.favourable for result in results.results} == {None}
    assert (results.n_ballots, results.response_rate(80)) == (None, None)
    # Later, when the side is large enough, numbers would give back those of before.
    late = drawn(half_day, now, 11)
    for code in late:
        answer(code=code, answers={"participer": "pas_du_tout", "s_engager": "oui"}, now=now)
    results = published(half_day.seance, on=day(now))
    assert [headline.percent for headline in results.headlines] == [82, 81]  # 75 / 91 and 74 / 91
    assert {result.favourable for result in results.results} == {None}


def test_shares_of_few_answers_are_not_shown_even_rounded(half_day, now):
    Seance.objects.update(etat="close")
    half_day.seance.refresh_from_db()
    keep(half_day.seance, "participer", tout_a_fait=49, pas_du_tout=5)
    assert published(half_day.seance, on=day(now)).headlines == []
    keep(half_day.seance, "participer", tout_a_fait=50, pas_du_tout=5)
    assert [headline.percent for headline in published(half_day.seance, on=day(now)).headlines] == [
        91
    ]


def test_ballots_that_leave_few_blank_or_few_absent_are_not_counted_aloud(half_day, now):
    Seance.objects.update(etat="close")
    half_day.seance.refresh_from_db()
    keep(half_day.seance, "participer", tout_a_fait=40, pas_du_tout=40)
    results = published(half_day.seance, on=day(now))
    assert results.n_ballots == 80
    assert results.response_rate(80) == Share(80, 80)
    assert results.response_rate(91) == Share(80, 91)
    assert results.response_rate(85) is None  # five did not answer
    keep(half_day.seance, "s_engager", oui=44, non=31)
    assert published(half_day.seance, on=day(now)).n_ballots is None  # 75 answers: 5 blanks


def test_late_ballots_wait_until_each_answer_moves_by_eleven(half_day, now):
    Seance.objects.update(etat="close")
    half_day.seance.refresh_from_db()
    keep(half_day.seance, "participer", tout_a_fait=30, pas_du_tout=20)
    answers = ["tout_a_fait"] * 9 + ["pas_du_tout"] * 13 + ["tout_a_fait"] * 2
    seen = []
    for code, said in zip(drawn(half_day, now, 24), answers, strict=True):
        answer(code=code, answers={"participer": said}, now=now)
        seen.append(published(half_day.seance, on=day(now)).n_ballots)
    assert seen == [50] * 23 + [74]
    assert moves_by_elevens({("q", "a"): 3}, {("q", "a"): 14, ("q", "b"): 11})
    assert not moves_by_elevens({("q", "a"): 3}, {("q", "a"): 4})


def test_who_came_moves_by_eleven_once_the_session_is_over(half_day, now):
    def come(n, domaine):
        return [
            Invite.objects.create(
                seance=half_day.seance, nom=f"{domaine} {k}", organisation="O", college="etat",
                domaine=domaine, arrive_le=now,
            )
            for k in range(n)
        ]  # fmt: skip

    def shown():
        bilan = bilan_of(half_day.seance, on=tomorrow)
        return bilan.n_present, dict(bilan.shown_domains)

    came = come(20, "Emploi") + come(15, "Santé")
    later = now + timedelta(days=1)
    tomorrow = day(later)
    assert bilan_of(half_day.seance, on=day(now)).n_present is None
    assert shown() == (35, {"Emploi": 20, "Santé": 15})
    for guest in came[:10]:
        guests.take_back_arrival(by=half_day.steerer, guest=guest, now=later)
        assert shown() == (35, {"Emploi": 20, "Santé": 15})
    guests.take_back_arrival(by=half_day.steerer, guest=came[10], now=later)
    # 24, of whom 9 of Emploi: the two are gathered.
    assert shown() == (24, {"Autres domaines": 24})


def test_domains_of_few_are_gathered_once_all_have_come(half_day, now):
    for n, domain in enumerate(["Emploi"] * 14 + ["Santé"] * 12 + ["Logement"] * 2):
        Invite.objects.create(
            seance=half_day.seance, nom=f"P{n}", organisation="O", college="etat", domaine=domain,
            arrive_le=now,
        )  # fmt: skip
    assert bilan_of(half_day.seance, on=day(now)).shown_domains == ()
    tomorrow = day(now) + timedelta(days=1)
    shown = bilan_of(half_day.seance, on=tomorrow).shown_domains
    assert shown == (("Emploi", 14), ("Autres domaines", 14))


def test_every_question_has_its_favourable_answers():
    assert [question.code for question in questions() if question.est_titre] == [
        "participer",
        "s_engager",
    ]
    for question in questions():
        assert question.favorables < set(question.reponses)


# -- pages -----------------------------------------------------------------------------------------


def test_ballots_are_drawn_filled_and_told(client, half_day):
    Seance.objects.update(tenue_le=timezone.localdate() + timedelta(days=1))
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
    content = client.get(answered.url).content.decode()
    assert "Merci. Vos réponses sont comptées" in content
    assert "Les réponses seront montrées une fois la séance terminée" in content
    Seance.objects.update(etat="close")
    assert "12 réponses sur 12" in client.get(answered.url).content.decode()
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
    bilan = bilan_of(half_day.seance, on=now.date() + timedelta(days=1))
    assert (bilan.n_present, bilan.n_domains, bilan.shown_domains) == (None, 0, ())  # three people
    assert bilan.retained == ()
    assert bilan.response_rate is None
    assert bilan.cooperation.held_in_time is None


def test_a_session_without_anything_has_its_document_too(half_day, client):
    answered = client.get(reverse("cooperation:bilan-pdf", args=["demi-journee"]))
    text = PdfReader(BytesIO(answered.content)).pages[0].extract_text()
    assert "Personne n'a encore répondu." in " ".join(text.replace("’", "'").split())


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


def test_other_sessions_of_the_organisation_are_compared(client, half_day):
    Seance.objects.create(
        slug="avant", titre="La première", organisation=half_day.steering, code="XYZ234",
        tenue_le=date(2026, 1, 8), visibilite="publique",
    )  # fmt: skip
    page = client.get(reverse("cooperation:bilan", args=["demi-journee"])).content.decode()
    table = page.split("D'une séance à l'autre")[1]
    assert "La première, janvier 2026" in table
    assert half_day.seance.titre + "," not in table
