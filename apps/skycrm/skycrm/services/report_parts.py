"""Parts that the script reports share."""

import frappe
from frappe import _


def company_of(filters: dict) -> str | None:
	"""The company that a report adds up: the chosen one, else the user's.

	Amounts of companies with different currencies must not be added.
	"""
	return filters.get("company") or frappe.defaults.get_user_default("Company")


def currency_of(company: str | None) -> str | None:
	"""The currency that a company keeps its books in, else the site's."""
	currency = company and frappe.get_cached_value("Company", company, "default_currency")
	return currency or frappe.db.get_default("currency")


def column(
	fieldname: str, label: str, fieldtype: str = "Data", width: int = 120, options: str | None = None
) -> dict:
	"""One column of a report; `label` is translated already."""
	return {
		"fieldname": fieldname,
		"label": label,
		"fieldtype": fieldtype,
		"width": width,
		"options": options,
	}


def money_column(fieldname: str, label: str, width: int = 150) -> dict:
	"""A column of amounts; the row's `currency` tells which."""
	return column(fieldname, label, "Currency", width, "currency")


def not_set() -> str:
	"""What stands for an empty group."""
	return _("Not set")


def no_chart() -> dict:
	"""A chart with nothing in it. Without any chart at all a dashboard would try to draw one from the rows, and fail."""
	return {"data": {}}
