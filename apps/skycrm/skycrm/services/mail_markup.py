"""No mail that the site queues holds anything that would run where it is read.

The framework's letters (notifications, digests of changes, the title of every mail) are filled with values as they stand
in the database. A mail without anything of the kind is left as it is, to the byte.
"""

import email
import re
from email.charset import QP, Charset
from html import unescape

from bs4 import BeautifulSoup

from frappe.model.document import Document

from skycrm.domain import markup

_SUSPECT = re.compile(
	r"<\s*/?\s*(script|iframe|frame|object|embed|applet|svg|math|template|noscript|base|form)\b"
	r"|[\s/\"'`]on\w+\s*=|srcdoc|formaction|http-equiv\s*=\s*[\"']?refresh",
	re.I,
)
# An address may be spelled with entities, and with white space in it.
_SUSPECT_ADDRESS = re.compile(r"(java|vb)script:|=[\"']?data:(?!image/)", re.I)
_GONE = frozenset(
	{
		"applet",
		"base",
		"embed",
		"form",
		"frame",
		"iframe",
		"link",
		"math",
		"noscript",
		"object",
		"script",
		"svg",
		"template",
	}
)
_WHITE = re.compile(r"[\x00-\x20]+")
_ADDRESSES = frozenset({"href", "src", "action", "background", "data", "xlink:href"})


def disarm(queue: Document) -> None:
	"""Event before_insert of Email Queue: take out of the letter what would run. In place."""
	if not queue.message:
		return
	letter = email.message_from_string(queue.message)
	changed = False
	for part in letter.walk():
		if part.get_content_type() != "text/html":
			continue
		html = part.get_payload(decode=True).decode(part.get_content_charset() or "utf-8", "replace")
		if is_suspect(html):
			charset = Charset("utf-8")
			charset.body_encoding = QP
			del part["Content-Transfer-Encoding"]
			part.set_payload(disarmed(html), charset)
			changed = True
	if changed:
		queue.message = letter.as_string()


def is_suspect(html: str) -> bool:
	"""Whether a letter has to be read closely; nearly none has, and reading takes time."""
	return bool(_SUSPECT.search(html) or _SUSPECT_ADDRESS.search(_WHITE.sub("", unescape(html))))


def disarmed(html: str, part: bool = False) -> str:
	"""A letter without elements, events and addresses that would run; read as a browser reads it.

	Args:
		part: it is what stands in the letter, and gets no head.
	"""
	soup = BeautifulSoup(html, "html5lib")
	for element in soup.find_all(True):
		if element.decomposed:
			continue
		if element.name in _GONE or (
			element.name == "meta" and element.get("http-equiv", "").lower() == "refresh"
		):
			element.decompose()
			continue
		for name, value in tuple(element.attrs.items()):
			if (
				name.lower().startswith("on")
				or name.lower() in ("srcdoc", "formaction")
				or (name.lower() in _ADDRESSES and markup.runs_when_opened(str(value)))
			):
				del element[name]
	return soup.body.decode_contents() if part else str(soup)
