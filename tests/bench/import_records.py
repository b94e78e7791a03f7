"""Files and imports for tests."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from factories import unique

import frappe

from skycrm.services import import_actions, import_run, import_status


def as_csv(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
	"""Return rows as the text of a file."""
	text = io.StringIO()
	csv.writer(text, delimiter=delimiter).writerows(rows)
	return text.getvalue()


def upload(content: str | bytes, name: str = "list.csv", **values: Any) -> Any:
	"""Return an uploaded private file of the session's user."""
	return frappe.get_doc(
		{
			"doctype": "File",
			"file_name": f"{unique('import').replace(' ', '-')}-{name}",
			"content": content,
			"is_private": 1,
			**values,
		}
	).insert()


def new_import(content: str | bytes, name: str = "list.csv", **values: Any) -> Any:
	"""Return an import of a file with this content."""
	file = upload(content, name)
	return frappe.get_doc({"doctype": "Sky Lead Import", "file": file.file_url, **values}).insert()


def run(doc: Any) -> Any:
	"""Start an import and run it here and now; returns it as it is afterwards."""
	import_actions.start(doc.name)
	import_run.run(doc.name, frappe.db.commit)
	return doc.reload()


def dry_run(doc: Any) -> Any:
	"""Try an import out here and now; returns it as it is afterwards."""
	import_actions.check(doc.name)
	import_run.dry_run(doc.name, frappe.db.commit)
	return doc.reload()


def imported(content: str | bytes, name: str = "list.csv", **values: Any) -> Any:
	"""Return a finished import of a file with this content."""
	return run(new_import(content, name, **values))


def outcomes(doc: Any) -> list[tuple[int, str, str | None, str | None]]:
	"""Return (line, outcome, lead, header) of the rows of an import."""
	rows = frappe.get_all(
		"Sky Lead Import Row",
		{"lead_import": doc.name},
		["line", "outcome", "lead", "header"],
		order_by="line",
		limit=0,
	)
	return [(row.line, row.outcome, row.lead, row.header) for row in rows]


def counts(doc: Any) -> tuple[int, int, int, int]:
	"""Return how many rows were (made, attached, skipped, refused)."""
	return doc.made, doc.merged, doc.skipped, doc.refused


def queue(doc: Any) -> None:
	"""Put an import into the queue's state without a job: the test runs it in a process of its own."""
	import_actions.set_columns(doc.name, [row["field"] for row in _preview(doc)["columns"]])
	import_status.move(doc.name, import_status.QUEUED, started_by=frappe.session.user, last_line=0)


def _preview(doc: Any) -> dict[str, Any]:
	from skycrm.services import import_preview

	return import_preview.preview(doc)


def remove(docs: Sequence[Any]) -> None:
	"""Delete committed imports, their leads, and what hangs on those."""
	names = [doc.name for doc in docs]
	leads = frappe.get_all(
		"Sky Lead Import Row", {"lead_import": ("in", names), "outcome": "Made"}, pluck="lead", limit=0
	)
	for doctype, field in (
		("Sky Lead Key", "lead"),
		("Sky Lead Touch", "lead"),
		("Workflow Action", "reference_name"),
		("Sky Lead", "name"),
	):
		if leads:
			frappe.db.delete(doctype, {field: ("in", leads)})
	for name in names:
		frappe.db.set_value("Sky Lead Import", name, "status", "Stopped")
		frappe.delete_doc("Sky Lead Import", name)
	frappe.db.commit()
