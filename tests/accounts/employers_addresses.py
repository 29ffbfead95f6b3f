"""Clubs and speakers of `ici`, for the addresses of employers."""

from datetime import time

from traitdunion.cooperation.models import Action, Engagement
from traitdunion.employers.models import (
    Club,
    Consentement,
    ContactSite,
    DemandeIntervenant,
    EngagementEmployeur,
    GroupeTravail,
    ImportSites,
    Intervenant,
    Intervention,
    Rencontre,
)
from traitdunion.territory.models import Commune, Site


def employers_addresses(people, now):
    """What each guarded address of employers is called with."""
    club = Club.objects.create(slug="club", nom="Club", organisation=people.ici)
    meeting = Rencontre.objects.create(club=club, titre="Réunion", tenue_le=now.date())
    promised(meeting, now)
    speaker = Intervenant.objects.create(
        organisation=people.ici, pseudonyme="Ana", statut="salarie", inscrit_le=now
    )
    Consentement.objects.create(
        intervenant=speaker, usage="contact", version="1", public="salle", support="oral",
        donne_le=now, expire_le=now.replace(year=2099).date(),
    )  # fmt: skip
    asked = DemandeIntervenant.objects.create(
        rencontre=meeting, intermediaire=people.ici, fin=time(12), demandee_le=now
    )
    Intervention.objects.create(demande=asked, intervenant=speaker, proposee_le=now)
    return {
        "employers:desk": {"organisation": "ici"},
        "employers:club-desk": {"slug": "club"},
        "employers:new-meeting": {"slug": "club"},
        "employers:new-group": {"slug": "club"},
        "employers:readings": {"pk": Action.objects.earliest("pk").pk},
        "employers:group": {"pk": working_group(club, now).pk},
        "employers:meeting": {"pk": meeting.pk},
        "employers:speakers": {"organisation": "ici"},
        "employers:moderation": {"organisation": "ici"},
        "employers:conventions": {"organisation": "ici"},
        "employers:shared-pool": {"organisation": "ici"},
        "employers:shared-requests": {"organisation": "ici"},
        "employers:speaker": {"pk": speaker.pk},
        "employers:request": {"pk": asked.pk},
        "employers:site-requests": {"organisation": "ici"},
        "employers:kept-sites": {"organisation": "ici"},
        "employers:shifts": {"organisation": "ici", "code": Site.objects.earliest("pk").pk},
        "employers:diagnosis": {"organisation": "ici", "code": Site.objects.earliest("pk").pk},
        "employers:posts": {"organisation": "ici", "code": Site.objects.earliest("pk").pk},
        "employers:import-sites": {
            "pk": ImportSites.objects.create(
                organisation=people.ici,
                nom="sites.csv",
                lu_le=now,
                fichier=b"employeur;site;commune;equipe;jours;debut;fin",
            ).pk
        },
    }


def working_group(club, now):
    """Return a working group that everybody sees."""
    return GroupeTravail.objects.create(
        club=club, nom="Groupe", mandat="Chercher", question="Comment ?", livrable="Une fiche",
        pour_le=now.date(), publique=True,
    )  # fmt: skip


def promised(meeting, now):
    """Return a commitment that an employer took in a meeting and confirmed."""
    action = Action.objects.earliest("pk")
    row = Engagement.objects.create(
        action=action, organisation_nom="Scierie",
        courriel="rh@scierie.example", quoi="Nommer", quantite=1, unite="tuteurs",
        pour_le=now.date(), etat="confirme", confirme_le=now,
    )  # fmt: skip
    return EngagementEmployeur.objects.create(engagement=row, rencontre=meeting, nature="tuteur")


def employers_with_links(people, now):
    """What each address of employers that carries a secret opens, by name."""
    club = Club.objects.create(slug="club", nom="Club", organisation=people.ici)
    works = Site.objects.create(
        code="usine", nom="Usine", employeur="E", commune=Commune.objects.earliest("pk"),
        lat=45.1, lon=3.5,
    )  # fmt: skip
    meeting = Rencontre.objects.create(club=club, titre="Réunion", tenue_le=now.date())
    return {
        "employers:organiser": meeting,
        "employers:counts": promised(meeting, now),
        "employers:own-word": Intervenant.objects.create(
            organisation=people.ici, pseudonyme="Ana", statut="salarie", inscrit_le=now
        ),
        "employers:site-answers": ContactSite.objects.create(
            site=works, organisation=people.ici, courriel="s@x.example", rafraichi_le=now.date()
        ),
    }
