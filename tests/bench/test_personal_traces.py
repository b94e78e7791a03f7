"""After an erasure somebody looks for the person everywhere: in every table, in what search and lists show, in letters."""

import access_records as make
import pytest
from factories import company, make_item
from personal_records import Person, ask, carry_out, insert, known_everywhere, where_found

import frappe
from frappe.utils import add_days, nowdate

from skycrm.services import conversion, search
from skycrm.services.personal_data import requests, sweep

# Tables that may still name the person, and why.
KEPT_BY_LAW = {
	"tabSales Order": "a submitted document, which accounting law keeps",
	"tabCustomer": "the customer of that document, an individual with the person's name",
	"tabDynamic Link": "the link of that customer to its kept address",
	"tabAddress": "the kept customer's address, printed on the document",
	"tabSky Opportunity": "its customer is the kept one",
	"tabSky Lead": "its customer is the kept one",
	"tabSky Personal Data Record": "the list of what is kept, with the customer's number",
	"tabSky Personal Data Request": "its log, with the customer's number",
	"tabSky Consent Record": "the answers of the kept customer",
	"tabSky Identity Key": "by its name the kept customer is found, so that nobody makes it twice",
	"tabSky Lead Conversion": "leads to the kept customer",
}


@pytest.fixture(autouse=True)
def no_queue(monkeypatch):
	monkeypatch.setattr(requests, "enqueue", lambda name: None)


def test_an_address_in_any_column_of_any_table_is_found_and_taken_out():
	person, other = Person(), Person()
	make.lead(lead_name=person.name, email_id=person.email, mobile_no=person.spelled)
	dotted = f"{person.mobile[:4]}.{person.mobile[4:7]}.{person.mobile[7:]}"
	abroad = f"+84 {person.mobile[1:4]} {person.mobile[4:7]} {person.mobile[7:]}"
	text = f'hỏi {person.email.upper()}, {dotted} / {abroad}, "\\n{person.email}", x{person.email} và {other.email}'
	name = f"planted-{frappe.generate_hash(length=8)}"
	planted = plant(name, text)
	try:
		assert len(planted) > 150, "every table with a text"
		carry_out(ask("Erasure", email_id=person.email), files="Keep")
		wrong = []
		for doctype, column in planted:
			value = frappe.db.sql(f"select `{column}` from `tab{doctype}` where name = %s", name)[0][0]
			if value != f'hỏi [erased], [erased] / [erased], "\\n[erased]", x{person.email} và {other.email}':
				wrong.append(f"{doctype}.{column}: {value}")
		assert not wrong, "\n".join(wrong)
	finally:
		# Tables of logs know no rollback.
		for doctype, _column in planted:
			frappe.db.sql(f"delete from `tab{doctype}` where name = %s", name)


def plant(name: str, text: str) -> list[tuple[str, str]]:
	"""A row with a text in one long column of every table that an erasure may change, written past every check."""
	planted = []
	for doctype, columns in sorted(sweep.text_columns().items()):
		long = [
			column
			for column in columns
			if frappe.db.sql(
				"""select 1 from information_schema.columns where table_schema = %s and table_name = %s
				and column_name = %s and data_type in ('text', 'longtext', 'mediumtext')""",
				(frappe.conf.db_name, f"tab{doctype}", column),
			)
		]
		# Files and rows of imports have steps of their own.
		own = doctype in sweep.NEVER or doctype in ("File", "Sky Lead Import Row")
		if not long or own or is_numbered(doctype):
			continue
		try:
			frappe.db.sql(
				f"insert into `tab{doctype}` (name, docstatus, `{long[0]}`) values (%s, 0, %s)", (name, text)
			)
		except frappe.db.OperationalError as error:
			# A column of JSON takes no plain text.
			assert "CONSTRAINT" in str(error), error
			continue
		planted.append((doctype, long[0]))
	return planted


def is_numbered(doctype: str) -> bool:
	return frappe.get_meta(doctype).autoname == "autoincrement"


def test_a_name_that_only_looks_alike_stays():
	person = Person()
	lead = make.lead(lead_name=person.name, email_id=person.email)
	comment = insert(
		"Comment",
		comment_type="Comment",
		reference_doctype="Note",
		reference_name=insert("Note", title=frappe.generate_hash(length=9)).name,
		content=f"{person.name}h là người khác, a{person.email} cũng vậy; {person.name}, đúng",
	)
	carry_out(ask("Erasure", lead=lead.name))
	assert frappe.db.get_value("Comment", comment.name, "content") == (
		f"{person.name}h là người khác, a{person.email} cũng vậy; [erased], đúng"
	)


