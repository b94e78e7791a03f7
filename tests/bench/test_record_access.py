"""Who sees which lead and opportunity: lists and single records agree, whatever the teams look like."""

import random

import access_records as make
import pytest
from access_records import DOCTYPES, listed, readable, record
from sql_log import recorded

import frappe
from frappe.desk.reportview import get_count
from frappe.desk.search import search_link


@pytest.mark.parametrize("doctype", DOCTYPES)
class TestOneTeamBesideAnother:
	@pytest.fixture
	def firm(self, doctype):
		"""Boss above North and South; North has An and Bình, South has Chi; Dũng is in no team."""
		people = {
			name: make.user("Sky Sales User", label=name) for name in ("boss", "an", "binh", "chi", "dung")
		}
		top = make.team(manager=people["boss"])
		north = make.team(top, members=(people["an"], people["binh"]))
		south = make.team(top, members=(people["chi"],))
		records = {
			"an": record(doctype, people["an"], team=north),
			"binh": record(doctype, people["binh"]),
			"chi": record(doctype, people["chi"], team=south),
			"dung": record(doctype, people["dung"]),
		}
		return people, records

	def expect(self, doctype, firm, access, ptype, expected):
		people, records = firm
		make.set_default_access(doctype, access)
		names = list(records.values())
		for who, whose in expected.items():
			wanted = {records[name] for name in whose.split()}
			assert readable(doctype, people[who], names, ptype) == wanted, who
			if ptype == "read":
				assert listed(doctype, people[who], names) == wanted, who

	TEAM = {"boss": "an binh chi", "an": "an binh", "binh": "an binh", "chi": "chi", "dung": "dung"}
	PRIVATE = {"boss": "an binh chi", "an": "an", "binh": "binh", "chi": "chi", "dung": "dung"}
	ALL = dict.fromkeys(("boss", "an", "binh", "chi", "dung"), "an binh chi dung")

	def test_every_default(self, doctype, firm):
		for access, expected in (
			("Team", self.TEAM),
			(None, self.TEAM),
			("Private", self.PRIVATE),
			("Public Write", self.ALL),
		):
			self.expect(doctype, firm, access, "read", expected)
			self.expect(doctype, firm, access, "write", expected)
		self.expect(doctype, firm, "Public Read", "read", self.ALL)
		self.expect(doctype, firm, "Public Read", "write", self.TEAM)

	def test_public_access_gives_no_more_than_the_role(self, doctype, firm):
		_people, records = firm
		make.set_default_access(doctype, "Public Write")
		reader, nobody = make.user("Sky Marketing User"), make.user("Stock User")
		assert readable(doctype, reader, list(records.values())) == set(records.values())
		assert not readable(doctype, reader, list(records.values()), "write")
		assert not readable(doctype, nobody, list(records.values()))

	def test_who_answers_for_the_crm_sees_all(self, doctype, firm):
		_people, records = firm
		make.set_default_access(doctype, "Private")
		for role in ("Sky CRM Admin", "System Manager"):
			admin = make.user(role)
			assert readable(doctype, admin, list(records.values()), "delete") == set(records.values())
			assert listed(doctype, admin, list(records.values())) == set(records.values())

	def test_an_assignee_sees_the_record_and_no_other(self, doctype, firm):
		people, records = firm
		make.set_default_access(doctype, "Private")
		frappe.get_doc(
			{
				"doctype": "ToDo",
				"description": "Gọi lại",
				"allocated_to": people["dung"],
				"reference_type": doctype,
				"reference_name": records["an"],
			}
		).insert(ignore_permissions=True)
		names = list(records.values())
		assert readable(doctype, people["dung"], names) == {records["an"], records["dung"]}
		assert listed(doctype, people["dung"], names) == {records["an"], records["dung"]}

	def test_a_name_with_an_underscore_is_not_a_pattern(self, doctype, firm):
		__people, records = firm
		make.set_default_access(doctype, "Private")
		like, exact = (
			make.user("Sky Sales User", label="under_score"),
			make.user("Sky Sales User", label="underxscore"),
		)
		assignee = like.replace("_", "x", 1)
		make.user("Sky Sales User", label="third")
		frappe.get_doc(
			{
				"doctype": "ToDo",
				"reference_type": doctype,
				"reference_name": records["an"],
				"allocated_to": assignee,
				"description": "x",
				"name": frappe.generate_hash(length=10),
			}
		).db_insert()
		assert listed(doctype, like, list(records.values())) == set()
		assert listed(doctype, exact, list(records.values())) == set()
		assert readable(doctype, like, list(records.values())) == set()

	@pytest.mark.parametrize("everyone", [0, 1])
	def test_a_shared_record_is_in_the_list_too(self, doctype, firm, everyone):
		people, records = firm
		make.set_default_access(doctype, "Private")
		frappe.share.add_docshare(
			doctype, records["chi"], None if everyone else people["dung"], read=1, everyone=everyone
		)
		names = list(records.values())
		assert readable(doctype, people["dung"], names) == {records["chi"], records["dung"]}
		assert listed(doctype, people["dung"], names) == {records["chi"], records["dung"]}
		assert readable(doctype, people["dung"], names, "write") == {records["dung"]}

	def test_moving_a_team_moves_what_its_manager_sees(self, doctype, firm):
		people, records = firm
		other_boss = make.user("Sky Sales User")
		other_top = make.team(manager=other_boss)
		names = list(records.values())
		assert readable(doctype, other_boss, names) == set()
		south = frappe.get_doc("Sky Team", frappe.db.get_value(doctype, records["chi"], "team"))
		south.parent_sky_team = other_top
		south.save()
		assert readable(doctype, other_boss, names) == listed(doctype, other_boss, names) == {records["chi"]}
		assert readable(doctype, people["boss"], names) == {records["an"], records["binh"]}

	def test_a_member_whose_role_is_manager_manages(self, doctype, firm):
		__people, records = firm
		make.set_default_access(doctype, "Private")
		deputy = make.user("Sky Sales User")
		north = frappe.get_doc("Sky Team", frappe.db.get_value(doctype, records["an"], "team"))
		north.append("members", {"user": deputy, "role_in_team": "Manager"})
		north.save()
		names = list(records.values())
		assert (
			readable(doctype, deputy, names)
			== listed(doctype, deputy, names)
			== {records["an"], records["binh"]}
		)

	def test_counts_and_reports_agree_with_the_list(self, doctype, firm):
		people, records = firm
		filters = {"name": ("in", list(records.values()))}
		with make.acting_as(people["an"]):
			frappe.local.form_dict = frappe._dict(
				doctype=doctype, filters=frappe.as_json(filters), fields="[]"
			)
			assert get_count() == 2

	def test_naming_oneself_the_owner_in_a_save_opens_nothing(self, doctype, firm):
		people, records = firm
		field = DOCTYPES[doctype]
		with make.acting_as(people["dung"]):
			doc = frappe.get_doc(doctype, records["an"])
			doc.update({field: people["dung"], "owner": people["dung"], "team": None})
			with pytest.raises(frappe.PermissionError):
				doc.save()
		assert frappe.db.get_value(doctype, records["an"], field) == people["an"]

	def test_a_stranger_may_not_delete(self, doctype, firm):
		_people, records = firm
		manager = make.user("Sky Sales Manager")
		with make.acting_as(manager), pytest.raises(frappe.PermissionError):
			frappe.delete_doc(doctype, records["an"])
		assert frappe.db.exists(doctype, records["an"])


