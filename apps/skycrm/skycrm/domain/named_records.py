"""Which records a request asks for by name, whatever method it calls.

The framework and ERPNext have some hundred methods that take a document type and a name. Few look at more than the
rights on the type, and those that do answer a forbidden name otherwise than one that does not exist. So a request is read
before it is answered (overrides/named_records.py), by the words that all of them use.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from skycrm.domain.query_words import loaded

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
OWN_METHODS = "skycrm."
# A name in these is a wish, not a question: they make a record, or take the name of a report or print format beside the
# type that it is about.
MAKING = frozenset(
	(
		"frappe.client.insert",
		"frappe.client.insert_many",
		"frappe.desk.reportview.save_report",
		"frappe.printing.page.print_format_builder.print_format_builder.create_custom_format",
	)
)
# Takes names in a word that means document types elsewhere (frappe.desk.notifications.get_open_count).
DELETING = "frappe.desk.reportview.delete_items"
# Deeper than anything the desk sends.
DEEPEST = 6
# Marks on letters, and what the database does not compare at all.
_UNSEEN = frozenset(("Mn", "Mc", "Me", "Cf", "Cc"))
# Where the database differs from Unicode: small letters above others are those letters, some Arabic signs are nothing.
# Read off MariaDB 10.11 by tests/bench/test_named_records.py.
_ALIKE: dict[int, str] = {
	**dict(enumerate("aeioucdhmrtvx", 0x363)),
	**dict.fromkeys(
		(0x345, 0x6DE, *range(0xFC5E, 0xFC64), 0xFCF2, 0xFCF3, 0xFCF4, *range(0xFE70, 0xFE80)), ""
	),
}

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


def named_in_arguments(method: str, arguments: Mapping[str, Any], ours: frozenset[str]) -> set[Named]:
	"""The records that the arguments of a request name.

	Args:
		method: that the request runs, see called_method.py.
		arguments: as sent; JSON in texts is read too.
		ours: the document types that matter.

	Returns:
		(document type, name) of each. Records that are about to be made are left out.
	"""
	spelled = {folded(doctype): doctype for doctype in ours}
	found = set(_in_mapping(arguments, spelled, method in MAKING, 0))
	if method == DELETING and (doctype := spelled.get(folded(str(arguments.get("doctype"))))):
		found.update((doctype, name) for name in _names(arguments.get("items")))
	if method.startswith(OWN_METHODS):
		for word, doctype in OWN_WORDS.items():
			if doctype in ours:
				found.update((doctype, name) for name in _names(arguments.get(word)))
	return found


def folded(doctype: str) -> str:
	"""The name of a document type as the database compares it: without case, marks, what is not seen and spaces behind.

	Methods that look for what hangs on a record find it under any such spelling (collation utf8mb4_unicode_ci).
	"""
	letters = unicodedata.normalize("NFKD", doctype.translate(_ALIKE)).casefold()
	return "".join(letter for letter in letters if unicodedata.category(letter) not in _UNSEEN).rstrip(" ")


def _in_mapping(
	values: Mapping[str, Any], ours: Mapping[str, str], makes: bool, depth: int
) -> Iterator[Named]:
	# A document of its own, sent inside the arguments: what lies beside them says nothing about it.
	is_document = depth > 0 and isinstance(values.get("doctype"), str)
	is_new = makes or (is_document and bool(values.get("__islocal")))
	for word, beside in WORDS.items():
		said = loaded(values.get(word))
		doctype = ours.get(folded(said)) if isinstance(said, str) else None
		if not doctype:
			continue
		# A number card about leads has a name of its own, which is no lead's.
		own_name = is_new or (is_document and word != "doctype")
		for key in beside:
			if not (own_name and key == "name"):
				yield from ((doctype, name) for name in _names(values.get(key)))
	if depth < DEEPEST:
		for value in values.values():
			yield from _inside(value, ours, makes, depth + 1)


def _inside(value: Any, ours: Mapping[str, str], makes: bool, depth: int) -> Iterator[Named]:
	value = loaded(value)
	if isinstance(value, Mapping):
		yield from _in_mapping(value, ours, makes, depth)
	elif isinstance(value, list) and depth < DEEPEST:
		for item in value:
			yield from _inside(item, ours, makes, depth + 1)


def _names(value: Any) -> Iterator[str]:
	"""The names in a value: one, a list of them, or either as JSON."""
	value = loaded(value)
	for name in value if isinstance(value, list) else [value]:
		if isinstance(name, int) and not isinstance(name, bool):
			name = str(name)
		if isinstance(name, str) and name and not is_not_saved_yet(name) and name[:1] not in ("{", "["):
			yield name


def is_not_saved_yet(name: str) -> bool:
	"""Whether the desk calls a document so that a form is about to make: "new" in an address, "new-sky-lead-abc" after it."""
	return name == "new" or name.startswith("new-")
