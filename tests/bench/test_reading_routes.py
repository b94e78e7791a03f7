"""Ways of the framework to look a record up that would pass over who may see it: nothing of a foreign record comes out."""

import access_records as make
import pytest
from access_records import record

import frappe
from frappe.desk.search import search_widget as of_framework

from skycrm.overrides import reading

SECRET = "Bí mật của Bình"
SEARCH = "frappe.desk.search."


@pytest.fixture
def foreign():
	"""(person, opportunity, lead and issue of somebody else, committed)"""
	frappe.db.rollback()
	make.set_default_access("Sky Issue", "Private")
	person, other = make.user("Sky Sales User", "Sky Support Agent"), make.user("Sky Sales User")
	team = make.team(members=(other,))
	deal = record("Sky Opportunity", other, team=team, owner=other)
	lead = record("Sky Lead", other, team=team, owner=other)
	issue = frappe.get_doc({"doctype": "Sky Issue", "subject": SECRET, "assigned_team": team}).insert()
	frappe.db.set_value("Sky Issue", issue.name, "owner", other)
	frappe.db.set_value("Sky Opportunity", deal, "title", SECRET)
	frappe.db.set_value("Sky Lead", lead, "lead_name", SECRET)
	frappe.db.commit()
	yield person, {"Sky Opportunity": deal, "Sky Lead": lead, "Sky Issue": issue.name}
	frappe.db.rollback()
	make.set_default_access("Sky Issue", "Public Write")
	for doctype, name in (("Sky Issue", issue.name), ("Sky Opportunity", deal), ("Sky Lead", lead)):
		frappe.delete_doc(doctype, name, force=True)
	frappe.delete_doc("Sky Team", team, force=True)
	make.remove_users(person, other)


@pytest.mark.commits
def test_search_link_and_search_widget_that_ignore_user_permissions(rest_as, foreign):
	person, records = foreign
	for doctype, name in records.items():
		for ignore in (0, 1, True, "1"):
			for text in ("", name, SECRET):
				asked = {
					"doctype": doctype,
					"txt": text,
					"ignore_user_permissions": ignore,
					"page_length": 50,
				}
				for method in ("search_link", "search_widget"):
					answer = rest_as(person).call(SEARCH + method, **asked)
					assert answer.status_code == 200, answer.text[:500]
					assert name not in answer.text and SECRET not in answer.text, (doctype, method, asked)
		fields = {"filter_fields": '["owner", "creation"]', "as_dict": 1}
		answer = rest_as(person).call(
			SEARCH + "search_widget", doctype=doctype, txt="", ignore_user_permissions=1, **fields
		)
		assert name not in answer.text


@pytest.mark.commits
def test_what_the_framework_itself_would_have_answered(rest_as, foreign):
	"""The hole is real on this version; once the framework closes it the override can go."""
	person, records = foreign
	with make.acting_as(person):
		found = of_framework("Sky Opportunity", "", ignore_user_permissions=True, page_length=500)
	assert records["Sky Opportunity"] in {row[0] for row in found}


@pytest.mark.commits
def test_validate_link_and_link_title_tell_nothing_of_a_foreign_record(rest_as, foreign):
	person, records = foreign
	for doctype, name in records.items():
		absent = rest_as(person).message("frappe.client.validate_link", doctype=doctype, docname="NO-SUCH")
		asked = {"doctype": doctype, "docname": name, "fields": '["owner"]'}
		assert rest_as(person).message("frappe.client.validate_link", **asked) == absent
		assert rest_as(person).message(SEARCH + "get_link_title", doctype=doctype, docname=name) == name


@pytest.mark.commits
def test_a_tag_lists_only_what_one_may_see(rest_as, rest, foreign):
	person, records = foreign
	method = "frappe.desk.doctype.tag.tag.get_tagged_docs"
	for doctype, name in records.items():
		rest.message("frappe.desk.doctype.tag.tag.add_tag", tag="Gấp", dt=doctype, dn=name)
		assert [name] in rest.message(method, doctype=doctype, tag="%Gấp%")
		assert [name] not in rest_as(person).message(method, doctype=doctype, tag="%Gấp%")
		assert rest_as("Guest").call(method, doctype=doctype, tag="%Gấp%").status_code == 403
	assert isinstance(rest.message(method, doctype="Customer", tag="%"), list | tuple)


