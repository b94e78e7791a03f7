"""What the print of a Sky Lead or a Sky Opportunity shows: one page to take to a meeting."""

from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, cstr, flt, format_datetime, get_datetime

from skycrm.domain.amount_in_words import amount_in_words
from skycrm.domain.html_text import html_to_lines
from skycrm.services.printing.company import company_card, company_currency
from skycrm.services.printing.lines import item_rows
from skycrm.services.printing.paper import current_paper
from skycrm.services.printing.party import address_line
from skycrm.services.printing.reader import Reader, user_card

# A profile is one page: the newest open tasks are enough.
_MOST_TASKS = 6
_MOST_NOTE_LINES = 12


def lead_view(doc: Document, letter_head: str | None = None, footer: str | None = None) -> frappe._dict:
	"""Contact data, qualification, products and next steps of a Sky Lead.

	Args: see `sales_view`.
	"""
	reader = Reader(doc)
	address = address_line(
		[reader.plain(name) for name in ("address_line1", "city", "state", "country")], _home_country()
	)
	sections = [
		_section(
			_("Contact details"),
			[
				(
					_("Full name"),
					f"{reader.choice('salutation')} {reader.plain('lead_name')}".strip(),
				),
				(_("Job title"), reader.plain("job_title")),
				(_("Organisation"), reader.plain("organization")),
				(_("Tax code"), reader.plain("tax_id")),
				(_("Mobile"), reader.plain("mobile_no")),
				(_("Phone"), reader.plain("phone")),
				(_("Email"), reader.plain("email_id")),
				("Zalo", reader.plain("zalo_id")),
				(_("Address"), address),
				(_("Date of birth"), reader.day("birth_date")),
			],
		),
		_section(
			_("Qualification", context="Printed document"),
			[
				(_("Status"), reader.choice("status")),
				(_("Rating"), reader.choice("rating")),
				(_("Score"), reader.number(reader.value("score")) if cint(reader.value("score")) else ""),
				(_("Source"), reader.choice("source")),
				(_("Campaign"), reader.link_title("campaign", "campaign_name")),
				(_("Industry"), reader.choice("industry")),
				(_("Territory"), reader.choice("territory")),
				(_("Lead owner"), user_card(reader.value("lead_owner"))["name"]),
				(_("Team"), reader.plain("team")),
				(_("Reason for not qualifying"), reader.plain("unqualified_reason")),
			],
		),
		_section(
			_("Consent"),
			[
				(_("Consent to email"), _consent(reader, "email_consent")),
				(_("Consent to SMS"), _consent(reader, "sms_consent")),
				(_("Consent to calls"), _consent(reader, "call_consent")),
			],
		),
		_section(
			_("Converted into"),
			[
				(_("Customer"), reader.plain("customer")),
				(_("Contact"), reader.plain("contact")),
				(_("Opportunity"), reader.plain("opportunity")),
				(_("Converted on"), reader.day("converted_on")),
			],
		),
	]
	products = [
		{
			"number": number,
			"code": reader.plain("item_code", row),
			"name": reader.plain("item_name", row) or reader.plain("item_code", row),
			"qty": reader.number(reader.value("qty", row)) if flt(reader.value("qty", row)) else "",
			"note": reader.text("note", row),
		}
		for number, row in enumerate(reader.rows("items"), 1)
	]
	view = _view(reader, letter_head, footer, sections)
	view.update(products=products, heading_name=reader.plain("lead_name") or reader.plain("organization"))
	return view


def opportunity_view(
	doc: Document, letter_head: str | None = None, footer: str | None = None
) -> frappe._dict:
	"""Customer, stage, products with amounts and next steps of a Sky Opportunity.

	Args: see `sales_view`.
	"""
	reader = Reader(doc, doc.get("currency") or company_currency(doc.get("company")))
	amount = reader.value("amount")
	sections = [
		_section(
			_("Customer"),
			[
				(_("Customer"), reader.link_title("customer", "customer_name")),
				*_contact_facts(reader.plain("contact_person")),
				(_("Lead"), reader.plain("lead")),
			],
		),
		_section(
			_("Sale", context="Printed document"),
			[
				(_("Stage"), reader.choice("stage")),
				(_("Status"), reader.choice("status")),
				(_("Probability"), reader.percent(reader.value("probability"))),
				(_("Expected closing"), reader.day("expected_closing")),
				(_("Amount", context="Sky Opportunity"), reader.money(amount) if amount is not None else ""),
				(_("Weighted amount"), _company_money(reader, "weighted_amount")),
				(_("Discount approval"), _approval(reader)),
				(_("Source"), reader.choice("source")),
				(_("Campaign"), reader.link_title("campaign", "campaign_name")),
				(_("Opportunity owner"), user_card(reader.value("opportunity_owner"))["name"]),
				(_("Team"), reader.plain("team")),
				(_("Lost reason"), reader.choice("lost_reason")),
			],
		),
		_section(_("Competitors"), _competitor_facts(reader)),
	]
	rows = item_rows(reader)
	view = _view(reader, letter_head, footer, sections)
	view.update(
		heading_name=reader.plain("title") or reader.link_title("customer", "customer_name"),
		rows=rows,
		has_discount=any(row["discount"] for row in rows),
		name_share=35 if any(row["discount"] for row in rows) else 43,
		total=reader.money(amount) if amount is not None else "",
		words=amount_in_words(amount, reader.currency, reader.language) if amount else "",
	)
	return view


