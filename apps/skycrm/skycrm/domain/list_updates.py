"""Who is told that a record has changed while they look at a list. Plain values, no database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from skycrm.domain.access import Default, Record


@dataclass(frozen=True)
class TeamPeople:
	"""The people of a team.

	Attributes:
		managers: who leads it.
		members: everybody else in it.
	"""

	managers: frozenset[str] = frozenset()
	members: frozenset[str] = frozenset()


def told(
	record: Record, default: Default, team: Iterable[TeamPeople], above: Sequence[TeamPeople]
) -> frozenset[str]:
	"""The people to whom a change of the record is told: never more than the rule of access.py lets see it.

	Those who see it by a sharing rule, a share or an assignment are not told; their list is right when it is next read.

	Args:
		record: the record.
		default: the org-wide default of its DocType, not a public one.
		team: the record's teams.
		above: the teams above those.
	"""
	teams = tuple(team)
	people = {record.owner, record.responsible}
	people.update(*(one.managers for one in (*teams, *above)))
	if default is not Default.PRIVATE:
		people.update(*(one.members for one in teams))
	return frozenset(people - {""})
