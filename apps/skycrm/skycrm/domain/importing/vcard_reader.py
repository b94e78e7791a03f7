"""Address cards (.vcf) of phones and mail programs: vCard 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350), many in one file.

A card becomes a row under headers that the guess knows by themselves. Pictures, sounds and keys are passed over.
"""

import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from skycrm.domain.importing.encoding import detect
from skycrm.domain.importing.table import MAX_CELL, Fault, Row, Table, UnreadableFile

# Column of the row -> its header, which domain/importing/known_headers.py knows.
HEADERS: dict[str, str] = {
	"name": "Full Name",
	"family": "Family Name",
	"middle": "Middle Name",
	"given": "Given Name",
	"salutation": "Salutation",
	"organization": "Organization",
	"title": "Job Title",
	"email": "Email",
	"mobile": "Mobile No",
	"phone": "Phone",
	"street": "Address",
	"city": "District or City",
	"state": "Province",
	"country": "Country",
	"birthday": "Date of Birth",
	"website": "Website",
	"note": "Notes",
	"gender": "Gender",
}
_GENDERS = {"m": "Male", "f": "Female"}
_PROPERTY = re.compile(
	r"^(?:[A-Za-z0-9-]+\.)?([A-Za-z0-9-]+)((?:;(?:[^:\";]|\"[^\"]*\")*)*):(.*)$", re.DOTALL
)
_PARAMETER = re.compile(r";((?:[^;\"]|\"[^\"]*\")*)")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_WANTED = frozenset("FN N ORG TITLE ROLE EMAIL TEL ADR BDAY URL NOTE GENDER".split())


@dataclass
class _Property:
	name: str
	types: frozenset[str]
	value: str
	preferred: bool = False


@dataclass
class _Card:
	line: int
	properties: list[_Property] = field(default_factory=list)
	fault: Fault | None = None

	def best(self, name: str, *types: str, but_not: frozenset[str] = frozenset()) -> str:
		"""The value of a property: with one of the types if any are given, preferred ones first."""
		found = [
			one
			for one in self.properties
			if one.name == name
			and one.value
			and (not types or one.types & set(types))
			and not one.types & but_not
		]
		return next((one.value for one in found if one.preferred), found[0].value if found else "")


def open_vcard(handle: BinaryIO, header_line: int = 0) -> Table:
	"""Read a file of address cards; a row's line is that of its BEGIN:VCARD.

	Args:
		handle: the open file, which can seek; the caller closes it after the rows are read.
		header_line: not used: cards have no headers.

	Raises:
		UnreadableFile: no_card.
	"""
	encoding, warnings = detect(handle)
	if not any(line.strip().upper() == b"BEGIN:VCARD" for line in _first_lines(handle, encoding)):
		raise UnreadableFile(Fault("no_card"))
	rows = (_row(card) for card in _cards(_unfolded(handle, encoding), encoding))
	return Table("vcard", tuple(HEADERS.values()), 0, rows, warnings, encoding)


def _first_lines(handle: BinaryIO, encoding: str) -> list[bytes]:
	head = handle.read(1 << 16).decode(encoding, "replace").encode()
	handle.seek(0)
	return head.splitlines()


def _unfolded(handle: BinaryIO, encoding: str) -> Iterator[tuple[int, str]]:
	"""Logical lines with the number of their first physical one; both kinds of soft line break are undone."""
	if encoding.startswith("utf-16"):
		# Cards in UTF-16 come from single phones and are small.
		source: Iterator[str] = iter(handle.read().decode(encoding, "replace").splitlines())
	else:
		source = (line.decode(encoding, "surrogateescape").rstrip("\r\n") for line in handle)
	start, whole = 0, ""
	for number, line in enumerate(source, start=1):
		soft = whole.endswith("=") and "QUOTED-PRINTABLE" in whole.split(":", 1)[0].upper()
		if soft:
			whole = whole[:-1] + line.lstrip(" \t") if line[:1] in (" ", "\t") else whole[:-1] + line
		elif start and line[:1] in (" ", "\t") and len(whole) <= MAX_CELL:
			whole += line[1:]
		elif start and line[:1] in (" ", "\t"):
			continue
		else:
			if start:
				yield start, whole
			start, whole = number, line
	if start:
		yield start, whole


def _cards(lines: Iterator[tuple[int, str]], encoding: str) -> Iterator[_Card]:
	card: _Card | None = None
	for number, line in lines:
		mark = line.strip().upper()
		if mark == "BEGIN:VCARD":
			if card:
				# The card before it has no end.
				card.fault = card.fault or Fault("card_open")
				yield card
			card = _Card(number)
		elif card and mark == "END:VCARD":
			yield card
			card = None
		elif card:
			_add(card, line, encoding)
	if card:
		card.fault = card.fault or Fault("card_open")
		yield card


