"""Who holds a permission, who sees an object in its state: every refusal is tried by itself."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse

from traitdunion.accounts.access_decorators import (
    by_link,
    public,
    requires,
    seen_by,
    signed_in,
)
from traitdunion.accounts.enums import Role, Visibilite
from traitdunion.accounts.permissions import (
    NEEDS_SECOND_FACTOR,
    ROLES_OF,
    Permission,
    can,
    check,
    may_see,
    organisations_where,
    table_in_markdown,
    visibilities_in_markdown,
)

pytestmark = pytest.mark.django_db

# Written by hand beside the table of the code, permission by permission.
HELD_BY = {
    "manage_members": {"administrateur"},
    "handle_messages": {"administrateur"},
    "create_organisations": {"administrateur"},
    "see_journal": {"administrateur", "dpo"},
    "see_drafts": {"editeur_catalogue", "contributeur", "administrateur"},
    "suggest": {"editeur_catalogue", "contributeur"},
    "edit_catalogue": {"editeur_catalogue"},
    "moderate": {"editeur_catalogue"},
    "exchange": {"editeur_catalogue"},
    "follow": {"conseiller", "mms"},
    "moderate_orientations": {"mms"},
    "answer_orientations": {"mms", "prestataire"},
    "see_figures": {"mms", "pilotage"},
    "see_file_journal": {"dpo"},
    "export_and_erase": {"dpo"},
    "set_appointments": {"administrateur"},
    "propose_levers": {"conseiller", "mms", "pilotage"},
    "keep_levers": {"mms", "pilotage"},
    "run_observatory": {"mms", "pilotage"},
    "export_events": {"mms"},
    "steer": {"pilotage"},
    "commit": {"pilotage", "administrateur"},
    "study_operations": {"pilotage", "administrateur"},
    "keep_leases": {"pilotage"},
    "check_references": {"administrateur"},
    "keep_clubs": {"pilotage", "administrateur"},
    "keep_speakers": {"conseiller", "mms"},
    "ask_sites": {"conseiller", "mms"},
    "correct_shared_words": {"conseiller", "mms", "pilotage", "administrateur"},
    "keep_sites": {"mms", "editeur_catalogue", "pilotage"},
    "handle_demands": {"conseiller", "pilotage"},
    "follow_steps": {"conseiller", "mms", "prestataire", "pilotage"},
}
ASK_A_SECOND_FACTOR = {
    "manage_members", "follow", "moderate_orientations", "answer_orientations",
    "see_file_journal", "export_and_erase", "set_appointments", "export_events",
    "keep_leases", "handle_demands", "follow_steps", "keep_speakers", "ask_sites",
    "correct_shared_words",
}  # fmt: skip


def test_each_permission_is_held_by_the_roles_written_here():
    assert {one.value: {str(role) for role in ROLES_OF[one]} for one in Permission} == HELD_BY


def test_what_shows_a_file_asks_a_second_factor():
    assert {str(one) for one in NEEDS_SECOND_FACTOR} == ASK_A_SECOND_FACTOR


@pytest.fixture
def leaver(people):
    """A person of `ici` who held every role, and whose account is closed."""
    person = people["pilotage", "ici"]
    for role in set(Role) - {Role.PILOTAGE}:
        person.memberships.create(organisation=people.ici, role=role)
    person.is_active = False
    person.save()
    return person


@pytest.mark.parametrize("permission", Permission)
def test_a_closed_account_holds_nothing_whatever_its_roles(permission, leaver, people):
    assert not can(leaver, permission, people.ici)
    assert organisations_where(leaver, permission) == []
    with pytest.raises(PermissionDenied):
        check(leaver, permission, people.ici)


def test_a_visitor_holds_nothing(people):
    visitor = AnonymousUser()
    assert not can(visitor, Permission.STEER, people.ici)
    assert organisations_where(visitor, Permission.STEER) == []


def test_nothing_is_held_without_an_organisation(people):
    assert not can(people["pilotage", "ici"], Permission.STEER, None)
    with pytest.raises(PermissionDenied, match=r"séances et tenir la feuille de route\. Demandez"):
        check(people["pilotage", "ici"], Permission.STEER, None)


def test_a_refusal_names_the_permission_and_the_organisation(people):
    with pytest.raises(PermissionDenied, match=r"ouvrir et suivre des parcours.* Guichet d'ici"):
        check(people.nobody, Permission.FOLLOW, people.ici)


def test_organisations_where_are_those_of_the_right_role(people):
    person = people["pilotage", "ici"]
    person.memberships.create(organisation=people.ailleurs, role=Role.CONSEILLER)
    assert organisations_where(person, Permission.STEER) == [people.ici]
    assert organisations_where(person, Permission.FOLLOW) == [people.ailleurs]


# Each state: who sees an object of `ici` that Pilotage runs.
SEEN_BY = {
    Visibilite.PUBLIQUE: {"visitor", "closed", "elsewhere", "member", "runs"},
    Visibilite.MEMBRES: {"elsewhere", "member", "runs"},
    Visibilite.ORGANISATION: {"member", "runs"},
}


@pytest.mark.parametrize("state", Visibilite)
def test_an_object_is_seen_by_those_of_its_state(state, people, leaver):
    runs = people["mms", "ici"]
    runs.memberships.create(organisation=people.ici, role=Role.PILOTAGE)
    actors = {
        "visitor": AnonymousUser(),
        "closed": leaver,
        "elsewhere": people["pilotage", "ailleurs"],
        "member": people["conseiller", "ici"],
        "runs": runs,
    }
    seen = {
        name for name, one in actors.items() if may_see(one, state, people.ici, Permission.STEER)
    }
    assert seen == SEEN_BY.get(state, {"runs"})


def test_what_belongs_to_no_organisation_is_seen_where_it_is_public(people):
    person = people["pilotage", "ici"]
    seen = {one for one in Visibilite if may_see(person, one, None, Permission.STEER)}
    assert seen == {Visibilite.PUBLIQUE}


# -- the gates of views --------------------------------------------------------------------------


def page(request, **_):
    return HttpResponse("page")


def asked(rf, person):
    request = rf.get("/page")
    request.user, request.session = person, {}
    return request


def test_a_gate_lets_the_role_in_and_gives_the_organisation_to_the_view(rf, people):
    view = requires(Permission.STEER)(lambda request, **_: HttpResponse(request.organisation.nom))
    answer = view(asked(rf, people["pilotage", "ici"]), organisation="ici")
    assert answer.content.decode() == "Guichet d'ici"
    assert "no-store" in answer["Cache-Control"]
    with pytest.raises(PermissionDenied):
        view(asked(rf, people["pilotage", "ailleurs"]), organisation="ici")


def test_a_visitor_is_sent_to_sign_in(rf, people):
    for view in (requires(Permission.STEER)(page), signed_in(page)):
        answer = view(asked(rf, AnonymousUser()), organisation="ici")
        assert answer.status_code == 302
        assert "next=/page" in answer["Location"]


def test_what_a_gate_says_is_what_its_view_does(rf, people):
    """The lists of pages and the tests of every address rest on what gates say of themselves."""
    open_to_all = seen_by(lambda **_: (Visibilite.PUBLIQUE, people.ici), runs=Permission.STEER)
    gates = {
        view.gate: view(asked(rf, AnonymousUser()), **arguments).status_code == 302
        for view, arguments in (
            (public(page), {}), (by_link(page), {}), (signed_in(page), {}), (open_to_all(page), {}),
            (requires(Permission.STEER)(page), {"organisation": "ici"}),
        )
    }  # fmt: skip
    assert len(gates) == 5
    assert all(gate.signed_in == is_sent_away for gate, is_sent_away in gates.items())
    assert [(gate.by_link, gate.by_visibility, gate.permission) for gate in gates] == [
        (False, False, None), (True, False, None), (False, False, None),
        (False, True, Permission.STEER), (False, False, Permission.STEER),
    ]  # fmt: skip


def test_a_responsible_person_enters_without_the_role(rf, people):
    """Without the role: `or_if` alone decides, by the person and the arguments of the address."""
    calls = []

    def pilots(person, **arguments):
        calls.append((person, arguments))
        return person == people.nobody

    view = requires(Permission.STEER, or_if=pilots)(page)
    assert view(asked(rf, people.nobody), organisation="ici").status_code == 200
    assert calls == [(people.nobody, {"organisation": "ici"})]
    with pytest.raises(PermissionDenied):
        view(asked(rf, people["conseiller", "ici"]), organisation="ici")
    # The role enters too where it is not responsible.
    assert view(asked(rf, people["pilotage", "ici"]), organisation="ici").status_code == 200


def test_a_page_by_its_state_sends_a_visitor_to_sign_in_and_refuses_a_person(rf, people):
    shown = SimpleNamespace(state=Visibilite.ORGANISATION)
    view = seen_by(lambda **_: (shown.state, people.ici), runs=Permission.STEER)(page)
    assert view(asked(rf, AnonymousUser())).status_code == 302
    with pytest.raises(PermissionDenied):
        view(asked(rf, people.nobody))
    answer = view(asked(rf, people["conseiller", "ici"]))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    shown.state = Visibilite.PUBLIQUE
    assert "Cache-Control" not in view(asked(rf, AnonymousUser()))


# -- links that carry a secret -------------------------------------------------------------------


def test_the_sixtieth_link_that_leads_nowhere_closes_links_to_its_address(rf, db):
    """Sixty misses of one address are served; then links wait five minutes, even good ones."""

    def lost(request, **_):
        raise Http404

    def page_of(view, address="198.51.100.7"):
        request = rf.get("/lien/x", REMOTE_ADDR=address)
        request.user = AnonymousUser()
        return by_link(view)(request)

    assert "no-store" in page_of(page)["Cache-Control"]
    # Missed links and links that have served (410) count alike; good ones do not.
    for misses in range(2, 62, 2):
        with pytest.raises(Http404):
            page_of(lost)
        assert page_of(lambda request: HttpResponse(status=410)).status_code == 410
        assert page_of(page).status_code == (200 if misses < 60 else 429)
    refused = page_of(page)
    assert (refused.status_code, refused["Retry-After"]) == (429, "300")
    # Another address is not concerned.
    assert page_of(page, "198.51.100.8").status_code == 200


def test_the_page_of_permissions_has_the_tables_of_the_code():
    page = (Path(__file__).resolve().parents[2] / "docs/reference/permissions.md").read_text(
        "utf-8"
    )
    assert table_in_markdown() in page
    assert visibilities_in_markdown(Permission.STEER) in page
