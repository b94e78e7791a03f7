"""Which state of a lead may follow which, apart from what the workflow of the site says.

The workflow (workflows/sky_lead.json) is the admin's: who may press which button, and when. What stands here holds
whatever the workflow looks like: only a conversion makes a lead Converted, and only undoing it takes that away.
"""

from collections.abc import Mapping
from typing import Any

NEW = "New"
CONTACTED = "Contacted"
NURTURING = "Nurturing"
QUALIFIED = "Qualified"
CONVERTED = "Converted"
UNQUALIFIED = "Unqualified"

ALL = (NEW, CONTACTED, NURTURING, QUALIFIED, CONVERTED, UNQUALIFIED)
OPEN = (NEW, CONTACTED, NURTURING, QUALIFIED)

# What a conversion writes. Nobody else does: a lead that says it is converted has a customer to show for it.
CONVERSION_FIELDS = ("converted_on", "converted_by", "customer", "contact", "opportunity")


def is_open(status: str | None) -> bool:
	"""True while somebody still works on the lead; an empty status is a lead not saved yet."""
	return not status or status in OPEN


def breaks_conversion(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> str | None:
	"""The field that only a conversion may write and that somebody else wrote.

	Args:
		before: the lead as it is stored; None for a new one.
		after: the lead as somebody wants to store it.

	Returns:
		The name of the first such field, "status" first, or None when nothing is wrong.
	"""
	was = (before or {}).get("status") == CONVERTED
	will_be = after.get("status") == CONVERTED
	if was != will_be:
		return "status"
	for field in CONVERSION_FIELDS:
		if _plain((before or {}).get(field)) != _plain(after.get(field)):
			return field
	return None


def lacks_reason(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> bool:
	"""True when the lead is unqualified and nobody says why.

	A lead that was stored so before, by an import of an older system, may still be edited.
	"""
	if after.get("status") != UNQUALIFIED or _plain(after.get("unqualified_reason")):
		return False
	return (before or {}).get("status") != UNQUALIFIED or bool(
		_plain((before or {}).get("unqualified_reason"))
	)


def is_reopened(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> bool:
	"""True when an unqualified lead is taken up again, so that the old reason no longer holds."""
	return (before or {}).get("status") == UNQUALIFIED and after.get("status") != UNQUALIFIED


def _plain(value: Any) -> str:
	"""One spelling for None, "" and the two ways a date and time may come (text or object)."""
	if value is None:
		return ""
	text = str(value).strip()
	# A request sends "2026-11-21 10:00:00", the database answers with microseconds.
	return text[:-7] if len(text) == 26 and text[19] == "." else text
