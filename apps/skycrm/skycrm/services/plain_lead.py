"""A lead as plain values that walks through the same rules as the document: for writing thousands at once.

services/identity.py and services/scoring.py ask a lead for little: its values, the one before, its meta. This answers
those questions, so that there is one rule and not a second one for lists.
"""

from typing import Any

import frappe
from frappe.model.meta import Meta

LEAD = "Sky Lead"
_FLAGS = frappe._dict(keep_invalid_values=True)


class PlainLead(frappe._dict):
	"""Values of a new lead. Every key is a field; methods are those that the rules call on a document."""

	doctype = LEAD

	@property
	def flags(self) -> frappe._dict:
		"""Values that are not valid are kept as text with a line in `data_issues`."""
		return _FLAGS

	@property
	def meta(self) -> Meta:
		"""Of the DocType."""
		return frappe.get_meta(LEAD)

	def set(self, fieldname: str, value: Any) -> None:
		"""As Document.set for one field."""
		self[fieldname] = value

	def get_doc_before_save(self) -> None:
		"""None: it is new."""

	def is_new(self) -> bool:
		"""Always."""
		return True
