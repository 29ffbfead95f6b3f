"""The register of processing: what is kept of people, why, for how long, seen by whom.

Article 30 of the GDPR (regulation (EU) 2016/679) asks the controller for it. The document
`docs/reference/registre-des-traitements.md` is written from the table below; the periods are those
the code applies. Every model of the site is in a treatment or in `NOBODY` (a test walks them).
"""

from django.conf import settings

from traitdunion.accounts.operations import INVITATION_VALID
from traitdunion.accounts.outbox.operations import KEPT as OUTBOX_KEPT
from traitdunion.accounts.retention import INVITATION_KEPT, JOURNAL_KEPT
from traitdunion.cooperation.retention import (
    CONTACT_KEPT,
    PLAN_KEPT,
    REMINDER_KEPT,
    SESSION_KEPT,
)
from traitdunion.cooperation.sessions.on_the_spot import UNCONFIRMED_KEPT
from traitdunion.desk.followup.orientations import EXPIRED_AFTER, LINK_VALID
from traitdunion.desk.operations import MIN_INHABITANTS
from traitdunion.desk.retention import COUNTED_KEPT, LINK_KEPT, MAIL_KEPT
from traitdunion.housing.retention import (
    CLOSED_KEPT,
    DEMAND_KEPT,
    MANDATE_KEPT,
    NOT_SOLD_KEPT,
    PROOFS_KEPT,
)
from traitdunion.housing.retention import PLAN_KEPT as HOUSING_PLAN_KEPT
from traitdunion.levers.models import WITHOUT_ANSWER
from traitdunion.levers.retention import MAILBOX_KEPT, PROPOSAL_KEPT

from .employers import of_employers
from .treatment import NO_PERIOD, Treatment, days


def treatments() -> list[Treatment]:
    """Return the treatments, with the periods of this site."""
    return [
        _searches(),
        _files(),
        _accounts(),
        _sessions(),
        _committees(),
        _levers(),
        _catalogue(),
        _leases(),
        _demands(),
        _plans(),
        *of_employers(),
    ]


def _searches() -> Treatment:
    return Treatment(
        titre="Recherches et appels au guichet",
        finalites="Répondre à une question de trajet ; compter, sans identité, les besoins qui "
        "restent sans solution.",
        base_legale="Mission d'intérêt public, art. 6.1.e (à vérifier avec le délégué à la "
        "protection des données). Ce qui est compté ne désigne personne.",
        personnes="Toute personne qui pose une question, ou pour qui elle est posée.",
        donnees="Gardé : semaine, secteur du domicile et du travail (l'intercommunalité sous "
        f"{MIN_INHABITANTS} habitants), genre d'horaire, nombre de jours, permis, véhicule, "
        "nombre de solutions, filtre qui a écarté la dernière. D'un appel : semaine, "
        "organisation, qui appelle en termes larges (la personne, un proche…), issue, nombre de "
        "recherches. Non gardé : adresses, heure, numéro, qui demande, ce qui est dit pour les "
        "aides (âge, ressources).",
        destinataires="Personnes chargées de l'observatoire (à vérifier).",
        durees=(f"Recherches et appels comptés : {days(COUNTED_KEPT)}.",),
        securite="Clé tirée au hasard, jour et heure jamais écrits, une question n'est comptée "
        "qu'une fois.",
        models=("desk.Search", "desk.Call"),
    )


