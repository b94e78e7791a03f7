"""Role permissions that an admin gives on our DocTypes: what goes along of the fields with a level of their own.

The rule and its reasons: services/role_levels.py. The framework's page changes rows without their documents; see
overrides/role_permissions.py.
"""

import frappe
from frappe.model.document import Document
from frappe.permissions import rights as ALL_RIGHTS
from frappe.utils import cint

from skycrm.domain.field_access import Access, natural
from skycrm.permissions.hidden_fields import is_ours
from skycrm.services import role_levels


def after_insert(doc: Document, method: str | None = None) -> None:
	"""Event after_insert of Custom DocPerm: a role that gets rights to a document."""
	if not _is_about_documents(doc) or _is_copy(doc):
		return
	role_levels.follow(doc.parent, doc.role, role_levels.may(doc.parent, doc.role, without=doc.name))


def on_update(doc: Document, method: str | None = None) -> None:
	"""Event on_update of Custom DocPerm: a role that gets more of them than it had."""
	before = doc.get_doc_before_save()
	if before is None or not _is_about_documents(doc):
		return
	could = role_levels.may(doc.parent, doc.role, without=doc.name)
	if before.role == doc.role:
		could = max(could, natural(role_levels.rights_of([before.as_dict()])).get(doc.role, Access.HIDE))
	role_levels.follow(doc.parent, doc.role, could)


def _is_about_documents(doc: Document) -> bool:
	# The page sends texts, and the framework takes them into the document as they are.
	return not cint(doc.permlevel) and bool(cint(doc.read)) and is_ours(doc.parent)


def _is_copy(doc: Document) -> bool:
	"""Whether the framework copies the rights that the app ships, as it does before the first is changed: levels come too."""
	key = {"parent": doc.parent, "role": doc.role, "permlevel": 0, "if_owner": cint(doc.if_owner)}
	shipped = frappe.db.get_value("DocPerm", key, list(ALL_RIGHTS), as_dict=True)
	return bool(shipped) and all(cint(shipped[name]) == cint(doc.get(name)) for name in ALL_RIGHTS)
