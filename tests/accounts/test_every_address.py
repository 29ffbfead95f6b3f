"""Every address of the site × every role × own and other organisation × signed out."""

import copy
import runpy
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from tests.accounts.conftest import NOW, create_people
from tests.accounts.employers_addresses import employers_addresses
from tests.accounts.housing_addresses import housing_addresses
from traitdunion.accounts.access_decorators import Gate
from traitdunion.accounts.enums import Role, Visibilite
from traitdunion.accounts.models import Invitation, Membership, SecurityReset
from traitdunion.accounts.outbox.operations import Sender, queue_mail
from traitdunion.accounts.permissions import (
    LABELS,
    NEEDS_SECOND_FACTOR,
    ROLES_OF,
    Permission,
)
from traitdunion.catalogue import operations
from traitdunion.catalogue.models import Import, Structure
from traitdunion.cooperation.models import Action as FicheAction
from traitdunion.cooperation.models import (
    Axe,
    FeuilleDeTable,
    Idee,
    ImportPlan,
    Invite,
    Partenaire,
    Seance,
)
from traitdunion.cooperation.models.committees import Instance, Membre, Reunion, Scrutin
from traitdunion.cooperation.roadmap import operations as roadmap
from traitdunion.cooperation.roadmap.plan_import.template import template
from traitdunion.desk.followup.operations import Person, open_parcours
from traitdunion.desk.followup.orientations import orient
from traitdunion.levers.models import Destinataire, Proposition, Scenario
from traitdunion.territory.models import Site

ROOT = Path(__file__).resolve().parents[2]

# Pages of django-allauth that change how one signs in; it guards them itself.
SECURITY = {
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_edit_webauthn",
}
# Views that wear no gate, each known to be open, or guarded by django-allauth itself.
UNGATED = {
    "desk:question",
    "desk:aids",
    "desk:unlock",
    "desk:what-if",
    "desk:sheet",
    "desk:share",
    "desk:calendar",
    "desk:seeker",
    "desk:seeker-sheet",
    "desk:seeker-offline",
    "desk:communes",
    "desk:contours",
    "desk:reach-map",
    "desk:reach-csv",
    "desk:reach-geojson",
    "api:api-root",
    "api:openapi-json",
    "api:list_solutions",
    "api:one_solution",
    "api:as_inclusion",
    "api:list_runs",
    "api:list_indicators",
    "api:figures_of_indicator",
    "account_login",
    "account_signup",
    "account_inactive",
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
    "mfa_login_webauthn",
    *SECURITY,
}


