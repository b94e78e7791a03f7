"""Addresses of other web sites, as a browser writes them into the Origin header, and links to go on to."""

import re
from urllib.parse import urlsplit

from skycrm.domain.errors import InvalidValue

_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\.?$")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LONGEST_LINK = 500


def normal_origin(text: str) -> str:
	"""The origin in the one spelling that browsers send: scheme and host in lower case, no default port, no path.

	Args:
		text: an origin or a whole address of a page; without a scheme it is taken for https.

	Raises:
		InvalidValue: origin_invalid when it is no address of a site; origin_wildcard for "*".
	"""
	given = (text or "").strip()
	if "*" in given:
		raise InvalidValue("origin_wildcard", given)
	if "://" not in given:
		given = f"https://{given}"
	try:
		parts = urlsplit(given)
		host = (parts.hostname or "").encode("idna").decode("ascii").lower()
		port = parts.port
	except ValueError:
		raise InvalidValue("origin_invalid", text)
	if parts.scheme.lower() not in _DEFAULT_PORTS or not _HOST.match(host) or parts.username is not None:
		raise InvalidValue("origin_invalid", text)
	scheme = parts.scheme.lower()
	suffix = f":{port}" if port and port != _DEFAULT_PORTS[scheme] else ""
	return f"{scheme}://{host}{suffix}"


def is_same_site(origin: str, host: str) -> bool:
	"""Whether an origin names the host that the request went to (TLS may end before us, so the scheme does not count)."""
	try:
		return bool(host) and urlsplit(origin).netloc.lower() == host.lower()
	except ValueError:
		return False


def safe_link(text: str) -> str:
	"""A link that a visitor may be sent on to.

	Raises:
		InvalidValue: link_not_https unless it begins with https:// and names a host.
	"""
	link = (text or "").strip()
	try:
		parts = urlsplit(link)
		host = parts.hostname
	except ValueError:
		host = None
	if (
		not host
		or parts.scheme.lower() != "https"
		or parts.username is not None
		or len(link) > _LONGEST_LINK
		or re.search(r"[\s\\<>\"'\x00-\x1f]", link)
	):
		raise InvalidValue("link_not_https", link[:100])
	return link


def page_address(text: object) -> str:
	"""Where a form stood, without query and fragment, which can hold what is nobody's business. "" for nonsense."""
	if not isinstance(text, str) or len(text) > 2000:
		return ""
	try:
		parts = urlsplit(text.strip())
		if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
			return ""
		port = f":{parts.port}" if parts.port else ""
	except ValueError:
		return ""
	return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"[:240]
