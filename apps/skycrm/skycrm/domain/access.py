"""Who may see or change a record: the one rule behind lists, forms, search, reports and REST.

permissions/ asks this rule for one record and writes the same rule as SQL for many; a test compares the two over
random teams, absences and sharing rules. Role rights (may this role read leads at all?), the companies that a user is
limited to and documents shared by hand are the framework's and come on top: the first two can take away, a share can
add. `verdict` puts all of them together.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

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
	"""A ground on which access is given, in the order in which they are looked at: cheapest to check first.

	DEPUTY_OF_PERSON and DEPUTY_OF_MANAGER hold only while the person that somebody stands in for is absent.
	"""

	SEES_ALL = "sees_all"
	PUBLIC = "public"
	OWNER = "owner"
	RESPONSIBLE = "responsible"
	ASSIGNEE = "assignee"
	DEPUTY_OF_PERSON = "deputy_of_person"
	MANAGER = "manager"
	DEPUTY_OF_MANAGER = "deputy_of_manager"
	TEAM_MEMBER = "team_member"
	SHARING_RULE = "sharing_rule"
	POOL = "pool"


class Ground(NamedTuple):
	"""Why somebody has access, and through what: a person, a team, or a sharing rule; "" where that says nothing more."""

	why: Why
	through: str = ""


@dataclass(frozen=True)
class Record:
	"""What the rule needs to know of a record.

	Attributes:
		owner: who made it.
		responsible: who works on it (lead_owner, opportunity_owner).
		assignees: who has an open assignment to it.
		team: the team it belongs to. A record without one belongs to every team of the person responsible.
		responsible_teams: the teams in which the person responsible is a member or manager.
		matching: the sharing rules with a filter whose filter the record meets.
		held_by_team: a team has it in hand, not a person; it waits as long as it has no team.
	"""

	owner: str = ""
	responsible: str = ""
	assignees: frozenset[str] = field(default_factory=frozenset)
	team: str = ""
	responsible_teams: frozenset[str] = field(default_factory=frozenset)
	matching: frozenset[str] = field(default_factory=frozenset)
	held_by_team: bool = False

	@property
	def waits(self) -> bool:
		"""Whether nobody has taken the record yet."""
		return not (self.team if self.held_by_team else self.responsible)

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
		roles: the roles they hold.
		managed: every team they manage and every team below those.
		managed_for_others: the same for those whose manager is absent and whom they stand in for.
		joined: every team they are a member of, without the teams below.
		stands_in_for: people who are absent and have named them as deputy.
	"""

	user: str
	sees_all: bool = False
	roles: frozenset[str] = field(default_factory=frozenset)
	managed: frozenset[str] = field(default_factory=frozenset)
	managed_for_others: frozenset[str] = field(default_factory=frozenset)
	joined: frozenset[str] = field(default_factory=frozenset)
	stands_in_for: frozenset[str] = field(default_factory=frozenset)

	@property
	def all_managed(self) -> frozenset[str]:
		"""The teams that they answer for today."""
		return self.managed | self.managed_for_others

	@property
	def teams(self) -> frozenset[str]:
		"""The teams that they have to do with today."""
		return self.all_managed | self.joined


@dataclass(frozen=True)
class SharingRule:
	"""Records of somebody, or of a team and the teams below it, that are open to others as well.

	Attributes:
		name: of the rule.
		writes: they may be changed too. Never deleted or shared on: that stays with those whose records they are.
		from_user, from_teams: whose records; one of the two.
		to_user, to_role, to_team: for whom; one of the three. A team stands for its members and for whoever manages it.
		filtered: only records that meet a filter; Record.matching says which do.
	"""

	name: str
	writes: bool = False
	from_user: str = ""
	from_teams: frozenset[str] = field(default_factory=frozenset)
	to_user: str = ""
	to_role: str = ""
	to_team: str = ""
	filtered: bool = False


@dataclass(frozen=True)
class Policy:
	"""What holds for all records of a DocType.

	Attributes:
		default: the org-wide default.
		pool: who may read a record while nobody is responsible.
		rules: the sharing rules that are enabled; those that are not for the viewer do no harm.
	"""

	default: Default = FALLBACK
	pool: Pool = Pool.NOBODY
	rules: tuple[SharingRule, ...] = ()


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
	if same_person(record.owner, user):
		return Why.OWNER
	if same_person(record.responsible, user):
		return Why.RESPONSIBLE
	if any(same_person(assignee, user) for assignee in record.assignees):
		return Why.ASSIGNEE
	return None


