"""Loads workflows/*.json: one reviewable file per process, a list of its states, its actions and the workflow itself.

From the moment of install a workflow is the admin's. A migrate brings a new version only to a workflow that nobody has
changed on this site; one that was edited, switched off or deleted stays as it is (setup/shipped.py).
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import frappe

from skycrm.setup import shipped
from skycrm.setup.deleting import delete_for_good

FOLDER = "workflows"
LINKED = ("Workflow State", "Workflow Action Master")


def load() -> dict[str, str]:
	"""Bring every shipped workflow to the site; safe to run on every migrate.

	Returns:
		Workflow -> what happened to it, see shipped.ship_versioned.
	"""
	return {
		workflow["name"]: _load_one(workflow, records)
		for records in read_files()
		for workflow in records
		if workflow["doctype"] == "Workflow"
	}


def read_files() -> Iterator[list[dict[str, Any]]]:
	"""The records of each file, in the order of the file names."""
	for path in sorted(Path(frappe.get_app_path("skycrm", FOLDER)).glob("*.json")):
		yield json.loads(path.read_text(encoding="utf-8"))


def _load_one(workflow: Mapping[str, Any], records: list[dict[str, Any]]) -> str:
	if not frappe.db.exists("DocType", workflow["document_type"]):
		return "no_doctype"
	for record in records:
		if record["doctype"] in LINKED:
			shipped.ship_once(record["doctype"], record, key=record["name"], name=record["name"])
	if not _links_exist(workflow):
		# An admin has deleted a state or action that only our own, by now unused, workflow named.
		return "links_missing"
	outcome = shipped.ship_versioned("Workflow", workflow["name"], workflow)
	if outcome == "edited":
		print(f"Workflow {workflow['name']} was changed on this site and stays as it is.")
	return outcome


def _links_exist(workflow: Mapping[str, Any]) -> bool:
	"""True when every state and action that the workflow names is on the site."""
	states = {row["state"] for row in workflow["states"]}
	actions = {row["action"] for row in workflow["transitions"]}
	return all(
		set(frappe.get_all(doctype, filters={"name": ("in", list(names))}, pluck="name")) == names
		for doctype, names in zip(LINKED, (states, actions), strict=True)
	)


def remove() -> None:
	"""Take away what the app brought, for the uninstall: every workflow on our DocTypes, also an admin's own, and the
	states and actions that the app made and no other workflow uses."""
	ours = frappe.get_all("DocType", filters={"module": "SkyCRM"}, pluck="name")
	workflows = frappe.get_all("Workflow", filters={"document_type": ("in", ours)}, pluck="name")
	delete_for_good("Workflow", workflows)
	used = {
		"Workflow State": {
			*frappe.get_all("Workflow Document State", pluck="state"),
			*frappe.get_all("Workflow Transition", pluck="state"),
			*frappe.get_all("Workflow Transition", pluck="next_state"),
		},
		"Workflow Action Master": set(frappe.get_all("Workflow Transition", pluck="action")),
	}
	for doctype in LINKED:
		delete_for_good(doctype, set(shipped.ours(doctype)) - used[doctype])
