"""Every DocType of ours is cleaned and protected on save: the list in hooks.py is complete, and a new DocType joins it."""

import json
from pathlib import Path

import pytest

from skycrm import hooks
from skycrm.permissions.governed import GOVERNED

APP = Path(__file__).resolve().parents[2] / "apps" / "skycrm" / "skycrm" / "skycrm"
EVENTS = {
	"before_validate": "skycrm.services.protected_values.keep",
	"validate": "skycrm.services.stored_markup.clean",
	"onload": "skycrm.services.stored_markup.clean_shown",
	"before_print": "skycrm.services.stored_markup.clean_printed",
}


def definitions():
	for path in APP.glob("doctype/*/*.json"):
		definition = json.loads(path.read_text("utf-8"))
		if definition.get("doctype") == "DocType":
			yield definition


def events_of(doctype):
	found = {}
	for key, events in hooks.doc_events.items():
		if doctype == key or (isinstance(key, tuple) and doctype in key):
			for event, paths in events.items():
				found.setdefault(event, []).extend([paths] if isinstance(paths, str) else paths)
	return found


@pytest.mark.parametrize("definition", definitions(), ids=lambda definition: definition["name"])
def test_each_doctype_is_looked_after(definition):
	events = events_of(definition["name"])
	for event, path in EVENTS.items():
		# Rows are looked at with their record.
		assert (path in events.get(event, [])) != bool(definition.get("istable")), event


def test_the_list_has_every_doctype_once_and_none_that_is_gone():
	names = {definition["name"] for definition in definitions() if not definition.get("istable")}
	assert set(hooks._RECORDS) == names - {"Sky Audit Log"}
	assert list(hooks._RECORDS) == sorted(set(hooks._RECORDS), key=str.lower)


def test_all_who_ask_for_every_doctype_use_the_list():
	keys = [key for key in hooks.doc_events if isinstance(key, tuple) and "Sky Lead" in key]
	# Besides those that the rule of access decides about.
	assert [key for key in keys if set(key) != set(GOVERNED)] == [
		(*hooks._RECORDS, "Sky Audit Log"),
		hooks._RECORDS,
	]


def test_rows_of_records_that_not_everybody_sees_are_no_more_open_than_the_records():
	from_hooks = {
		doctype
		for doctype, path in hooks.permission_query_conditions.items()
		if path.endswith("rows.query_conditions")
	}
	needed = {
		field["options"]
		for definition in definitions()
		if not definition.get("istable") and definition["name"] in hooks.permission_query_conditions
		for field in definition["fields"]
		if field["fieldtype"] in ("Table", "Table MultiSelect")
	}
	assert from_hooks == needed
	for doctype in needed:
		folder = doctype.lower().replace(" ", "_")
		source = (APP / "doctype" / folder / f"{folder}.py").read_text("utf-8")
		assert "(RowOfRecord, Document)" in source, doctype
