"""A user who is given one of our jobs gets the desk of that job as well, where nobody has chosen one for them."""

import frappe
from frappe.model.document import Document

from skycrm.domain.jobs import JOBS, Desk, proposed_desk


def before_validate(doc: Document, method: str | None = None) -> None:
	"""Event of User: module profile and first page of the job, see domain/jobs.py."""
	now = _desk(doc)
	if now.role_profile not in JOBS:
		return
	stored = None if doc.is_new() else doc.get_doc_before_save()
	proposed = proposed_desk(_desk(stored) if stored else Desk(), now)
	if proposed.module_profile != now.module_profile and _exists("Module Profile", proposed.module_profile):
		doc.module_profile = proposed.module_profile
	# Not every version of the framework has a first page of one's own.
	if (
		proposed.home != now.home
		and doc.meta.has_field("default_workspace")
		and _exists("Workspace", proposed.home)
	):
		doc.default_workspace = proposed.home


def _desk(doc: Document) -> Desk:
	return Desk(_role_profile(doc), doc.get("module_profile") or "", doc.get("default_workspace") or "")


def _role_profile(doc: Document) -> str:
	"""The user's job; version 16 knows several role profiles, of which the first that is a job counts."""
	several = [row.role_profile for row in doc.get("role_profiles") or []]
	return next((name for name in several if name in JOBS), doc.get("role_profile_name") or "")


def _exists(doctype: str, name: str) -> bool:
	return bool(name and frappe.db.exists(doctype, name))