@pytest.mark.parametrize("seed", range(3))
def test_lists_and_records_agree_over_random_trees(seed):
	"""Every user, every record, every default: what the list shows is exactly what can be opened."""
	draw = random.Random(seed)
	people = [make.user("Sky Sales User") for _number in range(5)]
	teams: list[str] = []
	for _number in range(6):
		members = draw.sample(people, draw.randint(0, 2))
		teams.append(
			make.team(
				parent=draw.choice([None, *teams]) if teams else None,
				manager=draw.choice([None, *people]),
				members=tuple(members[:1]),
				managers=tuple(members[1:]),
			)
		)
	names = []
	for _number in range(12):
		name = record(
			"Sky Lead",
			draw.choice(["", *people]),
			team=draw.choice([None, *teams]),
			owner=draw.choice(["Administrator", *people]),
		)
		if draw.random() < 0.3:
			make.assign("Sky Lead", name, *draw.sample(people, draw.randint(1, 2)))
		if draw.random() < 0.2:
			frappe.share.add_docshare("Sky Lead", name, draw.choice(people), read=1)
		names.append(name)
	for access in ("Private", "Team", "Public Read", "Public Write"):
		make.set_default_access("Sky Lead", access)
		for person in people:
			assert listed("Sky Lead", person, names) == readable("Sky Lead", person, names), (access, person)
			assert readable("Sky Lead", person, names, "write") <= readable("Sky Lead", person, names)


