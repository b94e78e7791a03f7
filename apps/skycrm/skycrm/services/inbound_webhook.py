"""Leads that other programs send: who may, what their payload means here, and what became of each event.

An event is one row of Sky Inbound Event, unique by its webhook and id: the row's name is made of both. It is written in
the transaction that makes the lead, so there is never one without the other.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, now_datetime
from frappe.utils.password import get_decrypted_password

from skycrm.domain import webhook_mapping
from skycrm.domain.errors import Conflict, InvalidValue, NotPossible, RuleError
from skycrm.domain.intake import REFUSED, WEBHOOK, Arrival
from skycrm.domain.webhook_mapping import Mapped, Row
from skycrm.services import intake
from skycrm.services.inbound_event import FAILED, claim, finish, take_again
from skycrm.services.messages import message_for

HOOK = "Sky Inbound Webhook"
# Compared when there is no such webhook, so that the answer takes as long.
NO_SECRET = "0" * 40
SECRET_LENGTH = 40
ROTATION_HOURS = 24
EVENT_ID_LENGTH = 255


def open_hook(name: str) -> Document | None:
	"""An enabled webhook, None for any other. Cached."""
	if not name or len(name) > 140:
		return None
	try:
		hook = frappe.get_cached_doc(HOOK, name)
	except frappe.DoesNotExistError:
		frappe.clear_last_message()
		return None
	# MariaDB finds a name in any case: another spelling is another webhook.
	return hook if hook.enabled and hook.name == name else None


def secrets_of(hook: Document | None) -> list[str]:
	"""Two secrets to compare, of which the second is none that anybody knows unless a change is under way."""
	if not hook:
		return [NO_SECRET + frappe.generate_hash(length=20)] * 2
	found = [_password(hook.name, "secret")]
	if hook.previous_secret_until and hook.previous_secret_until > now_datetime():
		found.append(_password(hook.name, "previous_secret"))
	usable = [secret for secret in found if secret]
	return (usable + [NO_SECRET + frappe.generate_hash(length=20)] * 2)[:2]


def rotate_secret(hook: Document) -> str:
	"""Give a webhook a new secret; the one before stays valid for ROTATION_HOURS. The caller has checked the right to.

	Returns:
		The new secret: it is shown once and not again.
	"""
	before = _password(hook.name, "secret")
	secret = frappe.generate_hash(length=SECRET_LENGTH)
	hook.secret = secret
	if before:
		hook.previous_secret = before
		hook.previous_secret_until = frappe.utils.add_to_date(now_datetime(), hours=ROTATION_HOURS)
	hook.save()
	return secret


def read_payload(body: bytes, content_type: str) -> Any:
	"""What a body says: JSON, or the fields of a form.

	Raises:
		InvalidValue: payload_not_readable.
	"""
	try:
		text = body.decode("utf-8-sig")
		if content_type.split(";")[0].strip().lower() == "application/x-www-form-urlencoded":
			return dict(parse_qsl(text, max_num_fields=1000))
		return json.loads(text)
	except (ValueError, RecursionError):
		raise InvalidValue("payload_not_readable", "")


def receive(
	hook: Document, body: bytes, content_type: str, header_id: str | None, signature: str
) -> dict[str, Any]:
	"""Take in one event whose signature was found right.

	Args:
		header_id: the sender's id of the event, when it came as a header.
		signature: stands in for an id that was not sent: the same request twice is one event.

	Returns:
		{reference, outcome, reason}; the outcome "Failed" keeps the payload for another try.

	Raises:
		Conflict (409): the event was here before, or the same person is coming in right now.
	"""
	payload, problem = _read(body, content_type)
	event_id = (header_id or _event_id(hook, payload) or signature)[:EVENT_ID_LENGTH]
	arrival = None
	if not problem:
		arrival, problem = _arrival(hook, payload, event_id)
	if arrival:
		# Before anything is written: who waited for the same person must see what was done meanwhile.
		intake.lock(arrival)
	event = claim(hook.name, event_id, _stored(body, payload))
	if not event:
		raise Conflict("webhook_event_known", {"value": event_id})
	return _finish(hook, event, arrival, problem)


def retry(event: str) -> dict[str, Any]:
	"""Try a failed event again with the mapping of today. The caller has checked the right to.

	Raises:
		NotPossible: webhook_event_done.
	"""
	hook_name = frappe.db.get_value("Sky Inbound Event", event, "webhook")
	hook = frappe.get_doc(HOOK, hook_name)
	# The payload is read before the event is locked: the person's lock comes first, as in `receive`.
	row = frappe.db.get_value("Sky Inbound Event", event, ["event_id", "payload"], as_dict=True)
	arrival, problem = _from_stored(hook, row)
	if arrival:
		intake.lock(arrival)
	if not take_again(event):
		raise NotPossible("webhook_event_done")
	return _finish(hook, event, arrival, problem)


def try_mapping(hook: Document, payload: str) -> dict[str, Any]:
	"""What an event with this payload would make; nothing is written.

	Returns:
		{values: [{label, value}], problem}
	"""
	found, problem = _read(payload.encode(), "application/json")
	mapped = Mapped()
	if not problem:
		mapped, problem = _mapped(hook, found)
	return {"values": _shown(mapped), "problem": problem}


def rows_of(hook: Document) -> list[Row]:
	"""The lines of a webhook's mapping as domain/webhook_mapping.py takes them."""
	return [
		Row(
			row.lead_field,
			(row.path or "").strip(),
			row.fixed_value or "",
			row.transform or "",
			webhook_mapping.words_of(row.words),
			bool(row.required),
		)
		for row in hook.get("mapping") or []
	]


