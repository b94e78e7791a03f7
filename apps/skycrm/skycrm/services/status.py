"""The one place that writes status fields.

Users move a status with the buttons of the workflow. Everything else, conversion, stages, approval of discounts, is
moved here, through `doc.save()`, so that versions, hooks and document events run. The guards refuse what any other
route (form, REST, import, raw workflow action) writes into fields that only these services own.

Controllers call, in `validate`:
	Sky Lead: guard_lead(self)
	Sky Opportunity: guard_opportunity(self), then its own sums, then follow_stage(self), review_discount_approval(self)
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, now_datetime

from skycrm.domain import approval, lead_status
from skycrm.services import workflow_guard
from skycrm.services.record_checks import shown
from skycrm.services.workflow_guard import is_service_move, service_move


class StatusOwnedByServiceError(frappe.ValidationError):
	"""Somebody wrote a field that only a service writes."""


class ReasonMissingError(frappe.ValidationError):
	"""A record was given up without a reason."""


# Sky Lead
# --------


def guard_lead(lead: Document) -> None:
	"""Refuse what only a conversion may write, and a lead given up without a reason.

	Also clears the reason of a lead that is taken up again. No query: the stored state is the one that the framework
	has loaded for this save; a new lead has none, so the fields must be empty.

	Raises:
		StatusOwnedByServiceError: status Converted, or the fields of a conversion, written or removed by hand.
		ReasonMissingError: status Unqualified without `unqualified_reason`.
	"""
	before = lead.get_doc_before_save()
	if not is_service_move(lead):
		field = lead_status.breaks_conversion(before, lead)
		if field:
			_refuse_conversion_field(lead, field)
	if lead_status.lacks_reason(before, lead):
		frappe.throw(
			_("{0} is missing. Say why lead {1} is given up, then save again.").format(
				frappe.bold(_(lead.meta.get_label("unqualified_reason"))),
				shown(lead.get("lead_name") or lead.name),
			),
			exc=ReasonMissingError,
			title=_("Reason missing"),
		)
	if lead_status.is_reopened(before, lead):
		lead.unqualified_reason = None


def mark_unqualified(lead: Document | str, reason: str) -> Document:
	"""Give a lead up, as the session's user: the workflow decides whether they may.

	Args:
		lead: the document or its name.
		reason: why; must not be empty.

	Returns:
		The saved lead.

	Raises:
		ReasonMissingError: no reason.
		frappe.PermissionError, WorkflowPermissionError: the user may not.
	"""
	lead = _loaded("Sky Lead", lead)
	lead.status = lead_status.UNQUALIFIED
	lead.unqualified_reason = reason
	return lead.save()


def check_can_convert(lead: Document) -> None:
	"""Raise unless the workflow and the session's roles let this lead be converted now.

	Raises:
		frappe.ValidationError: the lead is given up or converted already.
		frappe.PermissionError: the workflow says no.
	"""
	if lead.status == lead_status.UNQUALIFIED:
		frappe.throw(
			_("Lead {0} is given up. Reopen it first, then convert it.").format(
				shown(lead.get("lead_name") or lead.name)
			),
			title=_("Not possible in this status"),
		)
	workflow_guard.check_may_move(lead, lead_status.CONVERTED)


def mark_converted(
	lead: Document,
	*,
	customer: str,
	contact: str | None = None,
	opportunity: str | None = None,
	converted_by: str | None = None,
	converted_on: datetime | str | None = None,
) -> Document:
	"""End a conversion: status Converted, links to what it made. For services/conversion.py only.

	Args:
		lead: the locked lead, as loaded from the database.
		customer, contact, opportunity: names of the records that it became.
		converted_by, converted_on: who and when; the session's user and now when left out.

	Returns:
		The saved lead.

	Raises:
		frappe.ValidationError, frappe.PermissionError: as check_can_convert.
	"""
	check_can_convert(lead)
	lead.update(
		{
			"status": lead_status.CONVERTED,
			"customer": customer,
			"contact": contact,
			"opportunity": opportunity,
			"converted_by": converted_by or frappe.session.user,
			"converted_on": converted_on or now_datetime(),
		}
	)
	with service_move(lead):
		return lead.save()


def restore_after_undo(lead: Document, fields: Mapping[str, Any]) -> Document:
	"""Put a converted lead back as it was. For services/conversion_undo.py only.

	Args:
		lead: the locked lead, as loaded from the database.
		fields: every field to put back with the value it had; must bring `status`. The fields of a conversion that it
			does not name are emptied.

	Returns:
		The saved lead.
	"""
	lead.update({field: None for field in lead_status.CONVERSION_FIELDS})
	lead.update({"status": lead_status.NEW, **fields})
	with service_move(lead):
		return lead.save()


def write_merged(lead: Document) -> Document:
	"""Save a lead with what a merge or its undo decided, the status included. For services/merge.py and merge_undo.py.

	Args:
		lead: the locked lead, with every value set.

	Returns:
		The saved lead.
	"""
	# Two leads that are one person may well have the values that a merge is about, and what was kept as text stays so.
	lead.flags.ignore_duplicates = True
	lead.flags.keep_invalid_values = True
	with service_move(lead):
		# The rights to all merged leads were checked; fields that the user may not see must come along as well.
		return lead.save(ignore_permissions=True)


def _refuse_conversion_field(lead: Document, field: str) -> None:
	name = shown(lead.get("lead_name") or lead.name)
	if field == "status" and lead.status == lead_status.CONVERTED:
		message = _(
			"{0} cannot be set to {1} by hand. To convert lead {2}, open it and choose Convert, or call skycrm.api.v1.leads.convert."
		).format(frappe.bold(_(lead.meta.get_label(field))), frappe.bold(_(lead_status.CONVERTED)), name)
	elif field == "status":
		message = _(
			"Lead {0} is converted and keeps that status. To take the conversion back, open the lead and choose Undo Conversion."
		).format(name)
	else:
		message = _(
			"{0} is written when a lead is converted and cannot be changed by hand. To convert lead {1}, open it and choose Convert, or call skycrm.api.v1.leads.convert."
		).format(frappe.bold(_(lead.meta.get_label(field))), name)
	frappe.throw(message, exc=StatusOwnedByServiceError, title=_("Only a conversion changes this"))


# Sky Opportunity
# ---------------


def guard_opportunity(opportunity: Document) -> None:
	"""Refuse a status, a closing date or an approved discount that somebody wrote by hand.

	The stage is the user's; the status follows it (follow_stage). A request that sends a status which its stage leads
	to anyway is no contradiction and passes.

	Raises:
		StatusOwnedByServiceError: the sentence names the field and what to do instead.
	"""
	if is_service_move(opportunity):
		return
	before = opportunity.get_doc_before_save()
	status = opportunity.status or "Open"
	if status != ((before and before.status) or "Open") and status != _stage_type(opportunity.stage):
		_refuse_opportunity_field(
			opportunity, "status", _("Move the opportunity to another stage: its status follows.")
		)
	for field in ("won_on", "lost_on"):
		if _moment(opportunity.get(field)) != _moment(before and before.get(field)):
			_refuse_opportunity_field(
				opportunity, field, _("Move the opportunity to another stage: the date follows.")
			)
	if flt(opportunity.get("approved_discount_percentage")) != flt(
		before and before.get("approved_discount_percentage")
	):
		_refuse_opportunity_field(
			opportunity, "approved_discount_percentage", _("Approve the discount: the percentage follows.")
		)
	if not before and (opportunity.approval_status or approval.NOT_NEEDED) != approval.NOT_NEEDED:
		_refuse_opportunity_field(
			opportunity, "approval_status", _("Save the opportunity first, then request the approval.")
		)


def follow_stage(opportunity: Document) -> None:
	"""Let status, dates, probability and reason of an opportunity follow its stage. In place, for `validate`.

	A probability that the user typed in the same save stays. No query: stages are cached.

	Raises:
		ReasonMissingError: moved to a stage of type Lost without `lost_reason`.
	"""
	before = opportunity.get_doc_before_save()
	old_status = (before and before.status) or "Open"
	stage = _stage(opportunity.stage)
	opportunity.status = stage.get("type") or "Open"

	if not before or before.stage != opportunity.stage:
		typed = before and flt(before.probability) != flt(opportunity.probability)
		if opportunity.status != "Open" or not (typed or (not before and flt(opportunity.probability))):
			opportunity.probability = flt(stage.get("probability"))

	if opportunity.status == "Open":
		opportunity.stage_before_closing = None
	elif before and old_status == "Open":
		# Where the opportunity goes back to when its only order is cancelled.
		opportunity.stage_before_closing = before.stage

	now = now_datetime()
	if opportunity.status == "Won":
		opportunity.won_on = opportunity.won_on if old_status == "Won" and opportunity.won_on else now
	else:
		opportunity.won_on = None
	if opportunity.status == "Lost":
		_check_lost_reason(opportunity, before)
		opportunity.lost_on = opportunity.lost_on if old_status == "Lost" and opportunity.lost_on else now
	else:
		opportunity.lost_on = None
		opportunity.lost_reason = None
		opportunity.lost_note = None


def set_stage(
	opportunity: Document | str,
	stage: str,
	*,
	lost_reason: str | None = None,
	lost_note: str | None = None,
	as_system: bool = False,
) -> Document:
	"""Move an opportunity to a stage and save it.

	Args:
		opportunity: the document or its name.
		stage: name of a Sky Sales Stage.
		lost_reason, lost_note: why, for a stage of type Lost.
		as_system: True for what follows from another document, for example a submitted Sales Order. The user has the
			right to that document and has been checked for it; they need none to the opportunity.

	Returns:
		The opportunity, unsaved and unchanged if it is on that stage already.

	Raises:
		ReasonMissingError: Lost without a reason.
		frappe.PermissionError: the user may not write the opportunity.
	"""
	opportunity = _loaded("Sky Opportunity", opportunity)
	if opportunity.stage == stage and not lost_reason:
		if not as_system:
			opportunity.check_permission("write")
		return opportunity
	opportunity.stage = stage
	if lost_reason:
		opportunity.lost_reason = lost_reason
	if lost_note:
		opportunity.lost_note = lost_note
	if not as_system:
		return opportunity.save()
	with service_move(opportunity):
		# The right was checked on the document this follows from, see `as_system`.
		return opportunity.save(ignore_permissions=True)


def review_discount_approval(opportunity: Document) -> None:
	"""Ask for approval when a line's discount passes the threshold, and drop the request when none does. In place,
	for `validate`, after the lines have their rates.

	A user's own move (Approve, Reject, Request Approval) is left to the workflow; approving notes the discount that
	was approved. With the approval workflow switched off nothing needs approval. No query: settings are cached.
	"""
	discount = max(
		(
			approval.line_discount(
				flt(row.get("price_list_rate")), flt(row.get("rate")), flt(row.get("discount_percentage"))
			)
			for row in opportunity.get("items") or []
		),
		default=0.0,
	)
	discount = flt(discount, opportunity.precision("max_discount_percentage") or 2)
	opportunity.max_discount_percentage = discount

	before = opportunity.get_doc_before_save()
	old = (before and before.approval_status) or approval.NOT_NEEDED
	new = opportunity.approval_status or approval.NOT_NEEDED
	opportunity.approval_status = new
	if not workflow_guard.workflow_has_state("Sky Opportunity", approval.PENDING):
		_move_approval(opportunity, approval.Approval(approval.NOT_NEEDED))
		return
	if new != old and not is_service_move(opportunity):
		# A user's move, which the workflow checks right after `validate`.
		if new == approval.APPROVED:
			opportunity.approved_discount_percentage = discount
		return
	threshold = flt(frappe.get_cached_doc("Sky CRM Settings").discount_approval_threshold)
	current = approval.Approval(new, flt(opportunity.approved_discount_percentage))
	_move_approval(opportunity, approval.review(current, discount, threshold))


def _move_approval(opportunity: Document, to: approval.Approval) -> None:
	"""Write the system's decision and mark this save as its own if the status moves by it."""
	if opportunity.approval_status != to.status:
		opportunity.approval_status = to.status
		opportunity.flags[workflow_guard.FLAG] = True
	opportunity.approved_discount_percentage = to.approved_discount


