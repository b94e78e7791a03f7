"""HTTP methods of leads that other programs send: one open to whoever knows a webhook's secret, three for admins."""

import time
from typing import Any

import frappe
from frappe import _

from skycrm.api.v1._common import count_call, limit_calls, read_document, rule_errors_as_http, text_argument
from skycrm.api.v1._retry import with_retry
from skycrm.domain.errors import RuleError
from skycrm.domain.webhook_signature import is_genuine
from skycrm.services import inbound_webhook
from skycrm.services.inbound_event import FAILED

HOOK = "Sky Inbound Webhook"
# Bytes. A lead with a long letter has some thousand.
LARGEST = 1 << 20
MOST_AT_ONCE = 100


class WebhookRefusedError(frappe.ValidationError):
	"""Not signed by somebody who knows the secret, or not just now: answered as 401, always in the same words."""

	http_status_code = 401


class PayloadTooLargeError(frappe.ValidationError):
	"""More than LARGEST bytes: answered as 413."""

	http_status_code = 413


@frappe.whitelist(methods=["POST"], allow_guest=True)
@limit_calls(calls=600, seconds=60, all_guests=3000)
@rule_errors_as_http
def receive() -> dict[str, str]:
	"""Take in one signed event of another program. See docs/leads/webhook.en.md for what it sends.

	The webhook's name is read from the address, the rest from the headers and the bytes of the body: the framework has
	parsed the body already, and what it made of it is not what was signed.

	Returns:
		{reference}; with status 417 {reference, reason} when the mapping does not fit: the event is kept for another try.
	"""
	request = frappe.request
	body = request.get_data()
	if len(body) > LARGEST:
		frappe.throw(
			_("The payload has {0} bytes, at most {1} are taken. Send less at once.").format(
				len(body), LARGEST
			),
			PayloadTooLargeError,
		)
	hook = inbound_webhook.open_hook(request.args.get("hook") or "")
	signature = request.headers.get("X-Signature")
	genuine = is_genuine(
		inbound_webhook.secrets_of(hook), signature, request.headers.get("X-Timestamp"), body, time.time()
	)
	if not (hook and genuine):
		# One place and one answer for every reason: which of them it was is nobody's to know.
		frappe.throw(
			_("The signature is not valid. Check the address, the secret, the time and the signed text."),
			WebhookRefusedError,
		)
	count_call("skycrm.inbound_webhook", hook.name, inbound_webhook.calls_allowed(hook), 60)
	answer = with_retry(
		lambda: inbound_webhook.receive(
			hook,
			body,
			request.headers.get("Content-Type") or "",
			(request.headers.get("X-Event-Id") or "").strip(),
			inbound_webhook.body_id(signature or ""),
		)
	)
	if answer["outcome"] != FAILED:
		return {"reference": answer["reference"]}
	frappe.local.response["http_status_code"] = frappe.ValidationError.http_status_code
	return {"reference": answer["reference"], "reason": answer["reason"]}


@frappe.whitelist(methods=["POST"])
@rule_errors_as_http
def rotate_secret(hook: str) -> dict[str, str]:
	"""Give a webhook a new secret, for those who may change it; the one before stays valid for a day.

	Returns:
		{secret}: shown this once.
	"""
	return {"secret": inbound_webhook.rotate_secret(read_document(HOOK, hook, "write"))}


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=120, seconds=60)
@rule_errors_as_http
def try_mapping(hook: str, payload: str) -> dict[str, Any]:
	"""What an event with this payload would make, for those who may change the webhook; nothing is written.

	Args:
		payload: JSON text, as large as a real event at most.

	Returns:
		{values: [{label, value}], problem}
	"""
	if len(payload.encode()) > LARGEST:
		text_argument(payload, _("Payload"), longest=LARGEST)
	return inbound_webhook.try_mapping(read_document(HOOK, hook, "write"), payload)


@frappe.whitelist(methods=["GET", "POST"])
@rule_errors_as_http
def targets() -> list[dict[str, str]]:
	"""The fields that a mapping can fill, for those who may read webhooks: [{value, label}] in the order of labels."""
	frappe.has_permission(HOOK, "read", throw=True)
	return inbound_webhook.targets()


@frappe.whitelist(methods=["POST"])
@rule_errors_as_http
def retry(events: list[str] | str) -> dict[str, int]:
	"""Try failed events again with the mapping of today, for those who may change webhooks.

	Args:
		events: names of Sky Inbound Event, MOST_AT_ONCE at most; those that are not failed are passed over.

	Returns:
		{done, failed}
	"""
	frappe.has_permission(HOOK, "write", throw=True)
	names = list(dict.fromkeys(frappe.parse_json(events)))
	if len(names) > MOST_AT_ONCE:
		frappe.throw(_("Choose at most {0} events at once.").format(MOST_AT_ONCE))
	done = failed = 0
	for name in frappe.get_list(
		"Sky Inbound Event", {"name": ("in", names), "outcome": FAILED}, pluck="name"
	):
		try:
			answer = inbound_webhook.retry(name)
		except RuleError:
			continue
		failed += answer["outcome"] == FAILED
		done += answer["outcome"] != FAILED
	return {"done": done, "failed": failed}
