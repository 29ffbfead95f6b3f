"""Treatments of the register that concern employers: clubs, speakers, requests, sites."""

from traitdunion.employers.models.clubs import COUNTS_OPEN, LINK_OPEN
from traitdunion.employers.retention import (
    DIAGNOSIS_KEPT,
    MAILBOX_KEPT,
    PROOF_KEPT,
    REFERENCE_KEPT,
    SPEAKER_KEPT,
)
from traitdunion.employers.speakers.testimonies import REFUSED_KEPT

from .treatment import NO_PERIOD, Treatment, days


def of_employers() -> list[Treatment]:
    """Return the treatments of employers, with the periods that the code applies."""
    return [_clubs(), _speakers(), _site_requests(), _sites()]


def _clubs() -> Treatment:
    return Treatment(
        titre="Clubs d'employeurs et leurs rencontres",
        finalites="Tenir le calendrier des rencontres d'employeurs, envoyer le kit d'intégration "
        "à l'organisateur, garder ce qui s'y est fait et promis.",
        base_legale="Mission d'intérêt public, art. 6.1.e (à vérifier).",
        personnes="Organisateurs des rencontres. Ceux qui y prennent la parole ne sont gardés "
        "qu'en catégories (salarié, demandeur d'emploi, tuteur…), sans nom ni nombre.",
        donnees="Adresse électronique de l'organisateur ; titre, date et lieu de la rencontre ; "
        "temps tenu, catégories de ceux qui ont parlé, idées sans nom ni coordonnées. "
        "Groupes de travail : mandat, question, entreprises membres, livrable. Les "
        "engagements d'une entreprise sont ceux de la feuille de route ; ses embauches et les "
        "personnes encore présentes, en nombres.",
        destinataires="Tout le monde, pour une rencontre annoncée à tous (sans l'adresse) ; ceux "
        "qui tiennent le club et l'organisateur pour le reste.",
        durees=(
            f"Lien de l'organisateur : ouvert jusqu'à {days(LINK_OPEN)} après la rencontre.",
            f"Adresse de l'organisateur : {days(MAILBOX_KEPT)} après la rencontre.",
            f"Lien du suivi : {days(COUNTS_OPEN)} après la confirmation de l'engagement.",
            f"Rencontres, groupes, temps tenu, idées et nombres d'embauches : {NO_PERIOD}.",
        ),
        securite="Lien signé par la clé du site, sans compte ; droits par rôle et par "
        "organisation ; changements au journal.",
        models=(
            "employers.Rencontre",
            "employers.GroupeTravail",
            "employers.EngagementEmployeur",
            "employers.BilanCohorte",
        ),
    )


def _speakers() -> Treatment:
    return Treatment(
        titre="Intervenants volontaires dans les rencontres d'employeurs",
        finalites="Proposer à des salariés et à des demandeurs d'emploi volontaires de parler de "
        "l'accueil dans une rencontre ; tenir leurs accords et leurs retraits.",
        base_legale="Consentement, art. 6.1.a, usage par usage ; droit à la vie privée, code "
        "civil, art. 9 ; analyse d'impact : docs/reference/aipd.md.",
        personnes="Volontaires, sous un nom qu'ils choisissent, connus du seul intermédiaire.",
        donnees="Nom choisi, statut (salarié, demandeur d'emploi, ancien demandeur, tuteur), "
        "métiers, thèmes, commune, jours possibles, voiture ou non ; accords (usage, version du "
        "texte, public, support, fin, retrait) ; témoignage et signature choisie ; rencontres, "
        "trajet et son coût, paiement, avis de la personne. Non gardé : nom d'état civil, "
        "coordonnées, parcours, anciens employeurs, données bancaires.",
        destinataires="L'intermédiaire qui tient le vivier ; l'organisateur et le public, pour une "
        "personne confirmée : sa catégorie, ou son nom choisi si elle l'accepte. Un refus reste "
        "chez l'intermédiaire. Tout le monde, pour un témoignage relu et en vigueur. Une autre "
        "organisation, pendant une convention : statut, métiers, thèmes et jours, sans nom.",
        durees=(
            "Retrait par la personne : nom choisi, métiers, commune effacés aussitôt.",
            f"Témoignage : effacé dès son retrait ou sa fin, {days(REFUSED_KEPT)} après un refus.",
            f"Sans accord en vigueur : effacé au bout de {days(SPEAKER_KEPT)}.",
            f"Preuve des accords et rencontres, sans nom : {days(PROOF_KEPT)} (à vérifier).",
        ),
        securite="Double vérification ; droits par intermédiaire ; lien de retrait signé par la "
        "clé du site, sans compte ; le journal nomme la personne par un numéro.",
        models=(
            "employers.Intervenant",
            "employers.Consentement",
            "employers.Temoignage",
            "employers.DemandeIntervenant",
            "employers.Intervention",
        ),
    )


def _site_requests() -> Treatment:
    return Treatment(
        titre="Demandes d'accueil aux sites des employeurs",
        finalites="Demander à un site une immersion, une visite, un entretien ou un DuoDay pour "
        "une personne accompagnée, et passer au site suivant sans réponse.",
        base_legale="Mission d'intérêt public, art. 6.1.e (à vérifier) ; accord du contact ; "
        "analyse d'impact : docs/reference/aipd.md.",
        personnes="Personnes accompagnées, par une référence que seul l'organisme comprend ; "
        "contacts des sites.",
        donnees="Référence (jamais un nom), nature de la demande, métier, précision sans nom ni "
        "coordonnées, réponses des sites ; adresse électronique du contact, pause, limite.",
        destinataires="L'organisme qui demande. Le site voit la demande sans la référence. Le taux "
        "de réponse d'un site se lit par d'autres à partir de onze demandes.",
        durees=(
            f"Référence et précision : {days(REFERENCE_KEPT)} après la fin de la demande.",
            f"Adresse du contact : effacée aussitôt s'il le demande, sinon "
            f"{days(REFERENCE_KEPT)} après son dernier signe.",
            f"Nombre et réponses des demandes : {NO_PERIOD}.",
        ),
        securite="Double vérification ; droits par organisation ; lien du site signé, sans "
        "compte, fermé quand l'adresse change ; le journal nomme une demande par un numéro.",
        models=(
            "employers.ContactSite",
            "employers.DemandeSite",
            "employers.EnvoiSite",
            "employers.Convention",
        ),
    )


def _sites() -> Treatment:
    return Treatment(
        titre="Sites et équipes des employeurs",
        finalites="Savoir qui peut venir à un site, à ses horaires, sans voiture.",
        base_legale="Mission d'intérêt public, art. 6.1.e (à vérifier).",
        personnes="Entrepreneurs individuels dont le nom est celui de l'entreprise. Rien des "
        "salariés : une équipe est un horaire et un nombre.",
        donnees="Nom de l'employeur, SIRET, commune, entrée, équipes (jours, heures, nombre), "
        "postes (métier, nombre), réponses au diagnostic de l'accueil.",
        destinataires="Personnes qui ont un compte.",
        durees=(
            "Fichier importé : jusqu'à son import, ou trente jours.",
            f"Sites et équipes : {NO_PERIOD}.",
            f"Diagnostics d'un site : {DIAGNOSIS_KEPT.days // 365} ans.",
        ),
        securite="Compte demandé ; droits par rôle pour écrire.",
        models=(
            "territory.Site",
            "territory.Equipe",
            "employers.ImportSites",
            "employers.DiagnosticSite",
            "employers.PosteSite",
        ),
    )
