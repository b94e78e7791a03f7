"""What makes the data of a lead poor, and what can be put right without asking anybody. Pure."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from skycrm.domain.same_person import names_agree

NO_CONTACT = "no_contact"
NO_NAME = "no_name"
NO_SOURCE = "no_source"
NO_OWNER = "no_owner"
INVALID = "invalid"
STALE = "stale"
OVERDUE = "overdue"
SAME_EMAIL = "same_email"
SAME_PHONE = "same_phone"
SAME_TAX = "same_tax"
SAME_NAME = "same_name"

MISSING = (NO_CONTACT, NO_NAME, NO_SOURCE, NO_OWNER)
DUPLICATES = (SAME_EMAIL, SAME_PHONE, SAME_TAX, SAME_NAME)
CHECKS = (*MISSING, INVALID, STALE, OVERDUE, *DUPLICATES)
# A number or an address alone can be a family's or an office's: only these, together with names that agree, are sure.
SURE = (SAME_EMAIL, SAME_PHONE)

VIETNAM = "+84"


def repaired_phone(value: Any, key: str) -> str | None:
	"""A Vietnamese number that cannot be dialled as it is written, as it is dialled today; None when it is fine.

	Numbers of before 2017/2018 get their new prefix, a zero that a spreadsheet ate comes back. Numbers that can be dialled
	stay as people wrote them.

	Args:
		value: as written.
		key: its key by domain/phone.py, "" when it is no number.
	"""
	if not value or not key.startswith(VIETNAM):
		return None
	national = key.removeprefix(VIETNAM)
	digits = "".join(sign for sign in str(value) if sign.isdigit())
	written = digits.removeprefix("00")
	if written in ("0" + national, "84" + national, "840" + national):
		return None
	if any(sign.isalpha() for sign in str(value)):
		# "0912 345 678 ext 12": what stands beside the number is not thrown away.
		return None
	return "0" + national


def repaired_email(value: Any, key: str) -> str | None:
	"""An address in its plain form; None when it is that already, or when it is written in another script.

	Args:
		value: as written.
		key: its key by domain/email_address.py, "" when it is no address.
	"""
	if not value or not key or key == value or "xn--" in key:
		return None
	return key if str(value).strip().lower() == key else None


def agree_all(names: Sequence[str]) -> bool:
	"""True when every two of these names can be one person's. "An" agrees with two people who do not agree."""
	return all(names_agree(one, other) for one, other in combinations(names, 2))


def is_sure(leads: Sequence[Mapping[str, Any]]) -> bool:
	"""True when leads that share an address or number are one person without anybody looking.

	Args:
		leads: with `lead_name`, `status`; at most one may be converted.
	"""
	converted = sum(lead.get("status") == "Converted" for lead in leads)
	names = [str(lead.get("lead_name") or "") for lead in leads]
	return len(leads) > 1 and converted <= 1 and all(names) and agree_all(names)
