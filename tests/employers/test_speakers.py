"""Speakers: matched as a slow twin matches them, asked with consents, withdrawn everywhere."""

import html
import random
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.urls import reverse

from tests.accounts.test_every_address import GATES
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Access, Membership, Organisation, OutgoingMessage, User
from traitdunion.accounts.permissions import ROLES_OF
from traitdunion.employers import retention
from traitdunion.employers.enums import (
    Categorie,
    EtatIntervention,
    Paiement,
    Payeur,
    Signature,
    Usage,
)
from traitdunion.employers.errors import EmployersError
from traitdunion.employers.models import (
    Club,
    Consentement,
    DemandeIntervenant,
    Intervenant,
    Intervention,
    Rencontre,
)
from traitdunion.employers.speakers import operations, queries
from traitdunion.employers.speakers.matching import (
    Candidate,
    Closeness,
    Trip,
    Wanted,
    choose,
    closeness,
)
from traitdunion.employers.speakers.testimonies import Words, moderate, write
from traitdunion.employers.speakers.trips import UNKNOWN, PricedTrip, one_day_eur

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
HELD = date(2026, 6, 30)  # a Tuesday
ALL_DAYS = tuple(range(7))
NAME = "Zébuline"
TOLD = "On m'a attendue"


# -- the choice, beside a slow twin ----------------------------------------------------------------


def twin(wanted, candidates):
    """The order of E4 by comparing each pair, from the words of the contract."""

    def shared(the_candidate):
        for level, holds in enumerate(
            [
                wanted.rome != "" and wanted.rome in the_candidate.romes,
                wanted.rome != "" and any(r[:3] == wanted.rome[:3] for r in the_candidate.romes),
                wanted.naf != "" and wanted.naf == the_candidate.naf,
                wanted.theme != "" and wanted.theme in the_candidate.themes,
                (wanted.rome, wanted.naf, wanted.theme) == ("", "", ""),
            ]
        ):
            if holds:
                return level
        return None

    def before(a, b):
        if shared(a) != shared(b):
            return shared(a) < shared(b)
        if (a.trip.minutes is None) != (b.trip.minutes is None):
            return b.trip.minutes is None
        if a.trip.minutes != b.trip.minutes:
            return a.trip.minutes < b.trip.minutes
        if a.last_asked_on != b.last_asked_on:
            if None in (a.last_asked_on, b.last_asked_on):
                return a.last_asked_on is None
            return a.last_asked_on < b.last_asked_on
        return a.key < b.key

    kept = [
        candidate
        for candidate in candidates
        if candidate.agrees
        and wanted.on.weekday() in candidate.days
        and (candidate.last_asked_on is None or (wanted.on - candidate.last_asked_on).days >= 30)
        and candidate.trip.feasible is not False
        and shared(candidate) is not None
    ]
    ordered = []
    while kept:
        first = next(a for a in kept if all(a is b or before(a, b) for b in kept))
        ordered.append(first.key)
        kept.remove(first)
    return ordered


def drawn(rng, key):
    feasible = rng.choice([True, True, True, None, False])
    asked = rng.choice([None, HELD - timedelta(days=rng.randrange(20, 60))])
    return Candidate(
        key=key,
        agrees=rng.random() < 0.8,
        days=frozenset(rng.sample(range(7), rng.randrange(2, 7))),
        romes=frozenset(rng.sample(["H2102", "H2101", "N4101", "N4105", "K1304"], 2)),
        naf=rng.choice("CHQ"),
        themes=frozenset(rng.sample(["trajet", "accueil", "tuteur"], 1)),
        last_asked_on=asked,
        trip=Trip(feasible, rng.choice([30, 40, 50]) if feasible else None),
    )


@pytest.mark.parametrize("seed", range(60))
def test_the_choice_is_that_of_the_slow_twin(seed):
    rng = random.Random(seed)
    wanted = Wanted(
        HELD,
        rome=rng.choice(["", "H2102", "N4101"]),
        naf=rng.choice(["", "C"]),
        theme=rng.choice(["", "accueil"]),
    )
    candidates = [drawn(rng, key) for key in range(rng.randrange(0, 25))]
    choices, refusals = choose(wanted, candidates)
    assert [choice.candidate.key for choice in choices] == twin(wanted, candidates)
    assert len(choices) + len(refusals) == len(candidates)
    assert all(refusal.reason for refusal in refusals)


