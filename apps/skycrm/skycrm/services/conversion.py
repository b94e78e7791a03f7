"""A lead becomes Customer, Contact, Address and Sky Opportunity: one call, one transaction, one set of records.

Order of work: lock the lead, answer if it is converted already; lock its identity keys; read what is known; decide
(domain/conversion.py); check every right and every value; then the steps below, the flag on the lead last. A step that
fails takes all others back, to the savepoint set before the first of them.
"""

from collections.abc import Iterable
from types import ModuleType
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.domain.conversion import PartPlan, Wish, own_deals_of, problems
from skycrm.domain.errors import RuleError
from skycrm.services import conversion_facts, conversion_ledger, status
from skycrm.services.conversion_lock import begin_fresh, lock_keys, lock_leads
from skycrm.services.conversion_messages import labels_of, no_right_text, sentence_for
from skycrm.services.conversion_run import Run
from skycrm.services.conversion_steps import carry, consents, finish, records

LEAD = "Sky Lead"
SAVEPOINT = "sky_conversion"
# (module, function): looked up when they run.
STEPS: tuple[tuple[ModuleType, str], ...] = (
	(records, "make_customer"),
	(records, "make_contact"),
	(records, "make_address"),
	(records, "set_primary"),
	(consents, "carry_consents"),
	(records, "make_opportunity"),
	(carry, "carry_comments"),
	(carry, "carry_communications"),
	(carry, "carry_files"),
	(carry, "carry_events"),
	(carry, "carry_todos"),
	(carry, "carry_tags"),
	(carry, "carry_followers"),
	(carry, "carry_shares"),
	(finish, "write_ledger"),
	(finish, "flag_lead"),
)


class NotReadyError(frappe.ValidationError):
	"""The lead lacks something, or holds something wrong; the message names every such field."""


def convert(lead: str, wish: Wish | None = None) -> dict[str, str | None]:
	"""Convert a lead as the session's user.

	Call it as the first write of a transaction: then it sees what every conversion before it has committed.

	Args:
		lead: name of a Sky Lead.
		wish: records to use instead of new ones; a new opportunity unless it says otherwise.

	Returns:
		{customer, contact, address, opportunity}: names, None for what there is not. For a lead that is converted
		already the answer of its conversion, whatever was wished.

	Raises:
		frappe.DoesNotExistError: no such lead, or no such chosen record.
		frappe.PermissionError: no right to the lead, to a chosen record, or to make one of the new records.
		NotReadyError: the lead cannot be converted as it is; the message names every field.
		frappe.ValidationError: the chosen records do not fit, or ERPNext's own checks say no.
		ConversionBusyError: another conversion of this lead or firm holds it for too long.
		frappe.QueryDeadlockError: the database broke this transaction off; start a new one and call again.
	"""
	row = lock(lead)
	return convert_locked(row, wish or Wish())


def convert_many(leads: Iterable[str], wish: Wish | None = None) -> list[dict[str, Any]]:
	"""Convert several leads, each by itself: one that fails says why and does not hold up the others.

	Args:
		leads: names of Sky Leads.
		wish: the same for all.

	Returns:
		A row for each lead, in the order given: {lead, converted, customer, contact, address, opportunity} or {lead,
		converted: False, error}.
	"""
	names = list(dict.fromkeys(leads))
	# Looked up with the user's rights first: what is not among their leads is answered alike, whether it exists or not.
	seen = frappe.get_list(LEAD, filters={"name": ("in", names)}, pluck="name", limit_page_length=0)
	rows = {row.name: row for row in (_lock_all(seen) if seen else ())}
	answers = []
	for name in names:
		if name not in rows:
			error = _("{0} is not there, or you may not see it.").format(name)
			answers.append({"lead": name, "converted": False, "error": error})
			continue
		try:
			answers.append({"lead": name, "converted": True, **convert_locked(rows[name], wish or Wish())})
		except (frappe.ValidationError, frappe.PermissionError, frappe.DoesNotExistError) as error:
			answers.append({"lead": name, "converted": False, "error": error_text(error)})
	return answers


