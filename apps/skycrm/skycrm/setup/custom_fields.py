"""The fields that SkyCRM adds to ERPNext's and the framework's DocTypes: data once, used to make and to remove them.

Same name on every DocType of the chain and `no_copy` off: that is what makes each of ERPNext's own mapping steps
carry them on (frappe/model/mapper.py maps fields of the same name). Material Request is in the list so that goods
bought for an order through a request keep the link to the Purchase Order.
"""

from typing import Any

import frappe
from frappe.custom.doctype.custom_field.custom_field import create_custom_fields

MODULE = "SkyCRM"

# DocType → the field of ERPNext's form after which ours stand: the block that says who the document is for.
CHAIN_DOCTYPES: dict[str, str] = {
	"Quotation": "company",
	"Sales Order": "company",
	"Delivery Note": "company",
	"Sales Invoice": "due_date",
	"Purchase Order": "company",
	"Material Request": "company",
}


def _chain_fields(insert_after: str) -> list[dict[str, Any]]:
	shared = {
		"module": MODULE,
		"fieldtype": "Link",
		"search_index": 1,
		"no_copy": 0,
		"print_hide": 1,
		"in_standard_filter": 0,
		# A submitted document's link is history: revenue and stages were counted on it.
		"read_only_depends_on": "eval:doc.docstatus > 0",
	}
	return [
		{
			**shared,
			"fieldname": "sky_opportunity",
			"label": "Sky Opportunity",
			"options": "Sky Opportunity",
			"insert_after": insert_after,
		},
		{
			**shared,
			"fieldname": "sky_campaign",
			"label": "Sky Campaign",
			"options": "Sky Campaign",
			"insert_after": "sky_opportunity",
			# Seldom of use on its own: shown where it is filled in.
			"depends_on": "eval:doc.sky_campaign || doc.sky_opportunity",
		},
	]


def _consent_fields(insert_after: str) -> list[dict[str, Any]]:
	"""What the person answered on each channel, carried over from the lead; kept up by services/consent.py."""
	fields = []
	for channel, label in (("email", "Email Consent"), ("sms", "SMS Consent"), ("call", "Call Consent")):
		fields.append(
			{
				"module": MODULE,
				"fieldname": f"sky_{channel}_consent",
				"label": label,
				"fieldtype": "Select",
				"options": "Unknown\nGranted\nRefused",
				"default": "Unknown",
				"insert_after": insert_after,
				"print_hide": 1,
				"no_copy": 1,
			}
		)
		insert_after = f"sky_{channel}_consent"
	return fields


CUSTOM_FIELDS: dict[str, list[dict[str, Any]]] = {
	**{doctype: _chain_fields(insert_after) for doctype, insert_after in CHAIN_DOCTYPES.items()},
	"Contact": [
		{
			"module": MODULE,
			"fieldname": "sky_family_name_first",
			"label": "Family Name First",
			"fieldtype": "Check",
			"default": "0",
			"insert_after": "last_name",
			"print_hide": 1,
			"no_copy": 0,
			"description": "The full name is written family name first, as in Vietnamese.",
		},
		*_consent_fields("unsubscribed"),
	],
	"Email Queue Recipient": [
		{
			"module": MODULE,
			"fieldname": "sky_consent",
			"label": "Consent to the Mail",
			"fieldtype": "Select",
			"options": "\nInsisted\nLeft Out",
			"insert_after": "status",
			"in_list_view": 1,
			"read_only": 1,
			"no_copy": 1,
			"description": "Left Out: refused while the mail was waiting, so it was not sent to them. Insisted: somebody chose to write in spite of a refusal.",
		},
	],
}


def create(update: bool = False) -> None:
	"""Make the fields that are missing, with the columns behind them; safe to run on every migrate.

	Args:
		update: also bring existing fields back to what is declared here, for a patch that changes the declaration.
			Left out, an admin's own label or place of a field stays.
	"""
	# ignore_validate: the DocTypes that the fields link to may still be on their way during an install.
	create_custom_fields(CUSTOM_FIELDS, ignore_validate=True, update=update)


def remove() -> None:
	"""Take the fields away together with their columns, for the uninstall.

	The columns go too: a value left behind would point to a record of a table that no longer exists, and would make
	ERPNext refuse to save the document once the app is installed again.
	"""
	names = {doctype: [field["fieldname"] for field in fields] for doctype, fields in CUSTOM_FIELDS.items()}
	for doctype, fieldnames in names.items():
		frappe.db.delete("Custom Field", {"dt": doctype, "fieldname": ("in", fieldnames)})
		frappe.db.delete("Property Setter", {"doc_type": doctype, "field_name": ("in", fieldnames)})
		frappe.clear_cache(doctype=doctype)
	for doctype, fieldnames in names.items():
		drops = ", ".join(f"drop column if exists `{fieldname}`" for fieldname in fieldnames)
		# Names come from the data above, never from a user; the framework has no other way to drop a column.
		frappe.db.sql_ddl(f"alter table `tab{doctype}` {drops}")  # nosemgrep: frappe-using-db-sql
		frappe.cache.hdel("table_columns", f"tab{doctype}")
