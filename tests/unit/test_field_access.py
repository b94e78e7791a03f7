"""domain/field_access.py: what is wished comes out, and nothing else changes for anybody."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skycrm.domain.field_access import (
	HIGHEST,
	Access,
	Right,
	TooManyCombinations,
	apply,
	followed,
	matrix,
	natural,
	newcomer,
	plan,
	signature_at,
)

HIDE, READ, SHOW = Access.HIDE, Access.READ, Access.SHOW
SELLER, MARKETER, ADMIN = "Seller", "Marketer", "Admin"
DEAL = "Deal"
TITLE, AMOUNT, TOTAL, LIMIT = ((DEAL, name) for name in ("title", "amount", "total", "limit"))
LEVELS = {TITLE: 0, AMOUNT: 6, TOTAL: 6, LIMIT: 7}


def rows(level: int, **roles: str) -> tuple[Right, ...]:
	return tuple(Right(role, level, True, access == "write") for role, access in roles.items())


ALL = {SELLER: "write", MARKETER: "read", ADMIN: "write"}
RIGHTS = (*rows(0, **ALL), *rows(6, **ALL), *rows(7, **ALL))


def test_at_first_everybody_sees_what_they_see_of_the_document():
	seen = matrix(LEVELS, RIGHTS)
	assert all(
		roles == natural(RIGHTS) == {SELLER: SHOW, MARKETER: READ, ADMIN: SHOW} for roles in seen.values()
	)
	assert plan(LEVELS, RIGHTS, {}).is_empty
	assert plan(LEVELS, RIGHTS, {(AMOUNT, SELLER): SHOW, (AMOUNT, MARKETER): SHOW}).is_empty


def test_one_field_of_a_level_moves_away_and_the_others_stay():
	done = plan(LEVELS, RIGHTS, {(AMOUNT, SELLER): HIDE})
	assert done.levels == {AMOUNT: 1}
	assert done.rights == {1: (Right(ADMIN, 1, True, True), Right(MARKETER, 1, True, False))}


def test_all_fields_of_a_level_keep_it_and_its_rows_change():
	done = plan(LEVELS, RIGHTS, {(AMOUNT, SELLER): READ, (TOTAL, SELLER): READ})
	assert done.levels == {}
	assert done.rights == {
		6: (Right(ADMIN, 6, True, True), Right(MARKETER, 6, True, False), Right(SELLER, 6, True, False))
	}


def test_taken_back_everything_is_as_it_was():
	hidden = {(AMOUNT, SELLER): HIDE, (TITLE, MARKETER): HIDE}
	levels, rights = apply(LEVELS, RIGHTS, plan(LEVELS, RIGHTS, hidden))
	back = plan(levels, rights, {cell: SHOW for cell in hidden}, LEVELS)
	assert apply(levels, rights, back) == (LEVELS, RIGHTS)


def test_a_role_that_may_not_write_the_document_is_given_no_more_than_reading():
	done = plan(LEVELS, RIGHTS, {(AMOUNT, SELLER): HIDE, (AMOUNT, MARKETER): SHOW})
	assert Right(MARKETER, 1, True, False) in done.rights[1]
	assert not [right for right in plan(LEVELS, RIGHTS, {(AMOUNT, "Stranger"): SHOW}).rights.get(1, ())]


def test_a_role_with_rows_above_level_0_alone_keeps_them():
	rights = (*RIGHTS, Right("Sees Money", 6, True, False))
	done = plan(LEVELS, rights, {(AMOUNT, SELLER): HIDE})
	assert Right("Sees Money", 1, True, False) in done.rights[1]


def test_levels_without_rows_are_used_first():
	rights = (*RIGHTS, Right(ADMIN, 1, True, True))
	assert plan(LEVELS, rights, {(AMOUNT, SELLER): HIDE}).levels == {AMOUNT: 2}


def test_room_is_made_before_anything_is_refused():
	"""Two shipped levels that say the same give one up."""
	fields = {(DEAL, f"field{number}"): 0 for number in range(8)}
	roles = {f"Role{number}": "write" for number in range(8)}
	rights = (*rows(0, **roles), *rows(6, **roles), *rows(7, **roles))
	levels = {**fields, AMOUNT: 6, LIMIT: 7}
	wish = {((DEAL, f"field{number}"), f"Role{number}"): HIDE for number in range(8)}
	levels_after, rights_after = apply(levels, rights, plan(levels, rights, wish))
	assert matrix(levels_after, rights_after) == wanted(levels, rights, wish)


def test_more_combinations_than_levels_are_refused():
	count = HIGHEST + 1
	levels = {(DEAL, f"field{number}"): 0 for number in range(count)}
	rights = rows(0, **{f"Role{number}": "write" for number in range(count)})
	wish = {((DEAL, f"field{number}"), f"Role{number}"): HIDE for number in range(count)}
	with pytest.raises(TooManyCombinations) as refused:
		plan(levels, rights, wish)
	assert refused.value.params == {"wanted": count, "limit": HIGHEST}


def wanted(levels, rights, wish):
	"""What everybody should see afterwards, worked out without levels."""
	base = natural(rights)
	seen = matrix(levels, rights)
	for (key, role), access in wish.items():
		allowed = min(access, base.get(role, HIDE))
		if allowed is HIDE:
			seen[key].pop(role, None)
		else:
			seen[key][role] = allowed
	return seen


ROLES = ("A", "B", "C")
FIELDS = tuple((doctype, name) for doctype in (DEAL, "Line") for name in "abcd")
ACCESS = st.sampled_from(Access)


@st.composite
def cases(draw):
	levels = {key: draw(st.sampled_from((0, 0, 1, 6, 7))) for key in FIELDS}
	rights = [Right(role, 0, True, draw(st.booleans())) for role in ROLES]
	for level in (1, 6, 7):
		for role in ROLES:
			access = draw(ACCESS)
			if access:
				rights.append(Right(role, level, True, access is SHOW))
	wish = draw(
		st.dictionaries(st.tuples(st.sampled_from(FIELDS), st.sampled_from(ROLES)), ACCESS, max_size=10)
	)
	shipped = {key: draw(st.sampled_from((0, 6, 7))) for key in FIELDS}
	return levels, tuple(rights), wish, shipped


@settings(max_examples=500)
@given(cases())
def test_what_is_wished_comes_out_and_what_is_not_named_stays(case):
	levels, rights, wish, shipped = case
	try:
		done = plan(levels, rights, wish, shipped)
	except TooManyCombinations:
		return
	after = apply(levels, rights, done)
	assert matrix(*after) == wanted(levels, rights, wish)
	assert [right for right in after[1] if right.level == 0] == [
		right for right in rights if right.level == 0
	]
	assert all(0 <= level <= HIGHEST for level in after[0].values())
	# Asked again, there is nothing left to do but moving home.
	assert matrix(*apply(*after, plan(*after, wish, shipped))) == matrix(*after)


@given(cases())
def test_an_empty_wish_changes_nothing_for_anybody(case):
	levels, rights, _wish, shipped = case
	try:
		after = apply(levels, rights, plan(levels, rights, {}, shipped))
	except TooManyCombinations:
		return
	assert matrix(*after) == matrix(levels, rights)
	assert plan(levels, rights, {}).levels == {}


NEW = "Newcomer"


@pytest.mark.parametrize(
	"there, expected",
	[
		({SELLER: "write", MARKETER: "read", ADMIN: "write"}, {"read": READ, "write": SHOW}),
		({SELLER: "read", MARKETER: "read", ADMIN: "write"}, {"read": READ, "write": READ}),
		({MARKETER: "read", ADMIN: "write"}, {"read": HIDE, "write": HIDE}),
		({}, {"read": HIDE, "write": HIDE}),
	],
)
def test_a_new_role_gets_what_is_kept_back_from_nobody(there, expected):
	for may, access in expected.items():
		rights = (*rows(0, **ALL, **{NEW: may}), *rows(7, **there))
		assert newcomer(7, rights, NEW) is access


@given(
	rights=st.lists(
		st.builds(
			Right, st.sampled_from(["a", "b", "c"]), st.sampled_from([0, 7]), st.booleans(), st.booleans()
		),
		max_size=9,
	)
)
def test_a_new_role_never_gets_more_than_the_others_or_than_its_own_rights(rights):
	got, base, there = newcomer(7, rights, "a"), natural(rights), dict(signature_at(7, rights))
	assert got <= base.get("a", HIDE)
	for other, may in base.items():
		if other != "a":
			assert got is HIDE or there.get(other, HIDE) >= min(may, READ)
			assert got < SHOW or there[other] >= may


@pytest.mark.parametrize(
	"now, could, offered, has_row, after",
	[
		(HIDE, HIDE, SHOW, False, SHOW),  # new to the document
		(HIDE, HIDE, READ, False, READ),
		(HIDE, HIDE, HIDE, False, HIDE),
		(READ, HIDE, SHOW, True, READ),  # somebody has said so before
		(READ, READ, SHOW, True, SHOW),  # all that it could have: it goes along
		(READ, READ, READ, True, READ),
		(READ, READ, HIDE, True, READ),  # given to this role by name
		(HIDE, READ, SHOW, False, HIDE),  # kept back from this role by name
	],
)
def test_what_a_role_has_after_its_rights_have_grown(now, could, offered, has_row, after):
	assert followed(now, could, offered, has_row) is after
