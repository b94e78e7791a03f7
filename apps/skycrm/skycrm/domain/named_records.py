"""Which records a request asks for by name, whatever method it calls.

The framework and ERPNext have some hundred methods that take a document type and a name. Few look at more than the
rights on the type, and those that do answer a forbidden name otherwise than one that does not exist. So a request is read
before it is answered (overrides/named_records.py), by the words that all of them use.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

# The word that holds a document type → the words beside it that hold names of that type.
WORDS: dict[str, tuple[str, ...]] = {
	"doctype": ("name", "docname", "docnames", "names", "doc_name", "dn", "source_name", "source_names", "docs", "old", "old_name"),
	"_doctype": ("name", "docname"),
	"doc": ("name",),
	"dt": ("dn", "name", "docname", "docs"),
	"doc_type": ("name", "docname", "doc_name"),
	"document_type": ("document_name",),
	"for_doctype": ("for_name", "docname"),
	"reference_doctype": ("reference_name", "reference_docname"),
	"reference_type": ("reference_name", "reference_docname"),
	"ref_doctype": ("ref_docname", "ref_name", "docname"),
	"attached_to_doctype": ("attached_to_name",),
	"share_doctype": ("share_name",),
	"link_doctype": ("link_name",),
	"reminder_doctype": ("reminder_docname",),
	"source_doctype": ("source_name",),
	"parenttype": ("parent",),
	"parent_doctype": ("parent", "parent_name"),
	"party_type": ("party",),
	"voucher_type": ("voucher_no",),
	"against_voucher_type": ("against_voucher",),
}  # fmt: skip
# What this app's own methods call a record: the word alone says its type. Lists of records are not among them, for
# their methods answer for each of them on its own.
OWN_WORDS: dict[str, str] = {
	"lead": "Sky Lead",
	"primary": "Sky Lead",
	"opportunity": "Sky Opportunity",
	"campaign": "Sky Campaign",
	"segment": "Sky Segment",
	"issue": "Sky Issue",
	"ledger": "Sky Lead Merge",
}
OWN_METHODS = "/api/method/skycrm."
# These make a record: a name in it is a wish, not a question.
MAKING = ("frappe.client.insert", "frappe.client.insert_many")
# These take the name of a report or a print format beside the type that it is about.
NAMING_ANOTHER = ("frappe.desk.reportview.save_report", "print_format_builder.create_custom_format")
# Takes names in a word that means document types elsewhere (frappe.desk.notifications.get_open_count).
DELETING = "frappe.desk.reportview.delete_items"
# Deeper than anything the desk sends.
DEEPEST = 6

Named = tuple[str, str]


def named_in_path(path: str, ours: frozenset[str]) -> Named | None:
	"""The record that a path of REST is about: /api/resource/<type>/<name>, /api/v2/document/<type>/<name>/…"""
	parts = [unquote(part) for part in path.strip("/").split("/")]
	for prefix in (["api", "resource"], ["api", "v1", "resource"], ["api", "v2", "document"]):
		rest = parts[len(prefix) :]
		if parts[: len(prefix)] != prefix or len(rest) < 2:
			continue
		doctype, name = rest[0], rest[1:]
		# A name may hold slashes, so what comes after it is taken away from behind.
		if prefix[-1] == "document":
			name = name[:-2] if len(name) > 2 and name[-2] == "method" else name
			name = name[:-1] if len(name) > 1 and name[-1] == "copy" else name
		return (doctype, "/".join(name)) if doctype in ours else None
	return None


def named_in_arguments(path: str, arguments: Mapping[str, Any], ours: frozenset[str]) -> set[Named]:
	"""The records that the arguments of a request name.

	Args:
		path: of the request, for this app's own methods.
		arguments: as sent; JSON in texts is read too.
		ours: the document types that matter.

	Returns:
		(document type, name) of each. Records that are about to be made are left out.
	"""
	makes = path.strip("/").endswith(MAKING + NAMING_ANOTHER)
	found = set(_in_mapping(arguments, ours, makes, 0))
	if path.strip("/").endswith(DELETING) and str(arguments.get("doctype")) in ours:
		found.update((str(arguments["doctype"]), name) for name in _names(arguments.get("items")))
	if path.startswith(OWN_METHODS):
		for word, doctype in OWN_WORDS.items():
			if doctype in ours:
				found.update((doctype, name) for name in _names(arguments.get(word)))
	return found


def _in_mapping(values: Mapping[str, Any], ours: frozenset[str], makes: bool, depth: int) -> Iterator[Named]:
	is_document = isinstance(values.get("doctype"), str)
	is_new = bool(values.get("__islocal")) or (makes and is_document)
	for word, beside in WORDS.items():
		doctype = values.get(word)
		if not isinstance(doctype, str) or doctype not in ours:
			continue
		# A number card about leads has a name of its own, which is no lead's.
		own_name = is_new or (is_document and word != "doctype")
		for key in beside:
			if not (own_name and key == "name"):
				yield from ((doctype, name) for name in _names(values.get(key)))
	if depth < DEEPEST:
		for value in values.values():
			yield from _inside(value, ours, makes, depth + 1)


def _inside(value: Any, ours: frozenset[str], makes: bool, depth: int) -> Iterator[Named]:
	if isinstance(value, str):
		# Reading JSON costs something: only where one of our types is spoken of.
		if value[:1] not in ("{", "[") or not any(doctype in value for doctype in ours):
			return
		try:
			value = json.loads(value)
		except ValueError:
			return
	if isinstance(value, Mapping):
		yield from _in_mapping(value, ours, makes, depth)
	elif isinstance(value, list) and depth < DEEPEST:
		for item in value:
			yield from _inside(item, ours, makes, depth + 1)


def _names(value: Any) -> Iterator[str]:
	"""The names in a value: one, a list of them, or such a list as JSON."""
	if isinstance(value, str) and value[:1] == "[":
		try:
			value = json.loads(value)
		except ValueError:
			return
	for name in value if isinstance(value, list) else [value]:
		if isinstance(name, int) and not isinstance(name, bool):
			name = str(name)
		if isinstance(name, str) and name and not is_not_saved_yet(name) and name[:1] not in ("{", "["):
			yield name


def is_not_saved_yet(name: str) -> bool:
	"""Whether the desk calls a document so that a form is about to make: "new" in an address, "new-sky-lead-abc" after it."""
	return name == "new" or name.startswith("new-")
