"""One person's data: found under any spelling, exported whole, erased from every table, kept where law demands."""

import io
import json
import signal
import zipfile

import access_records as make
import openpyxl
import pytest
from factories import company, make_item
from people import only
from personal_records import DOCTYPE, Person, ask, carry_out, known_everywhere, run_in_process, where_found

import frappe
from frappe.utils import add_days, nowdate

from skycrm.domain.consent import PERSONAL
from skycrm.services import conversion, conversion_undo
from skycrm.services.may_contact import may_contact
from skycrm.services.personal_data import erase, requests


@pytest.fixture(autouse=True)
def no_queue(monkeypatch):
	monkeypatch.setattr(requests, "enqueue", lambda name: None)


# Finding
# -------


def test_the_person_is_found_by_any_of_lead_contact_email_and_phone():
	person = Person()
	lead, made = known_everywhere(person)
	twin = make.lead(lead_name=f"{person.name} 2", mobile_no=f"+84 {person.mobile[1:]}")
	stranger = make.lead(lead_name=person.name)
	for who in (
		{"lead": lead.name},
		{"contact": made["contact"]},
		{"email_id": person.email.upper()},
		{"phone": person.mobile},
	):
		request = requests.preview(ask("Erasure", **who))
		listed = {(row.document_type, row.document_name) for row in request.records}
		assert ("Sky Lead", lead.name) in listed and ("Contact", made["contact"]) in listed
		if "email_id" not in who:
			assert ("Sky Lead", twin.name) in listed
		assert ("Sky Lead", stranger.name) not in listed, "a name is no proof"
		assert request.status == "Previewed"


def test_nobody_found_and_nobody_named_are_said():
	with pytest.raises(frappe.ValidationError):
		requests.preview(ask("Export", email_id="nobody@nowhere.example"))
	with pytest.raises(frappe.ValidationError):
		ask("Export")


# Export
# ------


def test_the_export_holds_everything_and_no_formula():
	person = Person()
	lead, _made = known_everywhere(person)
	frappe.db.set_value("Sky Lead", lead.name, "job_title", "=HYPERLINK(1)")
	request = carry_out(ask("Export", lead=lead.name))
	assert request.status == "Done" and request.result_file.startswith("/private/files/")
	content = frappe.get_doc("File", {"file_url": request.result_file}).get_content()
	archive = zipfile.ZipFile(io.BytesIO(content))
	tables = json.loads(archive.read("data.json"))
	assert set(tables) >= {
		"Sky Lead", "Contact", "Contact Email", "Customer", "Address", "Sky Opportunity", "Communication", "Comment", "ToDo",
		"Sky Lead Touch", "Sky Consent Record", "File", "Email Group Member",
	}  # fmt: skip
	assert len(tables["Communication"]) == 2
	book = openpyxl.load_workbook(io.BytesIO(archive.read("data.xlsx")))
	cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
	assert not [cell for cell in cells if cell.data_type == "f"]
	assert "'=HYPERLINK(1)" in {cell.value for cell in cells}
	assert person.name in archive.read("data.html").decode()
	assert frappe.db.exists("Sky Lead", {"name": lead.name, "email_id": person.email}), "nothing changed"


# Erasure
# -------


@pytest.mark.parametrize("convert", [True, False], ids=["converted", "lead"])
def test_nothing_of_the_person_is_left_in_any_table(convert):
	person = Person()
	lead, made = known_everywhere(person, convert)
	assert len(where_found(person.marks)) > 10, "the scan sees what is there"
	request = carry_out(ask("Erasure", email_id=person.email, phone=person.spelled))
	assert request.status == "Done" and not request.memory
	assert not (left := where_found(person.marks)), "\n".join(left)
	# The business stays
	assert frappe.db.get_value("Sky Lead", lead.name, ["status", "lead_name"]) == (
		"Converted" if convert else "New",
		"Erased Person",
	)
	if convert:
		assert frappe.db.exists("Sky Opportunity", made["opportunity"])
		assert not frappe.db.exists("Contact", made["contact"])
		with pytest.raises(frappe.ValidationError):
			conversion_undo.undo(lead.name)
	# ... and nobody writes to the person again
	assert may_contact(person.email, "email", PERSONAL) == (False, "suppressed")
	assert may_contact(person.spelled, "sms", PERSONAL) == (False, "suppressed")