def _files() -> Treatment:
    return Treatment(
        titre="Parcours et orientations",
        finalites="Suivre une personne vers une solution de mobilité, l'orienter vers une "
        "structure, savoir si la solution dure.",
        base_legale="Mission d'intérêt public, art. 6.1.e (à vérifier) ; consentement, art. 6.1.a, "
        "pour le nom et les coordonnées, gardé avec le texte accepté et sa date.",
        personnes="Personnes accompagnées ; professionnels qui les suivent ; contacts des "
        "structures.",
        donnees="Initiales et année de naissance, situations et objectifs (vocabulaire de France "
        "Travail, jamais un diagnostic), réponses gardées et recherches surveillées avec les lieux "
        "demandés, orientations, "
        "messages et réponses des structures (rang et jour attendu sur une liste d'attente), "
        "points de suivi, emploi ; référence, date et suite des rendez-vous pris dans un "
        "autre outil. Avec accord seulement : nom, téléphone, adresse électronique. "
        "Aucune donnée de santé n'est demandée ; les zones de texte libre restent sous la "
        "responsabilité de qui écrit.",
        destinataires="Conseillers et Maison de la mobilité solidaire de l'organisation ; "
        "structure vers qui la personne est orientée ; délégué à la protection des données "
        "(journal, export, effacement). Le pilotage ne lit que des nombres.",
        durees=(
            f"Parcours : {settings.TRAITDUNION_FILES_KEPT_DAYS} jours après le dernier contact "
            "(TRAITDUNION_FILES_KEPT_DAYS), puis anonymisé : restent le besoin, les statuts et les "
            "délais, au mois près.",
            f"Lien de réponse d'une structure : valable {days(LINK_VALID)}, une fois ; sa ligne : "
            f"{days(LINK_KEPT)} de plus.",
            f"Messages envoyés (à qui, quand, objet, jamais leur texte) : {days(MAIL_KEPT)} ; "
            "ceux adressés à la personne s'effacent dès qu'elle retire son accord ou change "
            "d'adresse.",
            f"Orientation sans réponse : expirée après {days(EXPIRED_AFTER)}.",
            "Effacement demandé : aussitôt ; le journal en garde la référence.",
        ),
        securite="Droits par rôle et par organisation ; chaque ouverture est écrite au journal ; "
        "clés tirées au hasard ; empreinte seule du secret des liens ; aucune identité dans les "
        "adresses des pages ni dans l'objet des messages.",
        models=(
            "desk.Parcours",
            "desk.Follower",
            "desk.KeptAnswer",
            "desk.SavedSearch",
            "desk.RendezVous",
            "desk.OutilRendezVous",
            "desk.Notification",
            "desk.Orientation",
            "desk.AnswerLink",
            "desk.SentMail",
            "desk.CheckPoint",
        ),
    )


def _accounts() -> Treatment:
    return Treatment(
        titre="Comptes et journaux",
        finalites="Ouvrir le guichet aux professionnels invités, selon leur rôle ; savoir qui a lu "
        "ou changé quoi.",
        base_legale="Mission d'intérêt public, art. 6.1.e, ou intérêt légitime, art. 6.1.f, selon "
        "l'organisation (à vérifier) ; sécurité du traitement, art. 32, pour le journal.",
        personnes="Professionnels qui ont un compte ou y sont invités.",
        donnees="Adresse électronique, nom affiché, téléphone professionnel, empreinte du mot de "
        "passe, dernière connexion, rôles, invitations, lignes du journal (qui, quoi, quand), "
        "session en cours (depuis quand, "
        "avec quel navigateur) ; pour qui "
        "se connecte par ProConnect, son identifiant là-bas et, le temps de la session, le jeton "
        "d'identité qui sert à s'y déconnecter ; "
        "seconds facteurs : secret du code temporaire, clé publique et nom donné à une clé, "
        "codes de secours ; essais de connexion et de lien, comptés sous une empreinte de "
        "l'adresse ; messages envoyés par le site : à qui, quand, objet, ce qu'ils sont "
        "devenus.",
        destinataires="Administrateurs de l'organisation ; délégué à la protection des données.",
        durees=(
            f"Journal des accès : {days(JOURNAL_KEPT)}.",
            f"Invitation : valable {days(INVITATION_VALID)} ; sa ligne : {days(INVITATION_KEPT)} "
            "de plus.",
            "Message à envoyer : son texte, liens compris, est effacé dès qu'un serveur de "
            f"courriel l'a accepté ou qu'il est abandonné ; sa ligne : {days(OUTBOX_KEPT)} de "
            "plus.",
            f"Session : valable {settings.SESSION_COOKIE_AGE // 3600} heures, effacée au passage "
            "suivant.",
            "Essais comptés : un jour au plus, effacés au passage suivant. Cookie qui reconnaît un "
            "navigateur où l'on s'est connecté : 400 jours.",
            f"Compte : {NO_PERIOD}.",
        ),
        securite="Mots de passe hachés, douze caractères au moins ; comptes sur invitation "
        "seulement ; empreinte seule du secret des invitations ; secrets des seconds facteurs "
        "et textes des messages en attente "
        "scellés sous une clé tenue hors de la base ; journal auquel le site ne fait "
        "qu'ajouter.",
        models=(
            "accounts.User",
            "accounts.Membership",
            "accounts.Invitation",
            "accounts.ProviderIdentity",
            "accounts.Access",
            "accounts.Counter",
            "accounts.OutgoingMessage",
            "accounts.SecurityReset",
            "account.EmailAddress",
            "account.EmailConfirmation",
            "mfa.Authenticator",
            "accounts.OpenSession",
            "sessions.Session",
        ),
    )