def test_what_is_shared_comes_before_the_shortest_trip():
    def of(key, rome, minutes):
        return Candidate(key, True, frozenset(ALL_DAYS), frozenset({rome}), "", frozenset(), None,
                         Trip(True, minutes))  # fmt: skip

    choices, _ = choose(Wanted(HELD, "H2102"), [of(1, "H2101", 10), of(2, "H2102", 90)])
    assert [choice.candidate.key for choice in choices] == [2, 1]
    assert choices[0].reasons == ("même métier", "90 min en tout", "jamais sollicitée")
    assert closeness(Wanted(HELD, "H2102"), of(3, "K1304", 5)) is Closeness.NONE


def test_one_day_costs_its_share_of_a_month_of_one_day_a_week():
    assert one_day_eur(Decimal("13.00")) == Decimal("3.00")  # 13 € ÷ 52/12
    assert one_day_eur(None) is None


# -- a pool ----------------------------------------------------------------------------------------


@pytest.fixture
def pool(db):
    held_by = Organisation.objects.create(slug="ml", nom="Mission locale", courriel="ml@x.example")
    asso = Organisation.objects.create(slug="asso", nom="Association du club")

    def person(name, organisation, role):
        user = User.objects.create_user(f"{name}@x.example", "un mot de passe assez long")
        Membership.objects.create(user=user, organisation=organisation, role=role)
        return user

    club = Club.objects.create(slug="club", nom="Club", organisation=asso)
    meeting = Rencontre.objects.create(
        club=club, titre="Petit déjeuner", tenue_le=HELD, heure=time(8, 30), publique=True
    )
    return SimpleNamespace(
        held_by=held_by, club=club, meeting=meeting, asso=asso,
        adviser=person("ad", held_by, Role.CONSEILLER),
        keeper=person("ke", asso, Role.ADMINISTRATEUR),
        admin=person("an", held_by, Role.ADMINISTRATEUR),
    )  # fmt: skip


def register(pool, name=NAME, statut=Categorie.SALARIES, usages=Usage, **columns):
    speaker = operations.register(
        by=pool.adviser, organisation=pool.held_by, now=NOW, pseudonyme=name, statut=statut,
        **{"romes": ["H2102"], "naf": "C", "themes": ["accueil"], "jours": [1], **columns},
    )  # fmt: skip
    operations.consent(
        by=pool.adviser, speaker=speaker, given=dict.fromkeys(usages, ("tous", "site")),
        expire_le=date(2027, 1, 1), now=NOW,
    )  # fmt: skip
    return speaker


def ask(pool, **wishes):
    return operations.request(
        meeting=pool.meeting, intermediaire=pool.held_by, fin=time(10), site="https://s.example",
        now=NOW, **{"rome": "H2102", "naf": "", "theme": "", **wishes},
    )  # fmt: skip


def propose(pool, request, speaker, trip=UNKNOWN, **more):
    return operations.propose(
        by=pool.adviser, request=request, speaker=speaker, trip=trip,
        **{"checked_employer": False, "now": NOW, **more},
    )  # fmt: skip


def test_a_request_reaches_the_intermediary_once(pool):
    ask(pool)
    assert OutgoingMessage.objects.get().to == "ml@x.example"
    with pytest.raises(EmployersError, match="déjà votre demande"):
        ask(pool)


def test_without_both_consents_in_force_nobody_is_asked(pool):
    request = ask(pool)
    for usages in ([], [Usage.CONTACT], [Usage.PAROLE]):
        speaker = register(pool, name=f"Ana{usages}", usages=usages)
        with pytest.raises(EmployersError, match="pas d'accord en vigueur"):
            propose(pool, request, speaker)
    ended = register(pool, name="Bea")
    ended.consentements.update(expire_le=HELD - timedelta(days=1))
    with pytest.raises(EmployersError, match="pas d'accord en vigueur"):
        propose(pool, request, ended)
    ended.consentements.update(expire_le=HELD)
    assert propose(pool, request, ended).etat == EtatIntervention.PROPOSEE


def test_a_consent_lasts_a_year_at_most_and_has_the_version_of_its_text(pool):
    speaker = register(pool)
    assert set(speaker.consentements.values_list("version", flat=True)) == {"2026-11"}
    with pytest.raises(EmployersError, match="un an au plus"):
        operations.consent(
            by=pool.adviser, speaker=speaker, given={Usage.NOM: ("tous", "site")},
            expire_le=NOW.date() + timedelta(days=366), now=NOW,
        )  # fmt: skip


