"""What the server lets into our records: no markup that a browser would run, by whichever door and in whichever disguise.

The framework stores what parses as JSON as it came, e-mail fields too; without services/stored_markup.py these fail.
"""

from __future__ import annotations

import json
from typing import Any

import access_records as make
import pytest
from factories import make_item
from xss_payloads import PAYLOADS

import frappe

from skycrm.services.stored_markup import strictly_cleaned

HTML = [payload for payload in PAYLOADS if payload.sink == "html"]
LIVE = (
	"<script",
	"onerror=",
	"onload=",
	"srcdoc=",
	"javascript:",
	"ontoggle=",
	"onbegin=",
	"<iframe",
	"<style",
	"<link",
)
RICH = "notes"


def shapes(text: str) -> list[str]:
	"""The payload as it is, and as what the framework takes for JSON; pictures within texts it takes out itself."""
	text = text.replace("data:", "x:")
	return [
		text,
		json.dumps([text]),
		json.dumps({"a": text}),
		json.dumps({text: 1}),
		json.dumps(text),
		f'["{text}"]',
	]


def is_dead(stored: str | None) -> bool:
	"""Whether a browser finds no element in a stored text that would do something."""
	from bs4 import BeautifulSoup

	for element in BeautifulSoup(stored or "", "html5lib").find_all(True):
		if (
			element.name in ("script", "iframe", "object", "embed", "style", "link", "base", "form", "meta")
			and element.parent.name != "head"
		):
			return False
		for name, value in element.attrs.items():
			if name.lower().startswith("on") or name.lower() in ("srcdoc", "formaction"):
				return False
			if name in ("href", "src", "xlink:href", "action") and "javascript:" in str(value).lower():
				return False
	return True


@pytest.fixture
def seller():
	return make.user("Sky Sales User")


TEXTS = {
	"Sky Lead": ("organization", "job_title", "city", "address_line1", "unqualified_reason", RICH),
	"Sky Opportunity": ("title", "next_step", RICH),
}


@pytest.mark.parametrize("doctype", TEXTS)
@pytest.mark.parametrize("payload", HTML, ids=lambda payload: payload.kind)
def test_no_text_keeps_a_script(doctype, payload, seller):
	doc = (
		make.lead(lead_owner=seller) if doctype == "Sky Lead" else make.opportunity(opportunity_owner=seller)
	)
	frappe.set_user(seller)
	for text in shapes(payload.text):
		doc = frappe.get_doc(doctype, doc.name)
		for field in TEXTS[doctype]:
			doc.set(field, text[:140] if field != RICH else f"<p>Ghi chú</p>{text}")
		doc.save()
		for field in TEXTS[doctype]:
			stored = frappe.db.get_value(doctype, doc.name, field)
			if field == RICH or json_like(text[:140]):
				assert is_dead(stored), (field, stored)


def json_like(text: str) -> bool:
	try:
		json.loads(text)
	except ValueError:
		return False
	return True


def test_rows_are_cleaned_with_their_record(seller):
	item = make_item("MARKUP-ITEM", rate=1)
	lead = make.lead(
		lead_owner=seller, items=[{"item_code": item, "qty": 1, "note": '["<svg onload=X(1)>"]'}]
	)
	assert is_dead(lead.items[0].note)
	assert is_dead(frappe.db.get_value("Sky Lead Item", lead.items[0].name, "note"))


def test_a_rich_text_keeps_its_form_and_loses_what_reaches_elsewhere(seller):
	kept = '<h2>Đề xuất</h2><p><strong>10</strong> bộ <a href="https://example.com">bàn</a></p><table><tbody><tr><td>1</td></tr></tbody></table>'
	lead = make.lead(
		lead_owner=seller,
		notes=kept + "<style>*{background:url(//x)}</style><link rel=stylesheet href=//x><svg><a>x</a></svg>",
	)
	notes = frappe.db.get_value("Sky Lead", lead.name, "notes")
	for part in ("<h2>", "<strong>10</strong>", 'href="https://example.com"', "<td>1</td>"):
		assert part in notes
	for part in ("<style", "<link", "<svg"):
		assert part not in notes


