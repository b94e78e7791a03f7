"""Assigning, liking, attaching: what the framework grants to whoever may read, or to everybody, asks for the record's own right.

Being assigned is a ground for seeing and changing a record, so a task about it that anybody could make would open it.
"""

import access_records as make
import pytest
from access_records import record

import frappe

from skycrm.overrides import assigning, liking
from skycrm.services.assignment_right import check

ASSIGN = "frappe.desk.form.assign_to."


@pytest.fixture
def shared():
	"""(owner, reader by a share, stranger, lead of the owner, its own task), committed."""
	frappe.db.rollback()
	owner, reader, stranger = (make.user("Sky Sales User") for _ in range(3))
	lead = record("Sky Lead", owner, owner=owner)
	frappe.share.add_docshare("Sky Lead", lead, reader, read=1)
	frappe.db.commit()
	yield owner, reader, stranger, lead
	frappe.db.rollback()
	for task in frappe.get_all("ToDo", {"owner": ("in", [owner, reader, stranger])}, pluck="name"):
		frappe.delete_doc("ToDo", task, force=True)
	frappe.delete_doc("Sky Lead", lead, force=True)
	make.remove_users(owner, reader, stranger)


def marks(lead):
	frappe.db.rollback()
	return frappe.db.get_value("Sky Lead", lead, ["_assign", "_liked_by"])


@pytest.mark.commits
def test_only_who_may_change_a_record_assigns_it(rest_as, shared):
	owner, reader, stranger, lead = shared
	one = {"doctype": "Sky Lead", "name": lead, "assign_to": f'["{reader}"]', "description": "Gọi lại"}
	many = {**one, "name": f'["{lead}"]'}
	for person in ("Guest", stranger, reader):
		assert rest_as(person).call(ASSIGN + "add", **one).status_code == 403
		assert rest_as(person).call(ASSIGN + "add_multiple", **many).status_code == 403
		assert marks(lead) == (None, None)
	assert rest_as(owner).call(ASSIGN + "add", **one).status_code == 200
	assert marks(lead)[0] == f'["{reader}"]'


@pytest.mark.commits
def test_a_task_by_hand_opens_nothing(rest_as, shared):
	owner, reader, stranger, lead = shared
	for person in (stranger, reader):
		client = rest_as(person)
		about = {"reference_type": "Sky Lead", "reference_name": lead}
		task = {"description": "x", "allocated_to": person}
		assert client.post("/api/resource/ToDo", json={**task, **about}).status_code == 403
		# A task of one's own that is turned to the record afterwards.
		answer = client.post("/api/resource/ToDo", json=task)
		name = answer.json()["data"]["name"]
		assert client.put(f"/api/resource/ToDo/{name}", json=about).status_code == 403
		assert client.put(f"/api/resource/ToDo/{name}", json={"description": "y"}).status_code == 200
		assert marks(lead) == (None, None)
	answer = rest_as(owner).post(
		"/api/resource/ToDo", json={"description": "x", "allocated_to": reader, "assigned_by": owner, **about}
	)
	assert answer.status_code == 200, answer.text
	assert marks(lead)[0] == f'["{reader}"]'
	# Over is over: whoever had it does not take it up again after it was closed and the lead went elsewhere.
	name = answer.json()["data"]["name"]
	assert rest_as(owner).put(f"/api/resource/ToDo/{name}", json={"status": "Closed"}).status_code == 200
	frappe.db.rollback()
	frappe.db.delete("DocShare", {"share_name": lead})
	frappe.db.commit()
	assert rest_as(reader).put(f"/api/resource/ToDo/{name}", json={"status": "Open"}).status_code == 403


@pytest.mark.commits
def test_an_assignment_is_closed_by_whoever_has_it(rest_as, shared):
	owner, reader, _stranger, lead = shared
	one = {"doctype": "Sky Lead", "name": lead, "assign_to": f'["{reader}"]', "description": "Gọi lại"}
	assert rest_as(owner).call(ASSIGN + "add", **one).status_code == 200
	frappe.db.rollback()
	name = frappe.db.get_value("ToDo", {"reference_name": lead, "allocated_to": reader})
	assert rest_as(reader).put(f"/api/resource/ToDo/{name}", json={"status": "Closed"}).status_code == 200
	assert not (marks(lead)[0] or "").strip("[]")


@pytest.mark.commits
def test_only_who_sees_a_record_likes_it(rest_as, shared):
	_owner, reader, stranger, lead = shared
	like = {"doctype": "Sky Lead", "name": lead, "add": "Yes"}
	for person in ("Guest", stranger):
		assert rest_as(person).call("frappe.desk.like.toggle_like", **like).status_code == 403
		assert marks(lead) == (None, None)
	assert rest_as(reader).call("frappe.desk.like.toggle_like", **like).status_code == 200
	assert reader in marks(lead)[1]


@pytest.mark.commits
def test_a_file_hangs_only_on_a_record_that_one_may_change(rest_as, shared):
	owner, reader, stranger, lead = shared
	file = {"doctype": "File", "file_name": "x.txt", "content": "x", "is_private": 1}
	there = {"attached_to_doctype": "Sky Lead", "attached_to_name": lead}
	for person in (stranger, reader):
		answer = rest_as(person).post("/api/resource/File", json={**file, **there})
		assert answer.status_code == 403, answer.text
		name = rest_as(person).post("/api/resource/File", json=file).json()["data"]["name"]
		assert rest_as(person).put(f"/api/resource/File/{name}", json=there).status_code == 403
		frappe.db.rollback()
		assert not frappe.db.exists("File", {"attached_to_name": lead})
		frappe.delete_doc("File", name, force=True)
		frappe.db.commit()
	answer = rest_as(owner).post("/api/resource/File", json={**file, **there})
	assert answer.status_code == 200, answer.text
	frappe.db.rollback()
	frappe.delete_doc("File", answer.json()["data"]["name"], force=True)
	frappe.db.commit()


def test_other_document_types_are_as_before():
	frappe.set_user(make.user("Desk User"))
	check("Note", "anything")
	note = frappe.get_doc({"doctype": "Note", "title": frappe.generate_hash(length=8)}).insert(
		ignore_permissions=True
	)
	liking.toggle_like("Note", note.name, "Yes")
	frappe.local.form_dict = frappe._dict(
		doctype="Note", name=note.name, assign_to=f'["{frappe.session.user}"]', description="x"
	)
	with pytest.raises(frappe.PermissionError):
		assigning.add("Sky Lead", "SKY-NONE", "[]")
	with pytest.raises(frappe.PermissionError):
		assigning.add_multiple("Sky Lead", '["SKY-NONE"]', "[]")


@pytest.mark.parametrize("doctype", ["Sky Lead", "Sky Opportunity"])
def test_services_and_assignment_rules_assign_as_before(doctype):
	owner, other = make.user("Sky Sales User"), make.user("Sky Sales User")
	name = record(doctype, owner, owner=owner)
	frappe.set_user(other)
	task = {"doctype": "ToDo", "description": "x", "allocated_to": other}
	frappe.get_doc({**task, "reference_type": doctype, "reference_name": name}).insert(
		ignore_permissions=True
	)
	assert frappe.db.get_value(doctype, name, "_assign") == f'["{other}"]'