def test_a_registered_job_seeker_is_asked_once_the_employer_is_checked(pool):
    speaker = register(pool, statut=Categorie.DEMANDEURS)
    request = ask(pool)
    with pytest.raises(EmployersError, match="L5425-8"):
        propose(pool, request, speaker)
    made = propose(pool, request, speaker, checked_employer=True)
    assert made.ancien_employeur_verifie_le == NOW


def test_asked_once_for_a_meeting_and_once_a_month(pool):
    speaker = register(pool, jours=list(ALL_DAYS))
    propose(pool, ask(pool), speaker, now=datetime(2026, 6, 5, 9, tzinfo=UTC))
    other = Rencontre.objects.create(club=pool.club, titre="Autre", tenue_le=date(2026, 7, 4))
    pool.meeting = other
    request = ask(pool)
    with pytest.raises(EmployersError, match="moins d'un mois"):
        propose(pool, request, speaker)
    Rencontre.objects.filter(pk=other.pk).update(tenue_le=date(2026, 7, 5))
    request.rencontre.refresh_from_db()
    assert propose(pool, request, speaker)


def test_a_refusal_is_seen_by_the_intermediary_alone(pool, client, time_machine):
    time_machine.move_to(NOW)
    request = ask(pool)
    speaker = register(pool)
    made = propose(pool, request, speaker)
    organiser = reverse("employers:organiser", kwargs={"token": pool.meeting.token})
    assert NAME not in client.get(organiser).content.decode()
    operations.move(by=pool.adviser, intervention=made, etat=EtatIntervention.REFUSEE, now=NOW)
    page = client.get(organiser).content.decode()
    assert NAME not in page
    assert "refus" not in page.lower()
    with pytest.raises(EmployersError, match="refusée"):
        operations.move(
            by=pool.adviser, intervention=made, etat=EtatIntervention.CONFIRMEE, now=NOW
        )


def test_another_intermediary_does_not_ask_this_person(pool):
    other = Organisation.objects.create(slug="autre", nom="Autre")
    Membership.objects.create(user=pool.adviser, organisation=other, role=Role.CONSEILLER)
    request = ask(pool)
    request.intermediaire = other
    request.save()
    with pytest.raises(EmployersError, match="autre intermédiaire"):
        propose(pool, request, register(pool))


def test_the_trip_and_its_payment_are_kept_without_bank_data(pool):
    trip = PricedTrip(Trip(True, 84), "Car ligne A", Decimal("4.20"))
    made = propose(pool, ask(pool), register(pool), trip=trip)
    assert (made.trajet, made.trajet_min, made.cout_eur) == ("Car ligne A", 84, Decimal("4.20"))
    paid = operations.pay(
        by=pool.adviser, intervention=made, payeur=Payeur.ORGANISATEUR, paiement=Paiement.PAYE,
        now=NOW,
    )  # fmt: skip
    assert paid.paye_le == NOW.date()
    with pytest.raises(EmployersError, match="aucun trajet"):
        propose(pool, made.demande, register(pool, name="Bea"), trip=PricedTrip(Trip(False)))


# -- withdrawn -------------------------------------------------------------------------------------


