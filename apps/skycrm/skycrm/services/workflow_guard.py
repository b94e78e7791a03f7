"""How a status moved by the system gets past the workflow of users, and nothing else does.

A workflow says which user may press which button. Some moves are nobody's button: a conversion ends with Converted,
a discount over the threshold starts an approval. These go through `doc.save()`, so that versions, hooks and events
run; services/status.py marks the document, and the mixin steps aside for that one save.

A request cannot set the mark: the framework never takes `flags` from data (BaseDocument.set).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.workflow import (
	get_transitions,
	get_workflow,
	get_workflow_name,
	has_approval_access,
)

from skycrm.services.record_checks import shown

FLAG = "status_moved_by_service"


class ServiceMovesStatus:
	"""Mixin for controllers, before `Document`: `class SkyLead(ServiceMovesStatus, Document)`."""

	def validate_workflow(self) -> None:
		"""Skip the user's workflow when services/status.py moves the status in this save.

		The mark is used up here, so a later save of the same object is a user's save again.
		"""
		if self.flags.pop(FLAG, None):
			return
		super().validate_workflow()


@contextmanager
def service_move(doc: Document) -> Iterator[Document]:
	"""Mark one save of `doc` as the system's. For services/status.py only.

	The mark is gone afterwards, also when the save fails.
	"""
	doc.flags[FLAG] = True
	try:
		yield doc
	finally:
		doc.flags.pop(FLAG, None)


def is_service_move(doc: Document) -> bool:
	"""True inside a save that services/status.py has marked."""
	return bool(doc.flags.get(FLAG))


def has_active_workflow(doctype: str) -> bool:
	"""True when the site has an active workflow for the DocType; cached, no query."""
	return bool(get_workflow_name(doctype))


def workflow_has_state(doctype: str, state: str) -> bool:
	"""True when the active workflow of the DocType knows the state; False when there is no workflow."""
	return has_active_workflow(doctype) and any(row.state == state for row in get_workflow(doctype).states)


def may_move(doc: Document, state: str) -> bool:
	"""True when the active workflow lets the session's user move the stored document to `state`.

	True as well when the site has no active workflow for the DocType: an admin has switched it off.
	"""
	if not has_active_workflow(doc.doctype):
		return True
	return any(
		row.next_state == state and has_approval_access(frappe.session.user, doc, row)
		for row in get_transitions(doc)
	)


def check_may_move(doc: Document, state: str) -> None:
	"""Raise frappe.PermissionError unless `may_move`; the sentence names the status and the way out."""
	if may_move(doc, state):
		return
	field = get_workflow(doc.doctype).workflow_state_field
	frappe.throw(
		_(
			"The workflow does not let you move {0} {1} from {2} to {3}. Move it to a status from which it can, or ask an administrator to change the workflow."
		).format(_(doc.doctype), shown(doc.name), shown(_(doc.get(field))), frappe.bold(_(state))),
		exc=frappe.PermissionError,
		title=_("Not possible in this status"),
	)


def note_state_without_request(doc: Document) -> None:
	"""Keep the framework from asking every holder of a role to act on this document. For `on_update`.

	After each save the framework files a Workflow Action, "somebody should press a button", with a row per role: right
	for an approval, noise and some twenty statements for a lead, where every move is optional. It files none where one
	stands for the state already, so one is filed here as done. Where an admin lets the workflow send mails, the
	framework's way stays.
	"""
	if not has_active_workflow(doc.doctype):
		return
	workflow = get_workflow(doc.doctype)
	state = doc.get(workflow.workflow_state_field)
	before = doc.get_doc_before_save()
	if workflow.send_email_alert or (before and before.get(workflow.workflow_state_field) == state):
		return
	where = {"reference_doctype": doc.doctype, "reference_name": doc.name, "workflow_state": state}
	if before and frappe.db.exists("Workflow Action", where):
		return
	# As one row, and as text: this runs in every new lead, and building the query took longer than running it.
	frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		"""
		insert into `tabWorkflow Action`
			(name, owner, creation, modified, modified_by, reference_doctype, reference_name, workflow_state, status,
			completed_by)
		values
			(%(name)s, %(user)s, %(now)s, %(now)s, %(user)s, %(reference_doctype)s, %(reference_name)s,
			%(workflow_state)s, 'Completed', %(user)s)
		""",
		{
			**where,
			"name": frappe.generate_hash(length=10),
			"user": frappe.session.user,
			"now": frappe.utils.now(),
		},
	)


def note_states(doctype: str, state: str, names: Sequence[str]) -> None:
	"""As note_state_without_request for new documents that were written set-wise: one statement for all of them.

	Args:
		doctype: of the documents.
		state: in which they are.
		names: of the documents.
	"""
	if not names or not has_active_workflow(doctype) or get_workflow(doctype).send_email_alert:
		return
	now, user = frappe.utils.now(), frappe.session.user
	places = ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s, 'Completed', %s)"] * len(names))
	# Constants and places; values are bound.
	frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		f"""
		insert into `tabWorkflow Action`
			(name, owner, creation, modified, modified_by, reference_doctype, reference_name, workflow_state, status,
			completed_by)
		values {places}
		""",
		[
			value
			for name in names
			for value in (frappe.generate_hash(length=10), user, now, now, user, doctype, name, state, user)
		],
	)
