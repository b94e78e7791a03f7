"""Which texts a browser could take for markup that does something, although the framework lets them pass.

The framework cleans HTML when a document is saved, except for what parses as JSON, for e-mail addresses, and for style
sheets and drawings, which stay. Here is decided what is looked at once more; the cleaning itself is the caller's.
"""

import json
import re
from urllib.parse import urlsplit

# What no text of a sale needs: style sheets that reach elsewhere, and the languages within HTML that hide scripts.
_NEEDLESS = re.compile(
	r"<\s*/?\s*(style|link|meta|base|svg|math|noscript|template|iframe|object|embed|form)\b", re.I
)
_BEGINS = re.compile(r"<[a-z/!?]", re.I)
_SIGNS = re.compile(r"[<>]")
# Browsers leave these out of an address.
_UNSEEN = re.compile(r"[\x00-\x20\x7f\xa0\u200b-\u200f\u2028-\u202f\u2060\ufeff]+")
_SCHEME = re.compile(r"^([a-z][a-z0-9+.-]*):", re.I)
_DRAWN = re.compile(r"^data:image/(png|jpe?g|gif|webp);base64,[a-z0-9+/=]*$", re.I)
_FETCHING = re.compile(r"url|image|src|import|expression|\\|/\*", re.I)
WEB = frozenset({"http", "https"})


def is_skipped_by_framework(text: str) -> bool:
	"""Whether a text holds markup that the framework stores as it came, because it is JSON as well."""
	if not _SIGNS.search(text):
		return False
	try:
		json.loads(text)
	except ValueError:
		return False
	return True


def may_become_markup(text: str) -> bool:
	"""Whether something begins in a text that a browser reads as an element, once more text follows."""
	return bool(_BEGINS.search(text))


def has_needless_markup(text: str) -> bool:
	"""Whether a rich text holds elements that no rich text of ours needs."""
	return "<" in text and bool(_NEEDLESS.search(text))


def is_web_address(text: str) -> bool:
	"""Whether a browser that opens this address goes to a web page, and does not run it.

	An address without a scheme, as people type it, counts as one.
	"""
	plain = _UNSEEN.sub("", text)
	if any(sign in plain for sign in "<>\"'`"):
		return False
	found = _SCHEME.match(plain)
	# "example.com:8080" begins like a scheme.
	if not found or "." in found[1]:
		return True
	try:
		return urlsplit(plain).scheme.lower() in WEB
	except ValueError:
		return False


def is_file_address(text: str) -> bool:
	"""Whether a value is where a file can be: on this site, or on another web site."""
	if any(sign in text for sign in "<>\"'`\n\r\t"):
		return False
	if text.startswith(("/files/", "/private/files/", "/assets/", "/api/method/")):
		return ".." not in text.split("/")
	return bool(_SCHEME.match(text)) and is_web_address(text)


def runs_when_opened(address: str) -> bool:
	"""Whether a browser that opens this address runs it, or something in it."""
	found = _SCHEME.match(_UNSEEN.sub("", address))
	if not found or found[1].lower() in WEB | {"mailto", "tel", "cid"}:
		return False
	return not _DRAWN.match(_UNSEEN.sub("", address))


def is_own_picture(address: str) -> bool:
	"""Whether a picture lies on this site or in the address itself, so that nobody has to be asked for it."""
	plain = _UNSEEN.sub("", address)
	if _DRAWN.match(plain):
		return True
	return plain.startswith(("/files/", "/private/files/", "/assets/")) and ".." not in re.split(
		r"[/\\]", plain
	)


def style_reaches_out(style: str) -> bool:
	"""Whether a style of an element could make a browser fetch something; escaped signs may spell anything."""
	return bool(_FETCHING.search(style))