def _add(card: _Card, line: str, encoding: str) -> None:
	match = _PROPERTY.match(line)
	if not match or match.group(1).upper() not in _WANTED:
		return
	name, parameters, value = match.group(1).upper(), match.group(2), match.group(3)
	types: set[str] = set()
	charset = "utf-8"
	quoted = False
	preferred = False
	for parameter in _PARAMETER.findall(parameters):
		key, equals, given = parameter.partition("=")
		key, given = key.strip().upper(), given.strip().strip('"')
		if not equals:
			# vCard 2.1 writes types without their word: TEL;CELL;PREF
			types |= {key}
			quoted = quoted or key == "QUOTED-PRINTABLE"
		elif key == "TYPE":
			types |= {kind.strip().upper() for kind in given.split(",")}
		elif key == "CHARSET":
			charset = given.lower()
		elif key == "ENCODING":
			quoted = given.upper() == "QUOTED-PRINTABLE"
			if given.upper() in ("B", "BASE64"):
				return
		elif key == "PREF":
			preferred = True
	if quoted:
		value = _unquoted(value, charset)
	if len(value) > MAX_CELL:
		card.fault = card.fault or Fault("cell_too_long", _column_of(name), {"limit": MAX_CELL})
		value = value[:MAX_CELL]
	if any("\udc80" <= sign <= "\udcff" for sign in value) or "\ufffd" in value:
		card.fault = card.fault or Fault("bad_bytes", _column_of(name))
	card.properties.append(_Property(name, frozenset(types), value, preferred or "PREF" in types))


def _unquoted(value: str, charset: str) -> str:
	raw = quopri.decodestring(value.encode("utf-8", "surrogateescape"))
	try:
		return raw.decode(charset, "surrogateescape")
	except LookupError:
		return raw.decode("utf-8", "surrogateescape")


def _column_of(name: str) -> int:
	columns = {"FN": "name", "N": "name", "ORG": "organization", "TITLE": "title", "EMAIL": "email"}
	columns |= {"TEL": "mobile", "ADR": "street", "BDAY": "birthday", "URL": "website", "NOTE": "note"}
	return list(HEADERS).index(columns.get(name, "name")) + 1


def _row(card: _Card) -> Row:
	name = _parts(card.best("N"), 5)
	organization = [part for part in _parts(card.best("ORG"), 2) if part]
	address = _parts(card.best("ADR", "WORK") or card.best("ADR"), 7)
	mobile = card.best("TEL", "CELL")
	not_phones = frozenset({"CELL", "FAX", "PAGER"})
	phone = card.best("TEL", "WORK", but_not=not_phones) or card.best("TEL", but_not=not_phones)
	texts = {
		"name": _plain(card.best("FN")),
		"family": name[0],
		"middle": name[2],
		"given": name[1],
		"salutation": name[3],
		"organization": ", ".join(organization),
		"title": _plain(card.best("TITLE") or card.best("ROLE")),
		"email": _plain(card.best("EMAIL")).removeprefix("mailto:"),
		"mobile": _number(mobile),
		"phone": _number(phone),
		"street": ", ".join(part for part in (address[1], address[2]) if part),
		"city": address[3],
		"state": address[4],
		"country": address[6],
		"birthday": _birthday(card.best("BDAY")),
		"website": _plain(card.best("URL")),
		"note": _plain(card.best("NOTE")),
		"gender": _GENDERS.get(card.best("GENDER")[:1].lower(), ""),
	}
	if texts["name"]:
		# The full name keeps the order in which its owner writes it; parts are worked out anew.
		texts |= {"family": "", "middle": "", "given": ""}
	return Row(card.line, tuple(texts[column] for column in HEADERS), card.fault)


def _parts(value: str, count: int) -> list[str]:
	"""The parts of a structured value: parted by ";" unless "\\" stands before it."""
	parts = [" ".join(_plain(part).split()) for part in re.split(r"(?<!\\);", value)]
	return (parts + [""] * count)[:count]


def _plain(value: str) -> str:
	return _ESCAPED.sub(lambda match: "\n" if match.group(1) in "nN" else match.group(1), value).strip()


def _number(value: str) -> str:
	return _plain(value).removeprefix("tel:")


def _birthday(value: str) -> str:
	"""19850412 and 1985-04-12T00:00:00Z as 1985-04-12; a day without its year (--0412) is left out."""
	value = value.split("T", 1)[0].strip()
	if re.fullmatch(r"\d{8}", value):
		return f"{value[:4]}-{value[4:6]}-{value[6:]}"
	return "" if value.startswith("-") else value
