"""Claiming several leads of the list: what cannot be claimed is said per lead and holds up none of the others."""

from collections.abc import Sequence

import frappe

from skycrm.services import bulk, claims


def claim(names: Sequence[str]) -> list[bulk.Outcome]:
	"""Claim leads for the session's user, all locked first and in one order, so that two such calls do not cross.

	Raises:
		frappe.ValidationError: none or too many are named.
		frappe.PermissionError: the caller may not work on leads.
	"""
	wanted = list(dict.fromkeys(names))
	bulk.check_number(wanted)
	there = frappe.get_list(claims.LEAD, filters={"name": ("in", wanted)}, pluck="name", limit_page_length=0)
	rows = {row.name: row for row in claims.lock_for_claim(there)} if there else {}
	return bulk.for_each(claims.LEAD, wanted, lambda name: claims.claim_locked(rows[name]))
