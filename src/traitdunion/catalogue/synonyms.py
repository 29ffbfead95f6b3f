"""Other words for the same thing: « mobylette » finds the scooters, « TAD » what is on demand."""

from traitdunion.territory.names import fold

# Folded words and phrases; each group names one thing, as people and as entries write it.
GROUPS = (
    ("scooter", "mobylette", "cyclomoteur", "cyclo", "deux roues", "50 cm3"),
    ("velo", "bicyclette", "vae", "velo electrique"),
    ("voiture", "auto", "automobile", "vehicule"),
    ("bus", "car", "autocar", "ligne reguliere"),
    ("transport a la demande", "tad"),
    ("covoiturage", "covoit", "auto partagee"),
    ("autopartage", "auto partage", "voiture partagee"),
    ("permis", "auto ecole", "code de la route", "conduite"),
    ("garage", "reparation", "reparer", "mecanicien", "panne"),
    ("carburant", "essence", "gazole", "plein"),
    ("location", "louer", "pret", "preter"),
    ("train", "ter", "sncf", "gare"),
    ("microcredit", "pret d argent", "emprunt"),
    ("maison de la mobilite", "mms", "plateforme de mobilite", "plateforme mobilite"),
)


def alternatives(text: str) -> list[str]:
    """Return a search in other words, the nearest first; empty where there are none."""
    asked = f" {fold(text)} "
    searches: list[str] = []
    for group in GROUPS:
        for phrase in group:
            if f" {phrase} " in asked:
                searches += [
                    asked.replace(f" {phrase} ", f" {other} ").strip()
                    for other in group
                    if other != phrase
                ]
    return list(dict.fromkeys(searches))
