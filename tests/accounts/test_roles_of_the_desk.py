"""What the roles of the desk are for, written by hand beside the table that grants it."""

import pytest

from traitdunion.accounts.permissions import Permission, can

pytestmark = pytest.mark.django_db

# Role: what it may do, and nothing else.
BY_HAND = {
    "conseiller": {
        Permission.FOLLOW,
        Permission.PROPOSE_LEVERS,
        Permission.HANDLE_DEMANDS,
        Permission.FOLLOW_STEPS,
        Permission.KEEP_SPEAKERS,
        Permission.ASK_SITES,
        Permission.CORRECT_SHARED_WORDS,
    },
    "mms": {
        Permission.FOLLOW,
        Permission.MODERATE_ORIENTATIONS,
        Permission.ANSWER_ORIENTATIONS,
        Permission.SEE_FIGURES,
        Permission.EXPORT_EVENTS,
        Permission.PROPOSE_LEVERS,
        Permission.KEEP_LEVERS,
        Permission.RUN_OBSERVATORY,
        Permission.FOLLOW_STEPS,
        Permission.KEEP_SPEAKERS,
        Permission.ASK_SITES,
        Permission.KEEP_SITES,
        Permission.CORRECT_SHARED_WORDS,
    },
    "prestataire": {Permission.ANSWER_ORIENTATIONS, Permission.FOLLOW_STEPS},
    "pilotage": {
        Permission.SEE_FIGURES,
        Permission.STEER,
        Permission.COMMIT,
        Permission.PROPOSE_LEVERS,
        Permission.KEEP_LEVERS,
        Permission.RUN_OBSERVATORY,
        Permission.STUDY_OPERATIONS,
        Permission.KEEP_LEASES,
        Permission.HANDLE_DEMANDS,
        Permission.FOLLOW_STEPS,
        Permission.KEEP_CLUBS,
        Permission.KEEP_SITES,
        Permission.CORRECT_SHARED_WORDS,
    },
    "dpo": {Permission.SEE_JOURNAL, Permission.SEE_FILE_JOURNAL, Permission.EXPORT_AND_ERASE},
}


@pytest.mark.parametrize("role", BY_HAND)
def test_a_role_holds_what_it_is_for_in_its_organisation_and_nothing_else(role, people):
    person = people[role, "ici"]
    assert {
        permission for permission in Permission if can(person, permission, people.ici)
    } == BY_HAND[role]
    assert not any(can(person, permission, people.ailleurs) for permission in Permission)


@pytest.mark.parametrize("role", ["administrateur", "editeur_catalogue", "contributeur"])
def test_whoever_keeps_accounts_or_the_catalogue_sees_nobody_s_file(role, people):
    desk = {Permission.FOLLOW, Permission.SEE_FILE_JOURNAL, Permission.EXPORT_AND_ERASE}
    assert not any(can(people[role, "ici"], permission, people.ici) for permission in desk)
