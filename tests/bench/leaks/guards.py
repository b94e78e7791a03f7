"""The guards that keep records from people, each with a way to take it away for a moment.

A proof that finds nothing proves something only if it finds what is there once a guard is gone.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import frappe
from frappe import client
from frappe.desk import search
from frappe.desk.doctype.tag import tag

import skycrm.overrides.named_records as gate
from skycrm.permissions.hanging import HANGS_ON


@contextmanager
def without_gate() -> Iterator[None]:
	"""Nothing looks at the names in a request beforehand: what is left are the checks of the record itself."""
	with mock.patch.object(gate, "refuse_unseen", lambda: None):
		yield


def _limited(hook: str, value: Any) -> Iterator[tuple[str, Callable[[], Any], str]]:
	"""(label, patch, document type) for the guard of each of our document types behind a hook of permissions."""
	for doctype, methods in sorted(frappe.get_hooks(hook).items()):
		for method in methods:
			# Who may change a workflow or look at a chart is no question of records.
			# Rows of tables have a proof of their own in test_mass_assignment.py.
			is_row = frappe.get_meta(doctype).istable
			about_records = (doctype.startswith("Sky ") and not is_row) or doctype in HANGS_ON
			if not about_records or not method.startswith("skycrm."):
				continue
			module, _dot, name = method.rpartition(".")
			original = frappe.get_attr(method)

			def opened(
				*arguments: Any,
				_original: Any = original,
				_doctype: str = doctype,
				**more: Any,
			) -> Any:
				asked = more.get("doctype") or getattr(
					arguments[0] if arguments else more.get("doc"), "doctype", None
				)
				return value if asked in (_doctype, None) else _original(*arguments, **more)

			# The framework passes what a method names: the same names as the original.
			opened.__signature__ = inspect.signature(original)
			yield (
				f"{hook} of {doctype}",
				lambda m=module, n=name, o=opened: mock.patch(f"{m}.{n}", o),
				doctype,
			)


def of_lists() -> list[tuple[str, Callable[[], Any], str]]:
	"""The conditions of lists."""
	return list(_limited("permission_query_conditions", ""))


def of_records() -> list[tuple[str, Callable[[], Any], str]]:
	"""The checks of single records."""
	return list(_limited("has_permission", None))


def of_methods() -> list[tuple[str, Callable[[], Any]]]:
	"""(path, patch) for methods of the framework that this app answers in its place: the framework's own are put back."""
	functions = (
		search.search_link,
		search.search_widget,
		client.validate_link,
		search.get_link_title,
		tag.get_tagged_docs,
	)
	return [
		(
			f"{function.__module__}.{function.__name__}",
			lambda f=function: mock.patch(f"skycrm.overrides.reading.{f.__name__}", f),
		)
		for function in functions
	]