def _view(
	reader: Reader, letter_head: str | None, footer: str | None, sections: list[dict[str, Any]]
) -> frappe._dict:
	doc = reader.doc
	company = doc.get("company") or _own_company()
	return frappe._dict(
		language=reader.language,
		paper=current_paper(),
		letter_head=letter_head or "",
		footer=footer or "",
		watermark="",
		number=doc.name or "",
		seller=company_card(reader, company),
		currency=reader.currency,
		sections=[section for section in sections if section["facts"]],
		next_steps=_next_steps(reader),
		notes=reader.lines("notes")[:_MOST_NOTE_LINES],
	)


def _own_company() -> str | None:
	return frappe.defaults.get_user_default("Company")


def _home_country() -> str:
	return cstr(frappe.get_cached_value("Company", _own_company(), "country")) if _own_company() else ""


def _consent(reader: Reader, fieldname: str) -> str:
	"""What a person said about a channel; nothing when nobody asked."""
	return "" if reader.plain(fieldname) == "Unknown" else reader.choice(fieldname)


def _section(title: str, facts: list[tuple[str, str]]) -> dict[str, Any]:
	return {
		"title": title,
		"facts": [{"label": label, "value": value} for label, value in facts if value],
	}


def _next_steps(reader: Reader) -> list[dict[str, Any]]:
	"""The next contact, the next step, and open tasks that the user may see, by date: when, what, who."""
	steps: list[dict[str, Any]] = []
	when = reader.value("next_contact_on")
	if when or reader.plain("next_step"):
		owner = reader.value("lead_owner") or reader.value("opportunity_owner")
		steps.append(
			{
				"at": get_datetime(when) if when else None,
				"when": f"{reader.format_date(when)} {format_datetime(when, 'HH:mm')}" if when else "",
				"what": reader.plain("next_step") or _("Contact the customer"),
				"who": user_card(owner)["name"],
			}
		)
	for task in _open_tasks(reader.doc):
		steps.append(
			{
				"at": get_datetime(task.date) if task.date else None,
				"when": reader.format_date(task.date),
				"what": " ".join(html_to_lines(task.description)),
				"who": user_card(task.allocated_to)["name"],
			}
		)
	# What has no date comes last, in the order found.
	return sorted(steps, key=lambda step: (step["at"] is None, step["at"] or datetime.max))


def _open_tasks(doc: Document) -> list[dict[str, Any]]:
	# A guest who prints with a share key has no right on tasks at all: a list would be an error, not empty.
	if not frappe.has_permission("ToDo", "read"):
		return []
	return frappe.get_list(
		"ToDo",
		filters={"reference_type": doc.doctype, "reference_name": doc.name, "status": "Open"},
		fields=["date", "description", "allocated_to"],
		order_by="date asc, creation desc",
		limit=_MOST_TASKS,
	)


def _contact_facts(contact: str) -> list[tuple[str, str]]:
	"""How to reach the contact person, when the user may read that Contact."""
	if not contact or not frappe.has_permission("Contact", "read", contact):
		return []
	row = frappe.get_cached_value(
		"Contact", contact, ["full_name", "designation", "mobile_no", "phone", "email_id"], as_dict=True
	)
	if not row:
		return []
	return [
		(_("Contact person"), cstr(row.full_name) or contact),
		(_("Job title"), cstr(row.designation)),
		(_("Mobile"), cstr(row.mobile_no)),
		(_("Phone"), cstr(row.phone)),
		(_("Email"), cstr(row.email_id)),
	]


def _competitor_facts(reader: Reader) -> list[tuple[str, str]]:
	facts = []
	for row in reader.rows("competitors"):
		offered = flt(reader.value("price_offered", row))
		said = [
			text
			for text in (reader.money(offered) if offered else "", reader.plain("strengths", row))
			if text
		]
		facts.append((reader.plain("competitor", row), "; ".join(said) or "–"))
	return facts


def _company_money(reader: Reader, fieldname: str) -> str:
	value = reader.value(fieldname)
	if not value:
		return ""
	return Reader(reader.doc, company_currency(reader.doc.get("company"))).money(value)


def _approval(reader: Reader) -> str:
	status = reader.plain("approval_status")
	return _(status) if status and status != "Not Needed" else ""