def test_somebody_with_a_longer_address_keeps_letters_and_queue():
	person = Person()
	make.lead(lead_name=person.name, email_id=person.email)
	longer = f"ha.{person.email}"
	letter = insert(
		"Communication", subject="Chào", content="Nội dung", sender=longer, recipients="sale@x.vn"
	)
	to_them = insert(
		"Communication", subject="Chào", content="Nội dung", sender="sale@x.vn", recipients=longer
	)
	shared = insert(
		"Communication",
		subject="Họp",
		content="Mời",
		sender="sale@x.vn",
		recipients=f"{person.email}, b@x.vn",
	)
	queued = queue(longer, "chào")
	carry_out(ask("Erasure", email_id=person.email))
	assert frappe.db.get_value("Communication", letter.name, ["content", "sender"]) == ("Nội dung", longer)
	assert frappe.db.get_value("Communication", to_them.name, "recipients") == longer
	assert frappe.db.get_value("Communication", shared.name, ["content", "recipients"]) == (
		"Mời",
		"[erased], b@x.vn",
	)
	assert frappe.db.exists("Email Queue", queued)


def queue(to: str, text: str, status: str = "Sent", **values) -> str:
	from email.mime.text import MIMEText

	letter = MIMEText(text, "plain", "utf-8")
	letter["To"] = to
	return insert(
		"Email Queue",
		sender="a@example.com",
		message=letter.as_string(),
		recipients=[{"recipient": to}],
		status=status,
		**values,
	).name


def test_queued_copies_are_read_though_they_are_encoded():
	person = Person()
	lead = make.lead(lead_name=person.name, email_id=person.email)
	digest = queue("seller@example.com", f"Hôm nay gọi {person.name}, {person.email}")
	about = queue(
		"seller@example.com", "Có đầu mối mới", reference_doctype="Sky Lead", reference_name=lead.name
	)
	other = queue("seller@example.com", "Hôm nay gọi người khác")
	assert person.email not in frappe.db.get_value("Email Queue", digest, "message")
	carry_out(ask("Erasure", lead=lead.name))
	assert [name for name in (digest, about, other) if frappe.db.exists("Email Queue", name)] == [other]


def test_settings_of_users_and_singles_forget_too():
	person = Person()
	lead = make.lead(lead_name=person.name, email_id=person.email)
	frappe.db.sql(
		"insert into __UserSettings (user, doctype, data) values ('Administrator', 'Planted', %s)",
		f'{{"List": {{"filters": [["Sky Lead", "email_id", "=", "{person.email}"]]}}}}',
	)
	carry_out(ask("Erasure", lead=lead.name))
	assert person.email not in str(frappe.db.sql("select data from __UserSettings where doctype = 'Planted'"))


def test_lists_and_search_of_a_seller_show_nobody():
	person = Person()
	lead, _made = known_everywhere(person, convert=False)
	asked = (person.name.split()[-1], person.email, person.mobile)
	assert search.find_leads(person.email) and search.find_leads(person.mobile)
	carry_out(ask("Erasure", email_id=person.email))
	for text in asked:
		assert not frappe.get_list(
			"Sky Lead", or_filters={"lead_name": ("like", f"%{text}%"), "email_id": text}
		)
		assert lead.name not in str(
			frappe.call("frappe.desk.search.search_link", doctype="Sky Lead", txt=text)
		)
	from frappe.utils.global_search import search as global_search

	assert not global_search(person.email)


def test_documents_that_law_keeps_are_the_only_places_left():
	person = Person()
	_lead, made = known_everywhere(person)
	order = frappe.get_doc(
		{
			"doctype": "Sales Order",
			"customer": made["customer"],
			"company": company(),
			"delivery_date": add_days(nowdate(), 3),
			"items": [{"item_code": make_item(rate=100_000), "qty": 1, "rate": 100_000}],
			"selling_price_list": "Standard Selling",
		}
	).insert(ignore_permissions=True)
	order.submit()
	carry_out(ask("Erasure", email_id=person.email))
	left = where_found(person.marks)
	tables = {place_of(line) for line in left}
	assert "tabSales Order" in tables
	assert not tables - KEPT_BY_LAW.keys(), "\n".join(left)
	# Of the person's own address and number nothing is left even there, but what the document prints.
	only = where_found((person.email.split("@")[0], person.mobile[1:]))
	assert {place_of(line) for line in only} <= {"tabSales Order"}, "\n".join(only)


def place_of(line: str) -> str:
	return next(
		(
			table
			for table in sorted(frappe.db.get_tables(), key=len, reverse=True)
			if line.startswith(f"{table} ")
		),
		line,
	)


def test_a_conversion_and_its_ledger_name_nobody():
	person = Person()
	lead = make.lead(lead_name=person.name, email_id=person.email, mobile_no=person.spelled)
	conversion.convert(lead.name)
	carry_out(ask("Erasure", phone=person.mobile))
	assert not (left := where_found(person.marks)), "\n".join(left)
