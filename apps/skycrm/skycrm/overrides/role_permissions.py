"""The framework's page for role permissions, and its Customize Form: both write past the documents that hold the rights.

Its own methods do the work and the checks; what they changed is written into the audit log.
"""

from collections.abc import Callable
from typing import Any

import frappe
from frappe.core.page.permission_manager import permission_manager
from frappe.custom.doctype.customize_form.customize_form import CustomizeForm
from frappe.utils import cint

from skycrm.services import audit, audit_rights, role_levels


@frappe.whitelist(methods=["POST"])
def add(parent: str, role: str, permlevel: int | str) -> None:
	"""`permission_manager.add`: a new row.

	The framework gives the right to export along with the first look at a DocType; of the CRM it is given by itself.
	"""
	_written(parent, _add_without_export if audit.is_ours(parent) else permission_manager.add)


@frappe.whitelist(methods=["POST"])
def update(
	doctype: str,
	role: str,
	permlevel: int | str,
	ptype: str,
	value: int | str | None = None,
	if_owner: int | str = 0,
) -> str | None:
	"""`permission_manager.update`: one right given or taken.

	The framework writes it past the document of the row: what goes along with it is written here.
	"""
	return _written(doctype, _update_with_levels if audit.is_ours(doctype) else permission_manager.update)


@frappe.whitelist(methods=["POST"])
def remove(doctype: str, role: str, permlevel: int | str, if_owner: int | str = 0) -> None:
	"""`permission_manager.remove`: a row taken away."""
	_written(doctype, permission_manager.remove)


@frappe.whitelist(methods=["POST"])
def reset(doctype: str) -> None:
	"""`permission_manager.reset`: the rows that the DocType brings along."""
	_written(doctype, permission_manager.reset)


def _add_without_export(parent: str, role: str, permlevel: int | str) -> None:
	key = {"role": role, "permlevel": cint(permlevel), "if_owner": 0}
	rows = audit_rights.permission_rows(parent)
	permission_manager.add(parent, role, permlevel)
	if any(all(row.get(field) == value for field, value in key.items()) for row in rows):
		return
	frappe.db.set_value("Custom DocPerm", {"parent": parent, **key}, "export", 0)
	frappe.clear_cache(doctype=parent)


def _update_with_levels(
	doctype: str,
	role: str,
	permlevel: int | str,
	ptype: str,
	value: int | str | None = None,
	if_owner: int | str = 0,
) -> str | None:
	could = role_levels.may(doctype, role)
	answer = permission_manager.update(doctype, role, permlevel, ptype, value, if_owner)
	role_levels.follow(doctype, role, could)
	return answer


def _written(doctype: str, method: Callable[..., Any]) -> Any:
	before = audit_rights.permission_rows(doctype)
	with audit_rights.muted():
		answer = frappe.call(method, **frappe.form_dict)
	audit_rights.write_permissions(doctype, before, audit_rights.permission_rows(doctype))
	return answer


class SkyCustomizeForm(CustomizeForm):
	"""The framework's Customize Form, which writes down when a field of the CRM gets another level.

	Its *Reset* deletes documents, and those have events.
	"""

	def set_property_setters(self) -> None:
		self.flags.sky_levels = audit.is_ours(self.doc_type) and audit_rights.field_properties(self.doc_type)
		with audit_rights.muted():
			super().set_property_setters()

	def update_custom_fields(self) -> None:
		"""The last of the two steps in which a save writes levels."""
		with audit_rights.muted():
			super().update_custom_fields()
		if audit.is_ours(self.doc_type):
			audit_rights.write_field_properties(
				self.doc_type, self.flags.sky_levels or {}, audit_rights.field_properties(self.doc_type)
			)