@pytest.mark.commits
def test_a_tag_cannot_be_put_on_or_taken_off_what_one_may_not_see(rest_as, foreign):
	person, records = foreign
	for doctype, name in records.items():
		before = frappe.db.sql(f"select * from `tab{doctype}` where name = %s", name)
		for method, words in (
			("frappe.desk.doctype.tag.tag.add_tag", {"tag": "x", "dt": doctype, "dn": name}),
			("frappe.desk.doctype.tag.tag.add_tags", {"tags": '["x"]', "dt": doctype, "docs": f'["{name}"]'}),
			("frappe.desk.like.toggle_like", {"doctype": doctype, "name": name, "add": "Yes"}),
		):
			assert rest_as(person).call(method, **words).status_code == 403, method
		frappe.db.rollback()
		assert frappe.db.sql(f"select * from `tab{doctype}` where name = %s", name) == before


@pytest.mark.commits
def test_one_s_own_records_are_found_as_before(rest_as, rest, foreign):
	_person, records = foreign
	for doctype, name in records.items():
		found = rest.message("frappe.client.validate_link", doctype=doctype, docname=name, fields='["owner"]')
		assert found["name"] == name and found["owner"]
		rows = rest.message(SEARCH + "search_link", doctype=doctype, txt=name)
		assert name in {row["value"] for row in rows}
	assert (
		rest.message(SEARCH + "get_link_title", doctype="Sky Issue", docname=records["Sky Issue"]) == SECRET
	)


@pytest.mark.commits
def test_other_document_types_and_guests_are_answered_as_before(rest_as, rest):
	assert rest.message("frappe.client.validate_link", doctype="User", docname="Administrator")["name"]
	assert rest.message(SEARCH + "search_link", doctype="Role", txt="Sky", ignore_user_permissions=1)
	for method in ("search_link", "search_widget"):
		assert rest_as("Guest").call(SEARCH + method, doctype="Sky Lead", txt="").status_code == 403
	for method in (SEARCH + "get_link_title", "frappe.client.validate_link"):
		assert rest_as("Guest").call(method, doctype="Sky Lead", docname="x").status_code == 403


@pytest.mark.commits
def test_somebody_without_any_right_gets_a_403(rest_as, foreign):
	_person, records = foreign
	nobody = make.user("Stock User")
	frappe.db.commit()
	try:
		for doctype, name in records.items():
			for method in ("frappe.client.validate_link", SEARCH + "get_link_title"):
				answer = rest_as(nobody).call(method, doctype=doctype, docname=name)
				assert answer.status_code == 403 and SECRET not in answer.text
	finally:
		make.remove_users(nobody)


def test_in_process_each_answers_as_the_list_does():
	"""The methods themselves, without HTTP: only the answers about what one may not see differ from the framework's."""
	person, other = make.user("Sky Sales User"), make.user("Sky Sales User")
	mine, theirs = record("Sky Opportunity", person), record("Sky Opportunity", other)
	with make.acting_as(person):
		for rows in (
			[row["value"] for row in reading.search_link("Sky Opportunity", "", ignore_user_permissions=1)],
			[row[0] for row in reading.search_widget("Sky Opportunity", "", ignore_user_permissions="1")],
		):
			assert mine in rows and theirs not in rows
		assert reading.get_tagged_docs("Sky Opportunity", "%no such tag%") == ()
		assert reading.validate_link("Sky Opportunity", mine, '["title"]')["title"]
		assert reading.validate_link("Sky Opportunity", theirs, '["title"]') == {"name": None}
		assert reading.get_link_title("Sky Opportunity", theirs) == theirs
	assert reading.get_link_title("Role", "Sky Sales User") == "Sky Sales User"
