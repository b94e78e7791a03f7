"""What the tests of the audit log share: its newest lines, and settings that last for one test."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import frappe

from skycrm.services import audit

FIELDS = "name action user impersonated_by document_type document_name row_count file_type channel names details".split()
SETTINGS = "Sky CRM Settings"


class Ledger:
	"""The lines that were written since this object was made."""

	def __init__(self) -> None:
		frappe.db.rollback()
		audit.forget()
		self.before = set(frappe.get_all(audit.LOG, pluck="name"))

	def lines(self, **filters: Any) -> list[frappe._dict]:
		"""The oldest first, `details` as plain values; what other processes have written is seen too."""
		frappe.db.rollback()
		rows = frappe.get_all(audit.LOG, filters=filters, fields=FIELDS, order_by="creation")
		found = [row for row in rows if row.name not in self.before]
		for row in found:
			row.details = json.loads(row.details or "{}")
		return found

	def one(self, **filters: Any) -> frappe._dict:
		found = self.lines(**filters)
		assert len(found) == 1, found
		return found[0]


@contextmanager
def settings(**values: Any) -> Iterator[None]:
	"""Committed settings of the CRM; lists of DocTypes for recorded_views."""
	before = frappe.get_doc(SETTINGS)
	kept = {
		key: [row.document_type for row in before.recorded_views]
		if key == "recorded_views"
		else before.get(key)
		for key in values
	}
	_set(values)
	try:
		yield
	finally:
		frappe.set_user("Administrator")
		_set(kept)


def _set(values: dict[str, Any]) -> None:
	frappe.db.rollback()
	doc = frappe.get_doc(SETTINGS)
	for key, value in values.items():
		if key == "recorded_views":
			doc.set(key, [{"document_type": doctype} for doctype in value])
		else:
			doc.set(key, value)
	doc.save()
	frappe.db.commit()


def forget_views() -> None:
	"""As if nobody had opened anything yet."""
	frappe.cache.delete_keys("sky_audit_view")


def report(**filters: Any) -> list[dict]:
	"""The lines of the report Access Audit as Administrator."""
	from skycrm.skycrm.report.access_audit.access_audit import execute

	return execute(filters)[1]
