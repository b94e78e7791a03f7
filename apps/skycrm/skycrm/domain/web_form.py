"""What a web form may ask, and whether what came back is an answer to it. No document, no database."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from skycrm.domain.email_address import email_key
from skycrm.domain.errors import InvalidValue, RuleError
from skycrm.domain.phone import DEFAULT_REGION, phone_key
from skycrm.domain.tax_code import tax_key
from skycrm.domain.text import clean, fold

TEXT, EMAIL, TEL, DATE, SELECT, TEXTAREA = "text", "email", "tel", "date", "select", "textarea"
MESSAGE = "message"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_SLUG = 60
UTM_KEYS = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
_LONGEST_UTM = 140
_BIRTH_YEARS = 130


@dataclass(frozen=True)
class Kind:
	"""How one field is asked for.

	Attributes:
		fieldname: field of Sky Lead; `message` goes into the note of the arrival.
		input: kind of box.
		longest: characters that fit.
		autocomplete: what a browser may fill in (HTML standard, autofill field names).
		doctype: records of this DocType are the choices, each named by the form itself.
	"""

	fieldname: str
	input: str = TEXT
	longest: int = 140
	autocomplete: str = "off"
	doctype: str = ""


# Label of the choice in the builder → field. Nothing else of a lead can be set from outside.
KINDS: dict[str, Kind] = {
	"Full Name": Kind("lead_name", autocomplete="name"),
	"Family Name": Kind("last_name", autocomplete="family-name"),
	"Given Name": Kind("first_name", autocomplete="given-name"),
	"Organization": Kind("organization", autocomplete="organization"),
	"Job Title": Kind("job_title", autocomplete="organization-title"),
	"Email": Kind("email_id", EMAIL, autocomplete="email"),
	"Mobile No": Kind("mobile_no", TEL, 40, "tel"),
	"Phone": Kind("phone", TEL, 40, "tel"),
	"Zalo ID": Kind("zalo_id"),
	"Tax Code (MST)": Kind("tax_id", longest=30),
	"Date of Birth": Kind("birth_date", DATE, 10, "bday"),
	"Gender": Kind("gender", SELECT, doctype="Gender"),
	"Industry": Kind("industry", SELECT, doctype="Industry Type"),
	"Territory": Kind("territory", SELECT, doctype="Territory"),
	"Address": Kind("address_line1", autocomplete="street-address"),
	"District or City": Kind("city", autocomplete="address-level2"),
	"Province": Kind("state", autocomplete="address-level1"),
	"Message": Kind(MESSAGE, TEXTAREA, 1000),
}
NAMING_FIELDS = frozenset({"lead_name", "first_name", "last_name", "organization"})
REACHING_FIELDS = frozenset({"email_id", "mobile_no", "phone"})


@dataclass(frozen=True)
class Choice:
	"""One answer to choose: what is stored, and how it reads in both languages."""

	value: str
	vietnamese: str
	english: str


@dataclass(frozen=True)
class Asked:
	"""One field as a form asks for it."""

	fieldname: str
	input: str
	longest: int
	label: str
	required: bool = False
	choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answers:
	"""What came back: values by fieldname, and for each field that is not right the error."""

	values: dict[str, str]
	errors: dict[str, RuleError]


def check_answers(asked: Sequence[Asked], sent: Mapping[str, Any], today: date) -> Answers:
	"""Take what was asked for out of what was sent, everything else is ignored.

	Args:
		asked: the fields of the form.
		sent: fieldname → value, of any kind a stranger may send.
		today: births lie before it.

	Returns:
		Values that are not empty, and errors by fieldname: form_field_missing, form_choice_unknown, form_date_invalid,
		value_too_long, value_not_text, or what the rules of email, phone and tax code say.
	"""
	values: dict[str, str] = {}
	errors: dict[str, RuleError] = {}
	for field in asked:
		try:
			value = _answer(field, sent.get(field.fieldname), today)
		except RuleError as error:
			errors[field.fieldname] = error
			continue
		if value:
			values[field.fieldname] = value
		elif field.required:
			errors[field.fieldname] = InvalidValue("form_field_missing")
	return Answers(values, errors)


def read_choices(text: str | None) -> list[Choice]:
	"""The choices of a field out of lines `value | Vietnamese | English`; the texts may be left out."""
	choices = []
	for line in (text or "").splitlines():
		parts = [part.strip() for part in line.split("|")]
		if parts[0]:
			vietnamese = parts[1] if len(parts) > 1 and parts[1] else parts[0]
			english = parts[2] if len(parts) > 2 and parts[2] else parts[0]
			choices.append(Choice(parts[0], vietnamese, english))
	return choices


def slug_of(text: str | None) -> str:
	"""A title as the last part of an address: "Liên hệ tư vấn" → "lien-he-tu-van". "" when nothing is left."""
	words = re.findall(r"[a-z0-9]+", fold(text))
	return "-".join(words)[:LONGEST_SLUG].strip("-")


def known_slug(text: object) -> str:
	"""The slug that somebody asks for, whatever the case; "" for what cannot be one.

	A database that compares without case and marks would find the same form under many spellings, each with an allowance
	of its own.
	"""
	slug = text.strip().lower() if isinstance(text, str) and text.isascii() else ""
	return slug if len(slug) <= LONGEST_SLUG and SLUG.fullmatch(slug) else ""


def read_utm(sent: Mapping[str, Any] | None) -> dict[str, str]:
	"""The utm_* values of a page, tidy and cut; anything that is no text is left out."""
	found = {}
	for key in UTM_KEYS:
		value = (sent or {}).get(key)
		if isinstance(value, str) and (text := clean(value[:1000])):
			found[key] = text[:_LONGEST_UTM]
	return found


def _answer(field: Asked, value: Any, today: date) -> str:
	if isinstance(value, bool):
		raise InvalidValue("value_not_text", type(value).__name__)
	text = _lines(value, field.longest) if field.input == TEXTAREA else clean(value)
	if len(text) > field.longest:
		raise InvalidValue("value_too_long", text[:20], {"length": len(text), "limit": field.longest})
	if not text:
		return ""
	if field.input == SELECT and text not in field.choices:
		raise InvalidValue("form_choice_unknown", text)
	if field.input == DATE:
		return _date(text, today)
	if field.input == EMAIL:
		email_key(text)
	elif field.input == TEL:
		phone_key(text, DEFAULT_REGION)
	elif field.fieldname == "tax_id":
		tax_key(text)
	return text


def _lines(value: Any, longest: int) -> str:
	"""A text of several lines, each tidy. Checked in length first: lines are worth work only when they fit."""
	if value is not None and not isinstance(value, str):
		raise InvalidValue("value_not_text", type(value).__name__)
	text = value or ""
	if len(text) > 2 * longest:
		raise InvalidValue("value_too_long", text[:20], {"length": len(text), "limit": longest})
	lines = [clean(line[:1000]) for line in unicodedata.normalize("NFC", text).splitlines()]
	return "\n".join(lines).strip()


def _date(text: str, today: date) -> str:
	for shape in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"):
		try:
			found = datetime.strptime(text, shape).date()
		except ValueError:
			continue
		if today.year - _BIRTH_YEARS <= found.year and found <= today:
			return found.isoformat()
	raise InvalidValue("form_date_invalid", text)
