"""Every address of the site × every role × own and other organisation × signed out."""

from pathlib import Path

import pytest
from django.urls import URLPattern, get_resolver, reverse

from traitdunion.accounts.enums import Role
from traitdunion.accounts.gates import Gate
from traitdunion.accounts.models import Invitation, Membership
from traitdunion.accounts.permissions import (
    LABELS,
    NEEDS_SECOND_FACTOR,
    ROLES_OF,
    Permission,
    table_in_markdown,
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
from traitdunion.cooperation.models.committees import Instance, Membre, Reunion
from traitdunion.cooperation.plan_import.template import template
from traitdunion.desk.followup.operations import open_parcours
from traitdunion.desk.followup.orientations import orient

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
    "desk:what-if",
    "desk:sheet",
    "desk:communes",
    "desk:contours",
    "api:api-root",
    "api:openapi-json",
    "api:list_solutions",
    "api:one_solution",
    "api:as_inclusion",
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
GUARDED = {name: gate for name, gate in GATES.items() if gate and gate.signed_in}
ASKS_TWICE = {name for name, gate in GUARDED.items() if gate.permission in NEEDS_SECOND_FACTOR}
ACTORS = [
    *((role.value, slug) for role in Role for slug in ("ici", "ailleurs")),
    "nobody",
    "signed out",
]


@pytest.fixture
def arguments(people, now):
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
    workbook = ImportPlan.objects.create(
        seance=seance, nom="plan.xlsx", fichier=template(), lu_le=now
    )
    partner = Partenaire.objects.create(action=step, organisme="Ailleurs")
    guest = Invite.objects.create(seance=seance, nom="Ana", organisation="A", college="etat")
    paper = FeuilleDeTable.objects.create(
        axe=axe, table=1, contenu=b"", nature="image/png", prise_le=now
    )
    cdpe = Instance.objects.create(slug="cdpe", nature="cdpe", nom="C", organisation=people.ici)
    meeting = Reunion.objects.create(
        instance=cdpe, tenue_le=now.date(), heure=now.time(), ordre_du_jour="Un point"
    )
    member = Membre.objects.create(instance=cdpe, college="etat", siege="S", titulaire="T")
    assert structure.organisation == people.ici
    parcours = open_parcours(
        by=people["conseiller", "ici"], organisation=people.ici, initiales="AB",
        annee_naissance=1990, situations=[], objectifs=["4"], prioritaire=False, now=now,
    )  # fmt: skip
    orientation, _ = orient(
        by=people["conseiller", "ici"], parcours=parcours, solution=velo, message="", now=now
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
        "catalogue:upload": {"organisation": "ici"},
        "catalogue:cited-pages": {"organisation": "ici"},
        "catalogue:own-table": {"organisation": "ici", "kind": "csv"},
        "catalogue:import": {"pk": taken.pk},
        "cooperation:ballots": {"slug": "seance"},
        "cooperation:scribe": {"slug": "seance"},
        "cooperation:steer": {"slug": "seance"},
        "cooperation:idea": {"pk": idea.pk},
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
        "cooperation:consent": {"slug": "seance"},
        "cooperation:papers": {"slug": "seance"},
        "cooperation:paper": {"pk": paper.pk},
        "cooperation:situations": {"slug": "seance"},
        "cooperation:import-plan": {"slug": "seance"},
        "cooperation:plan": {"pk": workbook.pk},
        "cooperation:sheet": {"pk": step.pk},
        "cooperation:move": {"pk": step.pk},
        "cooperation:essentials": {"pk": step.pk},
        "cooperation:new-step": {"pk": step.pk},
        "cooperation:new-part": {"pk": step.pk, "kind": "budget"},
        "cooperation:part": {"pk": step.pk, "kind": "partenaire", "part": partner.pk},
        "cooperation:follow": {"pk": step.pk},
        "cooperation:new-committee": {"organisation": "ici"},
        "cooperation:seat": {"pk": member.pk},
        "cooperation:convoke": {"pk": meeting.pk},
        "cooperation:minutes-pdf": {"pk": meeting.pk},
        "cooperation:new-member": {"slug": "cdpe"},
        "cooperation:new-meeting": {"slug": "cdpe"},
        "cooperation:meeting": {"pk": meeting.pk},
        "cooperation:second-notice": {"pk": meeting.pk},
        "cooperation:attendance": {"pk": meeting.pk},
        "cooperation:new-vote": {"pk": meeting.pk},
        "cooperation:minutes": {"pk": meeting.pk},
        "cooperation:commitments": {"organisation": "ici"},
        "accounts:home": {},
        "accounts:members": {"organisation": "ici"},
        "accounts:remove-member": {"organisation": "ici", "pk": contributor.pk},
        "accounts:reset-second-factor": {"organisation": "ici", "pk": contributor.pk},
        "accounts:forget-identity": {"organisation": "ici", "pk": contributor.pk},
        "accounts:revoke-invitation": {"organisation": "ici", "pk": invitation.pk},
        "regles:rules": {"organisation": "ici"},
        "regles:new": {"organisation": "ici"},
        "regles:rule": {"organisation": "ici", "name": "essai"},
        "regles:archive": {"organisation": "ici", "name": "essai"},
        "accounts:journal": {"organisation": "ici"},
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
    assert outcome(client.get(url)) == awaited
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


def test_an_inactive_person_holds_nothing(people, client):
    editor = people["administrateur", "ici"]
    client.force_login(editor)
    editor.is_active = False
    editor.save()
    assert outcome(client.get("/organisations/ici/membres/")) == "sign in"


def test_every_permission_is_told_and_held_by_some_role():
    assert set(LABELS) == set(ROLES_OF) == set(Permission)
    assert all(ROLES_OF.values())


def test_the_documentation_shows_the_table_and_every_address():
    page = (ROOT / "docs/reference/permissions.md").read_text("utf-8")
    assert table_in_markdown() in page
    lines = [
        f"| `{name}` | {gate.permission.label if gate.permission else 'être connecté'} |"
        for name, gate in sorted(GUARDED.items())
    ]
    assert "\n".join(lines) in page
