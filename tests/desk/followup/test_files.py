"""The file of a person: pseudonymous, agreed to, followed, and every reading written down."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from tests.drawn import without_drawn
from traitdunion.accounts.models import Access
from traitdunion.desk.followup import operations, queries
from traitdunion.desk.followup.queries import Wanted
from traitdunion.desk.followup.snapshots import (
    VERSION,
    aids_of,
    document_of,
    is_readable,
    options_of,
    solutions_of,
)
from traitdunion.desk.models import Parcours
from traitdunion.matching.answer import Verdict

pytestmark = pytest.mark.django_db
CONTACT = {"nom": "Anne Bidon", "telephone": "06 00 00 00 00", "courriel": ""}


def test_a_file_holds_initials_a_year_and_the_need_in_the_order_of_the_vocabulary(opened, team):
    parcours = opened()
    parcours.refresh_from_db()
    assert (parcours.initiales, parcours.annee_naissance) == ("AB", 1990)
    assert (parcours.situations, parcours.objectifs) == (["7"], ["4", "7"])
    assert (parcours.nom, parcours.telephone, parcours.courriel) == ("", "", "")
    assert [follower.user for follower in parcours.followers.all()] == [team.adviser]


@pytest.mark.parametrize("text", ["Anne", "A-B C.D"])
def test_up_to_four_letters_are_initials(opened, text):
    assert len(opened(initiales=text).initiales) == 4


@pytest.mark.parametrize("text", ["Bidon", "", "A1", "…"])
def test_a_name_is_not_initials(opened, text):
    with pytest.raises(ValidationError, match="jamais le nom"):
        opened(initiales=text)
    assert not Parcours.objects.exists()


@pytest.mark.parametrize(
    ("year", "taken"), [(1925, False), (1926, True), (2012, True), (2013, False)]
)
def test_the_year_of_birth_is_that_of_somebody_between_fourteen_and_a_hundred(opened, year, taken):
    if taken:
        assert opened(annee_naissance=year).annee_naissance == year
    else:
        with pytest.raises(ValidationError, match="entre 1926 et 2012"):
            opened(annee_naissance=year)


def test_codes_outside_of_the_vocabulary_are_named(opened):
    with pytest.raises(ValidationError, match="99"):
        opened(objectifs=["4", "99"])
    with pytest.raises(ValidationError, match="au moins un objectif"):
        opened(objectifs=[])


def test_the_answer_is_kept_as_it_was_given(opened, samples):
    answer = samples.sample_answer()
    kept = opened().answers.get()
    assert [option["title"] for option in kept.document["options"]] == [
        o.title for o in answer.options
    ]
    drawn = options_of(kept.document)
    assert [reference["verdict"] for reference in drawn] == [o.verdict for o in answer.options]
    assert [reference["monthly_cost_eur"] for reference in drawn] == [
        o.monthly_cost_eur for o in answer.options
    ]


def test_what_was_told_for_the_aids_is_not_kept(samples):
    answer = samples.sample_answer()
    changed = replace(answer.situation, facts={"ressources_mois_eur": Decimal("713.37")})
    document = document_of(replace(answer, situation=changed), {})
    assert "713" not in json.dumps(document)
    assert "budget" not in json.dumps(document)


def test_an_answer_kept_by_another_version_is_to_be_asked_again(samples):
    document = json.loads(json.dumps(document_of(samples.sample_answer(), {})))
    assert is_readable(document)
    assert options_of(document)
    for old in ({**document, "version": 0}, {"home": "Langeac"}, {}):
        assert not is_readable(old)
        kept = aids_of(old, kept_on=date(2026, 1, 1), today=date(2026, 1, 2), fresh_days=30)
        assert (options_of(old), solutions_of(old), kept) == ([], [], [])


def test_solutions_of_an_answer_are_named_once():
    document = {
        "version": VERSION,
        "options": [{"solutions": ["tad", "velo"]}, {"solutions": ["velo"]}],
        "helps": [{"key": "garage"}],
        "aids": [{"solutions": ["tad"]}],
    }
    assert solutions_of(document) == ["tad", "velo", "garage"]


def test_every_verdict_can_be_kept_and_drawn(samples):
    answer = samples.sample_answer()
    options = tuple(replace(answer.options[0], verdict=verdict) for verdict in Verdict)
    document = json.loads(json.dumps(document_of(replace(answer, options=options), {})))
    assert [option["verdict"].label for option in options_of(document)] == [
        v.label for v in Verdict
    ]


def test_a_contact_needs_an_agreement_even_for_the_database(opened):
    parcours = opened()
    with pytest.raises(IntegrityError), transaction.atomic():
        Parcours.objects.filter(pk=parcours.pk).update(telephone="06")


def test_an_agreement_keeps_its_words_its_day_and_who_heard_it_and_can_be_withdrawn(
    opened, team, now
):
    parcours = opened()
    row = operations.agree(by=team.colleague, parcours=parcours, now=now, **CONTACT)
    assert (row.agreed_at, row.agreed_with, row.agreed_text) == (
        now, team.colleague, operations.AGREEMENT,
    )  # fmt: skip
    row = operations.withdraw_agreement(by=team.adviser, parcours=parcours, now=now)
    row.refresh_from_db()
    assert (row.nom, row.telephone, row.agreed_at, row.agreed_text) == ("", "", None, "")
    with pytest.raises(operations.FollowUpError, match="rien à retirer"):
        operations.withdraw_agreement(by=team.adviser, parcours=parcours, now=now)


def test_a_contact_is_a_telephone_or_an_address(opened, team, now):
    with pytest.raises(operations.FollowUpError, match="l'un des deux"):
        operations.agree(
            by=team.adviser, parcours=opened(), nom="A", telephone="", courriel="", now=now
        )


def test_following_is_taken_and_handed_over(opened, team, now):
    parcours = opened()
    with pytest.raises(operations.FollowUpError, match="dernière personne"):
        operations.stop_following(by=team.adviser, parcours=parcours, now=now)
    operations.follow(by=team.colleague, parcours=parcours, now=now)
    with pytest.raises(operations.FollowUpError, match="déjà"):
        operations.follow(by=team.colleague, parcours=parcours, now=now)
    later = now + timedelta(days=3)
    operations.stop_following(by=team.adviser, parcours=parcours, now=later)
    assert [(follower.user, follower.until) for follower in parcours.followers.all()] == [
        (team.adviser, later),
        (team.colleague, None),
    ]
    operations.follow(by=team.adviser, parcours=parcours, now=later)
    assert parcours.followers.filter(until=None).count() == 2


def test_a_file_is_closed_and_opened_again_once(opened, team, now):
    parcours = opened()
    operations.close(by=team.adviser, parcours=parcours, now=now)
    with pytest.raises(operations.FollowUpError):
        operations.close(by=team.adviser, parcours=parcours, now=now)
    operations.reopen(by=team.adviser, parcours=parcours, now=now)
    with pytest.raises(operations.FollowUpError):
        operations.reopen(by=team.adviser, parcours=parcours, now=now)


@pytest.mark.parametrize("who", ["stranger", "dpo", "steering"])
def test_nobody_but_those_who_follow_here_changes_a_file(opened, team, now, who):
    parcours, person = opened(), getattr(team, who)
    need = {"situations": [], "objectifs": ["4"], "prioritaire": False}
    for operation, more in (
        (operations.consult, {}),
        (operations.keep_answer, {"answer": {}}),
        (operations.change_need, need),
        (operations.agree, CONTACT),
        (operations.withdraw_agreement, {}),
        (operations.follow, {}),
        (operations.stop_following, {}),
        (operations.close, {}),
        (operations.reopen, {}),
    ):
        with pytest.raises(PermissionDenied):
            operation(by=person, parcours=parcours, now=now, **more)
    with pytest.raises(PermissionDenied):
        opened(by=person)


def test_everything_leaves_a_trace_that_names_nobody(opened, team, now):
    parcours = opened()
    operations.agree(by=team.adviser, parcours=parcours, now=now, **CONTACT)
    operations.consult(by=team.colleague, parcours=parcours, now=now)
    lines = queries.accesses_to(parcours)
    assert [(line.user, line.action) for line in lines] == [
        (team.colleague, "consulter"),
        (team.adviser, "accepter"),
        (team.adviser, "creer"),
    ]
    text = " ".join(str(value) for row in Access.objects.values() for value in row.values())
    text = without_drawn(text)
    assert "AB" not in text
    assert "Bidon" not in text
    assert "1990" not in text


def test_files_are_found_by_initials_and_by_reference_in_one_s_organisation(opened, team):
    mine, other = opened(), opened(initiales="CD", by=team.colleague)
    elsewhere = opened(by=team.stranger, organisation=team.ailleurs)

    def found(**wanted):
        return set(queries.files_of(team.ici, Wanted(**wanted), user=team.adviser))

    assert found() == {mine, other}
    assert found(text="a.b.") == {mine}
    assert found(text=mine.reference.lower()) == {mine}
    assert found(text=elsewhere.reference) == set()
    assert found(text="ZZ") == set()
    assert found(mine=True) == {mine}
    assert found(closed=True) == set()


def test_initials_never_find_the_file_whose_reference_begins_with_them(opened, team):
    mine = opened(initiales="GH", key=UUID("abcdefab-0000-4000-8000-000000000000"))

    def found(text):
        return list(queries.files_of(team.ici, Wanted(text=text), user=team.adviser))

    assert found("AB") == found("a.b.c.d.") == []
    assert found("abcde") == found("ABCDEFAB") == found("gh") == [mine]


def test_whoever_protects_the_data_finds_references_and_nothing_of_people(opened, team):
    parcours = opened()
    rows = queries.files_by_reference(team.ici, parcours.reference[:6])
    assert list(rows) == [parcours]
    assert "initiales" in rows[0].get_deferred_fields()
    assert list(queries.files_by_reference(team.ici, "AB" * 9)) == []
