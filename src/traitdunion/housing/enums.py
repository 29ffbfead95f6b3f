"""Closed lists of housing."""

from django.db.models import TextChoices


class NatureReference(TextChoices):
    """A kind of dated row; its key is a commune, a zone, a zone and a category, or a quarter."""

    ZONE_ABC = "zone_abc", "Zone ABC de la commune"
    PLAFOND_RESSOURCES = "plafond_ressources", "Plafond de ressources"
    PLAFOND_PRIX = "plafond_prix", "Plafond de prix, € HT par m²"
    IRL = "irl", "Indice de référence des loyers"
    ICC = "icc", "Indice du coût de la construction"
    ILC = "ilc", "Indice des loyers commerciaux"
    LIVRET_A = "livret_a", "Taux du livret A"
    LOYER_APPARTEMENT = "loyer_appartement", "Loyer d'un appartement, € par m²"
    LOYER_MAISON = "loyer_maison", "Loyer d'une maison, € par m²"
    PRIX_APPARTEMENT = "prix_appartement", "Prix d'un appartement, € par m²"
    PRIX_MAISON = "prix_maison", "Prix d'une maison, € par m²"
    VACANCE = "vacance", "Logements privés vacants depuis plus de deux ans"
    LOGEMENTS_SOCIAUX = "logements_sociaux", "Logements sociaux"


class Confiance(TextChoices):
    """How a value was known before an administrator checks it."""

    LUE = "lue", "lue dans le texte"
    CONCORDANTE = "concordante", "deux sources concordantes"
    SECONDAIRE = "secondaire", "une source secondaire"
    MEMOIRE = "memoire", "de mémoire"
    FICTIVE = "fictive", "fictive, pour la démonstration"


class NatureOperation(TextChoices):
    NEUF = "neuf", "Construction neuve"
    ACQUIS_AMELIORE = "acquis_ameliore", "Acquisition-amélioration en centre-bourg"
    VENTE_HLM = "vente_hlm", "Vente HLM"
    LOCATIF = "locatif", "Bail réel solidaire locatif"
    ACTIVITE = "activite", "Bail réel solidaire d'activité"
    RESIDENCE_EMPLOI = "residence_emploi", "Résidence à vocation d'emploi (L.631-16-1)"


class NatureBail(TextChoices):
    DIRECT = "direct", "Bail réel solidaire (L.255-2)"
    ACCESSION = "accession", "Opérateur, accession (L.255-3)"
    LOCATIF = "locatif", "Opérateur, locatif (L.255-4)"
    ACTIVITE = "activite", "Bail d'activité (L.256-1)"


class Section(TextChoices):
    """Results kept apart (R.329-3): leases of homes, leases of activity, everything else."""

    BRS = "brs", "Baux réels solidaires"
    BRSA = "brsa", "Baux d'activité"
    AUTRE = "autre", "Autres activités"


class NatureEcriture(TextChoices):
    APPEL = "appel", "Redevances appelées"
    REGULARISATION = "regularisation", "Régularisation"
    PAIEMENT = "paiement", "Paiement reçu"
    DIVERS = "divers", "Opération diverse"


class EvenementRevente(TextChoices):
    """An event of a resale that starts or stops a legal clock."""

    OFFRE_RECUE = "offre_recue", "Offre reçue par l'acquéreur"
    ACCEPTATION = "acceptation", "Offre acceptée"
    NOTIFICATION = "notification", "Acte présenté à l'acquéreur"
    TRANSMISSION = "transmission", "Offre transmise à l'OFS"
    AGREMENT = "agrement", "Acquéreur agréé"
    REFUS = "refus", "Acquéreur refusé"
    PREEMPTION = "preemption", "Préemption décidée"
    DEMANDE_RECHERCHE = "demande_recherche", "Le vendeur demande un acquéreur"
    ACTE = "acte", "Acte de vente signé"


class NatureFait(TextChoices):
    """An event of a lease outside a resale."""

    DECES = "deces", "Décès du preneur"
    CONJOINT = "conjoint", "Bail repris par le conjoint ou le partenaire de PACS, sans agrément"
    HERITIER_ELIGIBLE = "heritier_eligible", "Héritier éligible, bail transmis"
    HERITIER_VEND = "heritier_vend", "Vente par l'héritier signée"
    FIN = "fin", "Fin du bail décidée ou arrivée"
    INDEMNITE = "indemnite", "Indemnité versée au preneur"
    AVANT_CONTRAT = "avant_contrat", "Opérateur : avant-contrat signé"
    TRANSMIS = "transmis", "Opérateur : avant-contrat transmis à l'OFS"
    AGREE = "agree", "Opérateur : acquéreur agréé"
    REFUSE = "refuse", "Opérateur : acquéreur refusé"
    ACTIVITE_TRANSMISE = "activite_transmise", "Local d'activité : cession transmise à l'OFS"
    ACTIVITE_AGREEE = "activite_agreee", "Local d'activité : acquéreur agréé"
    ACTIVITE_REFUSEE = "activite_refusee", "Local d'activité : acquéreur refusé"
    ACTIVITE_DEMANDE = "activite_demande", "Local d'activité : le cédant demande un accord"
    ACTIVITE_ACCORD = "activite_accord", "Local d'activité : accord trouvé, ou bail résilié"
    INFORMATION = "information", "Information remise au preneur"
    OCCUPATION = "occupation", "Occupation à titre principal vérifiée"
    ASSURANCE = "assurance", "Attestation d'assurance reçue"
    LOCATION = "location", "Location déclarée"
    LOCATION_NON_CONFORME = "location_non_conforme", "Location non conforme constatée"


