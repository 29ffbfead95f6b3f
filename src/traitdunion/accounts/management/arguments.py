"""Arguments of the commands that run each day."""

from datetime import datetime
from typing import Annotated

import typer
from django.utils import timezone

MIN_YEAR, MAX_YEAR = 2000, 2200


def moment(text: str) -> datetime:
    """Return a moment written in ISO 8601, in the time zone of the site where it names none."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise typer.BadParameter(f"'{text}' n'est pas un instant ISO 8601.") from wrong
    # Beyond, adding or taking away the periods kept leaves the calendar.
    if not MIN_YEAR <= read.year <= MAX_YEAR:
        raise typer.BadParameter(f"'{text}' n'est pas un instant de {MIN_YEAR} à {MAX_YEAR}.")
    return read if read.tzinfo else timezone.make_aware(read)


Site = Annotated[str, typer.Option(help="Adresse du site, si TRAITDUNION_SITE ne la donne pas.")]
Now = Annotated[
    datetime | None,
    typer.Option(parser=moment, metavar="MOMENT", help="Instant à la place de maintenant."),
]
Sure = Annotated[bool, typer.Option("--sure", help="Effacer même si l'horloge paraît fausse.")]
