"""Who is told of a changed record: nobody whom the rule keeps from seeing it."""

from hypothesis import given
from hypothesis import strategies as some

from skycrm.domain import access
from skycrm.domain.access import Default, Pool, Record, Viewer
from skycrm.domain.list_updates import TeamPeople, told

OWN = TeamPeople(frozenset({"boss"}), frozenset({"an", "binh"}))
ABOVE = TeamPeople(frozenset({"director"}), frozenset({"assistant"}))
RECORD = Record(owner="maker", responsible="seller", team="T")


def test_the_team_and_who_leads_it():
	assert told(RECORD, Default.TEAM, [OWN], [ABOVE]) == {"maker", "seller", "boss", "director", "an", "binh"}


def test_a_private_record_is_told_to_those_who_lead_the_team_only():
	assert told(RECORD, Default.PRIVATE, [OWN], [ABOVE]) == {"maker", "seller", "boss", "director"}


def test_of_a_record_of_nobody_nobody_is_told():
	assert told(Record(), Default.TEAM, [], []) == frozenset()


people = some.frozensets(some.sampled_from("abcdef"), max_size=3)


@given(
	some.sampled_from((Default.PRIVATE, Default.TEAM)),
	some.sampled_from("abcdef"),
	some.sampled_from(["", *"abcdef"]),
	people,
	people,
	people,
	people,
)
def test_whoever_is_told_may_see(default, owner, responsible, leads, members, leads_above, members_above):
	record = Record(owner=owner, responsible=responsible, team="own")
	own = TeamPeople(leads, members - leads)
	for person in told(record, default, [own], [TeamPeople(leads_above, members_above)]):
		viewer = Viewer(
			person,
			managed=frozenset(("own",) if person in leads | leads_above else ())
			| frozenset(("above",) if person in leads_above else ()),
			joined=frozenset(
				(
					*(("own",) if person in leads | members else ()),
					*(("above",) if person in members_above else ()),
				)
			),
		)
		policy = access.Policy(default, Pool.NOBODY, ())
		assert access.grounds(record, viewer, policy, "read"), (person, record)