def test_others_keep_their_data():
	person, other = Person(), Person()
	known_everywhere(person)
	lead, made = known_everywhere(other)
	namesake = make.lead(lead_name=person.name)
	carry_out(ask("Erasure", email_id=person.email))
	assert frappe.db.get_value("Sky Lead", lead.name, ["lead_name", "email_id"]) == (other.name, other.email)
	assert frappe.db.get_value("Sky Lead", namesake.name, "lead_name") == person.name
	assert frappe.db.exists("Contact", made["contact"])


def test_a_shared_number_stays_with_the_others():
	person, colleague = Person(), Person()
	lead = make.lead(
		lead_name=person.name, email_id=person.email, mobile_no=person.spelled, phone=colleague.mobile
	)
	other = make.lead(lead_name=colleague.name, email_id=colleague.email, mobile_no=colleague.mobile)
	carry_out(ask("Erasure", email_id=person.email))
	assert frappe.db.get_value("Sky Lead", other.name, "mobile_no") == other.mobile_no
	assert frappe.db.get_value("Sky Lead", lead.name, "phone") is None
	assert may_contact(colleague.mobile, "sms", PERSONAL).allowed
	assert not (left := where_found(person.marks)), "\n".join(left)


def test_submitted_documents_stay_with_the_reason():
	person = Person()
	_lead, made = known_everywhere(person)
	order = frappe.get_doc(
		{
			"doctype": "Sales Order",
			"customer": made["customer"],
			"company": company(),
			"delivery_date": add_days(nowdate(), 3),
			"items": [
				{
					"item_code": make_item(rate=100_000),
					"qty": 1,
					"rate": 100_000,
					"delivery_date": add_days(nowdate(), 3),
				}
			],
			"selling_price_list": "Standard Selling",
		}
	)
	order.insert(ignore_permissions=True)
	order.submit()
	request = requests.preview(ask("Erasure", email_id=person.email))
	row = next(row for row in request.records if row.document_type == "Customer")
	assert (row.action, row.document_name) == ("Keep", made["customer"]) and "accounting" in row.reason
	request = carry_out(request.name)
	assert frappe.db.get_value("Customer", made["customer"], "customer_name") == person.name
	assert frappe.db.get_value("Sales Order", order.name, ["docstatus", "customer_name"]) == (1, person.name)
	assert not frappe.db.exists("Contact", made["contact"])
	assert "Kept: " in request.log
	assert frappe.db.get_value("Sky Lead", {"customer": made["customer"]}, "email_id") is None


def test_a_firm_stays_without_the_persons_own_addresses():
	person = Person()
	lead = make.lead(
		lead_name=person.name, organization=f"Công ty {frappe.generate_hash(length=8)}", email_id=person.email
	)
	made = conversion.convert(lead.name)
	carry_out(ask("Erasure", lead=lead.name))
	assert frappe.db.get_value("Customer", made["customer"], "customer_name") == lead.organization
	assert not (left := where_found(person.marks)), "\n".join(left)


def test_what_the_administrator_keeps_is_kept():
	person = Person()
	lead, _made = known_everywhere(person, convert=False)
	name = ask("Erasure", email_id=person.email)
	request = requests.preview(name)
	for row in request.records:
		if row.document_type == "Sky Lead":
			row.update({"action": "Keep", "reason": "Court case"})
	request.save()
	requests.start(name, name)
	while requests.run_step(name):
		pass
	assert frappe.db.get_value("Sky Lead", lead.name, "lead_name") == person.name