def pages_of(pool, client):
    """Return the text of every address of employers, feed and document, by name and reader."""
    speaker, request = Intervenant.objects.get(), DemandeIntervenant.objects.get()
    arguments = {
        "welcome": {}, "home": {}, "immersion": {}, "sites": {}, "kit": {}, "clubs": {},
        "action": {}, "site": None,
        "club": {"slug": "club"}, "club-feed": {"slug": "club"}, "club-desk": {"slug": "club"},
        "new-meeting": {"slug": "club"}, "meeting": {"pk": pool.meeting.pk},
        "organiser": {"token": pool.meeting.token}, "own-word": {"token": speaker.token},
        "desk": {"organisation": "asso"}, "speakers": {"organisation": "ml"},
        "speaker": {"pk": speaker.pk}, "request": {"pk": request.pk},
        "site-requests": {"organisation": "ml"}, "site-answers": None,
        "kept-sites": None, "shifts": None, "import-sites": None, "counts": None,
        "site-paper": None, "site-communes": None, "diagnosis": None, "posts": None,
        "new-group": {"slug": "club"}, "group": None, "groups-table": {}, "readings": None,
        "testimonies": {}, "moderation": {"organisation": "ml"},
        "conventions": {"organisation": "ml"}, "shared-pool": {"organisation": "ml"},
        "shared-requests": {"organisation": "ml"},
        "occupations": {}, "titles": {}, "projects": {},
    }  # fmt: skip
    ours = {name.removeprefix("employers:") for name in GATES if name.startswith("employers:")}
    assert set(arguments) == ours  # an address added later has to be tried
    collected = {}
    for name, given in arguments.items():
        if given is None:
            continue  # of sites and hires: no speaker is in their tables
        gate = GATES[f"employers:{name}"]
        client.logout()
        if gate.signed_in:
            is_of_pool = (
                gate.permission in ROLES_OF and Role.CONSEILLER in ROLES_OF[gate.permission]
            )
            person = pool.adviser if is_of_pool else pool.keeper
            client.force_login(pool.admin if name == "conventions" else person)
        answer = client.get(reverse(f"employers:{name}", kwargs=given))
        assert answer.status_code in (200, 410), name
        collected[name] = html.unescape(answer.content.decode().replace("\r\n ", ""))
    client.force_login(pool.adviser)
    collected["journal"] = " ".join(Access.objects.values_list("target_label", flat=True))
    return collected


def test_a_withdrawn_consent_disappears_everywhere_and_its_proof_stays(pool, client, time_machine):
    time_machine.move_to(NOW)
    request, speaker = ask(pool), register(pool)
    made = propose(pool, request, speaker)
    operations.move(by=pool.adviser, intervention=made, etat=EtatIntervention.CONFIRMEE, now=NOW)
    told = Words(TOLD, Signature.NOM, date(2026, 9, 1))
    testimony = write(speaker=speaker, words=told, now=NOW)
    waiting = pages_of(pool, client)
    assert {name for name, text in waiting.items() if TOLD in text} == {"own-word", "moderation"}
    moderate(by=pool.adviser, organisation=pool.held_by, key=testimony.pk, refused_for="", now=NOW)
    before = pages_of(pool, client)
    assert {name for name, text in before.items() if NAME in text} == {
        "club", "club-feed", "organiser", "own-word", "speakers", "speaker", "request",
        "testimonies", "moderation",
    }  # fmt: skip
    assert {name for name, text in before.items() if TOLD in text} == {
        "own-word", "moderation", "testimonies",
    }  # fmt: skip
    client.logout()
    own = reverse("employers:own-word", kwargs={"token": speaker.token})
    assert client.post(own, {"retirer": "nom"}).status_code == 302
    named = {name for name, text in pages_of(pool, client).items() if NAME in text}
    # The intermediary's alone.
    assert named == {"own-word", "speakers", "speaker", "request", "moderation"}
    client.logout()
    assert client.post(own, {"retirer": "temoignage"}).status_code == 302
    assert not any(TOLD in text for text in pages_of(pool, client).values())
    client.logout()
    assert client.post(own, {"retirer": "tout"}).status_code == 302
    after = pages_of(pool, client)
    assert {name for name, text in after.items() if NAME in text} == set()
    assert "salariés" not in after["club"]  # the confirmed meeting to come is cancelled
    assert Consentement.objects.count() == len(Usage)
    assert Consentement.objects.filter(retire_le=None).count() == 0
    assert Intervention.objects.get().etat == EtatIntervention.ANNULEE
    speaker.refresh_from_db()
    assert (speaker.pseudonyme, speaker.romes, speaker.commune) == ("", [], None)
    with pytest.raises(EmployersError, match="retirée"):
        propose(pool, request, speaker)


def test_a_consent_that_ended_is_shown_no_more(pool, client, time_machine):
    made = propose(pool, ask(pool), register(pool))
    operations.move(by=pool.adviser, intervention=made, etat=EtatIntervention.CONFIRMEE, now=NOW)
    url = reverse("employers:club", kwargs={"slug": "club"})
    Consentement.objects.filter(usage=Usage.NOM).update(expire_le=date(2026, 6, 10))
    time_machine.move_to(datetime(2026, 6, 10, 9, tzinfo=UTC))
    assert NAME in client.get(url).content.decode()
    time_machine.move_to(datetime(2026, 6, 11, 9, tzinfo=UTC))
    page = client.get(url).content.decode()
    assert NAME not in page
    assert "avec salariés" in page


