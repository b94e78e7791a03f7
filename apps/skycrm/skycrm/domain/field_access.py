"""Which role sees and changes which field: wishes for single fields, as the levels that the framework has for them.

The framework gives every field a level from 0 to 9 and every role rights at each level. Level 0 are the rights to the
document itself and are never touched here. Fields that the same roles see in the same way share a level.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from skycrm.domain.errors import RuleError

# The framework's page of role permissions offers these besides level 0.
HIGHEST = 9
LEVELS = range(1, HIGHEST + 1)

# The levels that this app ships. High ones: who sets levels by hand begins with 1.
MONEY = 6
MARGIN = 7
CONSENT = 8
PERSONAL = 9


class Access(IntEnum):
	"""What a role may do with a field."""

	HIDE = 0
	READ = 1
	SHOW = 2  # see it, and change it where the role may change the document


@dataclass(frozen=True)
class Right:
	"""A row of a DocType's permissions: what a role may at a level."""

	role: str
	level: int
	read: bool = False
	write: bool = False


# (DocType of the field, name of the field): a child table shares the levels of its parent.
Key = tuple[str, str]
Levels = Mapping[Key, int]
# role -> what it may, without the roles that see nothing
Signature = tuple[tuple[str, Access], ...]
Wish = Mapping[tuple[Key, str], Access]


@dataclass(frozen=True)
class Plan:
	"""What has to be written.

	Attributes:
		levels: fields whose level changes → the new one.
		rights: levels whose rows change → all of their rows; () for none.
	"""

	levels: Mapping[Key, int]
	rights: Mapping[int, tuple[Right, ...]]

	@property
	def is_empty(self) -> bool:
		return not (self.levels or self.rights)


class TooManyCombinations(RuleError):
	"""More different combinations of roles than there are levels for."""

	def __init__(self, wanted: int) -> None:
		super().__init__("too_many_field_combinations", {"wanted": wanted, "limit": HIGHEST})


def natural(rights: Iterable[Right]) -> dict[str, Access]:
	"""What each role may do with a field at level 0: what it may do with the document."""
	return dict(signature_at(0, rights))


def signature_at(level: int, rights: Iterable[Right]) -> Signature:
	"""What each role may do with a field at this level."""
	found: dict[str, Access] = {}
	for right in rights:
		if right.level == level and (right.read or right.write):
			access = Access.SHOW if right.read and right.write else Access.READ if right.read else Access.HIDE
			found[right.role] = max(found.get(right.role, Access.HIDE), access)
	return _signature(found)


def newcomer(level: int, rights: Iterable[Right], role: str) -> Access:
	"""What a role gets at a level along with new rights to the document: what is kept back from none of the others.

	A level that somebody does not see is not opened to one more role by a page that does not show levels; one that
	somebody only sees is not opened for writing.
	"""
	rights = tuple(rights)
	base, there = natural(rights), dict(signature_at(level, rights))
	own = base.pop(role, Access.HIDE)
	seen = [(access, there.get(other, Access.HIDE)) for other, access in base.items()]
	if any(access is Access.HIDE for _may, access in seen):
		return Access.HIDE
	if any(access < may for may, access in seen):
		return min(own, Access.READ)
	return own


def followed(now: Access, could: Access, offered: Access, has_row: bool) -> Access:
	"""What a role has at a level after its rights to the document have grown.

	Args:
		now: what it has there.
		could: what it could do with the document before.
		offered: see `newcomer`.
		has_row: whether somebody has said already what it may do there.
	"""
	if could is Access.HIDE:
		return now if has_row else offered
	# Less than it could have had is what an admin has chosen; all that it could have goes along.
	return max(now, offered) if now is could else now


def matrix(levels: Levels, rights: Iterable[Right]) -> dict[Key, dict[str, Access]]:
	"""Field → role → what it may, without the roles that see nothing."""
	rights = tuple(rights)
	at = {level: dict(signature_at(level, rights)) for level in set(levels.values())}
	return {key: dict(at[level]) for key, level in levels.items()}