def statements(call) -> int:
	with recorded() as seen:
		call()
	return len(seen)


def test_what_the_rule_costs():
	"""Nothing on create and for those who see all; one for a list, more when teams have changed; three at most for a record."""
	from skycrm.permissions import facts, rule

	person, admin = make.user("Sky Sales User"), make.user("Sky CRM Admin")
	make.team(members=(person,))
	mine, theirs = make.lead(lead_owner=person), make.lead(lead_owner=admin)
	for user in (person, admin, "Administrator"):
		frappe.get_roles(user)
	rule.default_for("Sky Lead")
	new = frappe.new_doc("Sky Lead")
	assert statements(lambda: rule.may(new, "create", person)) == 0
	assert statements(lambda: rule.condition("Sky Lead", admin)) == 0
	assert statements(lambda: rule.may(theirs, "write", "Administrator")) == 0
	facts.forget()
	# Marks and shares; absences, teams, rules and members; how many (two).
	assert statements(lambda: rule.condition("Sky Lead", person)) == 7
	facts.forget()
	assert statements(lambda: rule.condition("Sky Lead", person)) == 1
	assert statements(lambda: rule.may(mine, "write", person)) == 1
	facts.forget()
	assert statements(lambda: rule.may(theirs, "write", person)) <= 6
	assert statements(lambda: rule.may(theirs, "write", person)) <= 3


def test_a_link_to_a_lead_offers_open_leads_that_one_may_see():
	"""The framework's search asks link_search.search_leads, which hooks.py names."""
	person, other = make.user("Sky Sales User"), make.user("Sky Sales User")
	mine = make.lead(lead_owner=person, mobile_no="0912 345 678", email_id="tim@example.com")
	hidden = make.lead(lead_owner=other, mobile_no="0912 345 678")
	done = make.lead(lead_owner=person, mobile_no="+84912345678")
	frappe.db.set_value("Sky Lead", done.name, "status", "Converted")
	with make.acting_as(person):
		for text in ("+84 912 345 678", "0912345678", mine.name, mine.name.lower(), ""):
			offered = {row["value"] for row in search_link("Sky Lead", text)}
			assert mine.name in offered, text
			assert not {hidden.name, done.name} & offered, text
		assert {
			row["value"] for row in search_link("Sky Lead", "0912345678", filters={"status": "Converted"})
		} == {done.name}


def test_an_opportunity_without_a_title_does_not_tell_the_name_of_a_lead_that_one_may_not_see():
	person, other = make.user("Sky Sales User"), make.user("Sky Sales User")
	mine, hidden = make.lead(lead_owner=person), make.lead(lead_owner=other)
	with make.acting_as(person):
		for lead, title in ((mine, mine.lead_name), (hidden, hidden.name)):
			deal = frappe.get_doc({"doctype": "Sky Opportunity", "lead": lead.name, "stage": "Prospecting"})
			assert deal.insert().title == title
