"""What a fresh site starts with: sales stages, a first team, settings, saved list filters.

Everything is inserted once and belongs to the admin from then on: changed, it stays changed; deleted, it stays away
(setup/shipped.py).
"""

import json
from typing import Any

import frappe
from frappe import _

from skycrm.domain.intake import DEFAULT_POLICIES
from skycrm.permissions.governed import GOVERNED
from skycrm.setup import notifications, scoring_rules, shipped

SETTINGS = "Sky CRM Settings"
ROOT_TEAM = "All Teams"

# stage, probability, type, forecast category
STAGES: tuple[tuple[str, int, str, str], ...] = (
	("Prospecting", 10, "Open", "Pipeline"),
	("Needs Analysis", 25, "Open", "Pipeline"),
	("Proposal", 50, "Open", "Best Case"),
	("Negotiation", 75, "Open", "Commit"),
	("Won", 100, "Won", "Closed"),
	("Lost", 0, "Lost", "Omitted"),
)
PROPOSAL_STAGE = "Proposal"

# DocTypes whose records belong to somebody; the settings show the rule in force instead of hiding it in the code.
ACCESS_DEFAULTS = {doctype: fields.default for doctype, fields in GOVERNED.items()}


def insert_all() -> None:
	"""Bring what is missing and was never brought before; safe to run on every migrate."""
	insert_stages()
	insert_root_team()
	fill_settings()
	insert_list_filters()
	widen_lead_list()
	scoring_rules.insert()
	notifications.ship()


def insert_stages() -> None:
	"""The pipeline, unless the site has made its own already."""
	for position, (stage, probability, kind, forecast) in enumerate(STAGES, start=1):
		shipped.ship_once(
			"Sky Sales Stage",
			{
				"stage_name": stage,
				"probability": probability,
				"type": kind,
				"forecast_category": forecast,
				"sequence": position * 10,
				"is_proposal_stage": int(stage == PROPOSAL_STAGE),
				"enabled": 1,
			},
			key=stage,
			name=stage,
		)


def insert_root_team() -> None:
	"""One team above all others: its manager sees everything that belongs to a team."""
	if frappe.db.count("Sky Team"):
		return
	shipped.ship_once("Sky Team", {"team_name": ROOT_TEAM, "is_group": 1}, key=ROOT_TEAM, name=ROOT_TEAM)


def fill_settings() -> None:
	"""Settings that the site has never stored get the value that their form shows as default.

	A setting that an admin emptied is stored as empty and stays so.
	"""
	stored = frappe.db.get_singles_dict(SETTINGS)
	missing = {
		field.fieldname: field.default
		for field in frappe.get_meta(SETTINGS).fields
		if field.default not in (None, "") and field.fieldname not in stored
	}
	for fieldname, default in missing.items():
		frappe.db.set_single_value(SETTINGS, fieldname, default, update_modified=False)
	_insert_access_defaults()
	_insert_door_policies()
	frappe.clear_document_cache(SETTINGS, SETTINGS)


def _insert_access_defaults() -> None:
	settings = frappe.get_doc(SETTINGS)
	named = {row.document_type for row in settings.access_defaults}
	new = [
		doctype
		for doctype in ACCESS_DEFAULTS
		if doctype not in named and not shipped.was_shipped("Sky Access Default", doctype)
	]
	if not new:
		return
	# Rows for document types that nobody owns were accepted once and never did anything; they would refuse the save.
	settings.access_defaults = [row for row in settings.access_defaults if row.document_type in GOVERNED]
	for doctype in new:
		settings.append(
			"access_defaults", {"document_type": doctype, "access": ACCESS_DEFAULTS[doctype].value}
		)
	settings.flags.ignore_permissions = True  # an installer's write, no user's
	settings.flags.ignore_mandatory = True
	settings.save()
	for doctype in new:
		shipped.note_shipped("Sky Access Default", doctype)


def _insert_door_policies() -> None:
	"""One row for each door, so that the settings show what happens there; a row that an admin removed stays away."""
	settings = frappe.get_doc(SETTINGS)
	named = {row.door for row in settings.door_policies}
	new = [
		door
		for door in DEFAULT_POLICIES
		if door not in named and not shipped.was_shipped("Sky Door Policy", door)
	]
	if not new:
		return
	for door in new:
		settings.append("door_policies", {"door": door, "policy": DEFAULT_POLICIES[door]})
	settings.flags.ignore_permissions = True  # an installer's write, no user's
	settings.flags.ignore_mandatory = True
	settings.save()
	for door in new:
		shipped.note_shipped("Sky Door Policy", door)


def insert_list_filters() -> None:
	"""Saved filters that everybody finds beside the lists, named in the language of the site.

	The framework shows their names as they are stored, so they are translated here, once.
	"""
	language = frappe.db.get_single_value("System Settings", "language") or "en"
	for doctype, filters in list_filters().items():
		for key, (label, conditions) in filters.items():
			shipped.ship_once(
				"List Filter",
				{
					"filter_name": _(label, lang=language),
					"reference_doctype": doctype,
					"for_user": "",
					"filters": json.dumps([[doctype, *condition, False] for condition in conditions]),
				},
				key=f"{doctype} {key}",
			)


def widen_lead_list() -> None:
	"""The list of leads shows the score too without dropping the next contact on a screen of usual width."""
	shipped.ship_once("List View Settings", {"total_fields": "7"}, key="Sky Lead", name="Sky Lead")


def list_filters() -> dict[str, dict[str, tuple[str, list[list[Any]]]]]:
	"""DocType -> key -> (name, conditions as [field, operator, value])."""
	open_lead = ["status", "not in", ["Converted", "Unqualified"]]
	open_sale = ["status", "=", "Open"]
	return {
		"Sky Lead": {
			"open": (_("Open leads"), [open_lead]),
			"hot": (_("Hot leads"), [open_lead, ["rating", "=", "Hot"]]),
			"best": (_("Score 70 and above"), [open_lead, ["score", ">=", 70]]),
			"due": (
				_("Contact due or overdue"),
				[open_lead, ["next_contact_on", "Timespan", "last 90 days"]],
			),
			"new": (_("New this week"), [open_lead, ["creation", "Timespan", "this week"]]),
			"unassigned": (_("Without an owner"), [open_lead, ["lead_owner", "is", "not set"]]),
			"converted": (_("Converted leads"), [["status", "=", "Converted"]]),
		},
		"Sky Opportunity": {
			"open": (_("Open opportunities"), [open_sale]),
			"closing": (_("Closing this month"), [open_sale, ["expected_closing", "Timespan", "this month"]]),
			"overdue": (
				_("Closing date passed"),
				[open_sale, ["expected_closing", "Timespan", "last 90 days"]],
			),
			"due": (
				_("Contact due or overdue"),
				[open_sale, ["next_contact_on", "Timespan", "last 90 days"]],
			),
			"approval": (_("Waiting for approval"), [["approval_status", "=", "Pending"]]),
			"won": (_("Won this quarter"), [["won_on", "Timespan", "this quarter"]]),
			"lost": (_("Lost this quarter"), [["lost_on", "Timespan", "this quarter"]]),
		},
	}