def _sessions() -> Treatment:
    return Treatment(
        titre="Séances de coopération",
        finalites="Inviter, composer les tables, recueillir idées et avis, tenir la feuille de "
        "route et les engagements, dire deux fois aux présents ce que la séance est devenue.",
        base_legale="Mission d'intérêt public, art. 6.1.e (à vérifier).",
        personnes="Invités des séances ; personnes qui pilotent une action ou confirment un "
        "engagement ; personnes dont une situation est racontée sous un prénom d'emprunt.",
        donnees="Nom, organisation, collège, adresse électronique, réponse et arrivée des invités, "
        "placement, annonces ; pilotes des actions, leur adresse (gardée aussi dans l'historique "
        "de la fiche, pour annuler) et les relances envoyées, plan "
        "importé (le fichier n'est gardé que jusqu'à l'import ou l'abandon), "
        "contacts et auteurs des engagements, adresse de la boîte qui en confirme un sans compte ; "
        "avis et gommettes sous une voix tirée au hasard ; propos refusés ou en attente, et qui "
        "les a relus ; "
        "empreinte des codes d'évaluation et mots libres des bulletins, sans lien entre eux ; "
        "textes des "
        "idées, des objections, des feuilles de table et des récits ; communes du domicile et du "
        "travail et heures du poste d'une situation, sous le même prénom d'emprunt.",
        destinataires="Animateurs de l'organisation ; les autres selon ce qu'elle publie, séance "
        "par séance ; la feuille de route publiée donne les noms de ceux qui pilotent.",
        durees=(
            f"Invités, placement et annonces : {days(SESSION_KEPT)} après la séance, puis "
            "effacés ; restent les présents par domaine, par collège et par intercommunalité, "
            "jamais croisés.",
            f"Photos des feuilles, situations et regards : {days(SESSION_KEPT)} après la séance.",
            f"Propos refusés ou en attente : {days(SESSION_KEPT)} après la séance ; effacés "
            "à tout moment par leur auteur ou par l'animation, il en reste un nombre.",
            f"Mots libres des bulletins non publiés : {days(SESSION_KEPT)} après la séance.",
            f"Engagement qu'aucune boîte n'a confirmé : {days(UNCONFIRMED_KEPT)}.",
            f"Voix des téléphones, clés d'envoi, codes d'évaluation : {days(SESSION_KEPT)} après "
            "la séance, puis tirés de nouveau ligne par ligne ; avis et gommettes restent comptés.",
            f"Relances, leur adresse et l'empreinte de leur lien : {days(REMINDER_KEPT)} après "
            "l'envoi.",
            f"Adresses dans l'historique d'une fiche : {days(CONTACT_KEPT)} après le changement.",
            f"Classeur lu et pas importé : {days(PLAN_KEPT)}.",
            f"Adresses des pilotes, contacts des engagements : {days(CONTACT_KEPT)} après le "
            "dernier événement, une fois l'action ou l'engagement terminé.",
            "Idées, décisions, actions et engagements : la vie de la feuille de route, puis "
            "archives publiques (à vérifier).",
        ),
        securite="Droits par rôle ; secret propre à chaque invité, autre que le code de son "
        "badge ; avis et gommettes sans nom.",
        models=(
            "cooperation.Seance",
            "cooperation.Invite",
            "cooperation.Contrainte",
            "cooperation.Place",
            "cooperation.Annonce",
            "cooperation.Idee",
            "cooperation.AvisIdee",
            "cooperation.Gommette",
            "cooperation.Objection",
            "cooperation.FeuilleDeTable",
            "cooperation.Situation",
            "cooperation.Regard",
            "cooperation.Moderation",
            "cooperation.MotEvaluation",
            "cooperation.Voix",
            "cooperation.Decision",
            "cooperation.RaisonFiltre",
            "cooperation.Pilote",
            "cooperation.Relance",
            "cooperation.Engagement",
            "cooperation.Evenement",
            "cooperation.ImportPlan",
            "cooperation.Bulletin",
        ),
    )


