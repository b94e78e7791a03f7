"""Moving an opportunity: by a person, and by what happens to its documents in ERPNext.

Which stage follows is decided in domain/stages.py, the stage is written by services/status.py; here the two are put
together with the documents that count.
"""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_link_to_form

from skycrm.domain import stages as rules
from skycrm.domain.errors import Blocked, InvalidValue, RuleError
from skycrm.domain.stages import Event, Stage
from skycrm.integrations.erpnext import documents
from skycrm.services import status
from skycrm.services.messages import throw_rule_error
from skycrm.services.record_checks import shown
from skycrm.services.workflow_guard import is_service_move

DOCTYPE = "Sky Opportunity"
SAVEPOINT = "sky_opportunity_event"
# What a caller learns about an opportunity after a move.
STATE_FIELDS = (
	"name",
	"title",
	"customer",
	"stage",
	"status",
	"probability",
	"amount",
	"base_amount",
	"weighted_amount",
	"currency",
	"approval_status",
	"won_on",
	"lost_on",
	"lost_reason",
	"lost_note",
	"modified",
)


# By a person
# -----------


def move(
	opportunity: str, stage: str, lost_reason: str | None = None, lost_note: str | None = None
) -> dict[str, Any]:
	"""Move an opportunity to a stage, as the session's user.

	Losing it declares its open quotations lost in ERPNext too (see `stage_saved`).

	Args:
		opportunity: name of the record.
		stage: name of the stage.
		lost_reason: name of a Sky Lost Reason, needed for a stage of type Lost.
		lost_note: the story in free text.

	Returns:
		The new state, STATE_FIELDS.

	Raises:
		frappe.DoesNotExistError: no such opportunity.
		frappe.PermissionError: the user may not change it.
		frappe.ValidationError: unknown stage, reason missing, or an order that stands in the way.
	"""
	# Locked: of two moves at the same time the second sees what the first has done.
	doc = frappe.get_doc(DOCTYPE, opportunity, for_update=True)
	doc.check_permission("write")
	_check_move(doc, stage, _stage_named(doc.stage))
	lost_reason = _known_lost_reason(doc, lost_reason)
	doc = status.set_stage(doc, stage, lost_reason=lost_reason, lost_note=lost_note)
	return state_of(doc)


def state_of(opportunity: Document) -> dict[str, Any]:
	"""What a caller may know of an opportunity after a change: STATE_FIELDS that the user's level shows."""
	opportunity.apply_fieldlevel_read_permissions()
	return {fieldname: opportunity.get(fieldname) for fieldname in STATE_FIELDS}


# From the controller, on every save and by every route
# -----------------------------------------------------


def check_stage(opportunity: Document) -> None:
	"""Refuse, in `validate`, a stage that contradicts a sale which stands. One query, and only when Won is left.

	Raises:
		frappe.ValidationError: the order or invoice to cancel first.
	"""
	before = opportunity.get_doc_before_save()
	if not before or before.stage == opportunity.stage or is_service_move(opportunity):
		return
	current = _stage_named(before.stage)
	if current.type == rules.WON and opportunity.stage:
		_check_move(opportunity, opportunity.stage, current)


def stage_saved(opportunity: Document) -> None:
	"""Let ERPNext know, in `on_update`, that an opportunity was lost: its open quotations are declared lost too.

	Quotations that the user may not change in ERPNext stay open; a message names them.
	"""
	before = opportunity.get_doc_before_save()
	if opportunity.status != rules.LOST or not before or before.status == rules.LOST:
		return
	left_open = [
		name
		for name in documents.open_quotations(opportunity.name)
		if not documents.declare_quotation_lost(name, opportunity.lost_reason, opportunity.lost_note)
	]
	if left_open:
		frappe.msgprint(
			_(
				"These quotations stay open because you may not change them: {0}. Ask their owner to declare them lost."
			).format(", ".join(get_link_to_form("Quotation", name) for name in left_open)),
			title=_("Quotations left open"),
			indicator="orange",
		)


# From ERPNext's events
# ---------------------


def react(
	event: Event,
	opportunity: str,
	document: tuple[str, str],
	lost_reason: str | None = None,
	lost_note: str | None = None,
) -> None:
	"""Let an opportunity follow what happened to one of its documents.

	The user has the right to that document, not necessarily to the opportunity, so the move is the system's own. What
	is wrong with the opportunity must not keep the document from being submitted: it is undone to the savepoint,
	logged and shown, and the document goes its way. Only a deadlock or a lock that is not given up ends the whole
	request, because the database has ended the transaction already.

	Args:
		event: what happened.
		opportunity: name from the document.
		document: (doctype, name) of the document, for the timeline.
		lost_reason, lost_note: as ERPNext holds them, for QUOTATION_LOST.
	"""
	frappe.db.savepoint(SAVEPOINT)
	try:
		moved = _react(event, opportunity, lost_reason, lost_note)
		if moved:
			moved.add_comment("Info", _why(event, moved.stage, *document))
	except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
		raise
	except Exception:
		frappe.db.rollback(save_point=SAVEPOINT)
		frappe.clear_last_message()
		frappe.log_error(
			title=f"Opportunity did not follow {event.value}",
			reference_doctype=DOCTYPE,
			reference_name=opportunity,
		)
		frappe.msgprint(
			_(
				"Opportunity {0} could not be moved along. Move it by hand, or ask an administrator to look into the Error Log."
			).format(shown(opportunity)),
			title=_("Opportunity not moved"),
			indicator="orange",
		)


