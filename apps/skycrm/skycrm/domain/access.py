"""Who may see or change a record: the one rule behind lists, forms, search, reports and REST.

permissions/ asks this rule for one record and writes the same rule as SQL for many; a test compares the two over
random teams. Role rights (may this role read leads at all?) and documents shared by hand are the framework's and come
on top: a role can take away, a share can add.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

# These see every record of the CRM: they set it up and answer for it.
ROLES_SEEING_ALL = frozenset({"Administrator", "System Manager", "Sky CRM Admin"})

# What a user may do at most with a record that they may see but not change. Everything else counts as a change:
# `share` hands rights on, `delete` ends the record.
READING = frozenset({"select", "read", "print", "email", "report", "export"})


class Default(str, Enum):
	"""The org-wide default of a DocType: what people have to a record that is not theirs.

	PRIVATE: nothing, except to managers of its team and of the teams above.
	TEAM: the members of its team read and change it.
	PUBLIC_READ: everybody whose role may read the DocType reads it; its team changes it.
	PUBLIC_WRITE: everybody whose role may change the DocType changes it.
	"""

	PRIVATE = "Private"
	TEAM = "Team"
	PUBLIC_READ = "Public Read"
	PUBLIC_WRITE = "Public Write"


# Used while the settings say nothing about a DocType: colleagues can stand in for each other, other teams see nothing.
FALLBACK = Default.TEAM


class Pool(str, Enum):
	"""Who may read a record that nobody is responsible for, so that somebody can take it; beyond the default above.

	NOBODY: the DocType has no pool.
	TEAM: the members of its team.
	EVERYBODY: everybody whose role may read the DocType.
	"""

	NOBODY = "Nobody"
	TEAM = "The Team"
	EVERYBODY = "Everybody"


class Why(str, Enum):
	"""The ground on which access is given; the first that holds, cheapest to check first."""

	SEES_ALL = "sees_all"
	PUBLIC = "public"
	OWNER = "owner"
	RESPONSIBLE = "responsible"
	ASSIGNEE = "assignee"
	MANAGER = "manager"
	TEAM_MEMBER = "team_member"
	POOL = "pool"


@dataclass(frozen=True)
class Record:
	"""What the rule needs to know of a record.

	Attributes:
		owner: who made it.
		responsible: who works on it (lead_owner, opportunity_owner).
		assignees: who has an open assignment to it.
		team: the team it belongs to. A record without one belongs to every team of the person responsible.
		responsible_teams: the teams in which the person responsible is a member or manager.
	"""

	owner: str = ""
	responsible: str = ""
	assignees: frozenset[str] = field(default_factory=frozenset)
	team: str = ""
	responsible_teams: frozenset[str] = field(default_factory=frozenset)

	@property
	def teams(self) -> frozenset[str]:
		"""The teams whose people have to do with the record."""
		return frozenset({self.team}) if self.team else self.responsible_teams


@dataclass(frozen=True)
class Viewer:
	"""Who asks.

	Attributes:
		user: their name.
		sees_all: they hold one of ROLES_SEEING_ALL.
		managed: every team they manage and every team below those.
		joined: every team they are a member of, without the teams below.
	"""

	user: str
	sees_all: bool = False
	managed: frozenset[str] = field(default_factory=frozenset)
	joined: frozenset[str] = field(default_factory=frozenset)


def sees_all(user: str, roles: Iterable[str]) -> bool:
	"""True for the users whom the rule never limits."""
	return user == "Administrator" or not ROLES_SEEING_ALL.isdisjoint(roles)


def is_public(default: Default, ptype: str) -> bool:
	"""True when the org-wide default alone gives this kind of access to everybody whose role allows it."""
	return default is Default.PUBLIC_WRITE or (default is Default.PUBLIC_READ and ptype in READING)


def is_theirs(record: Record, user: str) -> Why | None:
	"""Whether the record is the user's own: made by them, worked on by them, or assigned to them.

	Compared without regard to case, as the database does it.
	"""
	name = user.lower()
	if record.owner.lower() == name:
		return Why.OWNER
	if record.responsible.lower() == name:
		return Why.RESPONSIBLE
	if name in {assignee.lower() for assignee in record.assignees}:
		return Why.ASSIGNEE
	return None


def teams_that_count(viewer: Viewer, default: Default) -> frozenset[str]:
	"""The teams whose records the viewer has to do with: those managed, and those joined unless records are private."""
	return viewer.managed if default is Default.PRIVATE else viewer.managed | viewer.joined


def is_open_pool(record: Record, viewer: Viewer, pool: Pool, ptype: str) -> bool:
	"""Whether the viewer may read the record because it waits for somebody to take it."""
	if pool is Pool.NOBODY or record.responsible or ptype not in READING:
		return False
	return pool is Pool.EVERYBODY or bool(record.team and record.team in viewer.managed | viewer.joined)


def why(record: Record, viewer: Viewer, default: Default, ptype: str, pool: Pool = Pool.NOBODY) -> Why | None:
	"""The ground on which the viewer may do this with the record, or None when they may not.

	Args:
		record, viewer: see there.
		default: the org-wide default of the record's DocType.
		ptype: the framework's word for the kind of access: read, write, print, share, delete, ...
		pool: who may read it while nobody is responsible.
	"""
	if viewer.sees_all:
		return Why.SEES_ALL
	if is_public(default, ptype):
		return Why.PUBLIC
	if own := is_theirs(record, viewer.user):
		return own
	if record.teams & viewer.managed:
		return Why.MANAGER
	if record.teams & teams_that_count(viewer, default):
		return Why.TEAM_MEMBER
	if is_open_pool(record, viewer, pool, ptype):
		return Why.POOL
	return None