def addresses(patterns=None, namespace=""):
    """Every (name, view) of the site."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(one, URLPattern):
            yield namespace + (one.name or str(one.pattern)), one.callback
        else:
            inner = f"{one.namespace}:" if one.namespace else ""
            yield from addresses(one.url_patterns, namespace + inner)


GATES = {name: getattr(view, "gate", None) for name, view in addresses()}
SEEN = {name: gate for name, gate in GATES.items() if gate and gate.by_visibility}
GUARDED = {name: gate for name, gate in GATES.items() if gate and gate.signed_in}
ASKS_TWICE = {name for name, gate in GUARDED.items() if gate.permission in NEEDS_SECOND_FACTOR}
ACTORS = [
    *((role.value, slug) for role in Role for slug in ("ici", "ailleurs")),
    "nobody",
    "signed out",
]


@pytest.fixture(scope="module")
def kept_world(kept_database):
    """The people and what each address is called with, written once for the thousands of tests."""
    people = create_people()
    return people, arguments_of(people, NOW)


@pytest.fixture
def people(kept_world, db):
    """The people as they were written: what a test changes of them is its own."""
    return copy.deepcopy(kept_world[0])


@pytest.fixture
def arguments(kept_world):
    return kept_world[1]


def arguments_of(people, now):
    """What each address of the organisation `ici` is called with."""
    contributor = Membership.objects.get(user=people["contributeur", "ici"])
    invitation = Invitation.objects.create(
        organisation=people.ici,
        email="a@b.example",
        role=Role.EDITEUR,
        token_hash="x" * 64,
        created_at=now,
        expires_at=now.replace(year=2099),
    )
    reset = SecurityReset.objects.create(
        person=people["conseiller", "ici"], kind="identity", organisation=people.ici,
        asked_at=now, due_at=now.replace(year=2099),
    )  # fmt: skip
    structure = Structure.objects.create(id="mms", nom="Maison", organisation=people.ici)
    content = {"structure": "mms", "nom": "Vélo", "type_solution": "location_velo"}
    editor = people["editeur_catalogue", "ici"]
    velo = operations.create_solution(by=editor, content=content, now=now, key="velo")
    draft = operations.keep_draft(by=editor, organisation=people.ici, content=content, now=now)
    report = operations.report(solution=velo, nature="autre", message="", now=now)
    taken = Import.objects.create(
        organisation=people.ici, format="csv", nom="a.csv", at=now,
        content={"structures": [], "solutions": [], "lieux": []},
    )  # fmt: skip
    seance = Seance.objects.create(
        slug="seance", titre="Coopérer", organisation=people.ici, tenue_le=now, code="ABC234"
    )
    axe = Axe.objects.create(seance=seance, ordre=1, titre="Axe", question="Comment ?")
    idea = Idee.objects.create(axe=axe, texte="Un", source="table", dite_le=now)
    step = FicheAction.objects.create(axe=axe, titre="Agir")
    ImportPlan.objects.create(seance=seance, nom="plan.xlsx", fichier=template(), lu_le=now)
    partner = Partenaire.objects.create(action=step, organisme="Ailleurs")
    guest = Invite.objects.create(seance=seance, nom="Ana", organisation="A", college="etat")
    paper = FeuilleDeTable.objects.create(
        axe=axe, table=1, contenu=b"", nature="image/png", prise_le=now
    )
    cdpe = Instance.objects.create(slug="cdpe", nature="cdpe", nom="C", organisation=people.ici)
    meeting = Reunion.objects.create(
        instance=cdpe, tenue_le=now.date(), heure=now.time(), ordre_du_jour="Un point"
    )
    vote = Scrutin.objects.create(reunion=meeting, question="Adopter ?")
    member = Membre.objects.create(instance=cdpe, college="etat", siege="S", titulaire="T")
    assert structure.organisation == people.ici
    parcours = open_parcours(
        by=people["conseiller", "ici"],
        organisation=people.ici,
        now=now,
        person=Person(
            initiales="AB", annee_naissance=1990, situations=[], objectifs=["4"], prioritaire=False
        ),
    )
    study, housing = housing_addresses(people, now)
    works = Site.objects.create(
        code="usine", nom="Usine", employeur="E", commune=study.commune, lat=45.1, lon=3.5
    )
    orientation, _ = orient(
        by=people["conseiller", "ici"], parcours=parcours, solution=velo, message="", now=now
    )
    recipient = Destinataire.objects.create(acteur="region", nom="Région", courriel="r@b.example")
    scenario = Scenario.objects.create(titre="Un car", organisation=people.ici, cree_le=now)
    proposed = Proposition.objects.create(
        cle="x", acteur="region", nature="ajouter_course", phrase="Ajoutez", message="M", cout="0",
        delai="9 mois", confiance="sur", organisation=people.ici, destinataire="Région",
        envoyee_le=now,
    )  # fmt: skip
    failed = queue_mail(
        key="essai",
        to="a@b.example",
        subject="S",
        text="T",
        now=now,
        sender=Sender(organisation=people.ici),
    )
    return {
        "followup:first": {},
        "followup:morning": {"organisation": "ici"},
        "followup:files": {"organisation": "ici"},
        "followup:keep": {"organisation": "ici"},
        "followup:new": {"organisation": "ici"},
        "followup:protection": {"organisation": "ici"},
        "followup:parcours": {"pk": parcours.pk},
        "followup:need": {"pk": parcours.pk},
        "followup:agreement": {"pk": parcours.pk},
        "followup:act": {"pk": parcours.pk},
        "followup:journal": {"pk": parcours.pk},
        "followup:close": {"pk": parcours.pk},
        "followup:orient": {"pk": parcours.pk},
        "followup:orientation": {"pk": orientation.pk},
        "followup:send-again": {"pk": orientation.pk},
        "followup:moderate": {"pk": orientation.pk},
        "followup:withdraw": {"pk": orientation.pk},
        "followup:reply": {"pk": orientation.pk},
        "followup:waiting": {"organisation": "ici"},
        "followup:received": {"organisation": "ici"},
        "followup:mails": {"organisation": "ici"},
        "followup:figures": {"organisation": "ici"},
        "followup:export-events": {"organisation": "ici"},
        "followup:export": {"pk": parcours.pk},
        "followup:erase": {"pk": parcours.pk},
        "followup:start": {"pk": orientation.pk},
        "followup:point": {"pk": orientation.pk, "month": 1},
        "appointments:tool": {"organisation": "ici"},
        "phone:phone": {"organisation": "ici"},
        "phone:take": {"organisation": "ici"},
        "phone:end": {"organisation": "ici"},
        "catalogue:board": {"organisation": "ici"},
        "catalogue:start": {"organisation": "ici"},
        "catalogue:new": {"organisation": "ici", "kind": "tad"},
        "catalogue:entry": {"key": "velo"},
        "catalogue:edit": {"key": "velo"},
        "catalogue:act": {"key": "velo"},
        "catalogue:history": {"key": "velo"},
        "catalogue:restore": {"key": "velo", "version": 1},
        "catalogue:draft": {"pk": draft.pk},
        "catalogue:suggestion": {"pk": draft.pk},
        "catalogue:report": {"pk": report.pk},
        "catalogue:structures": {"organisation": "ici"},
        "catalogue:structure": {"organisation": "ici", "key": "mms"},
        "catalogue:upload": {"organisation": "ici"},
        "catalogue:cited-pages": {"organisation": "ici"},
        "catalogue:own-table": {"organisation": "ici", "kind": "csv"},
        "catalogue:import": {"pk": taken.pk},
        "catalogue:columns": {"pk": taken.pk},
        "cooperation:ballots": {"slug": "seance"},
        "cooperation:scribe": {"slug": "seance"},
        "cooperation:steer": {"slug": "seance"},
        "cooperation:idea": {"pk": idea.pk},
        "employers:sites": {},
        "employers:site": {"code": works.code},
        "employers:site-paper": {"code": works.code},
        "employers:site-communes": {"code": works.code},
        **employers_addresses(people, now),
        **housing,
        "cooperation:new-session": {"organisation": "ici"},
        "cooperation:prepare": {"slug": "seance"},
        "cooperation:new-axe": {"slug": "seance"},
        "cooperation:axe": {"pk": axe.pk},
        "cooperation:guests": {"slug": "seance"},
        "cooperation:guest": {"pk": guest.pk},
        "cooperation:import-guests": {"slug": "seance"},
        "cooperation:arrivals": {"slug": "seance"},
        "cooperation:tables": {"slug": "seance"},
        "cooperation:printed": {"slug": "seance", "kind": "emargement"},
        "cooperation:screen": {"slug": "seance"},
        "cooperation:moderate": {"slug": "seance"},
        "cooperation:manage": {"slug": "seance"},
        "cooperation:consent": {"slug": "seance"},
        "cooperation:papers": {"slug": "seance"},
        "cooperation:paper": {"pk": paper.pk},
        "cooperation:situations": {"slug": "seance"},
        "cooperation:import-plan": {"slug": "seance"},
        "cooperation:sheet": {"pk": step.pk},
        "cooperation:move": {"pk": step.pk},
        "cooperation:essentials": {"pk": step.pk},
        "cooperation:new-step": {"pk": step.pk},
        "cooperation:paste-readings": {"pk": step.pk},
        "cooperation:new-part": {"pk": step.pk, "kind": "budget"},
        "cooperation:part": {"pk": step.pk, "kind": "partenaire", "part": partner.pk},
        "cooperation:follow": {"pk": step.pk},
        "cooperation:accepted-levers": {"pk": step.pk},
        "cooperation:new-committee": {"organisation": "ici"},
        "cooperation:seat": {"pk": member.pk},
        "cooperation:convoke": {"pk": meeting.pk},
        "cooperation:minutes-pdf": {"pk": meeting.pk},
        "cooperation:new-member": {"slug": "cdpe"},
        "cooperation:publish-committee": {"slug": "cdpe"},
        "cooperation:new-meeting": {"slug": "cdpe"},
        "cooperation:meeting": {"pk": meeting.pk},
        "cooperation:move-meeting": {"pk": meeting.pk},
        "cooperation:cancel-meeting": {"pk": meeting.pk},
        "cooperation:second-notice": {"pk": meeting.pk},
        "cooperation:attendance": {"pk": meeting.pk},
        "cooperation:new-vote": {"pk": meeting.pk},
        "cooperation:minutes": {"pk": meeting.pk},
        "cooperation:correct-vote": {"pk": vote.pk},
        "cooperation:cancel-vote": {"pk": vote.pk},
        "cooperation:commitments": {"organisation": "ici"},
        "observatory:runs": {"organisation": "ici"},
        "cooperation:shared-words": {"organisation": "ici"},
        "levers:propose-first": {},
        "levers:propose": {"organisation": "ici"},
        "levers:proposals": {"organisation": "ici"},
        "levers:withdraw": {"organisation": "ici", "pk": proposed.pk},
        "levers:settings": {"organisation": "ici"},
        "levers:scenarios": {"organisation": "ici"},
        "levers:scenario": {"organisation": "ici", "pk": scenario.pk},
        "levers:delete-scenario": {"organisation": "ici", "pk": scenario.pk},
        "levers:delete-recipient": {"organisation": "ici", "pk": recipient.pk},
        "accounts:home": {},
        "accounts:members": {"organisation": "ici"},
        "accounts:members-file": {"organisation": "ici"},
        "accounts:remove-member": {"organisation": "ici", "pk": contributor.pk},
        "accounts:reset-second-factor": {"organisation": "ici", "pk": contributor.pk},
        "accounts:forget-identity": {"organisation": "ici", "pk": contributor.pk},
        "accounts:own-sessions": {},
        "accounts:agree-to-reset": {"organisation": "ici", "pk": reset.pk},
        "accounts:refuse-reset": {"organisation": "ici", "pk": reset.pk},
        "accounts:refuse-own-reset": {"pk": reset.pk},
        "accounts:revoke-invitation": {"organisation": "ici", "pk": invitation.pk},
        "regles:rules": {"organisation": "ici"},
        "regles:new": {"organisation": "ici"},
        "regles:rule": {"organisation": "ici", "name": "essai"},
        "regles:read-again": {"organisation": "ici", "name": "essai"},
        "regles:archive": {"organisation": "ici", "name": "essai"},
        "accounts:journal": {"organisation": "ici"},
        "accounts:own-contact": {},
        "accounts:contact": {"organisation": "ici"},
        "accounts:organisations": {"organisation": "ici"},
        "accounts:outbox": {"organisation": "ici"},
        "scheduled": {"organisation": "ici"},
        "site-page": {"organisation": "ici"},
        "scheduled-run": {"organisation": "ici"},
        "accounts:outbox-act": {"organisation": "ici", "pk": failed.pk},
    }


def test_every_view_wears_a_gate_or_is_known_to_need_none():
    assert {name for name, gate in GATES.items() if gate is None} == UNGATED


def expected(gate: Gate, actor) -> str:
    if actor == "signed out":
        return "sign in"
    if gate.permission is None:
        return "open"
    if actor == "nobody":
        return "refused"
    role, slug = actor
    return "open" if slug == "ici" and role in ROLES_OF[gate.permission] else "refused"


def outcome(response) -> str:
    if response.status_code == 302 and response.url.startswith("/compte/connexion/"):
        return "sign in"
    return "refused" if response.status_code == 403 else "open"


@pytest.mark.parametrize("actor", ACTORS, ids=str)
@pytest.mark.parametrize("name", sorted(GUARDED))
def test_each_address_opens_to_whom_the_table_says(name, actor, arguments, people, client):
    if actor == "nobody":
        client.force_login(people.nobody)
    elif actor != "signed out":
        client.force_login(people[actor])
    url = reverse(name, kwargs=arguments[name])
    awaited = expected(GUARDED[name], actor)
    page = client.get(url)
    assert outcome(page) == awaited
    if page.status_code == 200:
        assert "no-store" in page.headers["Cache-Control"]
    assert outcome(client.post(url)) == awaited


@pytest.mark.parametrize("name", sorted(ASKS_TWICE))
def test_a_password_alone_opens_none_of_what_asks_for_more(
    name, arguments, people, client, settings
):
    settings.TRAITDUNION_MFA_REQUIRED = True
    url = reverse(name, kwargs=arguments[name])
    for actor in ACTORS[:-2]:
        client.force_login(people[actor])
        answer = client.get(url)
        if expected(GUARDED[name], actor) == "open":
            assert (answer.status_code, answer.url) == (302, reverse("mfa_index"))
        else:
            assert answer.status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(SECURITY))
def test_whoever_is_signed_out_changes_nobody_s_security(name, client):
    url = reverse(name, kwargs={"pk": 1} if name[-11:] in ("ve_webauthn", "it_webauthn") else {})
    assert outcome(client.get(url)) == "sign in"
    assert outcome(client.post(url)) == "sign in"


SEEN_AT = {
    "cooperation:session": {"slug": "seance"},
    "cooperation:lineage": {"slug": "seance"},
    "cooperation:bilan": {"slug": "seance"},
    "cooperation:bilan-pdf": {"slug": "seance"},
    "cooperation:roadmap": {"slug": "seance"},
    "cooperation:quality": {"slug": "seance"},
    "cooperation:roadmap-pdf": {"slug": "seance"},
    "cooperation:roadmap-odt": {"slug": "seance"},
    "cooperation:roadmap-xlsx": {"slug": "seance"},
    "cooperation:roadmap-csv": {"slug": "seance"},
    "cooperation:roadmap-json": {"slug": "seance"},
    "cooperation:roadmap-ics": {"slug": "seance"},
    "cooperation:reentry": {"slug": "seance"},
    "cooperation:reentry-csv": {"slug": "seance"},
    "cooperation:action": "step",
    "cooperation:committee": {"slug": "cdpe"},
    "cooperation:committee-votes": {"slug": "cdpe"},
    "cooperation:plan": "plan",
}
OF_THE_ROADMAP = {name for name in SEEN_AT if "roadmap" in name or "reentry" in name} | {
    "cooperation:quality", "cooperation:action",
}  # fmt: skip


def awaited(state: str, actor, runs: Permission) -> str:
    """What an object in a state answers: the states are nested, from those who run it to all."""
    if state == Visibilite.PUBLIQUE:
        return "open"
    if actor == "signed out":
        return "sign in"
    if state == Visibilite.MEMBRES:
        return "open"
    here = actor != "nobody" and actor[1] == "ici"
    if state == Visibilite.ORGANISATION:
        return "open" if here else "refused"
    return "open" if here and actor[0] in ROLES_OF[runs] else "refused"


@pytest.mark.parametrize("state", Visibilite)
@pytest.mark.parametrize("name", sorted(SEEN))
def test_each_object_opens_to_whom_its_state_says(name, state, arguments, people, client):
    # Every other object is in the opposite state: one does not open the other.
    other = Visibilite.PRIVEE if state == Visibilite.PUBLIQUE else Visibilite.PUBLIQUE
    for model in (Seance, Instance, ImportPlan):
        model.objects.update(visibilite=other)
    Seance.objects.update(visibilite_feuille=other)
    owner, column = object_of(name)
    owner.objects.update(**{column: state})
    url = seen_at(name, arguments)
    for actor in ACTORS:
        client.logout()
        if actor == "nobody":
            client.force_login(people.nobody)
        elif actor != "signed out":
            client.force_login(people[actor])
        found = outcome(client.get(url))
        assert found == awaited(state, actor, SEEN[name].permission), actor


def object_of(name):
    """Return the model that holds the state of a page, and its column."""
    if name in OF_THE_ROADMAP:
        return Seance, "visibilite_feuille"
    if name == "cooperation:plan":
        return ImportPlan, "visibilite"
    return (Instance if "committee" in name else Seance), "visibilite"


def seen_at(name, arguments):
    """Return the address of a page that has a state."""
    given = SEEN_AT[name]
    if given == "step":
        given = arguments["cooperation:follow"]
    if given == "plan":
        given = {"pk": ImportPlan.objects.earliest("pk").pk}
    return reverse(name, kwargs=given)


def test_every_object_that_has_a_state_is_tried():
    assert set(SEEN_AT) == set(SEEN)
    tried = {object_of(name) for name in SEEN}
    states = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.choices and {value for value, _ in field.flatchoices} == set(Visibilite.values)
    }
    assert tried == states
    assert {model._meta.get_field(name).default for model, name in states} == {Visibilite.PRIVEE}


@pytest.mark.parametrize("state", Visibilite)
def test_lists_name_only_what_one_may_open(state, arguments, people, client):
    """A session, its roadmap and a committee are in a list for those who may open their page."""
    lists = {
        "cooperation:sessions": ("cooperation:session", "Coopérer"),
        "cooperation:whole-roadmap": ("cooperation:roadmap", "Agir"),
        "cooperation:committees": ("cooperation:committee", "cdpe"),
    }
    roadmap.record_event(FicheAction.objects.get(), by=None, at=timezone.now(), commentaire="")
    Seance.objects.update(visibilite=state, visibilite_feuille=state)
    Instance.objects.update(visibilite=state)
    for actor in ACTORS:
        client.logout()
        if actor != "signed out":
            client.force_login(people.nobody if actor == "nobody" else people[actor])
        for name, (page, word) in lists.items():
            opens = awaited(state, actor, SEEN[page].permission) == "open"
            assert (word in client.get(reverse(name)).content.decode()) == opens, (name, actor)


def test_a_plan_is_taken_in_by_those_who_steer_alone(arguments, people, client):
    ImportPlan.objects.update(visibilite=Visibilite.PUBLIQUE)
    url = seen_at("cooperation:plan", arguments)
    for actor in ACTORS:
        client.logout()
        if actor != "signed out":
            client.force_login(people.nobody if actor == "nobody" else people[actor])
        steers = actor == ("pilotage", "ici")
        page = client.get(url).content.decode()
        assert ("<form" in page.split("<main")[1]) == steers, actor
        assert (client.post(url, {"faire": "rien"}).status_code == 302) == steers, actor


def test_an_inactive_person_holds_nothing(people, client):
    editor = people["administrateur", "ici"]
    client.force_login(editor)
    editor.is_active = False
    editor.save()
    assert outcome(client.get("/organisations/ici/membres/")) == "sign in"


def test_every_permission_is_told_and_held_by_some_role():
    assert set(LABELS) == set(ROLES_OF) == set(Permission)
    assert all(ROLES_OF.values())


def test_the_documentation_is_that_of_the_code():
    """`scripts/permissions-doc` writes the same page; a table altered by hand is made again."""
    script = runpy.run_path(str(ROOT / "scripts" / "permissions-doc"))
    page = (ROOT / "docs/reference/permissions.md").read_text("utf-8")
    assert script["up_to_date"](page) == page
    assert f"| `cooperation:steer` | {Permission.STEER.label} |" in page
    for word in ("cooperation:steer", "cooperation:committee`", "accounts:invitation", "oui"):
        assert script["up_to_date"](page.replace(word, "autre")) == page