def _check_lost_reason(opportunity: Document, before: Document | None) -> None:
	if opportunity.lost_reason or (before and before.status == "Lost" and not before.lost_reason):
		return
	frappe.throw(
		_("{0} is missing. Choose why opportunity {1} was lost, then save again.").format(
			frappe.bold(_(opportunity.meta.get_label("lost_reason"))),
			shown(opportunity.get("title") or opportunity.name),
		),
		exc=ReasonMissingError,
		title=_("Reason missing"),
	)


def _refuse_opportunity_field(opportunity: Document, field: str, remedy: str) -> None:
	frappe.throw(
		_("{0} of opportunity {1} cannot be changed by hand. {2}").format(
			frappe.bold(_(opportunity.meta.get_label(field))),
			shown(opportunity.get("title") or opportunity.name),
			remedy,
		),
		exc=StatusOwnedByServiceError,
		title=_("This field follows from others"),
	)


def _stage(stage: str | None) -> Mapping[str, Any]:
	"""The stage as a cached document; empty when there is none, which the mandatory check of the form reports."""
	return frappe.get_cached_doc("Sky Sales Stage", stage) if stage else {}


def _stage_type(stage: str | None) -> str:
	return _stage(stage).get("type") or "Open"


def _moment(value: Any) -> datetime | None:
	"""A moment without microseconds, as a form sends it back."""
	return frappe.utils.get_datetime(value).replace(microsecond=0) if value else None


def _loaded(doctype: str, document: Document | str) -> Document:
	return frappe.get_doc(doctype, document) if isinstance(document, str) else document
