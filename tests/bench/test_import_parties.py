"""Lists as contacts and customers of ERPNext: made as a conversion makes them, known again, refused with a reason."""

from __future__ import annotations

import pytest
from factories import make_customer, unique
from import_records import as_csv, counts, dry_run, imported, new_import
from people import only

import frappe

from skycrm.services import import_actions, import_preview, import_run
from skycrm.services.import_parties import TARGET

# As ACT! exports them.
HEADERS = ["Contact", "Company", "ID/Status", "Record Manager", "E-mail", "Mobile Phone", "Address 1", "City"]


def address() -> str:
	return f"{frappe.generate_hash(length=10)}@act.example.com"


def phone() -> str:
	return f"091{int(frappe.generate_hash(length=7), 16) % 10_000_000:07d}"


def row(**cells: str) -> list[str]:
	values = {"Contact": unique("Nguyễn Văn"), "E-mail": address(), "Mobile Phone": phone(), **cells}
	return [values.get(header, "") for header in HEADERS]


def a_list(*rows: list[str]) -> str:
	return as_csv([HEADERS, *rows])


def outcomes(doc) -> list[tuple[str, str | None, str | None]]:
	rows = frappe.get_all(
		"Sky Lead Import Row", {"lead_import": doc.name}, ["outcome", "contact", "customer"], order_by="line"
	)
	return [(one.outcome, one.contact, one.customer) for one in rows]


def test_a_row_becomes_customer_contact_and_address():
	company = unique("Công ty TNHH Danh Bạ")
	given = row(Company=company, **{"Address 1": "12 Lê Lợi", "City": "Hà Nội"})
	done = imported(a_list(given), target=TARGET)
	assert counts(done) == (1, 0, 0, 0)
	_outcome, contact, customer = outcomes(done)[0]
	found = frappe.get_doc("Customer", customer)
	assert (found.customer_name, found.customer_type) == (company, "Company")
	assert (found.customer_primary_contact, found.email_id) == (contact, given[4])
	assert frappe.get_doc("Contact", contact).mobile_no == given[5]
	assert frappe.db.get_value("Address", found.customer_primary_address, "address_line1") == "12 Lê Lợi"
	assert not frappe.db.count("Sky Lead", {"email_id": given[4]})


def test_two_people_of_one_firm_make_one_customer():
	company = unique("Công ty Cổ phần Hai Người")
	done = imported(a_list(row(Company=company), row(Company=company.upper())), target=TARGET)
	reasons = frappe.get_all("Sky Lead Import Row", {"lead_import": done.name}, pluck="reason")
	assert counts(done) == (2, 0, 0, 0), reasons
	(_made, first, customer), (_also, second, same) = outcomes(done)
	assert (customer == same, first != second) == (True, True)


def test_a_known_customer_is_taken():
	name = unique("Công ty TNHH Khách Quen")
	customer = make_customer(name)
	done = imported(a_list(row(Company=name)), target=TARGET)
	assert outcomes(done)[0][2] == customer


@pytest.mark.parametrize(
	("policy", "expected"), [("Attach", (0, 1, 0, 0)), ("Skip", (0, 0, 1, 0)), ("Refuse", (0, 0, 0, 1))]
)
def test_a_known_person_follows_the_policy(policy, expected):
	given = row(Company=unique("Công ty"))
	imported(a_list(given), target=TARGET)
	before = [frappe.db.count(doctype) for doctype in ("Customer", "Contact", "Address")]
	again = [*given]
	again[5] = phone()
	done = imported(a_list(again), target=TARGET, policy=policy)
	assert counts(done) == expected
	assert [frappe.db.count(doctype) for doctype in ("Customer", "Contact", "Address")] == before
	contact = outcomes(done)[0][1]
	numbers = {one.phone for one in frappe.get_doc("Contact", contact).phone_nos}
	assert (again[5] in numbers) == (policy == "Attach")


def test_the_same_file_again_adds_nothing():
	text = a_list(row(Company=unique("Công ty")), row())
	imported(text, target=TARGET)
	assert counts(imported(text, target=TARGET)) == (0, 0, 2, 0)


def test_what_is_not_valid_is_refused_and_costs_no_other_row():
	done = imported(a_list(row(**{"E-mail": "không có"}), row()), target=TARGET)
	assert counts(done) == (1, 0, 0, 1)
	assert [one[0] for one in outcomes(done)] == ["Refused", "Made"]