def _committees() -> Treatment:
    return Treatment(
        titre="Comités pour l'emploi",
        finalites="Tenir la composition des comités, les convocations, les présences, les votes et "
        "les procès-verbaux (code du travail, R5311-22 à R5311-46).",
        base_legale="Mission d'intérêt public, art. 6.1.e (à vérifier).",
        personnes="Membres des comités, titulaires et suppléants.",
        donnees="Nom, adresse électronique, siège, collège, voix et mandat ; convocations "
        "envoyées, présences, pouvoirs et votes du siège ; texte des procès-verbaux.",
        destinataires="Personnes qui tiennent le comité dans l'organisation ; tout le monde voit "
        "les sièges et les voix, sans les noms.",
        durees=(
            f"Adresses des membres : {days(CONTACT_KEPT)} après la fin du mandat.",
            "Membres, réunions et procès-verbaux : la vie du comité, puis archives publiques "
            "(à vérifier).",
        ),
        securite="Droits par rôle ; changements au journal ; procès-verbal approuvé que la base "
        "refuse de réécrire.",
        models=(
            "cooperation.Membre",
            "cooperation.Convocation",
            "cooperation.Reunion",
            "cooperation.Presence",
            "cooperation.Pouvoir",
            "cooperation.Scrutin",
            "cooperation.Suffrage",
            "cooperation.ProcesVerbal",
        ),
    )


def _levers() -> Treatment:
    return Treatment(
        titre="Changements proposés à ceux qui peuvent agir",
        finalites="Proposer à un employeur, une collectivité ou une structure le changement qui "
        "ouvrirait un emploi, et suivre sa réponse.",
        base_legale="Mission d'intérêt public, art. 6.1.e (à vérifier).",
        personnes="Professionnels dont la boîte reçoit une proposition. Rien n'est gardé de la "
        "personne pour qui le changement a été cherché.",
        donnees="Boîte de fonction et celle du suppléant, organisation, changement proposé (une "
        "phrase, des communes, des heures), message écrit par qui propose, réponse et ses raisons.",
        destinataires="L'acteur à qui l'on propose ; les organisations qui ont proposé le même "
        "changement ; ceux qui pilotent la feuille de route, si la réponse est oui.",
        durees=(
            f"Proposition sans réponse : montrée comme telle après {days(WITHOUT_ANSWER)}.",
            f"Adresse de la boîte : {days(MAILBOX_KEPT)} après la réponse, ou après l'envoi.",
            f"Proposition et réponse : {days(PROPOSAL_KEPT)}.",
        ),
        securite="Lien de réponse signé par la clé du site, sans compte ; droits par rôle et par "
        "organisation ; qui propose est une organisation, jamais un nom.",
        models=("levers.Proposition", "levers.Soutien", "levers.Destinataire"),
    )


def _catalogue() -> Treatment:
    return Treatment(
        titre="Catalogue des solutions",
        finalites="Dire qui joindre pour une solution ; savoir qui a écrit une fiche.",
        base_legale="Mission d'intérêt public, art. 6.1.e (à vérifier).",
        personnes="Contacts des structures ; professionnels qui tiennent le catalogue ; lecteurs "
        "qui signalent une erreur, sans identité demandée.",
        donnees="Nom, téléphone et adresse électronique de contact ; auteur et date de chaque "
        "version, proposition, règle et import ; texte des signalements ; dates d'attente sans "
        "nom.",
        destinataires="Tout le monde pour une fiche publiée, et pour son contact s'il est dit "
        "public ; les éditeurs de l'organisation pour le reste.",
        durees=(f"Fiches et versions : {NO_PERIOD}.", f"Signalements : {NO_PERIOD}."),
        securite="Droits par rôle et par organisation ; versions gardées ; changements au journal.",
        models=(
            "catalogue.Structure",
            "catalogue.Solution",
            "catalogue.Revision",
            "catalogue.RelecturePage",
            "catalogue.Proposition",
            "catalogue.Modele",
            "catalogue.Signalement",
            "catalogue.Import",
            "catalogue.Regle",
            "catalogue.Attente",
        ),
    )


