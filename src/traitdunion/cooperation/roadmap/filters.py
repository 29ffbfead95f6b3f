"""What part of a roadmap is looked at: an axis, an organisation, an EPCI, what is late or stuck."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from .roadmap import ActionThen, AxeThen


@dataclass(frozen=True)
class Wanted:
    """What is asked of the roadmap; nothing asked keeps everything.

    `axe` is the order of an axis. `epci` keeps the actions for this intercommunalité and those for
    the whole département, which are also for it.
    """

    axe: int | None = None
    organisation: str = ""
    epci: str = ""
    late: bool = False
    blocked: bool = False

    @property
    def is_empty(self) -> bool:
        return self == Wanted()

    def keeps(self, action: ActionThen) -> bool:
        return (
            (not self.organisation or self.organisation in organisations_of(action))
            and (not self.epci or not action.epci or self.epci in action.epci)
            and (not self.late or any(_lateness(action)))
            and (not self.blocked or any(node.blocage for node in (action, *action.parts)))
        )


def kept(axes: Iterable[AxeThen], wanted: Wanted) -> list[AxeThen]:
    """Return axes with the actions wanted, whole: an action is kept with all its parts."""
    if wanted.is_empty:
        return list(axes)
    return [
        replace(axe, actions=[action for action in axe.actions if wanted.keeps(action)])
        for axe in axes
        if wanted.axe in (None, axe.axe.ordre)
    ]


def _lateness(action: ActionThen) -> Iterator[bool]:
    for node in (action, *action.parts):
        yield node.is_late
        yield from (pledge.is_late for pledge in node.commitments)


def organisations_of(action: ActionThen) -> set[str]:
    """Return who leads, takes part or promised, in the action or its parts, by name."""
    names: set[str] = set()
    for node in (action, *action.parts):
        names |= {pilot.organisme or pilot.nom for pilot in node.row.pilotes.all()}
        names |= {partner.organisme for partner in node.row.partenaires.all()}
        names |= {pledge.row.porteur for pledge in node.commitments}
    return names - {""}


def choices_of(axes: Iterable[AxeThen]) -> tuple[list[str], list[str]]:
    """Return organisations and intercommunalités that the roadmap names, sorted."""
    actions = [action for axe in axes for action in axe.actions]
    organisations = {name for action in actions for name in organisations_of(action)}
    epcis = {name for action in actions for name in action.epci}
    return sorted(organisations, key=str.casefold), sorted(epcis, key=str.casefold)