def test_a_dry_run_and_the_preview_write_nothing():
	doc = new_import(a_list(row(Company=unique("Công ty")), row(**{"E-mail": "x"})), target=TARGET)
	before = [frappe.db.count(doctype) for doctype in ("Customer", "Contact", "Sky Identity Key")]
	shown = import_preview.preview(doc)
	assert [one["outcome"] for one in shown["rows"]] == ["Made", "Refused"]
	assert counts(dry_run(doc)) == (1, 0, 0, 1)
	assert [frappe.db.count(doctype) for doctype in ("Customer", "Contact", "Sky Identity Key")] == before


def reasons(doc) -> dict[int, str]:
	rows = frappe.get_all("Sky Lead Import Row", {"lead_import": doc.name}, ["line", "reason"])
	return {one.line: one.reason for one in rows}


@pytest.mark.parametrize(
	("policy", "expected"), [("Attach", (3, 3, 1, 0)), ("Skip", (3, 0, 4, 0)), ("Refuse", (3, 0, 1, 3))]
)
def test_a_dry_run_sees_the_whole_file_as_the_import_does(policy, expected, monkeypatch):
	monkeypatch.setattr(import_run, "PARTIES_CHUNK", 2)
	first = row(Company=unique("Công ty"))
	by_email, by_phone, by_added = [*first], [*first], [*first]
	by_email[5] = phone()
	by_phone[4] = address()
	# Known only by the number that an earlier row has added.
	by_added[4], by_added[5] = address(), by_email[5]
	if policy != "Attach":
		by_added = [*by_email]
		by_added[6] = "12 Lê Lợi"
	text = a_list(first, row(), by_email, row(), by_phone, first, by_added)
	doc = dry_run(new_import(text, target=TARGET, policy=policy))
	assert counts(doc) == expected, reasons(doc)
	said = reasons(doc)
	assert "line 2" in said[4] and "line 2" in said[7]
	for outcome, contact, _customer in outcomes(doc):
		assert not contact or frappe.db.exists("Contact", contact), outcome
	assert counts(imported(text, target=TARGET, policy=policy)) == expected


def test_a_dry_run_sees_who_was_added_to_a_known_contact(monkeypatch):
	monkeypatch.setattr(import_run, "PARTIES_CHUNK", 1)
	given = row(Company=unique("Công ty"))
	known = outcomes(imported(a_list(given), target=TARGET))[0][1]
	again, later = [*given], [*given]
	again[5] = phone()
	later[4], later[5] = address(), again[5]
	text = a_list(again, later)
	doc = dry_run(new_import(text, target=TARGET))
	assert [one[:2] for one in outcomes(doc)] == [("Attached", known), ("Attached", known)]
	assert [one[:2] for one in outcomes(imported(text, target=TARGET))] == [one[:2] for one in outcomes(doc)]


def test_two_people_of_one_number_are_two_in_the_dry_run_too():
	number = phone()
	text = a_list(
		row(Contact="Trần Thị Lan", **{"Mobile Phone": number}),
		row(Contact="Phạm Quốc Hùng", **{"Mobile Phone": number}),
	)
	assert counts(dry_run(new_import(text, target=TARGET))) == (2, 0, 0, 0)
	assert counts(imported(text, target=TARGET)) == (2, 0, 0, 0)


def test_the_preview_says_who_is_known_and_counts_what_it_looked_at():
	given = row(Company=unique("Công ty"))
	imported(a_list(given), target=TARGET)
	again = [*given]
	again[5] = phone()
	new = row()
	shown = import_preview.preview(
		new_import(a_list(again, new, new, *(row() for _ in range(20))), target=TARGET)
	)
	assert [one["outcome"] for one in shown["rows"]][:3] == ["Attached", "Made", "Skipped"]
	assert (shown["looked_at"], shown["refused"]) == (import_preview.SHOWN, 0)


def test_who_may_not_make_customers_may_not_import_them(as_user):
	# The role alone, without ERPNext's own roles of selling.
	user = only("import.leads.only@example.com", "Sky Sales Manager")
	with as_user(user):
		doc = new_import(a_list(row()), target=TARGET)
		if frappe.has_permission("Customer", "create"):
			pytest.fail("this role makes customers by itself: the test needs another one")
		with pytest.raises(frappe.PermissionError):
			import_actions.start(doc.name)
	assert doc.reload().status == "Draft"
