"""Two people change one record, over HTTP as their programs do: nothing is lost without a word."""

from __future__ import annotations

import pytest
from factories import make_lead, make_opportunity, make_user
from rest_client import api_token

import frappe

pytestmark = pytest.mark.commits

FIRST, SECOND = "overwrite-first@example.com", "overwrite-second@example.com"


@pytest.fixture
def policy():
	"""Choose what happens to blind writes; put back afterwards."""

	def choose(value: str) -> None:
		doc = frappe.get_doc("Sky CRM Settings")
		doc.overwrite_policy = value
		doc.save()
		frappe.db.commit()

	yield choose
	frappe.db.rollback()
	choose("Log")


@pytest.fixture
def two(rest_as):
	"""Two users' programs."""
	for user in (FIRST, SECOND):
		make_user(user, "Sky Sales User", "Sky Sales Manager", "Sales User", "Sky CRM Admin")
		api_token(user)
	frappe.db.commit()
	return rest_as(FIRST), rest_as(SECOND)


@pytest.fixture(params=["Sky Lead", "Sky Opportunity"])
def record(request):
	"""(path, field, a second field) of a committed record, deleted afterwards."""
	if request.param == "Sky Lead":
		doc, fields = make_lead(job_title="Ban đầu"), ("job_title", "city")
	else:
		doc, fields = make_opportunity(next_step="Ban đầu"), ("next_step", "lost_note")
		fields = ("next_step", "title")
	frappe.db.commit()
	yield (f"/api/resource/{doc.doctype}/{doc.name}", *fields)
	frappe.db.rollback()
	frappe.delete_doc(doc.doctype, doc.name, force=True)
	frappe.db.delete("Version", {"docname": doc.name})
	frappe.db.delete("Comment", {"reference_name": doc.name})
	frappe.db.commit()


def read(client, path):
	return client.get(path).json()["data"]


def notes(path):
	frappe.db.rollback()
	name = path.rsplit("/", 1)[1]
	return frappe.get_all("Comment", {"reference_name": name, "comment_type": "Info"}, pluck="content")


def test_a_stale_write_is_refused_and_says_who_was_first(two, record):
	path, field, other = record
	first, second = two
	seen = read(first, path)
	changed = second.put(path, json={field: "Người thứ hai", "modified": seen["modified"]})
	assert changed.status_code == 200, changed.text
	for body in ({field: "Người thứ nhất"}, {other: "x"}, dict(seen, **{field: "Người thứ nhất"})):
		stale = first.put(path, json={**body, "modified": seen["modified"]})
		assert stale.status_code == 409, stale.text
		assert "overwrite-second" in stale.text and "Load it again" in stale.text
	assert read(second, path)[field] == "Người thứ hai"
	fresh = read(first, path)
	assert first.put(path, json={field: "Giờ thì được", "modified": fresh["modified"]}).status_code == 200
	assert notes(path) == []


def test_a_blind_write_is_noted_with_the_old_and_the_new_value(policy, two, record):
	policy("Log")
	path, field, other = record
	first, second = two
	assert first.put(path, json={field: "Một"}).status_code == 200
	assert notes(path) == [], "one's own change, and what nobody has touched, overwrites nothing"
	assert second.put(path, json={other: "Khác"}).status_code == 200
	assert notes(path) == [], "another field"
	assert second.put(path, json={field: "Một"}).status_code == 200
	assert notes(path) == [], "the same value"
	assert second.put(path, json={field: "Hai <b>"}).status_code == 200
	(note,) = notes(path)
	assert "overwrite-first" in note and "Một" in note and "Hai &lt;b&gt;" in note
	assert read(first, path)[field] == "Hai <b>" or "Hai" in read(first, path)[field]
	# Theirs by now: a second change of their own is no overwrite.
	assert second.put(path, json={field: "Ba"}).status_code == 200
	assert len(notes(path)) == 1
	# By the other ways of a program, too.
	doctype, name = path.split("/")[-2:]
	form = first.put(path, data={"data": frappe.as_json({field: "Bốn"})})
	assert form.status_code == 200 and len(notes(path)) == 2
	value = second.call("frappe.client.set_value", doctype=doctype, name=name, fieldname=field, value="Năm")
	assert value.status_code == 200 and len(notes(path)) == 3
	patch = first.patch(f"/api/v2/document/{doctype}/{name}", json={field: "Sáu"})
	assert patch.status_code == 200, patch.text
	assert len(notes(path)) == 4


def test_where_the_settings_say_so_a_blind_write_is_refused(policy, two, record):
	policy("Refuse")
	path, field, other = record
	first, second = two
	assert first.put(path, json={field: "Một"}).status_code == 200
	assert second.put(path, json={other: "Khác"}).status_code == 200
	refused = second.put(path, json={field: "Hai"})
	assert refused.status_code == 409 and "modified" in refused.text and "overwrite-first" in refused.text
	stored = read(second, path)
	assert stored[field] == "Một" and notes(path) == []
	assert second.put(path, json={field: "Hai", "modified": stored["modified"]}).status_code == 200


def test_a_change_of_long_ago_does_not_count(policy, two, record):
	policy("Refuse")
	path, field, _other = record
	first, second = two
	assert first.put(path, json={field: "Một"}).status_code == 200
	frappe.db.rollback()
	frappe.db.sql(
		"update tabVersion set creation = creation - interval 2 day where docname = %s",
		path.rsplit("/", 1)[1],
	)
	frappe.db.commit()
	assert second.put(path, json={field: "Hai"}).status_code == 200