def test_a_name_for_the_room_is_not_shown_to_all(pool, client, time_machine):
    time_machine.move_to(NOW)
    made = propose(pool, ask(pool), register(pool))
    operations.move(by=pool.adviser, intervention=made, etat=EtatIntervention.CONFIRMEE, now=NOW)
    Consentement.objects.filter(usage=Usage.NOM).update(public="salle", support="oral")
    assert (
        NAME not in client.get(reverse("employers:club", kwargs={"slug": "club"})).content.decode()
    )
    organiser = reverse("employers:organiser", kwargs={"token": pool.meeting.token})
    assert NAME in client.get(organiser).content.decode()


def test_the_person_scores_what_was_held_and_nothing_else(pool, client, time_machine):
    time_machine.move_to(NOW)
    made = propose(pool, ask(pool), register(pool))
    own = reverse("employers:own-word", kwargs={"token": made.intervenant.token})
    client.post(own, {"intervention": made.pk, "note": "4"})
    made.refresh_from_db()
    assert made.note is None
    for etat in (EtatIntervention.CONFIRMEE, EtatIntervention.TENUE):
        operations.move(by=pool.adviser, intervention=made, etat=etat, now=NOW)
    client.post(own, {"intervention": made.pk, "note": "4"})
    made.refresh_from_db()
    assert made.note == 4


def test_the_intermediary_registers_asks_and_pays_on_screen(pool, client, time_machine):
    time_machine.move_to(NOW)
    client.force_login(pool.adviser)
    new = reverse("employers:speakers", kwargs={"organisation": "ml"})
    sent = {"pseudonyme": NAME, "statut": "demandeur", "romes": "H2102", "jours": ["1"]}
    assert client.post(new, sent | {"romes": "soudeur"}).status_code == 422
    made = client.post(new, sent)
    assert made.status_code == 302
    ticks = {"usages": ["contact", "parole"], "public": "salle", "support": "oral"}
    assert client.post(made.url, ticks | {"expire_le": "2027-01-01"}).status_code == 302
    request, speaker = ask(pool), Intervenant.objects.get()
    url = reverse("employers:request", kwargs={"pk": request.pk})
    assert "même métier · trajet à vérifier · jamais sollicitée" in client.get(url).content.decode()
    asked = {"faire": "solliciter", "intervenant": speaker.pk}
    assert "L5425-8" in client.post(url, asked, follow=True).content.decode()
    client.post(url, asked | {"verifie": "oui"})
    intervention = Intervention.objects.get()
    client.post(url, {"faire": "confirmee", "intervention": intervention.pk})
    client.post(
        url,
        {
            "faire": "payer",
            "intervention": intervention.pk,
            "payeur": "autre",
            "paiement": "engage",
        },
    )
    intervention.refresh_from_db()
    assert (intervention.etat, intervention.payeur, intervention.paiement) == (
        "confirmee",
        "autre",
        "engage",
    )


def test_who_consents_no_more_is_forgotten_then_the_proof_is(pool):
    speaker = register(pool)
    end = datetime(2027, 1, 1, 9, tzinfo=UTC)
    assert retention.forget_due(now=end + timedelta(days=89)) == 0
    assert retention.forget_due(now=end + timedelta(days=92)) == 1
    speaker.refresh_from_db()
    assert speaker.pseudonyme == ""
    assert Consentement.objects.count() == len(Usage)
    retention.forget_due(now=end + timedelta(days=5 * 365 + 200))
    assert not Consentement.objects.exists()
    assert not Intervenant.objects.exists()


def test_trips_are_computed_for_those_who_share_most(pool, monkeypatch):
    seen = []

    def trip(speaker, request, *, now):
        seen.append(speaker.pseudonyme)
        return PricedTrip(
            Trip(speaker.pseudonyme != "B", {"A": 50, "C": 20}.get(speaker.pseudonyme))
        )

    monkeypatch.setattr(queries, "trip_of", trip)
    for name in "ABC":
        register(pool, name=name)
    register(pool, name="D", romes=["K1304"], naf="", themes=[])
    matches = queries.matched(ask(pool), now=NOW)
    assert seen == ["A", "B", "C"]
    assert [speaker.pseudonyme for _, speaker, _ in matches.choices] == ["C", "A"]
    assert {speaker.pseudonyme: refusal.reason for refusal, speaker in matches.refusals} == {
        "B": "aucun trajet aller et retour",
        "D": "ni métier, ni secteur, ni thème en commun",
    }
