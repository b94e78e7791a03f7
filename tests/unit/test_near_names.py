"""Names that are nearly the same, and how they are looked for."""

import pytest

from skycrm.domain import near_names
from skycrm.domain.duplicates import Match, add_near, confidence_of, merge
from skycrm.domain.person_name import person_name_key
from skycrm.domain.text import org_name_key


@pytest.mark.parametrize(
	("one", "other", "near"),
	[
		("Nguyễn Văn An", "Nguyễn Văn Anh", True),
		("Nguyễn Thị Hương", "Nguyễn Thị Huơng", True),
		("Trần Minh Tuấn", "Tuấn Trần Minh", True),
		("Trần Minh Tuấn", "Trần Tuấn", True),
		("Katherine Smith", "Kathrine Smith", True),
		("Nguyễn Văn An", "Nguyễn Văn Bình", False),
		("Nguyễn Văn Tuấn", "Nguyễn Văn Toàn", False),
		("Nguyễn Văn An", "An", False),
		("Nguyễn Văn An", "", False),
	],
)
def test_persons(one, other, near):
	keys = person_name_key(one), person_name_key(other)
	assert bool(near_names.person_likeness(*keys)) is near
	assert near_names.person_likeness(*keys) == near_names.person_likeness(*reversed(keys))


@pytest.mark.parametrize(
	("one", "other", "near"),
	[
		("Công ty TNHH Hoàng Gia Phát", "Hoang Gia Phat JSC", True),
		("Hoàng Gia Phát", "Hoàn Gia Phát", True),
		("Công ty TNHH Hoàng Gia Phát", "Cty CP Hoàng Gia Phát Logistics", True),
		("Hoàng Gia Phát", "Gia Phát Hoàng", True),
		("Trường Tiểu học số 1", "Trường Tiểu học số 2", False),
		("Hoàng Gia Phát", "Minh Long", False),
		("An", "An Phát Logistics", False),
		("", "An Phát", False),
	],
)
def test_organizations(one, other, near):
	keys = org_name_key(one), org_name_key(other)
	assert bool(near_names.organization_likeness(*keys)) is near
	assert near_names.organization_likeness(*keys) == near_names.organization_likeness(*reversed(keys))


@pytest.mark.parametrize(
	("key", "shares", "starts"),
	[
		("nguyen van an", (0.75,), ["nguyen va"]),
		("hoang gia phat", (0.75, 0.5), ["hoang gia", "hoang g"]),
		("hoang", (0.75, 0.5), ["hoan"]),
		("abc x", (0.75, 0.5), ["abc"]),
		("abcd", (0.5,), ["abcd"]),
		("abc", (0.5,), []),
		("", (0.5,), []),
	],
)
def test_beginning_of_a_name(key, shares, starts):
	found = near_names.beginnings(key, shares)
	assert [start.strip() for start in found] == found
	assert found == starts


def test_one_slip_anywhere_leaves_one_half_whole():
	key = "hoang gia phat"
	for place in range(len(key)):
		slip = key[:place] + "q" + key[place + 1 :]
		fronts = near_names.beginnings(slip, near_names.ORGANIZATION_SHARES)
		backs = near_names.beginnings(near_names.backwards(slip), near_names.ORGANIZATION_SHARES)
		assert any(key.startswith(start) for start in fronts) or any(
			near_names.backwards(key).startswith(start) for start in backs
		), slip


def test_a_near_name_is_less_sure_than_the_same_and_more_with_both():
	near = confidence_of((), {"organization": 90})
	assert 0 < near < confidence_of({"organization"})
	assert near < confidence_of((), {"organization": 90, "lead_name": 90}) <= 75
	assert confidence_of({"email_id"}, {"lead_name": 90}) > confidence_of({"email_id"})
	assert confidence_of({"lead_name"}, {"lead_name": 90}) == confidence_of({"lead_name"})


def test_near_matches_join_the_exact_ones_and_come_after_them():
	exact = merge([("Sky Lead", "L1", "email_id")])
	near = {
		("Sky Lead", "L1"): {"organization": 90},
		("Customer", "C1"): {"organization": 100},
		("Sky Lead", "L2"): {},
	}
	found = add_near(exact, near)
	assert [(match.name, match.near) for match in found] == [
		("L1", {"organization": 90}),
		("C1", {"organization": 100}),
	]
	assert isinstance(found[0], Match)
