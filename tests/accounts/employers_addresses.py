"""Clubs of `ici`, for the addresses of employers."""

from traitdunion.employers.models import Club, Rencontre


def employers_addresses(people, now):
    """What each guarded address of employers is called with."""
    club = Club.objects.create(slug="club", nom="Club", organisation=people.ici)
    meeting = Rencontre.objects.create(club=club, titre="Réunion", tenue_le=now.date())
    return {
        "employers:desk": {"organisation": "ici"},
        "employers:club-desk": {"slug": "club"},
        "employers:new-meeting": {"slug": "club"},
        "employers:meeting": {"pk": meeting.pk},
    }