def test_it_is_confirmed_by_typing_shown_first_and_done_once():
	person = Person()
	lead, _made = known_everywhere(person, convert=False)
	name = ask("Erasure", lead=lead.name)
	with pytest.raises(frappe.ValidationError):
		requests.start(name, name)
	requests.preview(name)
	with pytest.raises(frappe.ValidationError):
		requests.start(name, "yes")
	assert frappe.db.get_value("Sky Lead", lead.name, "email_id") == person.email
	requests.start(name, name)
	with pytest.raises(frappe.ValidationError):
		requests.start(name, name)
	while requests.run_step(name):
		pass
	assert not requests.run_step(name)
	doc = frappe.get_doc(DOCTYPE, name)
	doc.reason = "x"
	with pytest.raises(frappe.ValidationError):
		doc.save()
	with pytest.raises(frappe.ValidationError):
		frappe.delete_doc(DOCTYPE, name)


def test_every_step_may_be_run_again():
	person = Person()
	known_everywhere(person)
	name = ask("Erasure", email_id=person.email)
	requests.preview(name)
	requests.start(name, name)
	last = len(erase.steps()) - 1
	for number in range(last + 1):
		for _again in range(2):
			frappe.db.set_value(DOCTYPE, name, {"step": number, "status": "Running"}, update_modified=False)
			if number < last or not _again:
				requests.run_step(name)
	assert not (left := where_found(person.marks)), "\n".join(left)


@pytest.mark.parametrize(
	"role", ["Sky Sales Manager", "Sky Marketing Manager", "Sky Support Manager", "Sky Sales User"]
)
def test_only_administrators_of_the_crm_may(role, as_user):
	person = Person()
	lead, _made = known_everywhere(person, convert=False)
	name = ask("Export", lead=lead.name)
	with as_user(make.user(role)):
		assert not frappe.has_permission(DOCTYPE, "read")
		for act in (lambda: requests.preview(name), lambda: requests.start(name, name)):
			with pytest.raises(frappe.PermissionError):
				act()
	assert frappe.db.get_value(DOCTYPE, name, "status") == "Draft"


@pytest.mark.commits
def test_over_http_and_killed_in_the_middle_it_goes_on(site, rest_as):
	admin, seller = (
		only("pdr-admin@example.com", "Sky CRM Admin"),
		only("pdr-seller@example.com", "Sky Sales Manager"),
	)
	person = Person()
	lead = make.lead(
		lead_name=person.name, email_id=person.email, mobile_no=person.spelled, notes=person.name
	)
	lead.add_comment("Comment", f"Gọi {person.name} theo số {person.mobile}")
	name = ask("Erasure", email_id=person.email)
	frappe.db.commit()
	try:
		for user in ("Guest", seller):
			assert rest_as(user).call("personal_data.preview", request=name).status_code == 403
			assert rest_as(user).call("personal_data.start", request=name, typed=name).status_code == 403
		client = rest_as(admin)
		assert client.call("personal_data.preview", request="SKY-PDR-0").status_code == 404
		assert client.call("personal_data.start", request=name, typed=name).status_code == 417
		frappe.db.rollback()
		assert frappe.db.get_value(DOCTYPE, name, "status") == "Draft"
		assert client.message("personal_data.preview", request=name)["status"] == "Previewed"
		assert client.call("personal_data.start", request=name, typed="yes").status_code == 417
		frappe.db.rollback()
		request = frappe.get_doc(DOCTYPE, name)
		# As `start` does, without a worker of the bench that would be faster than the kill.
		requests.start(request.name, request.name)
		frappe.db.commit()
		for step in ("erase_letters", "replace_lists", "anonymise_records", "give_names", "none"):
			done = run_in_process(site, name, killed_after=step)
			assert done.returncode == (0 if step == "none" else -signal.SIGKILL), done.stderr[-2000:]
			frappe.db.rollback()
			assert name in requests.waiting() or step == "none"
		assert frappe.db.get_value(DOCTYPE, name, "status") == "Done"
		assert not (left := where_found(person.marks)), "\n".join(left)
	finally:
		frappe.db.rollback()
		frappe.db.delete("Sky Suppression", {"note": name})
		frappe.db.delete("Sky Personal Data Record", {"parent": name})
		frappe.db.delete(DOCTYPE, {"name": name})
		frappe.delete_doc("Sky Lead", lead.name, force=True)
		frappe.db.commit()
