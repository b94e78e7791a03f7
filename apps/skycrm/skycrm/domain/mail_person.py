"""Who wrote a mail: the name they go by, and the phone number they sign with, out of headers and text."""

import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import getaddresses

import phonenumbers
from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatcher, PhoneNumberType

from skycrm.domain.errors import RuleError
from skycrm.domain.phone import DEFAULT_REGION
from skycrm.domain.text import clean, fold

LONGEST_NAME = 140
LONGEST_TEXT = 20_000
# Lines from the end in which people sign.
SIGNATURE_LINES = 12

# "An via Google Forms", "An (Công ty A)", "[Khách] An".
_ADDITIONS = re.compile(r"\s+(?:via|thông qua|qua)\s+.*$|\s*\([^)]*\)\s*$|^\s*\[[^\]]*\]\s*", re.IGNORECASE)
_ROLES = frozenset(
	"info sales sale contact admin office hello mail email web website webmaster wordpress support hotro cskh ketoan "
	"kinhdoanh muahang purchase purchasing procurement marketing mkt hr nhansu lienhe giaodich service order orders".split()
)
# Where what somebody else wrote before begins.
_QUOTED = re.compile(
	r"^\s*(?:>|-{2,}\s*(?:original message|forwarded message|thư gốc|thư đã chuyển tiếp|tin nhắn gốc)|"
	r"_{10,}\s*$|(?:on|vào|le|am)\b.{4,200}(?:wrote|đã viết|viết|a écrit|schrieb)\s*:?\s*$|"
	r"(?:from|từ|người gửi)\s*:.*@)",
	re.IGNORECASE,
)
# Numbers that are none to call: bank accounts, tax codes, fax, orders.
_OTHER_NUMBERS = re.compile(
	r"\b(?:fax|mst|ma so thue|tax|stk|tai khoan|account|iban|so tk|cmnd|cccd|don hang|order|invoice|hoa don)\b"
)
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def decoded(header: str | None) -> str:
	"""A header's text, out of its RFC 2047 form; what cannot be decoded is kept as well as possible."""
	try:
		parts = decode_header(header or "")
	except (HeaderParseError, ValueError):
		return header or ""
	return "".join(_part(text, charset) for text, charset in parts)


def sender_name(from_header: str | None, reply_to: str | None, address: str) -> str:
	"""The name of whoever an answer to a mail would go to; never empty.

	A form of a web site sends "From: WordPress <wordpress@...>, Reply-To: the person": the name that stands with the
	address wins, then the name of From unless a machine has it, then what the address itself says.

	Args:
		from_header, reply_to: as in the mail.
		address: to which an answer would go.
	"""
	own = {mail.lower(): name for header in (from_header, reply_to) for name, mail in _addresses(header)}
	name = _tidy(own.get(address.lower(), ""))
	if not name and reply_to:
		name = next(
			(_tidy(name) for name, mail in _addresses(from_header) if mail and not _is_role(mail)), ""
		)
	return (name or _from_address(address))[:LONGEST_NAME]


def own_words(text: str) -> str:
	"""A mail's text without what it quotes, at most LONGEST_TEXT characters."""
	lines: list[str] = []
	for line in text[:LONGEST_TEXT].replace("\r\n", "\n").split("\n"):
		if _QUOTED.match(line):
			break
		lines.append(line.rstrip())
	return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def signed_phone(text: str, region: str = DEFAULT_REGION) -> dict[str, str]:
	"""The phone number with which somebody signs, when there is no doubt which it is.

	One number in the whole text and within its last lines, or one mobile and one landline number there. Numbers beside
	words for fax, tax code or bank account do not count.

	Args:
		text: the writer's own words, as `own_words` gives them.

	Returns:
		{"mobile_no": ..., "phone": ...}, each only when known; {} in doubt.
	"""
	lines = [line for line in text.split("\n") if line.strip()]
	everywhere = _numbers(lines, region)
	if not 1 <= len(everywhere) <= 2 or not set(everywhere) <= set(
		_numbers(lines[-SIGNATURE_LINES:], region)
	):
		return {}
	mobiles = [number for number, kind in everywhere.items() if kind in _MOBILE]
	others = [number for number, kind in everywhere.items() if kind not in _MOBILE]
	if len(mobiles) > 1 or len(others) > 1:
		return {}
	found = {"mobile_no": mobiles[0]} if mobiles else {}
	return {**found, **({"phone": others[0]} if others else {})}


def _numbers(lines: list[str], region: str) -> dict[str, int]:
	found: dict[str, int] = {}
	for line in lines:
		if _OTHER_NUMBERS.search(_folded(line)):
			continue
		for match in PhoneNumberMatcher(line, region, leniency=Leniency.VALID):
			kind = phonenumbers.number_type(match.number)
			if kind in (*_MOBILE, PhoneNumberType.FIXED_LINE):
				found[phonenumbers.format_number(match.number, PhoneNumberFormat.E164)] = kind
	return found


def _folded(line: str) -> str:
	try:
		return fold(line[:1000])
	except RuleError:
		return ""


def _part(text: str | bytes, charset: str | None) -> str:
	if isinstance(text, str):
		return text
	try:
		return text.decode(charset or "utf-8", "replace")
	except LookupError:
		return text.decode("utf-8", "replace")


def _addresses(header: str | None) -> list[tuple[str, str]]:
	"""Names decoded after they were parted from the addresses: a decoded comma would part a name."""
	return [(decoded(name), mail) for name, mail in getaddresses([header or ""])]


def _tidy(name: str) -> str:
	try:
		text = clean(name.strip().strip("'\"").strip()[:500])
	except RuleError:
		return ""
	for _round in range(2):
		text = _ADDITIONS.sub("", text).strip()
	return "" if "@" in text or not any(c.isalpha() for c in text) else text


def _is_role(address: str) -> bool:
	local_part = re.split(r"[@+]", address.lower())[0].replace(".", "").replace("-", "").replace("_", "")
	return local_part in _ROLES or "reply" in local_part


def _from_address(address: str) -> str:
	"""nguyen.van.an@... is a name written without signs; info@... is none."""
	local_part = address.partition("@")[0].partition("+")[0]
	words = [word for word in re.split(r"[._\-0-9]+", local_part) if word]
	if len(words) < 2 or not all(word.isalpha() for word in words) or _is_role(address):
		return address
	return " ".join(word.capitalize() for word in words)
