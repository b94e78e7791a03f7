"""Sky Lead Touch: every coming in of a lead, the first one and each later one, and how the form shows them."""

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr, escape_html, format_datetime, now, now_datetime

from skycrm.domain.intake import UTM, Arrival
from skycrm.permissions.hidden_fields import hidden

TOUCH = "Sky Lead Touch"
# More than these are read in the list, not in the timeline.
SHOWN = 50
DATA_LENGTH = 140
TEXT_LENGTH = 60_000


def write(
	lead: str,
	arrival: Arrival,
	*,
	first: bool = False,
	matched_on: str = "",
	filled: Mapping[str, Any] | None = None,
	differing: Mapping[str, Any] | None = None,
) -> str:
	"""Write the touch of an arrival as a plain row: nothing of it is validated or sent on. Returns its name.

	Args:
		first: True for the arrival that made the lead.
		matched_on: the field by which the person was known.
		filled, differing: what was filled into the lead, and what it says otherwise; values as sent.
	"""
	row = row_of(lead, arrival, first=first, matched_on=matched_on, filled=filled, differing=differing)
	table = frappe.qb.DocType(TOUCH)
	frappe.qb.into(table).columns(*row).insert(*row.values()).run()
	return row["name"]


def row_of(
	lead: str,
	arrival: Arrival,
	*,
	first: bool = False,
	matched_on: str = "",
	filled: Mapping[str, Any] | None = None,
	differing: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
	"""The columns of a touch; arguments as in `write`. An import writes a thousand of them at once."""
	moment, user = now(), frappe.session.user
	return {
		"name": frappe.generate_hash(length=20),
		"owner": user,
		"creation": moment,
		"modified": moment,
		"modified_by": user,
		"lead": lead,
		"first": int(first),
		"door": arrival.door,
		"received_on": arrival.received_on or now_datetime(),
		"reference_doctype": _data(arrival.reference_doctype),
		"reference_name": _data(arrival.reference_name),
		"source": _data(arrival.source or arrival.values.get("source")),
		"campaign": _data(arrival.campaign or arrival.values.get("campaign")),
		**{key: _data(arrival.utm.get(key) or arrival.utm.get(key.removeprefix("utm_"))) for key in UTM},
		"matched_on": matched_on or None,
		"note": cstr(arrival.note)[:TEXT_LENGTH] or None,
		"content": _json(arrival.content or _labelled(arrival.values)),
		"filled": _json(_labelled(filled or {})),
		"differing": _json(_labelled(differing or {})),
		"external_id": _data(arrival.external_id),
		"external_key": external_key(arrival),
	}


def earlier(arrival: Arrival) -> frappe._dict | None:
	"""The touch of the same arrival, sent before under the same id: {name, lead, first}. No query without an id."""
	key = external_key(arrival)
	if not key:
		return None
	return frappe.db.get_value(TOUCH, {"external_key": key}, ["name", "lead", "first"], as_dict=True)


def external_key(arrival: Arrival) -> str | None:
	"""Unique for a sender's id within the form, import or account it came through; None without an id."""
	if not arrival.external_id:
		return None
	parts = (
		arrival.door,
		arrival.reference_doctype or "",
		arrival.reference_name or "",
		cstr(arrival.external_id),
	)
	return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:40]


def forget(lead: str) -> None:
	"""Delete the touches of a lead that is being deleted."""
	frappe.db.delete(TOUCH, {"lead": lead})


def timeline(doctype: str, name: str) -> list[dict[str, Any]]:
	"""Hook additional_timeline_content: the touches of a lead for its form, which has checked the right to read it."""
	closed = hidden(TOUCH)
	labels = {label_of(field) for field in hidden("Sky Lead")}
	rows = frappe.get_all(
		TOUCH,
		filters={"lead": name},
		fields=[
			"name",
			"first",
			"door",
			"received_on",
			"source",
			"campaign",
			"note",
			"content",
			"filled",
			"differing",
			*UTM,
		],
		order_by="received_on desc",
		limit=SHOWN,
	)
	return [
		{
			"icon": "small-message" if row.note else "branch",
			"is_card": True,
			"creation": cstr(row.received_on),
			"content": _card(without_hidden_labels(row, closed, labels)),
		}
		for row in rows
	]


