"""What a mail about followed records may tell its reader.

The framework mails every change with its old and new value, of records that the follower can no longer open too: found
on Frappe 15.101, where nothing on the way asks for rights. Its own functions collect the changes and write the mail;
between the two stands one question for each change of a record of ours.
"""

from collections.abc import Mapping
from typing import Any

import frappe
from frappe.desk.form import document_follow

from skycrm.permissions.hidden_fields import hidden, is_ours

Record = tuple[str, str]


def send(frequency: str) -> None:
	"""`frappe.desk.form.document_follow.send_document_follow_mails`.

	Args:
		frequency: "Hourly", "Daily" or "Weekly", as users have chosen it.
	"""
	for user in document_follow.get_user_list(frequency):
		changes, records = document_follow.get_message_for_user(frequency, user)
		told = Reader(user).told(changes)
		left = {(change["doctype"], change["doc_name"]) for change in told}
		records = [row for row in records if (row["reference_doctype"], row["reference_docname"]) in left]
		if told:
			document_follow.send_email_alert(user, records, told)
			# As the framework does: whoever has a mail by now does not get it again when the next one fails.
			frappe.db.commit()  # nosemgrep: frappe-manual-commit


class Reader:
	"""Somebody who is told of changes."""

	def __init__(self, user: str) -> None:
		self.user = user
		self._readable: dict[Record, bool] = {}

	def told(self, changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
		"""Those of the changes that the reader may see; of other apps' records all."""
		return [change for change in changes if not is_ours(change["doctype"]) or self._may_see(change)]

	def _may_see(self, change: Mapping[str, Any]) -> bool:
		doctype, data = change["doctype"], change["data"]
		if not self._may_read(doctype, change["doc_name"]):
			return False
		if change["type"] == "comment":
			return True  # what somebody wrote
		closed = hidden(doctype, self.user)
		# A row that was added says the field of its table where others say the value.
		table = data.get("table_field") or (data["to"] if change["type"] == "row added" else None)
		if table is None:
			return data["field"] not in closed
		if table in closed:
			return False
		field = frappe.get_meta(doctype).get_field(table)
		# A table that is gone: nobody knows any more what of it was hidden.
		return bool(field) and data.get("field") not in hidden(field.options, self.user)

	def _may_read(self, doctype: str, name: str) -> bool:
		key = (doctype, name)
		if key not in self._readable:
			self._readable[key] = bool(
				frappe.db.exists(doctype, name)
				and frappe.has_permission(doctype, "read", doc=name, user=self.user)
			)
		return self._readable[key]
