"""Where a File record would take its content from, when nobody has sent any."""

import posixpath
from urllib.parse import unquote

PRIVATE, PUBLIC = "/private/files/", "/files/"


class OutsideError(ValueError):
	"""The address leads out of the folders for files."""


def local_address(file_url: str | None, file_name: str | None, is_private: bool, site_url: str) -> str | None:
	"""The address of a file of this site, in the one spelling it is stored by; None for one on another web site.

	Args:
		file_url, file_name, is_private: as a request sends them.
		site_url: the site's own address, which may stand in front.

	Raises:
		OutsideError: it leads elsewhere, whatever lies there.
	"""
	address = unquote(file_url or file_name or "").strip()
	if site_url and address.startswith(site_url.rstrip("/") + "/"):
		address = address[len(site_url.rstrip("/")) :]
	if not address or address.startswith(("http://", "https://", "/api/method/", "/assets/")):
		return None
	if "/" not in address:
		address = (PRIVATE if is_private else PUBLIC) + address
	parts = address.replace("\\", "/").split("/")
	if ".." in parts or "\x00" in address or not address.startswith((PRIVATE, PUBLIC)):
		raise OutsideError(address)
	return posixpath.normpath(address)
