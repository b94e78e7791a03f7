"""HTTP methods of data quality: counts, and repairs of many leads at once."""

from typing import Any

import frappe
from frappe import _

from skycrm.api.v1._common import rule_errors_as_http, text_argument
from skycrm.services import bulk, data_quality, data_repair


@frappe.whitelist(methods=["GET", "POST"])
@rule_errors_as_http
def counts(
	owner: str | None = None,
	team: str | None = None,
	source: str | None = None,
	stale_days: int = data_quality.STALE_DAYS,
	late_days: int = data_quality.LATE_DAYS,
) -> dict[str, dict[str, int]]:
	"""How many leads that the caller may read lack something, are invalid, stale or there twice.

	Returns:
		{check: {leads, groups}}, see domain/data_quality.py.
	"""
	return data_quality.counts(
		{"owner": owner, "team": team, "source": source, "stale_days": stale_days, "late_days": late_days}
	)


@frappe.whitelist(methods=["POST"])
@rule_errors_as_http
def normalise(leads: list[str] | str | None = None) -> dict[str, str]:
	"""Write telephone numbers, addresses, tax codes and keys anew by today's rules, in the background.

	Args:
		leads: names of leads; all that the caller may read when left out.

	Returns:
		{repair}: name of the Sky Data Repair that tells how far it is.
	"""
	return {"repair": data_repair.start_normalise(_names(leads) if leads else None)}


@frappe.whitelist(methods=["POST"])
@rule_errors_as_http
def merge_sure_groups() -> dict[str, str]:
	"""Merge every group of leads that share an address or number and whose names agree, in the background.

	Returns:
		{repair}: name of the Sky Data Repair that tells what became of each group.
	"""
	return {"repair": data_repair.start_merging()}


@frappe.whitelist(methods=["POST"])
@rule_errors_as_http
def set_values(leads: list[str] | str, field: str, value: str) -> dict[str, Any]:
	"""Set source, owner, team, territory or campaign of several leads, each through its own rules.

	Returns:
		{outcomes: [{name, title, done, message}], repair}: outcomes for few leads; many go to a job, whose name is given.
	"""
	frappe.has_permission("Sky Lead", "write", throw=True)
	names = _names(leads)
	bulk.check_number(names)
	data_repair.check_settable(field)
	wanted = text_argument(value, _("Value"), required=True) or ""
	if len(names) <= bulk.NOW_LIMIT:
		return {"outcomes": data_repair.set_values(names, field, wanted), "repair": None}
	arguments = {"field": field, "value": wanted}
	return {"outcomes": [], "repair": data_repair.start(data_repair.SET, names, arguments)}


def _names(value: list[str] | str) -> list[str]:
	names = frappe.parse_json(value) if isinstance(value, str) else value
	if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
		frappe.throw(_("Send the leads as a list of their numbers."))
	return list(dict.fromkeys(names))
