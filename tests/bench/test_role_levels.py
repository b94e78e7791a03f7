"""What goes along when a role gets rights to a document: what is kept back from nobody, and the rest is said."""

import json

import access_records as make
import field_access_records as page
import people
import pytest
from audit_records import Ledger
from factories import make_lead, mobile
from field_access_records import HIDE, READ_ONLY, SELLER, SHOW

import frappe
from frappe.core.page.permission_manager import permission_manager

from skycrm.domain.field_access import CONSENT, PERSONAL
from skycrm.permissions import facts
from skycrm.permissions.hidden_fields import hidden

LEAD = "Sky Lead"
PERMISSIONS = "frappe.core.page.permission_manager.permission_manager"
# Reads no record of the CRM by itself
NEW = "Stock User"


@pytest.fixture(autouse=True)
def clean():
	page.restore(LEAD)
	yield
	make.clean_up()
	frappe.clear_cache(doctype=LEAD)


def add(**more) -> None:
	"""As the page does, by the methods that are behind its own."""
	_call("add", parent=LEAD, role=NEW, permlevel="0", **more)


def give(ptype: str, value: int = 1, role: str = NEW) -> None:
	_call("update", doctype=LEAD, role=role, permlevel="0", ptype=ptype, value=str(value), if_owner="0")


def _call(name: str, **arguments) -> None:
	[own] = frappe.get_hooks("override_whitelisted_methods")[f"{PERMISSIONS}.{name}"]
	frappe.local.form_dict = frappe._dict(arguments)
	frappe.call(frappe.get_attr(own), **arguments)
	frappe.clear_cache(doctype=LEAD)
	facts.forget()


def access(field: str, role: str = NEW) -> str:
	return page.access_of(LEAD, field, role)


def writes(level: int, role: str = NEW) -> int | None:
	return frappe.db.get_value("Custom DocPerm", {"parent": LEAD, "role": role, "permlevel": level}, "write")


def told() -> str:
	said = " ".join(
		str(message.get("message")) for message in map(json.loads, map(_text, frappe.message_log))
	)
	frappe.clear_messages()
	return said


def _text(message) -> str:
	return message if isinstance(message, str) else json.dumps(message)


def others() -> list:
	"""Rows of all the other roles."""
	rows = frappe.get_all(
		"Custom DocPerm",
		{"parent": LEAD, "role": ("!=", NEW)},
		["role", "permlevel", "read", "write", "`create`", "export"],
		order_by="role, permlevel",
	)
	return [tuple(row.values()) for row in rows]


def test_a_role_that_is_new_sees_what_everybody_sees():
	add()
	assert not hidden(LEAD, make.user(NEW))
	assert writes(PERSONAL) == 0
	assert "does not get all fields" not in told()


def test_but_not_what_is_hidden_from_somebody():
	page.change(LEAD, "mobile_no", "birth_date")
	before = others()
	add()
	closed = hidden(LEAD, make.user(NEW))
	assert {"mobile_no", "birth_date", "phone_key"} <= closed
	assert not closed & {"tax_id", "zalo_id", "email_consent", "lead_name"}
	assert others() == before
	said = told()
	meta = frappe.get_meta(LEAD)
	assert meta.get_label("mobile_no") in said and meta.get_label("birth_date") in said
	assert "/app/sky-field-access/Sky Lead" in said and meta.get_label("tax_id") not in said


def test_what_somebody_may_only_see_is_only_seen():
	page.change(LEAD, "mobile_no", access=READ_ONLY)
	add()
	give("write")
	assert access("mobile_no") == READ_ONLY
	assert access("tax_id") == SHOW
	assert frappe.get_meta(LEAD).get_label("mobile_no") in told()


def test_the_right_to_write_comes_later_and_goes_along():
	add()
	assert (writes(PERSONAL), writes(CONSENT)) == (0, 0)
	give("write")
	assert (writes(PERSONAL), writes(CONSENT)) == (1, 1)
	assert access("mobile_no") == SHOW
	assert "does not get all fields" not in told()
	# Made known to whoever has the role, by the framework's own question
	assert PERSONAL in frappe.get_meta(LEAD).get_permlevel_access("write", user=make.user(NEW))


def test_the_right_to_make_records_is_one_to_fill_them_in():
	add()
	give("create")
	assert writes(PERSONAL) == 1


def test_what_is_hidden_from_the_role_by_name_stays_hidden():
	add()
	give("write")
	page.change(LEAD, "mobile_no", role=NEW, access=HIDE)
	give("write", 0)
	told()
	give("write")
	assert access("mobile_no") == HIDE
	assert frappe.get_meta(LEAD).get_label("mobile_no") in told()


