"""The right to choose a few of ERPNext's and the framework's masters in a link field, for roles that may not read them.

Nobody but a system manager may read Issue Priority, and nobody but stock people UOM or Serial No, so the forms of the
CRM could not be filled by the people they are for. They get "select": enough to choose a record, not to open one.

The framework keeps changed rights as Custom DocPerm: a copy of all rights of the DocType with our rows added. Once
brought, they are the admin's (setup/shipped.py); an uninstall takes our rows away, and the copy too if it says nothing
else than the DocType itself.
"""

import frappe
from frappe.permissions import rights, setup_custom_perms

from skycrm.setup import roles, shipped

SALES = (roles.SALES_USER, roles.SALES_MANAGER, roles.CRM_ADMIN)
MARKETING = (roles.MARKETING_USER, roles.MARKETING_MANAGER, roles.CRM_ADMIN)
SUPPORT = (roles.SUPPORT_AGENT, roles.SUPPORT_MANAGER, roles.CRM_ADMIN)

# DocType -> roles that may choose its records.
SELECTABLE: dict[str, tuple[str, ...]] = {
	"UOM": SALES,
	"Coupon Code": MARKETING,
	"Email Account": MARKETING,
	"Issue Priority": SUPPORT,
	"Issue Type": SUPPORT,
	"Serial No": SUPPORT,
}


def grant() -> None:
	"""Bring the rights that were never brought before; safe to run on every migrate."""
	for doctype, granted in SELECTABLE.items():
		missing = [role for role in granted if not shipped.was_shipped("Custom DocPerm", _key(doctype, role))]
		if not missing or not frappe.db.exists("DocType", doctype):
			continue
		setup_custom_perms(doctype)
		for role in missing:
			shipped.ship_once(
				"Custom DocPerm",
				{"parent": doctype, "role": role, "permlevel": 0, "select": 1, "read": 0},
				key=_key(doctype, role),
			)
		frappe.clear_cache(doctype=doctype)


def remove() -> None:
	"""Take the rights away, for the uninstall."""
	for doctype in SELECTABLE:
		frappe.db.delete("Custom DocPerm", {"parent": doctype, "role": ("in", roles.ROLES)})
		if _rows("Custom DocPerm", doctype) == _rows("DocPerm", doctype):
			frappe.db.delete("Custom DocPerm", {"parent": doctype})
		frappe.clear_cache(doctype=doctype)


def _key(doctype: str, role: str) -> str:
	return f"{doctype} / {role}"


def _rows(table: str, doctype: str) -> list[tuple]:
	"""The rights that a table gives, in an order of their own."""
	fields = ["role", "permlevel", "if_owner", *rights]
	return sorted(frappe.get_all(table, filters={"parent": doctype}, fields=fields, as_list=True))