def _leases() -> Treatment:
    return Treatment(
        titre="Baux d'un organisme de foncier solidaire",
        finalites="Tenir les baux réels solidaires, leurs redevances et leurs reventes, et rendre "
        "le rapport annuel (code de l'urbanisme, R.329-11).",
        base_legale="Exécution du bail, art. 6.1.b ; obligation légale, art. 6.1.c (à vérifier).",
        personnes="Preneurs des baux et acquéreurs de leurs droits.",
        donnees="Nom du preneur et de l'acquéreur, logement, prix, redevances appelées et payées, "
        "événements d'un bail et d'une revente avec leur preuve, vérifications (oui ou non) ; "
        "avec un "
        "mandat : titulaire et IBAN, scellé ; du dossier d'agrément : qui apporte chaque pièce, et "
        "les documents que la loi y demande. Non gardé : "
        "revenus, avis d'impôt, emploi, santé. Les zones de texte libre restent sous la "
        "responsabilité de qui écrit.",
        destinataires="Personnes qui tiennent les baux dans l'organisme ; préfets, pour la liste "
        "des preneurs du rapport annuel.",
        durees=(
            f"Acquéreur sans acte : {days(NOT_SOLD_KEPT)} après l'ouverture de la revente.",
            f"Acquéreur avec acte : {days(PROOFS_KEPT)} après lui (action en nullité, R.255-8).",
            f"Mandat de prélèvement, IBAN et titulaire : {days(MANDATE_KEPT)} après sa fin.",
            f"Preneur : la vie du bail, puis {days(PROOFS_KEPT)}.",
            f"Dossier d'agrément : {NO_PERIOD}.",
            "Écritures : dix ans au moins, sans nom (à vérifier) ; rien ne les efface ici.",
        ),
        securite="Double vérification ; droits par organisme ; chaque écriture est au journal ; la "
        "base refuse de modifier ou d'effacer une écriture, une version ou un événement.",
        models=(
            "housing.Bail",
            "housing.VersionBail",
            "housing.TravauxValorises",
            "housing.Revente",
            "housing.Evenement",
            "housing.FaitBail",
            "housing.Ecriture",
            "housing.Ligne",
            "housing.Verification",
            "housing.Bilan",
            "housing.Mandat",
            "housing.PieceAgrement",
            "housing.DocumentAgrement",
        ),
    )


def _demands() -> Treatment:
    return Treatment(
        titre="Demandes de logement à un organisme de foncier solidaire",
        finalites="Répondre à un ménage qui cherche à acheter ou à louer ; tenir la liste "
        "d'attente ; attribuer un logement selon les règles publiées.",
        base_legale="Mission d'intérêt public, art. 6.1.e, ou mesures précontractuelles, "
        "art. 6.1.b (à vérifier) ; consentement, art. 6.1.a, pour les coordonnées, gardé avec le "
        "texte accepté.",
        personnes="Ménages qui envoient une demande, ou que le SIAO, un employeur ou Action "
        "Logement adresse.",
        donnees="Provenance, communes souhaitées, nombre de personnes, catégorie, achat ou "
        "location, vérifications faites (oui, non ou pas encore), décisions et motifs ; avec "
        "accord : adresse électronique et téléphone. Non gardé : nom, revenus, avis d'impôt, âge, "
        "invalidité, emploi ; les réponses au simulateur ne sont pas écrites.",
        destinataires="Personnes qui suivent les demandes dans l'organisme.",
        durees=(
            f"Coordonnées : {days(DEMAND_KEPT)} après le dernier contact, "
            f"{days(CLOSED_KEPT)} après un refus ; aussitôt sur demande.",
            "Décisions, leur motif et la version des règles : sans coordonnées, rien ne les efface "
            "ici (à vérifier).",
        ),
        securite="Double vérification ; droits par organisme ; chaque ouverture est au journal ; "
        "la base refuse de modifier ou d'effacer une décision.",
        models=("housing.Demande", "housing.DecisionDemande"),
    )


def _plans() -> Treatment:
    return Treatment(
        titre="Plans logement et emploi",
        finalites="Mener ensemble le logement, l'emploi et les trajets d'un ménage, avec un "
        "référent et des étapes datées confiées à des partenaires.",
        base_legale="Mission d'intérêt public, art. 6.1.e (à vérifier) ; analyse d'impact : "
        "docs/reference/aipd.md.",
        personnes="Ménages sous pseudonyme ; professionnels référents.",
        donnees="Référence donnée par le SIAO, nombre de personnes, communes, commune et heures du "
        "poste, étapes, dates de logement et d'emploi. Non gardé : nom, motif, santé, revenus.",
        destinataires="Personnes qui suivent les demandes dans l'organisme ; chaque partenaire, "
        "pour sa seule étape : l'employeur ne voit ni SIAO, ni logement, ni taille du ménage.",
        durees=(
            f"Plan sans changement : clos après {days(HOUSING_PLAN_KEPT)}. Clos, il perd "
            "référence, taille, communes et poste ; restent étapes et dates.",
        ),
        securite="Double vérification ; une table dit ce que voit chaque partenaire ; chaque étape "
        "a sa référence, qui ne mène pas au plan ; chaque ouverture est au journal.",
        models=("housing.Plan", "housing.Etape"),
    )