def label_of(target: str) -> str:
	"""What a target of a mapping is called in the desk."""
	if target == webhook_mapping.NOTE:
		return _("Note")
	if target in webhook_mapping.UTM:
		return target
	return _(frappe.get_meta("Sky Lead").get_label(target))


def targets() -> list[dict[str, str]]:
	"""[{value, label}] of every target of a mapping."""
	found = [{"value": target, "label": label_of(target)} for target in webhook_mapping.TARGETS]
	return sorted(found, key=lambda target: target["label"].casefold())


def _finish(hook: Document, event: str, arrival: Arrival | None, problem: str) -> dict[str, Any]:
	if not arrival:
		return finish(event, FAILED, reason=problem)
	frappe.db.savepoint("inbound_event")
	messages = len(frappe.local.message_log)
	try:
		received = intake.receive(arrival, hook.policy or None)
	except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
		raise
	except frappe.ValidationError as error:
		if getattr(error, "http_status_code", 0) == 409:
			# The same person is coming in by another way: nothing is kept, the sender tries again.
			raise
		frappe.db.rollback(save_point="inbound_event")
		del frappe.local.message_log[messages:]
		return finish(event, FAILED, reason=frappe.utils.strip_html(str(error)))
	reason = _("A lead or customer with the same details exists.") if received.action == REFUSED else ""
	return finish(event, received.action, received.lead, received.touch, reason)


def _read(body: bytes, content_type: str) -> tuple[Any, str]:
	try:
		return read_payload(body, content_type), ""
	except RuleError as error:
		return None, message_for(error)


def _event_id(hook: Document, payload: Any) -> str:
	try:
		return webhook_mapping.event_id(payload, hook.event_id_path)
	except RuleError:
		return ""


def _from_stored(hook: Document, row: Mapping[str, Any]) -> tuple[Arrival | None, str]:
	payload, problem = _read((row["payload"] or "").encode(), "application/json")
	return (None, problem) if problem else _arrival(hook, payload, row["event_id"])


def _arrival(hook: Document, payload: Any, event_id: str) -> tuple[Arrival | None, str]:
	mapped, problem = _mapped(hook, payload)
	if problem:
		return None, problem
	return (
		Arrival(
			mapped.values,
			WEBHOOK,
			HOOK,
			hook.name,
			hook.source,
			hook.campaign,
			mapped.note,
			utm=mapped.utm,
			consents=tuple(mapped.consents),
			external_id=event_id,
		),
		"",
	)


def _mapped(hook: Document, payload: Any) -> tuple[Mapped, str]:
	"""The mapping's result, and what is wrong with it as a sentence, "" when nothing is."""
	rows = rows_of(hook)
	try:
		mapped = webhook_mapping.apply(rows, payload, hook.title)
	except RuleError as error:
		return Mapped(), message_for(
			error, label_of(error.params["target"]) if "target" in error.params else None
		)
	if mapped.missing:
		paths = ", ".join(mapped.missing)
		return mapped, _("Nothing was sent at {0}. Correct the path in the mapping, or what is sent.").format(
			paths
		)
	if not any(mapped.values.get(key) for key in ("lead_name", "last_name", "first_name", "organization")):
		if address := mapped.values.get("email_id") or mapped.values.get("mobile_no"):
			mapped.values["lead_name"] = address
		else:
			return mapped, _("The mapping brings no name, email or mobile number. Add a row for one of them.")
	return mapped, ""


def _stored(body: bytes, payload: Any) -> str:
	"""The payload as text to keep: as JSON, so that a form's fields can be mapped again, else what came."""
	if payload is not None:
		return json.dumps(payload, ensure_ascii=False, indent=1).replace("\\u0000", "")
	return body.decode("utf-8", "replace").replace("\x00", "")


def _shown(mapped: Mapped) -> list[dict[str, str]]:
	rows = [(label_of(key), value) for key, value in mapped.values.items()]
	if mapped.note:
		rows.append((_("Note"), mapped.note))
	rows += list(mapped.utm.items())
	rows += [(label_of(f"{consent.channel}_consent"), _(consent.answer)) for consent in mapped.consents]
	return [{"label": label, "value": value} for label, value in rows]


def _password(name: str, field: str) -> str:
	return get_decrypted_password(HOOK, name, field, raise_exception=False) or ""


def address_of(name: str | None) -> str:
	"""Where the other program sends its events."""
	return frappe.utils.get_url(f"/api/method/skycrm.api.v1.webhooks.receive?hook={name}") if name else ""


def body_id(signature: str) -> str:
	"""An id for an event that has none: the same signed request gives the same."""
	return hashlib.sha256(signature.encode()).hexdigest()[:40]


def calls_allowed(hook: Document) -> int:
	"""Events that one webhook takes in a minute."""
	return max(cint(hook.calls_per_minute), 1)