def same_person(one: str, other: str) -> bool:
	"""Whether two names of users mean the same; letter case does not count, and nobody is nobody."""
	return bool(one) and one.lower() == other.lower()


def teams_that_count(viewer: Viewer, default: Default) -> frozenset[str]:
	"""The teams whose records the viewer has to do with: those managed, and those joined unless records are private."""
	return viewer.all_managed if default is Default.PRIVATE else viewer.teams


def is_open_pool(record: Record, viewer: Viewer, pool: Pool, ptype: str) -> bool:
	"""Whether the viewer may read the record because it waits for somebody to take it.

	A person takes a record through a service of its own (claiming); a team takes one when somebody enters it, so such a
	record may be changed too.
	"""
	takes = record.held_by_team and ptype == "write"
	if pool is Pool.NOBODY or not record.waits or not (ptype in READING or takes):
		return False
	return pool is Pool.EVERYBODY or bool(record.team and record.team in viewer.teams)


def receives(rule: SharingRule, viewer: Viewer) -> bool:
	"""Whether a sharing rule is meant for the viewer."""
	return (
		same_person(rule.to_user, viewer.user)
		or rule.to_role in viewer.roles
		or (bool(rule.to_team) and rule.to_team in viewer.teams)
	)


def gives(rule: SharingRule, ptype: str) -> bool:
	"""Whether a sharing rule opens records to this kind of access."""
	return ptype in READING or (rule.writes and ptype == "write")


def concerns(rule: SharingRule, record: Record) -> bool:
	"""Whether a sharing rule is about the records of the people whose record this is, its filter aside."""
	return same_person(rule.from_user, record.responsible) or bool(record.teams & rule.from_teams)


def grounds(record: Record, viewer: Viewer, policy: Policy, ptype: str) -> Iterator[Ground]:
	"""Every ground on which the viewer may do this with the record; none when they may not.

	Args:
		record, viewer, policy: see there.
		ptype: the framework's word for the kind of access: read, write, print, share, delete, ...
	"""
	if viewer.sees_all:
		yield Ground(Why.SEES_ALL)
	if is_public(policy.default, ptype):
		yield Ground(Why.PUBLIC)
	if own := is_theirs(record, viewer.user):
		yield Ground(own)
	for person in sorted(viewer.stands_in_for):
		if same_person(record.responsible, person) or is_theirs(record, person) is Why.ASSIGNEE:
			yield Ground(Why.DEPUTY_OF_PERSON, person)
	for team in sorted(record.teams & viewer.managed):
		yield Ground(Why.MANAGER, team)
	for team in sorted(record.teams & (viewer.managed_for_others - viewer.managed)):
		yield Ground(Why.DEPUTY_OF_MANAGER, team)
	for team in sorted(record.teams & teams_that_count(viewer, policy.default) - viewer.all_managed):
		yield Ground(Why.TEAM_MEMBER, team)
	for rule in policy.rules:
		if receives(rule, viewer) and gives(rule, ptype) and concerns(rule, record):
			if not rule.filtered or rule.name in record.matching:
				yield Ground(Why.SHARING_RULE, rule.name)
	if is_open_pool(record, viewer, policy.pool, ptype):
		yield Ground(Why.POOL, record.team)


def why(record: Record, viewer: Viewer, policy: Policy, ptype: str) -> Why | None:
	"""The first ground on which the viewer may do this with the record, or None when they may not; see grounds."""
	first = next(grounds(record, viewer, policy, ptype), None)
	return first.why if first else None


class Verdict(NamedTuple):
	"""What comes of roles, companies, shares and grounds together.

	Attributes:
		allowed: whether the viewer may.
		role_lacks: no role of theirs gives this right on the DocType.
		limited: a user permission, for example on a company, keeps the record from them.
		shared: the record is shared with them by hand.
		grounds: see grounds().
	"""

	allowed: bool
	role_lacks: bool
	limited: bool
	shared: bool
	grounds: tuple[Ground, ...]


def verdict(found: Iterable[Ground], role_allows: bool, limited: bool, shared: bool) -> Verdict:
	"""Put together what the framework and this rule say: a share opens the record whatever else holds.

	Source: frappe/permissions.py, has_permission: roles, user permissions and hooks all have to agree, or the document
	is shared for this kind of access.
	"""
	reasons = tuple(found)
	allowed = shared or (role_allows and not limited and bool(reasons))
	return Verdict(allowed, not role_allows, limited, shared, reasons)