def without_hidden_labels(
	row: Mapping[str, Any], closed: frozenset[str], labels: Collection[str]
) -> dict[str, Any]:
	"""A touch without what its reader may not see of the touch, nor of the lead: it keeps copies under their labels."""
	told = dict(row)
	for key in ("content", "filled", "differing"):
		told[key] = (
			None
			if key in closed
			else {label: text for label, text in _loaded(row[key]).items() if label not in labels}
		)
	return told


def label_of(field: str) -> str:
	return frappe.get_meta("Sky Lead").get_label(field)


def _card(row: Mapping[str, Any]) -> str:
	title = _("Came in: {0}") if row["first"] else _("Came in again: {0}")
	where = [_(row["door"]), row["source"] and _(row["source"]), row["campaign"], *_utm(row)]
	when = f"<span class='text-muted pull-right'>{format_datetime(row['received_on'], 'dd-MM-yyyy HH:mm')}</span>"
	parts = [f"{when}<b>{title.format(_joined(dict.fromkeys(where)))}</b>"]
	if row["note"]:
		parts.append(f"<div>{escape_html(row['note'])}</div>".replace("\n", "<br>"))
	if content := row["content"]:
		parts.append(
			"<div class='text-muted'>"
			+ "<br>".join(
				f"{escape_html(_(label))}: {escape_html(cstr(text))}" for label, text in content.items()
			).replace("\n", "<br>")
			+ "</div>"
		)
	if filled := row["filled"]:
		parts.append(f"<div>{_('Filled in: {0}').format(_joined(_(label) for label in filled))}</div>")
	if differing := row["differing"]:
		said = (f"{_(label)}: {text}" for label, text in differing.items())
		parts.append(
			f"<div style='color: var(--orange-700)'>{_('Differs from the lead: {0}').format(_joined(said))}</div>"
		)
	return "".join(parts)


def _utm(row: Mapping[str, Any]) -> list[str]:
	return [row[key] for key in ("utm_source", "utm_medium", "utm_campaign") if row.get(key)]


def _joined(parts: Any) -> str:
	return " · ".join(escape_html(cstr(part)) for part in parts if part)


def _labelled(values: Mapping[str, Any]) -> dict[str, str]:
	"""Label of the field → value as text, for people to read."""
	meta = frappe.get_meta("Sky Lead")
	return {
		meta.get_label(key): _shown(value)
		for key, value in values.items()
		if meta.has_field(key) and value not in (None, "", [])
	}


def _shown(value: Any) -> str:
	rows = value if isinstance(value, list) else [value]
	return ", ".join(cstr(row.get("item_code") if isinstance(row, dict) else row) for row in rows)


def _json(values: Mapping[str, Any]) -> str | None:
	if not values:
		return None
	text = json.dumps({cstr(k): cstr(v)[:5000] for k, v in values.items()}, ensure_ascii=False)
	if len(text) <= TEXT_LENGTH:
		return text
	# Cut by entries, never inside one: what is stored must stay readable.
	kept: dict[str, str] = {}
	size = 2
	for key, value in values.items():
		size += len(cstr(key)) + len(cstr(value)[:500]) + 8
		if size > TEXT_LENGTH // 2:
			break
		kept[cstr(key)] = cstr(value)[:500]
	return json.dumps(kept, ensure_ascii=False)


def _loaded(text: str | None) -> dict[str, str]:
	try:
		found = json.loads(text) if text else {}
	except ValueError:
		return {}
	return found if isinstance(found, dict) else {}


def _data(value: Any) -> str | None:
	return cstr(value)[:DATA_LENGTH] or None
