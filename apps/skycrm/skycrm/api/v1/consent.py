"""HTTP methods of consent: insist on a personal message, send an SMS with respect for refusals."""

from typing import Any

import frappe
from frappe import _
from frappe.core.doctype.sms_settings.sms_settings import send_sms as framework_send_sms

from skycrm.api.v1._common import limit_calls, rule_errors_as_http
from skycrm.domain.consent import CHANNELS
from skycrm.services import sending_guard

MOST_ADDRESSES = 20


# `args` is the word of the framework's dialogs: the button of a message sends what it was given under it.
@frappe.whitelist(methods=["POST"])  # nosemgrep: overusing-args
@limit_calls(calls=30, seconds=60)
@rule_errors_as_http
def override(args: dict[str, Any] | str) -> None:
	"""Insist on writing to somebody who refused; it is written down, and holds for a quarter of an hour.

	Args:
		args: what the warning's button sends: {addresses, channel, reference_doctype, reference_name}.
	"""
	given = frappe.parse_json(args) or {}
	addresses, channel = given.get("addresses"), given.get("channel")
	doctype, name = given.get("reference_doctype"), given.get("reference_name")
	if not isinstance(addresses, list) or not 0 < len(addresses) <= MOST_ADDRESSES or channel not in CHANNELS:
		frappe.throw(
			_("Choose Send Anyway in the warning itself: this request does not say whom it is about.")
		)
	if doctype and name:
		frappe.has_permission(
			str(doctype), "email" if channel == "email" else "write", doc=str(name), throw=True
		)
	else:
		frappe.has_permission("Sky Lead", "write", throw=True)
		doctype = name = None
	sending_guard.insist([str(address) for address in addresses], channel, doctype, name)
	frappe.msgprint(_("You may write to them now: send the message again."), indicator="orange", alert=True)


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=60, seconds=60)
@rule_errors_as_http
def send_sms(
	receiver_list: list[str] | str, msg: str, sender_name: str = "", success_msg: bool | int | str = True
) -> None:
	"""The framework's own method for SMS from a form, after a look at who refused; in its place by a hook.

	Args:
		receiver_list: phone numbers, as a list or as its JSON.
		msg, sender_name, success_msg: as the framework's method takes them.
	"""
	numbers = frappe.parse_json(receiver_list) if isinstance(receiver_list, str) else receiver_list
	numbers = [str(number) for number in (numbers if isinstance(numbers, list) else [numbers])]
	sending_guard.check_personal(numbers, "sms")
	framework_send_sms(numbers, msg, sender_name, success_msg)