def test_an_ordinary_text_is_stored_as_it_was_typed(seller):
	for text in ("5 < 6 & 7 > 3", 'Công ty "ABC" <Hà Nội', "[Gấp] gọi lại", '{"a": 1}', "['x']", "a & b"):
		lead = make.lead(lead_owner=seller, organization=text)
		assert frappe.db.get_value("Sky Lead", lead.name, "organization") in (text, text.replace("<", "&lt;"))


@pytest.mark.parametrize(
	"address",
	["javascript:X(1)", "javascript://example.com/%0aX(1)", "JaVa\tScript:X(1)", "data:text/html,x"],
)
def test_a_web_site_is_an_address_and_nothing_else(seller, address):
	with pytest.raises(frappe.ValidationError):
		make.lead(lead_owner=seller, website=address)
	lead = make.lead(lead_owner=seller, website="https://example.com/a?b=c")
	lead.website = address
	with pytest.raises(frappe.ValidationError):
		lead.save()
	# What lies there from before does not keep the rest from being saved.
	frappe.db.set_value("Sky Lead", lead.name, "website", "javascript:X(1)", update_modified=False)
	lead = frappe.get_doc("Sky Lead", lead.name)
	lead.job_title = "Giám đốc"
	if frappe.db.get_value("Sky Lead", lead.name, "website").startswith("javascript"):
		try:
			lead.save()
		except frappe.ValidationError as error:
			assert "URL" in str(error), error  # the framework's own check


def test_an_email_is_an_address_and_nothing_else():
	issue = frappe.get_doc(
		{"doctype": "Sky Issue", "subject": "x", "raised_by": '"<svg onload=X(1)>" <an@example.com>'}
	).insert()
	assert frappe.db.get_value("Sky Issue", issue.name, "raised_by") == "an@example.com"


@pytest.mark.parametrize(
	"payload", [p for p in HTML if "style" not in p.text][::3], ids=lambda payload: payload.kind
)
def test_what_people_attach_to_our_records(seller, payload):
	lead = make.lead(lead_owner=seller)
	about: dict[str, Any] = {"reference_doctype": "Sky Lead", "reference_name": lead.name}
	for text in shapes(payload.text):
		comment = frappe.get_doc(
			{"doctype": "Comment", "comment_type": "Comment", "content": text, **about}
		).insert()
		mail = frappe.get_doc(
			{
				"doctype": "Communication",
				"subject": "x",
				"content": text,
				"sent_or_received": "Received",
				"sender": "an@example.com",
				**about,
			}
		).insert()
		task = frappe.get_doc(
			{
				"doctype": "ToDo",
				"description": text,
				"reference_type": "Sky Lead",
				"reference_name": lead.name,
				"allocated_to": seller,
			}
		).insert(ignore_mandatory=True)
		for doc, field in ((comment, "content"), (mail, "content"), (task, "description")):
			if json_like(text):
				assert is_dead(frappe.db.get_value(doc.doctype, doc.name, field)), (doc.doctype, field)


def test_records_of_others_are_as_the_framework_stores_them():
	text = '["<b>x</b><svg></svg>"]'
	note = frappe.get_doc({"doctype": "ToDo", "description": text}).insert()
	assert frappe.db.get_value("ToDo", note.name, "description") == text


def test_what_was_stored_before_is_clean_in_the_form(seller):
	lead = make.lead(lead_owner=seller)
	values = {"notes": "<p>x</p><img src=x onerror=X(1)><svg onload=X(2)>", "image": "javascript:X(3)"}
	frappe.db.set_value("Sky Lead", lead.name, values, update_modified=False)
	doc = frappe.get_doc("Sky Lead", lead.name)
	doc.run_method("onload")
	assert is_dead(doc.notes) and "<p>x</p>" in doc.notes and not doc.image
	assert frappe.db.get_value("Sky Lead", lead.name, "notes") == values["notes"]


def test_cleaning_asks_the_database_nothing(seller, statements):
	from skycrm.services import protected_values, stored_markup

	lead = make.lead(lead_owner=seller, notes="<p>x</p>")
	lead.load_doc_before_save()
	statements.clear()
	stored_markup.clean(lead)
	protected_values.keep(lead)
	assert not statements


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: payload.kind)
def test_strict_cleaning_leaves_nothing_alive(payload):
	for text in (payload.text, f"<p>{payload.text}</p>", f"{payload.text}{payload.text}"):
		once = strictly_cleaned(text)
		assert is_dead(once) and is_dead(strictly_cleaned(once))