class Provenance(TextChoices):
    """Where a demand comes from."""

    SIMULATEUR = "simulateur", "Simulateur public"
    GUICHET = "guichet", "Guichet de l'organisme"
    SIAO = "siao", "SIAO"
    ACTION_LOGEMENT = "action_logement", "Action Logement"
    EMPLOYEUR = "employeur", "Employeur"


class Souhait(TextChoices):
    ACCESSION = "accession", "Acheter"
    LOCATIF = "locatif", "Louer"
    LES_DEUX = "les_deux", "Acheter ou louer"


class EtatDemande(TextChoices):
    RECUE = "recue", "Reçue"
    EN_ATTENTE = "en_attente", "Sur la liste d'attente"
    ATTRIBUEE = "attribuee", "Logement attribué"
    REFUSEE = "refusee", "Refusée"
    EFFACEE = "effacee", "Effacée"


class Volet(TextChoices):
    """The part of a plan that a step is about: it settles what its partner sees."""

    SIAO = "siao", "SIAO"
    LOGEMENT = "logement", "Logement"
    ACTION_LOGEMENT = "action_logement", "Action Logement"
    EMPLOI = "emploi", "Emploi"
    MOBILITE = "mobilite", "Mobilité"


class SchemaSepa(TextChoices):
    """A format of direct debits; the first is the default."""

    V08 = "pain.008.001.08", "pain.008.001.08"
    V02 = "pain.008.001.02", "pain.008.001.02"


class FormeOfs(TextChoices):
    """A legal form seen among OFS; the law asks a body that shares no profit (R.329-3)."""

    ASSOCIATION = "association", "Association"
    GIP = "gip", "Groupement d'intérêt public"
    EPFL = "epfl", "Établissement public foncier local"
    SCIC = "scic", "Société coopérative d'intérêt collectif"
    OPH = "oph", "Office public de l'habitat"
    ESH = "esh", "Société anonyme HLM"
    COOP_HLM = "coop_hlm", "Coopérative HLM"
    SEM = "sem", "Société d'économie mixte agréée"
    FONDATION = "fondation", "Fondation"


class AvisCrhh(TextChoices):
    FAVORABLE = "favorable", "favorable"
    RESERVES = "reserves", "favorable avec réserves"
    DEFAVORABLE = "defavorable", "défavorable"


class EtatPiece(TextChoices):
    A_FAIRE = "a_faire", "à faire"
    EN_COURS = "en_cours", "en cours"
    PRETE = "prete", "prête"
    SANS_OBJET = "sans_objet", "sans objet"


class NaturePartenaire(TextChoices):
    DEPARTEMENT = "departement", "Département"
    EPCI = "epci", "EPCI"
    ETAT = "etat", "État, pour ses aides"
    ENTREPRISE = "entreprise", "Entreprise"
    BAILLEUR_SOCIAL = "bailleur_social", "Bailleur social"
    BAILLEUR_PRIVE = "bailleur_prive", "Bailleur privé"
    SIAO = "siao", "SIAO"
    ACTION_LOGEMENT = "action_logement", "Action Logement"


class GenreApport(TextChoices):
    TERRAIN = "terrain", "Terrain ou bâtiment"
    ARGENT = "argent", "Argent"
    GARANTIE = "garantie", "Garantie d'emprunt"
    LOGEMENTS = "logements", "Logements"
    MENAGES = "menages", "Ménages adressés"
    TRAVAUX = "travaux", "Travaux"


class EtatApport(TextChoices):
    PROMIS = "promis", "promis"
    SIGNE = "signe", "signé"
    VERSE = "verse", "versé"


class ModeAcquisition(TextChoices):
    """How a parcel is acquired."""

    AMIABLE = "amiable", "Achat à l'amiable"
    PREEMPTION = "preemption", "Préemption déléguée (L.211-2)"
    DECOTE = "decote", "Terrain public, avec décote (L.3211-7)"
    APPORT = "apport", "Apport d'un membre"
    DON = "don", "Don ou legs"


class EtatFoncier(TextChoices):
    REPEREE = "reperee", "repérée"
    NEGOCIEE = "negociee", "en négociation"
    PROMISE = "promise", "sous promesse"
    ACQUISE = "acquise", "acquise"
    ABANDONNEE = "abandonnee", "abandonnée"


class EtatFinancement(TextChoices):
    DEMANDE = "demande", "demandé"
    OBTENU = "obtenu", "obtenu"
    VERSE = "verse", "versé"