def facts_for_document(opportunity: str) -> tuple[str | None, str | None]:
	"""(customer, campaign) of the opportunity that a document is linked to; one query, no right needed.

	Both None when there is no such opportunity, which the framework's own check of links reports.
	"""
	return frappe.db.get_value(DOCTYPE, opportunity, ["customer", "campaign"]) or (None, None)


def _react(event: Event, opportunity: str, lost_reason: str | None, lost_note: str | None) -> Document | None:
	"""Move the opportunity if the event asks for it; the moved document, None when it stays."""
	# Locking read: it sees the last committed state, so two documents submitted at once both decide on the truth.
	row = frappe.db.get_value(
		DOCTYPE, opportunity, ["stage", "stage_before_closing"], as_dict=True, for_update=True
	)
	if not row:
		return None
	current = _stage_named(row.stage)
	if event is Event.SALE_SUBMITTED and current.type == rules.WON:
		return None
	counts = event in (Event.SALE_CANCELLED, Event.QUOTATION_LOST)
	target = rules.stage_after(
		event,
		current,
		stages_in_use(),
		documents.live_documents(opportunity) if counts else rules.NO_DOCUMENTS,
		row.stage_before_closing,
	)
	if not target:
		return None
	doc = frappe.get_doc(DOCTYPE, opportunity, for_update=True)
	return status.set_stage(
		doc,
		target.name,
		lost_reason=_own_lost_reason(lost_reason) if target.type == rules.LOST else None,
		lost_note=lost_note if target.type == rules.LOST else None,
		as_system=True,
	)


def _why(event: Event, stage: str, doctype: str, name: str) -> str:
	"""What the timeline says, after the name of who submitted the document."""
	link = get_link_to_form(doctype, name, f"{_(doctype)} {name}")
	stage = frappe.utils.escape_html(_(stage))
	if event is Event.SALE_CANCELLED:
		return _("moved this to {0}, because {1} was cancelled").format(stage, link)
	if event is Event.QUOTATION_LOST:
		return _("moved this to {0}, because {1} was declared lost").format(stage, link)
	return _("moved this to {0}, because {1} was submitted").format(stage, link)


def stages_in_use() -> list[Stage]:
	"""Every enabled stage of the site."""
	return [
		Stage(row.name, row.type, row.sequence or 0, bool(row.is_proposal_stage))
		for row in frappe.get_all(
			"Sky Sales Stage",
			filters={"enabled": 1},
			fields=["name", "type", "sequence", "is_proposal_stage"],
			order_by="sequence, name",
		)
	]


def _stage_named(name: str | None) -> Stage:
	"""A stage that an opportunity is on, also one that is no longer in use."""
	if not name:
		return Stage("", rules.OPEN)
	stage = frappe.get_cached_doc("Sky Sales Stage", name)
	return Stage(stage.name, stage.type, stage.sequence or 0, bool(stage.is_proposal_stage))


def _check_move(opportunity: Document, stage: str, current: Stage) -> None:
	sales = documents.submitted_sales(opportunity.name) if current.type == rules.WON else []
	try:
		rules.check_move(stage, current, stages_in_use(), sales)
	except Blocked as error:
		error.params["documents"] = _names_told(sales)
		throw_rule_error(error, label=_(opportunity.meta.get_label("stage")))
	except RuleError as error:
		throw_rule_error(error, label=_(opportunity.meta.get_label("stage")))


def _names_told(sales: list[tuple[str, str]]) -> list[str]:
	"""The documents that stand in the way, by name as far as the user may open them."""
	readable = [name for _doctype, name in documents.those_readable(sales)]
	others = len(sales) - len(readable)
	return [*readable, *([_("{0} that you may not open").format(others)] if others else [])]


def _known_lost_reason(opportunity: Document, reason: str | None) -> str | None:
	"""The Sky Lost Reason meant by a text, in any case of letters.

	Raises:
		frappe.ValidationError: there is none in use; the sentence says which there are.
	"""
	wanted = (reason or "").strip()
	if not wanted:
		return None
	names = frappe.get_all("Sky Lost Reason", filters={"enabled": 1}, pluck="name", order_by="name")
	for name in names:
		if name.casefold() == wanted.casefold():
			return name
	error = InvalidValue("lost_reason_unknown", wanted, {"reasons": names})
	throw_rule_error(error, label=_(opportunity.meta.get_label("lost_reason")))


def _own_lost_reason(reason: str | None) -> str:
	"""Our Sky Lost Reason for ERPNext's: the one of the same name, made if there is none.

	A quotation that was declared lost without a reason gets "Other": the opportunity cannot be lost without one.
	"""
	name = (reason or "").strip() or "Other"
	if not frappe.db.exists("Sky Lost Reason", name):
		record = frappe.new_doc("Sky Lost Reason")
		record.reason = name
		# The user who declared the quotation lost chose among ERPNext's reasons; they need no right to ours.
		record.insert(ignore_permissions=True, ignore_if_duplicate=True)
	return name
