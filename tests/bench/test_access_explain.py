"""Why somebody sees a record, and what a change would do before it is saved; for administrators alone."""

import access_records as make
import pytest
from access_records import record
from test_sharing_and_deputies import absent, rule

import frappe

from skycrm.api.v1 import access

LEAD = "Sky Lead"


def answer(name: str, user: str, right: str = "read") -> tuple[bool, str]:
	"""(allowed, all reasons as plain text) of one right."""
	found = {row["right"]: row for row in access.explain(LEAD, name, user)["rights"]}[right]
	# What the framework itself says is the truth that is explained.
	assert found["allowed"] == bool(
		frappe.has_permission(LEAD, right, doc=frappe.get_doc(LEAD, name), user=user)
	)
	return found["allowed"], frappe.utils.strip_html(" ".join(found["reasons"]))


@pytest.fixture
def firm():
	make.set_default_access(LEAD, "Private")
	people = {name: make.user("Sky Sales User", label=name) for name in ("boss", "an", "binh")}
	team = make.team(manager=people["boss"], members=(people["an"],))
	return people, team, record(LEAD, people["an"], team=team, owner="Administrator")


class TestExplain:
	def test_the_person_responsible(self, firm):
		people, _team, lead = firm
		allowed, text = answer(lead, people["an"])
		assert allowed and "is responsible for the record" in text

	def test_a_manager_by_the_team(self, firm):
		people, team, lead = firm
		allowed, text = answer(lead, people["boss"], "write")
		assert allowed and team in text and "manages" in text

	def test_a_stranger_learns_whose_it_is_and_what_is_missing(self, firm):
		people, team, lead = firm
		allowed, text = answer(lead, people["binh"])
		assert not allowed
		assert people["an"].split("@")[0] in text and team in text and "Private" in text

	def test_a_role_that_lacks_the_right(self, firm):
		_people, _team, lead = firm
		for user, right in ((make.user("Stock User"), "read"), (_people["an"], "delete")):
			allowed, text = answer(lead, user, right)
			assert not allowed and "No role of" in text

	def test_a_share_by_hand_a_rule_and_a_deputy(self, firm):
		people, _team, lead = firm
		frappe.share.add_docshare(LEAD, lead, people["binh"], read=1)
		assert answer(lead, people["binh"]) == (True, answer(lead, people["binh"])[1])
		assert "shared with" in answer(lead, people["binh"])[1]
		dung = make.user("Sky Sales User")
		rule(people["an"], dung, title="Giúp đỡ")
		assert answer(lead, dung)[0] and "Giúp đỡ" in answer(lead, dung)[1]
		chi = make.user("Sky Sales User")
		absent(people["an"], chi)
		assert answer(lead, chi)[0] and "stands in for" in answer(lead, chi)[1]

	def test_a_user_permission(self, firm):
		people, _team, lead = firm
		source = frappe.get_all("Sky Lead Source", pluck="name", limit=2)
		frappe.db.set_value(LEAD, lead, "source", source[0])
		frappe.get_doc(
			{
				"doctype": "User Permission",
				"user": people["an"],
				"allow": "Sky Lead Source",
				"for_value": source[1],
			}
		).insert(ignore_permissions=True)
		allowed, text = answer(lead, people["an"])
		assert not allowed and "User Permissions" in text

	def test_who_sees_all_and_who_cannot_sign_in(self, firm):
		people, _team, lead = firm
		allowed, text = answer(lead, make.user("Sky CRM Admin"), "delete")
		assert allowed and "Sky CRM Admin" in text
		frappe.db.set_value("User", people["an"], "enabled", 0)
		rights = access.explain(LEAD, lead, people["an"])["rights"]
		assert not any(row["allowed"] for row in rights) and "disabled" in rights[0]["reasons"][0]

	def test_names_are_text_and_links(self, firm):
		people, _team, lead = firm
		frappe.db.set_value("User", people["an"], "full_name", "<img src=x onerror=alert(1)>")
		frappe.clear_document_cache("User", people["an"])
		html = str(access.explain(LEAD, lead, people["binh"]))
		assert "<img" not in html and f"/app/user/{frappe.utils.quoted(people['an'])}" in html

	def test_bad_input_says_what_to_do(self, firm):
		people, _team, lead = firm
		with pytest.raises(frappe.ValidationError, match="follows roles alone"):
			access.explain("ToDo", lead, people["an"])
		for name, user in (("SKY-LEAD-1900-00001", people["an"]), (lead, "nobody@example.com")):
			with pytest.raises(frappe.DoesNotExistError):
				access.explain(LEAD, name, user)


