"""Who may do what: the one table from which the checks, the tests and the documentation are made.

A permission is held in an organisation, never in general: the roles of a person elsewhere do
not count. The role Pilotage runs sessions and roadmaps; what the pilot of one action may do needs
no role: `cooperation/roadmap/responsibility.py`.
"""

from enum import StrEnum
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from .enums import Role, Visibilite
from .models import Membership, Organisation, User

Person = User | AnonymousUser


class Permission(StrEnum):
    """Something a person may be allowed to do in an organisation; `label`: its French name."""

    MANAGE_MEMBERS = "manage_members"
    HANDLE_MESSAGES = "handle_messages"
    CREATE_ORGANISATIONS = "create_organisations"
    SEE_JOURNAL = "see_journal"
    SEE_DRAFTS = "see_drafts"
    SUGGEST = "suggest"
    EDIT_CATALOGUE = "edit_catalogue"
    MODERATE = "moderate"
    EXCHANGE = "exchange"
    FOLLOW = "follow"
    MODERATE_ORIENTATIONS = "moderate_orientations"
    ANSWER_ORIENTATIONS = "answer_orientations"
    SEE_FIGURES = "see_figures"
    SEE_FILE_JOURNAL = "see_file_journal"
    EXPORT_AND_ERASE = "export_and_erase"
    SET_APPOINTMENTS = "set_appointments"
    EXPORT_EVENTS = "export_events"
    STEER = "steer"
    COMMIT = "commit"
    STUDY_OPERATIONS = "study_operations"
    KEEP_LEASES = "keep_leases"
    CHECK_REFERENCES = "check_references"
    HANDLE_DEMANDS = "handle_demands"
    FOLLOW_STEPS = "follow_steps"
    PROPOSE_LEVERS = "propose_levers"
    KEEP_LEVERS = "keep_levers"
    RUN_OBSERVATORY = "run_observatory"
    KEEP_CLUBS = "keep_clubs"
    KEEP_SPEAKERS = "keep_speakers"
    ASK_SITES = "ask_sites"
    CORRECT_SHARED_WORDS = "correct_shared_words"
    KEEP_SITES = "keep_sites"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    Permission.MANAGE_MEMBERS: "inviter et retirer des membres",
    Permission.HANDLE_MESSAGES: "voir les messages, les renvoyer ou les abandonner",
    Permission.CREATE_ORGANISATIONS: "créer d'autres organisations",
    Permission.SEE_JOURNAL: "lire le journal des accès",
    Permission.SEE_DRAFTS: "voir les fiches qui ne sont pas publiées",
    Permission.SUGGEST: "proposer une fiche ou une modification",
    Permission.EDIT_CATALOGUE: "écrire, publier et archiver les fiches",
    Permission.MODERATE: "accepter ou refuser propositions et signalements",
    Permission.EXCHANGE: "importer un fichier, et annuler un import",
    Permission.FOLLOW: "ouvrir et suivre des parcours, orienter",
    Permission.MODERATE_ORIENTATIONS: "relire une orientation avant qu'elle parte",
    Permission.ANSWER_ORIENTATIONS: "répondre aux orientations reçues",
    Permission.SEE_FIGURES: "lire les chiffres du suivi, sans personne",
    Permission.SEE_FILE_JOURNAL: "lire qui a ouvert un parcours",
    Permission.EXPORT_AND_ERASE: "exporter ou effacer ce qui est gardé d'une personne",
    Permission.SET_APPOINTMENTS: "régler l'outil de rendez-vous",
    Permission.EXPORT_EVENTS: "exporter les mises en relation (iMER)",
    Permission.STEER: "animer les séances et tenir la feuille de route",
    Permission.COMMIT: "confirmer les engagements de l'organisation",
    Permission.STUDY_OPERATIONS: "étudier les opérations de logement",
    Permission.KEEP_LEASES: "tenir les baux et les comptes d'un organisme foncier",
    Permission.CHECK_REFERENCES: "vérifier les références datées du logement",
    Permission.HANDLE_DEMANDS: "suivre les demandes de logement des ménages et attribuer",
    Permission.FOLLOW_STEPS: "lire et faire les étapes confiées à l'organisation",
    Permission.PROPOSE_LEVERS: "proposer un changement à qui peut le faire",
    Permission.KEEP_LEVERS: "tenir les coûts et les destinataires des leviers",
    Permission.RUN_OBSERVATORY: "lancer, arrêter et reprendre les calculs de l'observatoire",
    Permission.KEEP_CLUBS: "tenir un club d'employeurs et ses rencontres",
    Permission.KEEP_SPEAKERS: "tenir un vivier d'intervenants et leurs accords",
    Permission.ASK_SITES: "demander à un site d'accueillir une personne",
    Permission.CORRECT_SHARED_WORDS: "corriger et effacer les mots que d'autres lisent",
    Permission.KEEP_SITES: "tenir les sites et les équipes des employeurs",
}

