"""How installers take records away."""

from collections.abc import Iterable

import frappe


def delete_for_good(doctype: str, names: Iterable[str]) -> None:
	"""Delete records, as far as they are there, without a copy among the deleted documents.

	Not through the rights of a user: who installs or removes an app may do so on the server.
	"""
	for name in names:
		frappe.delete_doc(
			doctype,
			name,
			force=True,
			ignore_permissions=True,
			ignore_missing=True,
			delete_permanently=True,
		)