class TestPreviews:
	def test_a_default_shows_three_people_before_and_after(self, firm):
		_people, _team, lead = firm
		other = make.user("Sky Sales User")
		found = access.preview_default(LEAD, "Public Read")
		assert found["words"] and len(found["people"]) <= 3
		for person in found["people"]:
			assert person["then"] == min(found["total"], found["most"])
			assert person["now"] <= person["then"]
			assert not frappe.db.exists("Has Role", {"parent": person["user"], "role": "Sky CRM Admin"})
		# Nothing of it is in force.
		assert not frappe.has_permission(LEAD, "read", doc=frappe.get_doc(LEAD, lead), user=other)

	def test_a_rule_counts_records_and_people_before_it_is_saved(self, firm):
		people, team, _lead = firm
		record(LEAD, people["binh"], owner="Administrator")
		before = frappe.db.count("Sky Sharing Rule")
		values = {
			"document_type": LEAD,
			"access": "Write",
			"share_from_type": "Sky Team",
			"share_from": team,
			"share_to_type": "User",
			"share_to": people["binh"],
		}
		found = access.preview_rule(values)
		assert (found["records"], found["people"]) == (1, 1)
		assert team in found["words"] and "changed" in found["words"]
		narrow = {**values, "filters": [{"field_name": "score", "operator": ">", "value": "99"}]}
		assert access.preview_rule(frappe.as_json(narrow))["records"] == 0
		to_team = {**values, "share_from_type": "User", "share_from": people["binh"]}
		to_team |= {"share_to_type": "Sky Team", "share_to": team}
		assert access.preview_rule(to_team)["people"] == 2
		assert frappe.db.count("Sky Sharing Rule") == before

	@pytest.mark.parametrize(
		"call",
		[
			lambda: access.preview_default("ToDo", "Team"),
			lambda: access.preview_default(LEAD, "Everything"),
			lambda: access.preview_rule("[]"),
			lambda: access.preview_rule({"document_type": LEAD}),
			lambda: access.preview_rule(
				{
					"document_type": LEAD,
					"share_from_type": "DocType",
					"share_from": "User",
					"share_to_type": "User",
					"share_to": "Administrator",
				}
			),
		],
	)
	def test_bad_input_is_refused(self, call):
		with pytest.raises(frappe.ValidationError):
			call()


@pytest.mark.parametrize("roles", [(), ("Sky Sales Manager",), ("Sky Sales User", "Sky Marketing Manager")])
def test_nobody_else_learns_who_sees_what(firm, roles):
	people, _team, lead = firm
	with make.acting_as(make.user(*roles)):
		for call in (
			lambda: access.explain(LEAD, lead, people["an"]),
			lambda: access.preview_default(LEAD, "Team"),
			lambda: access.preview_rule({}),
		):
			with pytest.raises(frappe.PermissionError):
				call()


def test_a_guest_is_sent_away(rest_as):
	for method in ("access.explain", "access.preview_default", "access.preview_rule"):
		assert rest_as("Guest").call(method).status_code == 403


def test_settings_take_only_document_types_that_somebody_owns():
	with pytest.raises(frappe.ValidationError, match="follows roles alone"):
		make.set_default_access("Sky Price List", "Team")
