"""Files on this machine's disk, by their address: one file on disk may be attached to many records."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

import frappe
from frappe.utils import get_files_path

PRIVATE, PUBLIC = "/private/files/", "/files/"


def path_of(file_url: str) -> str | None:
	"""Where a file lies, None when it lies elsewhere: on another server, or nowhere."""
	for start, is_private in ((PRIVATE, True), (PUBLIC, False)):
		if (file_url or "").startswith(start):
			folder = os.path.realpath(get_files_path(is_private=is_private))
			path = os.path.realpath(os.path.join(folder, file_url.removeprefix(start)))
			# An address is typed by people: it must not lead out of the folder.
			return path if path.startswith(folder + os.sep) and os.path.isfile(path) else None
	return None


@contextmanager
def opened(file_url: str) -> Iterator[BinaryIO]:
	"""A file for reading.

	Raises:
		FileNotFoundError: it is not on this machine.
	"""
	path = path_of(file_url)
	if not path:
		raise FileNotFoundError(file_url)
	with open(path, "rb") as handle:
		yield handle


def digests(path: str) -> dict[str, str]:
	"""SHA-256, as an import remembers its file; MD5, as the framework finds equal files; and the size."""
	sha, md5, size = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
	with open(path, "rb") as handle:
		while part := handle.read(1 << 20):
			sha.update(part)
			md5.update(part)
			size += len(part)
	return {"sha": sha.hexdigest(), "md5": md5.hexdigest(), "size": str(size)}


def delete(file_urls: Iterable[str], only: Callable[[frappe._dict], bool] | None = None) -> None:
	"""Delete files, their records and what the framework has noted of them; the bytes once no record is left.

	Args:
		only: which of the records go, all when left out: the framework stores equal files once, so that one file on the
			disk may hang on many people's records.
	"""
	urls = sorted({url for url in file_urls if url})
	if not urls:
		return
	places = frappe.get_all(
		"File",
		{"file_url": ("in", urls)},
		["name", "file_name", "file_url", "attached_to_doctype", "attached_to_name"],
	)
	going = [place for place in places if not only or only(place)]
	staying = {place.file_url for place in places if place not in going}
	paths = [path for url in urls if url not in staying and (path := path_of(url))]
	for place in going:
		# Through the document, so that the file leaves the disk too; who may erase was checked before.
		frappe.delete_doc("File", place.name, force=True, ignore_permissions=True, delete_permanently=True)
	for path in paths:
		# The framework keeps the bytes of a file of which it knows no digest, or two.
		if os.path.isfile(path):
			os.remove(path)
	forget_notes(going)


def forget_notes(places: Iterable[frappe._dict]) -> None:
	"""Delete what the framework notes on a record when a file comes and goes: the file's name.

	Args:
		places: File rows with file_name, attached_to_doctype and attached_to_name.
	"""
	for place in places:
		if place.attached_to_name and place.file_name:
			frappe.db.delete(
				"Comment",
				{
					"comment_type": ("in", ("Attachment", "Attachment Removed")),
					"reference_doctype": place.attached_to_doctype,
					"reference_name": place.attached_to_name,
					"content": ("like", f"%{place.file_name}%"),
				},
			)
