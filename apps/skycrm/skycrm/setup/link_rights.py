"""Rights to a few of ERPNext's and the framework's DocTypes that our roles need and that only other roles have there.

Nobody but a system manager may read Issue Priority, and nobody but stock people UOM or Serial No, so the forms of the
CRM could not be filled by the people they are for. They get "select": enough to choose a record, not to open one.

Administrators of the CRM adapt its workflows; permissions/workflow.py keeps them to those of our own DocTypes.

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
	# Whoever writes a mail in a form: its dialog asks which account sends, and with which signature.
	"Email Account": roles.ROLES,
	"Issue Priority": SUPPORT,
	"Issue Type": SUPPORT,
	"Serial No": SUPPORT,
}
# DocType -> rights of administrators of the CRM.
ADMINISTERED: dict[str, tuple[str, ...]] = {
	"Workflow": ("read", "write"),
	"Workflow State": ("read", "create"),
	"Workflow Action Master": ("read", "create"),
}
# Pages of the framework that administrators of the CRM work with as well.
PAGES = ("workflow-builder",)


def granted() -> dict[str, dict[str, tuple[str, ...]]]:
	"""DocType -> role -> rights, of everything above."""
	return {
		**{doctype: dict.fromkeys(given, ("select",)) for doctype, given in SELECTABLE.items()},
		**{doctype: {roles.CRM_ADMIN: given} for doctype, given in ADMINISTERED.items()},
	}


def grant() -> None:
	"""Bring the rights that were never brought before; safe to run on every migrate."""
	for doctype, given in granted().items():
		missing = [role for role in given if not shipped.was_shipped("Custom DocPerm", _key(doctype, role))]
		if not missing or not frappe.db.exists("DocType", doctype):
			continue
		setup_custom_perms(doctype)
		for role in missing:
			shipped.ship_once(
				"Custom DocPerm",
				{
					"parent": doctype,
					"role": role,
					"permlevel": 0,
					"read": 0,
					**dict.fromkeys(given[role], 1),
				},
				key=_key(doctype, role),
			)
		frappe.clear_cache(doctype=doctype)
	for page in PAGES:
		_open_page(page)


def _open_page(page: str) -> None:
	"""Let administrators of the CRM into a page; once a page has such a record, it names everybody who may open it."""
	if not frappe.db.exists("Page", page) or frappe.db.exists("Custom Role", {"page": page}):
		return
	allowed = frappe.get_all("Has Role", filters={"parenttype": "Page", "parent": page}, pluck="role")
	shipped.ship_once(
		"Custom Role",
		{"page": page, "roles": [{"role": role} for role in (*allowed, roles.CRM_ADMIN)]},
		key=page,
	)


def remove() -> None:
	"""Take the rights away, for the uninstall."""
	for doctype in granted():
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
