"""The person's own login: a customer's is closed and loses its name, a colleague's is never touched."""

import access_records as make
import pytest
from personal_records import Person, ask, carry_out, insert, where_found

import frappe

from skycrm.services.personal_data import requests


@pytest.fixture(autouse=True)
def no_queue(monkeypatch):
	monkeypatch.setattr(requests, "enqueue", lambda name: None)


def login(person: Person, *roles: str):
	user = frappe.get_doc(
		{
			"doctype": "User",
			"email": person.email,
			"first_name": person.name,
			"mobile_no": person.mobile,
			"send_welcome_email": 0,
			"bio": f"Tôi là {person.name}",
			"roles": [{"role": role} for role in roles],
		}
	).insert(ignore_permissions=True)
	frappe.db.sql(
		"insert into tabSessions (user, sid, sessiondata, lastupdate) values (%s, %s, %s, now())",
		(user.name, frappe.generate_hash(), f"{{'user': '{user.name}'}}"),
	)
	frappe.utils.password.update_password(user.name, frappe.generate_hash())
	return user


def row_of(request, user: str):
	(row,) = [row for row in request.records if row.document_name == user]
	return row


def test_a_customers_login_is_closed_emptied_and_renamed():
	person = Person()
	user = login(person, "Customer")
	assert user.user_type == "Website User"
	lead = make.lead(lead_name=person.name, email_id=person.email, mobile_no=person.spelled)
	contact = insert(
		"Contact", first_name=person.name, user=user.name, email_ids=[{"email_id": person.email}]
	)
	todo = insert("ToDo", description="việc khác", allocated_to=user.name)
	frappe.db.set_value("ToDo", todo.name, "owner", user.name)
	request = requests.preview(ask("Erasure", email_id=person.email))
	row = row_of(request, user.name)
	assert (row.document_type, row.action, row.way) == ("User", "Erase", "Account") and "closed" in row.reason
	carry_out(request.name)
	assert not frappe.db.exists("User", user.name) and not frappe.db.exists("Contact", contact.name)
	owner = frappe.db.get_value("ToDo", todo.name, "owner")
	assert owner.endswith("@erased.invalid")
	after = frappe.get_doc("User", owner)
	assert (after.enabled, after.full_name, after.mobile_no, after.bio) == (0, "Erased Person", None, None)
	assert not after.roles and not frappe.db.exists("Sessions", {"user": ("in", (user.name, owner))})
	assert not frappe.db.sql("select name from __Auth where name in %s", [(user.name, owner)])
	assert not frappe.get_all("Contact", {"user": owner})
	assert frappe.db.exists("Sky Lead", lead.name)
	assert not (left := where_found(person.marks)), "\n".join(left)


def test_a_login_alone_is_enough_to_be_found():
	person = Person()
	user = login(person)
	carry_out(ask("Erasure", email_id=person.email))
	assert not frappe.db.exists("User", user.name)
	assert not (left := where_found(person.marks)), "\n".join(left)


def test_a_login_with_roles_of_its_own_waits_for_a_decision():
	person = Person()
	role = insert("Role", role_name=f"Đại lý {frappe.generate_hash(length=6)}", desk_access=0).name
	user = login(person, "Customer", role)
	make.lead(lead_name=person.name, email_id=person.email)
	name = ask("Erasure", email_id=person.email)
	row = row_of(requests.preview(name), user.name)
	assert row.action == "Decide" and role in row.reason
	with pytest.raises(frappe.ValidationError):
		requests.start(name, name)
	carry_out(name, files="Keep")
	assert frappe.db.get_value("User", user.name, "enabled") == 1


def test_a_colleague_and_their_correspondence_are_never_touched():
	person = Person()
	user = login(person, "Sky Sales User")
	lead = make.lead(lead_name=person.name, email_id=person.email, mobile_no=person.spelled)
	lead.add_comment("Comment", f"Gọi {person.name}")
	letter = insert(
		"Communication",
		subject="Báo giá",
		content="Kính gửi quý khách",
		sender=person.email,
		recipients="k@x.vn",
	)
	note = insert("Note", title=frappe.generate_hash(length=9), content=f"Hỏi {person.email}")
	request = requests.preview(ask("Erasure", lead=lead.name))
	row = row_of(request, user.name)
	assert row.action == "Keep" and "works here" in row.reason
	# Set to Erase by hand it stays kept.
	row.action = "Erase"
	request.save()
	request = carry_out_again(request.name)
	assert row_of(request, user.name).action == "Keep"
	user.reload()
	assert (user.enabled, user.full_name, user.mobile_no) == (1, person.name, person.mobile)
	letter.reload()
	assert (letter.content, letter.sender) == ("Kính gửi quý khách", person.email)
	assert person.email in frappe.db.get_value("Note", note.name, "content")
	assert frappe.db.get_value("Sky Lead", lead.name, ["lead_name", "email_id"]) == ("Erased Person", None)
	assert not frappe.get_all("Comment", {"reference_name": lead.name, "comment_type": "Comment"})


def carry_out_again(name: str):
	requests.start(name, name)
	while requests.run_step(name):
		pass
	return frappe.get_doc("Sky Personal Data Request", name)