def test_a_reader_who_gets_the_right_to_write_again_is_like_the_others():
	"""Read Only is all that a reader can have: that it was chosen before is not known any more."""
	add()
	give("write")
	page.change(LEAD, "mobile_no", role=NEW, access=READ_ONLY)
	give("share")
	assert access("mobile_no") == READ_ONLY
	give("write", 0)
	give("write")
	assert access("mobile_no") == SHOW


def test_a_hidden_field_stays_hidden_when_somebody_gets_more_rights():
	page.change(LEAD, "mobile_no")
	add()
	for ptype in ("write", "create", "export", "delete"):
		give(ptype)
		assert access("mobile_no") == HIDE, ptype
		assert "mobile_no" in hidden(LEAD, make.user(NEW))
	assert access("tax_id") == SHOW


def test_reading_that_was_taken_and_given_back_is_as_before():
	page.change(LEAD, "mobile_no")
	add()
	page.change(LEAD, "mobile_no", role=NEW, access=SHOW)
	give("read", 0)
	give("read")
	assert access("mobile_no") == SHOW, "the admin had said so for this role"


def test_a_role_of_the_app_that_was_taken_off_and_comes_back():
	give("read", role=SELLER)  # rights of its own, as they were
	frappe.db.delete("Custom DocPerm", {"parent": LEAD, "role": SELLER})
	_call("add", parent=LEAD, role=SELLER, permlevel="0")
	assert not hidden(LEAD, make.user(SELLER))
	assert writes(PERSONAL, SELLER) == 0
	give("write", role=SELLER)
	assert writes(PERSONAL, SELLER) == 1


def test_rights_that_are_written_as_documents_go_the_same_way():
	give("read", role=SELLER)
	row = frappe.get_doc(
		{"doctype": "Custom DocPerm", "parent": LEAD, "role": NEW, "permlevel": 0, "read": 1}
	).insert()
	assert writes(PERSONAL) == 0
	row.write = 1
	row.save()
	assert writes(PERSONAL) == 1


def test_the_copy_of_what_the_app_ships_is_a_copy():
	shipped = frappe.get_all("DocPerm", {"parent": LEAD}, ["role", "permlevel"], limit=0)
	give("share", role=SELLER)
	rows = frappe.get_all("Custom DocPerm", {"parent": LEAD}, ["role", "permlevel"], limit=0)
	key = sorted((row.role, row.permlevel) for row in rows)
	assert key == sorted((row.role, row.permlevel) for row in shipped)


def test_other_document_types_go_on_as_before():
	permission_manager.add("ToDo", NEW, 0)
	frappe.local.form_dict = frappe._dict(
		doctype="ToDo", role=NEW, permlevel="0", ptype="write", value="1", if_owner="0"
	)
	[own] = frappe.get_hooks("override_whitelisted_methods")[f"{PERMISSIONS}.update"]
	frappe.call(frappe.get_attr(own), **frappe.local.form_dict)
	rows = frappe.get_all("Custom DocPerm", {"parent": "ToDo", "role": NEW}, ["permlevel", "write"])
	assert [(row.permlevel, row.write) for row in rows] == [(0, 1)]
	frappe.db.rollback()
	frappe.clear_cache(doctype="ToDo")


@pytest.mark.commits
def test_over_http_with_the_line_in_the_log_and_the_record_that_can_be_changed(rest_as):
	"""role_permissions.add, role_permissions.update"""
	admin = people.only("levels-admin@example.com", "System Manager", "Sky CRM Admin")
	person = people.only("levels-person@example.com", NEW)
	lead = make_lead(lead_owner=person)
	frappe.db.commit()
	about = {"doctype": LEAD, "role": NEW, "permlevel": 0}
	try:
		client, number = rest_as(admin), mobile()
		for who in ("Guest", person):
			for ptype in ("read", "write"):
				asked = rest_as(who).call(f"{PERMISSIONS}.update", **about, ptype=ptype, value=1)
				assert asked.status_code == 403
		frappe.db.rollback()
		assert not frappe.db.exists("Custom DocPerm", {"parent": LEAD})
		client.message(f"{PERMISSIONS}.add", parent=LEAD, role=NEW, permlevel=0)
		ledger = Ledger()
		client.message(f"{PERMISSIONS}.update", **about, ptype="write", value=1)
		line = ledger.one(action="Rights Changed")
		assert {(row["level"], tuple(row["given"])) for row in line.details["permissions"]} >= {
			(0, ("write",)),
			(PERSONAL, ("write",)),
		}
		saved = rest_as(person).put(f"/api/resource/{LEAD}/{lead.name}", json={"mobile_no": number})
		assert saved.status_code == 200, saved.text[:500]
		frappe.db.rollback()
		assert frappe.db.get_value(LEAD, lead.name, "mobile_no")[-9:] == number[-9:]
	finally:
		frappe.set_user("Administrator")
		frappe.db.rollback()
		page.restore(LEAD)
		frappe.delete_doc(LEAD, lead.name, force=True)
		frappe.db.commit()