ROLES_OF: dict[Permission, frozenset[Role]] = {
    Permission.MANAGE_MEMBERS: frozenset({Role.ADMINISTRATEUR}),
    Permission.HANDLE_MESSAGES: frozenset({Role.ADMINISTRATEUR}),
    Permission.CREATE_ORGANISATIONS: frozenset({Role.ADMINISTRATEUR}),
    Permission.SEE_JOURNAL: frozenset({Role.ADMINISTRATEUR, Role.DPO}),
    Permission.SEE_DRAFTS: frozenset({Role.EDITEUR, Role.CONTRIBUTEUR, Role.ADMINISTRATEUR}),
    Permission.SUGGEST: frozenset({Role.EDITEUR, Role.CONTRIBUTEUR}),
    Permission.EDIT_CATALOGUE: frozenset({Role.EDITEUR}),
    Permission.MODERATE: frozenset({Role.EDITEUR}),
    Permission.EXCHANGE: frozenset({Role.EDITEUR}),
    Permission.FOLLOW: frozenset({Role.CONSEILLER, Role.MMS}),
    Permission.MODERATE_ORIENTATIONS: frozenset({Role.MMS}),
    Permission.ANSWER_ORIENTATIONS: frozenset({Role.MMS, Role.PRESTATAIRE}),
    Permission.SEE_FIGURES: frozenset({Role.MMS, Role.PILOTAGE}),
    Permission.SEE_FILE_JOURNAL: frozenset({Role.DPO}),
    Permission.EXPORT_AND_ERASE: frozenset({Role.DPO}),
    Permission.SET_APPOINTMENTS: frozenset({Role.ADMINISTRATEUR}),
    Permission.EXPORT_EVENTS: frozenset({Role.MMS}),
    Permission.STEER: frozenset({Role.PILOTAGE}),
    Permission.COMMIT: frozenset({Role.PILOTAGE, Role.ADMINISTRATEUR}),
    Permission.STUDY_OPERATIONS: frozenset({Role.PILOTAGE, Role.ADMINISTRATEUR}),
    Permission.KEEP_LEASES: frozenset({Role.PILOTAGE}),
    Permission.CHECK_REFERENCES: frozenset({Role.ADMINISTRATEUR}),
    Permission.HANDLE_DEMANDS: frozenset({Role.CONSEILLER, Role.PILOTAGE}),
    Permission.FOLLOW_STEPS: frozenset(
        {Role.CONSEILLER, Role.MMS, Role.PRESTATAIRE, Role.PILOTAGE}
    ),
    Permission.PROPOSE_LEVERS: frozenset({Role.CONSEILLER, Role.MMS, Role.PILOTAGE}),
    Permission.KEEP_LEVERS: frozenset({Role.MMS, Role.PILOTAGE}),
    Permission.RUN_OBSERVATORY: frozenset({Role.MMS, Role.PILOTAGE}),
    Permission.KEEP_CLUBS: frozenset({Role.PILOTAGE, Role.ADMINISTRATEUR}),
    Permission.KEEP_SPEAKERS: frozenset({Role.CONSEILLER, Role.MMS}),
    Permission.ASK_SITES: frozenset({Role.CONSEILLER, Role.MMS}),
    # Each table of words asks for the permission of who may write them, too.
    Permission.CORRECT_SHARED_WORDS: frozenset(
        {Role.CONSEILLER, Role.MMS, Role.PILOTAGE, Role.ADMINISTRATEUR}
    ),
    Permission.KEEP_SITES: frozenset({Role.MMS, Role.EDITEUR, Role.PILOTAGE}),
}


