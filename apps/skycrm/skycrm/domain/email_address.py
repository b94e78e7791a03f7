"""One key for every way in which the same email address can be written."""

import re
import unicodedata

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from skycrm.domain.errors import InvalidValue
from skycrm.domain.text import clean

# "Nguyễn Văn An <an@example.com>", as a mail program copies it.
_DISPLAY_NAME = re.compile(r"^.*<\s*([^<>\s]+@[^<>\s]+)\s*>\s*$")
_SEVERAL = re.compile(r"@[^,;]*[,;\s]+[^,;]*@")

# RFC 5321, 4.5.3.1.1.
_LONGEST_LOCAL_PART = 64


def email_key(value: object) -> str:
	"""The key of an email address: composed, lower case, the domain in its punycode form.

	The syntax is checked (RFC 5321, 6531); whether the domain answers is not: a save must not wait for a name server,
	and an address copied from a business card stays true while a server is away.

	Two things are left as they are, on purpose:

	- Dots before "@gmail.com" are not folded. That they do not count is one provider's habit; a firm's own domain looks
	  the same from outside and counts them. Joining two people is worse than missing one duplicate.
	- "+tag" is kept. The tag is part of the address that the person gave, some firms route by it (sales+north@), and
	  mail must go to the address as given.

	The part before "@" is compared in lower case: RFC 5321 allows case to count, no mail provider of size lets it.

	Returns:
		The key, "" for an empty value. `email_key(email_key(x)) == email_key(x)`.

	Raises:
		InvalidValue: email_has_display_name, email_several, email_no_at, email_bad_local_part, email_bad_domain,
			email_invalid, or what `clean` raises.
	"""
	# Compatibility forms first: a full-width ＠ or letters from an input method are the same address.
	text = clean(unicodedata.normalize("NFKC", value) if isinstance(value, str) else value)
	if text.lower().startswith("mailto:"):
		text = text[len("mailto:") :].strip()
	if not text:
		return ""
	if match := _DISPLAY_NAME.match(text):
		raise InvalidValue("email_has_display_name", text, {"address": match.group(1)})
	if "@" not in text:
		raise InvalidValue("email_no_at", text)
	if _SEVERAL.search(text):
		raise InvalidValue("email_several", text)
	try:
		address = _checked(text)
	except EmailNotValidError:
		raise InvalidValue(_reason(text), text)
	local_part = unicodedata.normalize("NFC", address.local_part.casefold())
	return f"{local_part}@{address.ascii_domain.lower()}"


def _checked(text: str) -> ValidatedEmail:
	"""The parts of an address. `test_environment` lets example.test pass: people try things out with it."""
	address = validate_email(text, check_deliverability=False, test_environment=True)
	if len(address.local_part.encode("utf-8")) > _LONGEST_LOCAL_PART:
		raise EmailNotValidError
	return address


def _reason(text: str) -> str:
	"""Which side of the last @ sign is wrong. The library says it in English prose only, so each side is tried."""
	local_part, _, domain = text.rpartition("@")
	try:
		_checked(f"a@{domain}")
	except EmailNotValidError:
		return "email_bad_domain"
	try:
		_checked(f"{local_part}@example.com")
	except EmailNotValidError:
		return "email_bad_local_part"
	return "email_invalid"
