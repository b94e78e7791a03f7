"""Sky Identity Key follows Contacts and Customers."""

import pytest
from factories import make_customer, unique

import frappe

from skycrm.services import identity_index


def rows(doctype, name):
	return set(
		frappe.get_all(
			"Sky Identity Key",
			filters={"reference_doctype": doctype, "reference_name": name},
			fields=["key_type", "key_value"],
			as_list=True,
		)
	)


def make_contact(**values):
	doc = frappe.new_doc("Contact")
	emails, phones = values.pop("emails", ()), values.pop("phones", ())
	doc.update({"first_name": unique("An"), **values})
	for email in emails:
		doc.append("email_ids", {"email_id": email})
	for phone in phones:
		doc.append("phone_nos", {"phone": phone})
	return doc.insert()


def on_index(statements):
	"""The first word of each statement that touches the index."""
	return [query.split(None, 1)[0].lower() for query in statements if "Sky Identity Key" in query]


def test_a_contact_is_found_by_each_address_number_and_order_of_its_name():
	contact = make_contact(
		first_name="An",
		middle_name="Văn",
		last_name="Nguyễn",
		emails=["An@Example.com", "an2@example.com"],
		phones=["0912 345 678", "04 3825 4321", "12 34"],
	)
	assert rows("Contact", contact.name) == {
		("Email", "an@example.com"),
		("Email", "an2@example.com"),
		("Phone", "+84912345678"),
		("Phone", "+842438254321"),
		("Name", "an van nguyen"),
		("Name", "nguyen van an"),
	}


def test_the_full_name_is_written_family_first_where_the_contact_says_so():
	contact = make_contact(first_name="An", middle_name="Văn", last_name="Nguyễn", sky_family_name_first=1)
	assert contact.full_name == "Nguyễn Văn An"
	assert rows("Contact", contact.name) == {("Name", "nguyen van an")}
	contact.reload()
	contact.first_name = "Bình"
	contact.save()
	assert contact.full_name == "Nguyễn Văn Bình"
	plain = make_contact(first_name="An", middle_name="Văn", last_name="Nguyễn")
	assert plain.full_name == "An Văn Nguyễn"


def test_a_customer_is_found_by_its_tax_code_and_name():
	name = make_customer("Công ty TNHH Thử Khóa", tax_id="MST 0100109106")
	assert rows("Customer", name) == {
		("Tax", "0100109106"),
		("Name", "cong ty tnhh thu khoa"),
		("Name", "thu khoa"),
	}
	person = make_customer("Ông Nguyễn Văn Khách", customer_type="Individual", tax_id="DE-123")
	assert rows("Customer", person) == {
		("Tax", "DE123"),
		("Name", "ong nguyen van khach"),
		("Name", "nguyen van khach"),
	}


def test_a_save_that_changes_no_key_writes_nothing(statements):
	contact = make_contact(emails=["an@example.com"])
	assert on_index(statements) == ["insert"]
	statements.clear()
	contact.reload()
	contact.designation = "Giám đốc"
	contact.save()
	assert on_index(statements) == []
	contact.append("email_ids", {"email_id": "an3@example.com"})
	contact.save()
	assert on_index(statements) == ["insert"]
	assert ("Email", "an3@example.com") in rows("Contact", contact.name)
	statements.clear()
	contact.email_ids[1].email_id = "an4@example.com"
	contact.save()
	assert on_index(statements) == ["delete", "insert"]
	found = rows("Contact", contact.name)
	assert ("Email", "an4@example.com") in found and ("Email", "an3@example.com") not in found


def test_keys_go_with_the_record():
	contact = make_contact(emails=["an@example.com"])
	contact.delete()
	assert rows("Contact", contact.name) == set()
	name = make_customer(unique("Khách xóa"))
	frappe.delete_doc("Customer", name)
	assert rows("Customer", name) == set()


def test_keys_follow_a_rename_and_a_merge():
	contact = make_contact(emails=["an@example.com"])
	before = rows("Contact", contact.name)
	new = frappe.rename_doc("Contact", contact.name, unique("Tên mới"))
	assert rows("Contact", contact.name) == set()
	assert rows("Contact", new) == before

	kept = make_contact(emails=["binh@example.com"])
	kept_rows = rows("Contact", kept.name)
	frappe.rename_doc("Contact", new, kept.name, merge=True)
	assert rows("Contact", new) == set()
	assert rows("Contact", kept.name) == kept_rows


def test_the_same_key_is_never_stored_twice():
	contact = make_contact(first_name="Bình", emails=["x@example.com"], phones=["0912345678", "+84912345678"])
	assert sorted(key for key, _value in rows("Contact", contact.name)) == ["Email", "Name", "Phone"]
	identity_index.sync(contact)
	total = frappe.db.count("Sky Identity Key", {"reference_name": contact.name})
	assert total == 3


def test_backfill_indexes_what_is_missing_in_few_statements_and_only_once(statements):
	contacts = [make_contact(emails=[f"fill{n}@example.com"], phones=[f"09123456{n:02d}"]) for n in range(12)]
	customer = make_customer(unique("Công ty Lấp"), tax_id="0300588569")
	names = [contact.name for contact in contacts]
	expected = {name: rows("Contact", name) for name in names} | {customer: rows("Customer", customer)}
	frappe.db.delete("Sky Identity Key")

	statements.clear()
	identity_index.backfill(batch=10_000)
	# One look-up and one insert for each of the two DocTypes, and a last look that finds nothing.
	assert sorted(on_index(statements)) == ["insert"] * 2 + ["select"] * 4
	for name in names:
		assert rows("Contact", name) == expected[name]
	assert rows("Customer", customer) == expected[customer]

	total = frappe.db.count("Sky Identity Key")
	rounds = []
	identity_index.backfill(batch=5, after_batch=lambda: rounds.append(1))
	assert frappe.db.count("Sky Identity Key") == total


def test_backfill_goes_on_after_an_interruption():
	contacts = [make_contact(emails=[f"cut{n}@example.com"]) for n in range(7)]
	frappe.db.delete("Sky Identity Key")

	class Killed(Exception):
		pass

	def kill():
		raise Killed

	with pytest.raises(Killed):
		identity_index.backfill(batch=3, after_batch=kill)
	identity_index.backfill(batch=3)
	assert all(rows("Contact", contact.name) for contact in contacts)


def test_rebuild_writes_rows_anew():
	contact = make_contact(emails=["an@example.com"])
	before = rows("Contact", contact.name)
	frappe.db.set_value("Sky Identity Key", {"reference_name": contact.name}, "key_value", "wrong")
	identity_index.rebuild("Contact", [contact.name])
	assert rows("Contact", contact.name) == before


def test_sales_users_do_not_see_the_table(users, as_user):
	user = users("identity-sales@example.com", "Sky Sales User")
	with as_user(user):
		assert not frappe.has_permission("Sky Identity Key", "read")
		with pytest.raises(frappe.PermissionError):
			frappe.get_list("Sky Identity Key")
