"""Eight requests arrive at the same instant, each in its own connection: one voice, one deed.

On SQLite the database is a file, as deployed (`conftest`, marker `threads`); `make test` runs the
same on PostgreSQL, where several write at once.
"""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from traitdunion.accounts.models import OutgoingMessage
from traitdunion.cooperation.enums import Avis, CollegeDeclare
from traitdunion.cooperation.models import AvisIdee, Engagement, Evenement, Invite, Voix
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.roadmap import operations as roadmap_operations
from traitdunion.cooperation.roadmap.operations import Pledge
from traitdunion.cooperation.sessions import ideas, on_the_spot, voices

pytestmark = [
    pytest.mark.django_db(transaction=True), pytest.mark.databases, pytest.mark.threads,
]  # fmt: skip
N, ROUNDS = 8, 4
DONE_WITHIN_S = 60


@pytest.fixture
def at_once(half_day):
    """Function that calls `deed` from N threads at one instant; returns what each call gave."""

    def run(deed):
        ready = threading.Barrier(N)

        def one(number):
            try:
                connection.ensure_connection()
                ready.wait(DONE_WITHIN_S)
                return deed(number)
            except CooperationError as refused:
                return refused
            finally:
                connection.close()

        with ThreadPoolExecutor(N) as pool:
            return [
                submits.result(DONE_WITHIN_S) for submits in [pool.submit(one, n) for n in range(N)]
            ]

    return run


def sorts(answers):
    return Counter(type(answer).__name__ for answer in answers)


def arrive(half_day, now, name):
    return Invite.objects.create(
        seance=half_day.seance, nom=name, organisation="O", college="etat", arrive_le=now
    )


def test_a_badge_gives_one_voice(at_once, half_day, now):
    half_day.seance.voix_par_badge = True
    half_day.seance.save()
    for number in range(ROUNDS):
        guest = arrive(half_day, now, f"Ana {number}")
        answers = at_once(lambda _, guest=guest: voices.give_voice_for(guest, now=now))
        assert sorts(answers) == {"str": 1, "CooperationError": N - 1}
    assert Voix.objects.filter(donnee=True).count() == ROUNDS


def test_no_more_phones_get_a_voice_than_people_are_present(at_once, half_day, now):
    for number in range(ROUNDS):
        for seat in range(3):
            arrive(half_day, now, f"{number} {seat}")
        answers = at_once(lambda _: voices.give_voice(half_day.seance))
        given = [token for token in answers if token is not None]
        assert len(given) == len(set(given)) == 3
    digests = Voix.objects.filter(donnee=True).values_list("cle", flat=True)
    assert len(set(digests)) == len(digests) == 3 * ROUNDS


def test_a_voice_has_one_opinion_on_an_idea(at_once, half_day, now):
    idea = ideas.add_idea(axe=half_day.axes[0], texte="Une navette", now=now)
    given = list(Avis)
    at_once(
        lambda n: ideas.give_opinion(
            idea=idea, voix="a", college=CollegeDeclare.ETAT, avis=given[n % len(given)], now=now
        )
    )
    assert AvisIdee.objects.count() == 1


def test_a_mailbox_confirms_once(at_once, half_day, now):
    action = roadmap_operations.create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="Rouler", now=now
    )
    for number in range(ROUNDS):
        row = on_the_spot.propose(
            action=action,
            organisation="Garage",
            courriel=f"atelier-{number}@garage.example",
            now=now,
            site="https://x.example",
            pledge=Pledge(quoi="Prêter un vélo", quantite=2, unite="vélos", pour_le=now.date()),
        )
        answers = at_once(
            lambda _, pk=row.pk: on_the_spot.confirm_by_mailbox(
                commitment=Engagement.objects.get(pk=pk), now=now
            )
        )
        assert sorts(answers) == {"bool": 1, "CooperationError": N - 1}
        events = Evenement.objects.filter(engagement=row)
        assert [event.contenu["etat"] for event in events] == ["propose", "confirme"]
        assert OutgoingMessage.objects.filter(to=row.courriel).count() == 1