NOBODY = frozenset(
    {
        "catalogue.ColonneAssociee",
        "employers.AppellationRome",
        "employers.FichierMetiers",
        "employers.MetierRome",
        "employers.ProjetsBassin",
        "housing.Reference",
        "housing.Operation",
        "housing.Lot",
        "housing.Creancier",
        "housing.Projet",
        "housing.PartenaireOfs",
        "housing.Apport",
        "housing.Parcelle",
        "housing.FinancementFoncier",
        "accounts.ErasureRun",
        "accounts.ScheduledWork",
        "levers.CoutSaisi",
        "levers.RechercheTerritoire",
        "levers.Scenario",
        "levers.VersionDeScenario",
        "accounts.Organisation",
        "auth.Group",
        "auth.Permission",
        "contenttypes.ContentType",
        "territory.Region",
        "territory.Departement",
        "territory.Epci",
        "territory.Commune",
        "territory.PartieDeCommune",
        "territory.TerritoryEdition",
        "employers.Club",
        "observatory.Run",
        "observatory.Pole",
        "observatory.InputFile",
        "observatory.CommuneFigure",
        "observatory.CommuneFlow",
        "observatory.CommuneBassin",
        "observatory.Carreau",
        "cooperation.PresenceComptee",
        "cooperation.PresencesPubliees",
        "cooperation.AccesSalle",
        "cooperation.Objectif",
        "cooperation.Creneau",
        "cooperation.Axe",
        "cooperation.Constat",
        "cooperation.Filiation",
        "cooperation.Filtre",
        "cooperation.Action",
        "cooperation.Indicateur",
        "cooperation.Releve",
        "cooperation.LigneBudget",
        "cooperation.Partenaire",
        "cooperation.CompteEvaluation",
        "cooperation.EvaluationPubliee",
        "cooperation.Instance",
        "catalogue.CatalogueVersion",
        "catalogue.StructureReseau",
        "catalogue.Ligne",
        "catalogue.Demande",
        "catalogue.Covoiturage",
        "catalogue.Pret",
        "catalogue.Vente",
        "catalogue.Garage",
        "catalogue.Formation",
        "catalogue.Aide",
        "catalogue.Accompagnement",
        "catalogue.Logement",
        "catalogue.Venue",
        "catalogue.LienVerifie",
        "catalogue.PageCitee",
        "catalogue.SolutionZone",
        "catalogue.SolutionCode",
        "catalogue.ZoneService",
        "catalogue.Paire",
        "catalogue.Arret",
        "catalogue.LigneDesservie",
        "catalogue.ExceptionHoraire",
        "catalogue.Fermeture",
        "catalogue.TrancheTarif",
        "catalogue.Piece",
        "catalogue.Cumul",
        "catalogue.Seance",
        "catalogue.LieuCovoiturage",
    }
)
"""Models that hold nothing of a person."""


def in_markdown() -> str:
    """Return the treatments, as the documentation shows them."""
    return "\n".join(
        _section(number, treatment) for number, treatment in enumerate(treatments(), 1)
    )


def _section(number: int, treatment: Treatment) -> str:
    rows = [
        ("Finalités", treatment.finalites),
        ("Base légale", treatment.base_legale),
        ("Personnes concernées", treatment.personnes),
        ("Données", treatment.donnees),
        ("Destinataires", treatment.destinataires),
        ("Durées", "<br>".join(treatment.durees)),
        ("Sécurité", treatment.securite),
        ("Tables", ", ".join(f"`{label}`" for label in treatment.models)),
    ]
    lines = [f"## {number}. {treatment.titre}", "", "| Rubrique | Contenu |", "|---|---|"]
    return "\n".join([*lines, *(f"| {name} | {content} |" for name, content in rows), ""])