def lock(lead: str) -> frappe._dict:
	"""Lock a lead and its identity until the transaction ends, and give its row as it is now.

	Raises:
		frappe.DoesNotExistError, frappe.PermissionError, ConversionBusyError, frappe.QueryDeadlockError.
	"""
	# Before the lock, so that nobody without any right to leads can make others wait.
	frappe.has_permission(LEAD, "read", throw=True)
	rows = _lock_all([lead])
	if not rows:
		_not_found(lead)
	return rows[0]


def _lock_all(names: Iterable[str]) -> list[frappe._dict]:
	"""Lock leads, then their identity keys; nothing may be read plainly before both are held."""
	for doctype in (LEAD, "Sky CRM Settings"):
		# Fills the caches now, so that no read of them falls between the locks.
		frappe.get_meta(doctype)
	frappe.get_cached_doc("Sky CRM Settings")
	begin_fresh()
	rows = lock_leads(names)
	pairs: list[tuple[str, str]] = []
	for row in rows:
		if row.status != "Converted":
			keys, _invalid = conversion_facts.lead_identity(row)
			pairs += conversion_facts.lock_pairs(row, keys)
	lock_keys(pairs)
	return rows


def convert_locked(row: frappe._dict, wish: Wish) -> dict[str, str | None]:
	"""`convert` for a lead whose row `lock` has given in this transaction."""
	if row.status == "Converted":
		frappe.has_permission(LEAD, "read", doc=row.name, throw=True)
		return conversion_ledger.answer(row, locked=True)
	lead = frappe.get_doc(LEAD, row.name)
	lead.check_permission("write")
	status.check_can_convert(lead)
	facts = conversion_facts.gather(lead, wish, for_update=True)
	found = problem_sentences(lead, facts)
	if found:
		frappe.throw("<br>".join(found), exc=NotReadyError, title=_("Not ready to convert"))
	check_rights(lead, facts.plan.created())

	deals = own_deals_of(facts.own_deals, facts.plan.customer.name)
	run = Run(lead=lead, before=row, plan=facts.plan, wish=facts.wish, deals=deals)
	frappe.db.savepoint(SAVEPOINT)
	try:
		for module, name in STEPS:
			getattr(module, name)(run)
	except Exception as error:
		_forget(run)
		if not isinstance(error, frappe.QueryDeadlockError):
			# After a deadlock the server has taken the whole transaction back, savepoint and all.
			frappe.db.rollback(save_point=SAVEPOINT)
		raise
	return run.answer()


def _forget(run: Run) -> None:
	"""Drop what the cache may have learned of records that are taken back: their names will be given again."""
	for doc in (run.lead, *run.made().values()):
		if doc and doc.name:
			frappe.clear_document_cache(doc.doctype, doc.name)


def problem_sentences(lead: Document, facts: conversion_facts.Facts) -> list[str]:
	"""What in the lead must be put right before it can be converted, as sentences."""
	errors: list[RuleError] = problems(lead.as_dict(), facts.invalid)
	labels = labels_of(LEAD, {error.params.get("field") for error in errors if error.params.get("field")})
	return [sentence_for(error, labels) for error in errors]


def check_rights(lead: Document, parts: Iterable[PartPlan]) -> None:
	"""Refuse unless the user may create every record that will be new.

	Raises:
		frappe.PermissionError: names the DocType and the roles that may.
	"""
	lead.check_permission("write")
	for part in parts:
		if not frappe.has_permission(part.doctype, "create"):
			frappe.throw(no_right_text(part.doctype), exc=frappe.PermissionError, title=_("Cannot convert"))


def _not_found(lead: str) -> None:
	frappe.throw(
		_("Lead {0} does not exist. Check its number.").format(frappe.bold(frappe.utils.escape_html(lead))),
		exc=frappe.DoesNotExistError,
	)


def error_text(error: Exception) -> str:
	"""The sentence of an error that was raised for the user; it leaves the list of messages to be shown."""
	log = frappe.local.message_log
	thrown = getattr(error, "__frappe_exc_id", None)
	if thrown and log and log[-1].get("__frappe_exc_id") == thrown:
		message = log.pop().get("message")
		return "<br>".join(message) if isinstance(message, list | tuple) else str(message)
	if isinstance(error, frappe.PermissionError) and frappe.flags.error_message:
		# The framework keeps the sentence for a missing right apart from its messages.
		return str(frappe.flags.error_message)
	return str(error) or _("You have no right to do this. Ask your manager.")