def plan(levels: Levels, rights: Iterable[Right], wish: Wish, shipped: Levels | None = None) -> Plan:
	"""How to get what is wished; a field that the wish does not name stays as it is for every role.

	Args:
		levels: every field of the DocType and its child tables → its level now.
		rights: every row of its permissions, of level 0 too.
		wish: (field, role) → what the role may from now on. No role gets more than it may do with the document.
		shipped: the level that a field has by itself, where it goes back to when it can; as `levels` if left out.

	Raises:
		TooManyCombinations: the fields would need more than HIGHEST levels.
	"""
	rights = tuple(rights)
	base = natural(rights)
	wanted = _wanted(levels, rights, base, wish)
	groups: dict[Group, list[Key]] = defaultdict(list)
	for key, signature in wanted.items():
		home = (shipped or levels).get(key, levels[key])
		groups[Group(signature, levels[key], home)].append(key)
	homes = _homes(groups, _signature(base), rights)
	changed = {key: home for group, home in homes.items() for key in groups[group] if home != levels[key]}
	used = {home: group.signature for group, home in homes.items() if home}
	# A level that nothing needs any more is left empty, so that it can be used again.
	left = {level for level in levels.values() if level and level not in used}
	return Plan(changed, {**_rights(used, rights), **{level: () for level in sorted(left)}})


def _wanted(
	levels: Levels, rights: tuple[Right, ...], base: Mapping[str, Access], wish: Wish
) -> dict[Key, Signature]:
	wanted = matrix(levels, rights)
	for (key, role), access in wish.items():
		wanted[key][role] = min(access, base.get(role, Access.HIDE))
	return {key: _signature(found) for key, found in wanted.items()}


class Group(NamedTuple):
	"""Fields that are to be seen alike, have one level now and belong to one level by themselves."""

	signature: Signature
	level: int
	home: int


def _homes(groups: Mapping[Group, list[Key]], base: Signature, rights: tuple[Right, ...]) -> dict[Group, int]:
	"""Group → its level: where it belongs if it can, else where it is, else one that says the same, else a free one."""
	homes: dict[Group, int] = {}
	taken: dict[int, Signature] = {0: base}
	now = {level: signature_at(level, rights) for level in {0, *LEVELS}}

	def settle(group: Group, level: int) -> bool:
		if taken.setdefault(level, group.signature) == group.signature:
			homes[group] = level
			return True
		return False

	# Where several want a level, whoever its rows fit already comes first, then the most fields.
	order = sorted(
		groups,
		key=lambda group: (
			group.level != group.home,
			now.get(group.level) != group.signature,
			-len(groups[group]),
			group,
		),
	)
	waiting = [group for group in order if not (settle(group, group.home) or settle(group, group.level))]
	# A level without rows first: rows of others at a level that no field uses may be meant for something.
	unused = sorted(
		(level for level in LEVELS if level not in taken), key=lambda level: (bool(now[level]), level)
	)
	for group in waiting:
		if (level := _level_of(group.signature, taken)) is None:
			if not unused:
				unused = _make_room(homes, taken)
			if not unused:
				raise TooManyCombinations(len({group.signature for group in groups} - {base}))
			level = unused.pop(0)
		settle(group, level)
	return homes


def _level_of(signature: Signature, taken: Mapping[int, Signature]) -> int | None:
	return next((level for level in sorted(taken) if taken[level] == signature), None)


def _make_room(homes: dict[Group, int], taken: dict[int, Signature]) -> list[int]:
	"""Put groups that say the same on one level, the lowest; returns the levels that this freed."""
	first: dict[Signature, int] = {}
	for level in sorted(taken):
		first.setdefault(taken[level], level)
	for group, level in homes.items():
		homes[group] = first[taken[level]]
	freed = [level for level in sorted(taken) if first[taken[level]] != level]
	for level in freed:
		del taken[level]
	return freed


def _rights(used: Mapping[int, Signature], rights: tuple[Right, ...]) -> dict[int, tuple[Right, ...]]:
	return {
		level: tuple(Right(role, level, read=True, write=access is Access.SHOW) for role, access in signature)
		for level, signature in sorted(used.items())
		if signature_at(level, rights) != signature
	}


def apply(levels: Levels, rights: Iterable[Right], done: Plan) -> tuple[dict[Key, int], tuple[Right, ...]]:
	"""Levels and rows as they are after a plan."""
	kept = tuple(right for right in rights if right.level not in done.rights)
	return {**levels, **done.levels}, (*kept, *(row for rows in done.rights.values() for row in rows))


def _signature(found: Mapping[str, Access]) -> Signature:
	return tuple(sorted((role, access) for role, access in found.items() if access is not Access.HIDE))