# Those that show the file of a person, or give others the right to: a password is not enough.
NEEDS_SECOND_FACTOR = frozenset(
    {
        Permission.MANAGE_MEMBERS,
        Permission.FOLLOW,
        Permission.MODERATE_ORIENTATIONS,
        Permission.ANSWER_ORIENTATIONS,
        Permission.SEE_FILE_JOURNAL,
        Permission.EXPORT_AND_ERASE,
        Permission.SET_APPOINTMENTS,
        Permission.EXPORT_EVENTS,
        Permission.KEEP_LEASES,
        Permission.HANDLE_DEMANDS,
        Permission.FOLLOW_STEPS,
        Permission.KEEP_SPEAKERS,
        Permission.ASK_SITES,
        Permission.CORRECT_SHARED_WORDS,
    }
)


def can(person: Any, permission: Permission, organisation: Organisation | None) -> bool:
    """Return whether a person holds a permission in an organisation; False without one."""
    if organisation is None or not isinstance(person, User) or not person.is_active:
        return False
    return Membership.objects.filter(
        user=person, organisation=organisation, role__in=ROLES_OF[permission]
    ).exists()


def check(person: Any, permission: Permission, organisation: Organisation | None) -> None:
    """Raise PermissionDenied, naming what is missing, unless the person holds the permission."""
    if not can(person, permission, organisation):
        where = f" pour {organisation.nom}" if organisation else ""
        raise PermissionDenied(
            f"Il faut pouvoir {permission.label}{where}. Demandez ce rôle à un administrateur."
        )


def may_see(
    person: Any, visibility: str, organisation: Organisation | None, runs: Permission
) -> bool:
    """Return whether a person sees an object of an organisation, by the state it is in.

    `runs`: the permission of those who run it, who always see it.
    """
    if visibility == Visibilite.PUBLIQUE:
        return True
    if organisation is None or not isinstance(person, User) or not person.is_active:
        return False
    if visibility == Visibilite.MEMBRES:
        return True
    held = Membership.objects.filter(user=person, organisation=organisation)
    if visibility == Visibilite.ORGANISATION:
        return held.exists()
    return held.filter(role__in=ROLES_OF[runs]).exists()


def visibilities_in_markdown(runs: Permission) -> str:
    """Return who sees an object in each state, as the documentation shows it."""
    readers = ["sans compte", "avec un compte", "membre de l'organisation", runs.label]
    lines = ["| État | " + " | ".join(readers) + " |", "|---" * (len(readers) + 1) + "|"]
    for n, visibility in enumerate(reversed(Visibilite)):
        marks = ["oui" if place >= n else "–" for place in range(len(readers))]
        lines.append(f"| {visibility.label} | " + " | ".join(marks) + " |")
    return "\n".join(lines)


def organisations_where(person: Any, permission: Permission) -> list[Organisation]:
    """Return the organisations in which a person holds a permission."""
    if not isinstance(person, User) or not person.is_active:
        return []
    held = Membership.objects.filter(user=person, role__in=ROLES_OF[permission])
    return list(Organisation.objects.filter(pk__in=held.values("organisation")))


def table_in_markdown() -> str:
    """Return the table of permissions, as the documentation shows it."""
    heads = [role.label for role in Role]
    lines = [
        "| Permission | " + " | ".join(heads) + " |",
        "|---" * (len(heads) + 1) + "|",
    ]
    for permission in Permission:
        marks = ["oui" if role in ROLES_OF[permission] else "–" for role in Role]
        lines.append(f"| {permission.label} | " + " | ".join(marks) + " |")
    return "\n".join(lines)
