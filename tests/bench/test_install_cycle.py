"""Install, uninstall, install again, migrate twice: compared table by table, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import scratch

SITE = f"cycle-{scratch.OWN}"

# Written by frappe as things happen, whatever the app: not part of what an app leaves behind
LOGS = {
	"tabActivity Log",
	"tabAccess Log",
	"tabDeleted Document",
	"tabError Log",
	"tabRoute History",
	"tabScheduled Job Log",
	"tabSessions",
	"tabVersion",
	"tabRQ Job",
	"__global_search",
	"__UserSettings",
}
# Set anew by every save or sync
TIMES = {"creation", "modified", "modified_by", "migration_hash"}
# Child rows get new names when their parent is saved again
REBUILT = {"tabInstalled Application", "tabPortal Menu Item", "tabGlobal Search DocType"}

# What people leave around records of the app: none of it means anything without the app
WORK = """
from frappe.desk.form.assign_to import add
from frappe.desk.doctype.tag.tag import add_tag
lead = frappe.get_doc({"doctype": "Sky Lead", "lead_name": "Nguyễn Văn An", "mobile_no": "0912345678"}).insert()
lead.add_comment("Comment", "Gọi lại sau 15 giờ")
lead.job_title = "Giám đốc"
lead.save()
add({"assign_to": ["Administrator"], "doctype": lead.doctype, "name": lead.name, "description": "Gọi lại"})
frappe.share.add(lead.doctype, lead.name, "Guest", read=1, notify=0)
frappe.get_doc({"doctype": "List Filter", "filter_name": "Của tôi", "reference_doctype": "Sky Lead",
	"filters": "[]"}).insert()
frappe.get_doc({"doctype": "Custom Field", "dt": "Sky Lead", "fieldname": "nickname", "label": "Nickname",
	"fieldtype": "Data"}).insert()
frappe.get_doc({"doctype": "Notification", "name": "On a lead", "subject": "Lead", "document_type": "Sky Lead",
	"event": "New", "channel": "System Notification", "message": "-", "enabled": 0,
	"recipients": [{"receiver_by_role": "System Manager"}]}).insert()
frappe.make_property_setter({"doctype": "Sky Lead", "fieldname": "job_title", "property": "bold", "value": "1",
	"property_type": "Check"})
user = frappe.get_doc({"doctype": "User", "email": "cycle.seller@example.com", "first_name": "cycle.seller",
	"send_welcome_email": 0}).insert()
user.add_roles("Sky Sales User")
"""
PERSON = "cycle.seller"


@pytest.fixture(scope="module")
def cycle() -> Iterator[SimpleNamespace]:
	"""Take a site once through install, uninstall, install, migrate, migrate; returns what was seen at each stage."""
	scratch.new_site(scratch.BENCH, SITE)
	seen = SimpleNamespace()
	tables = scratch.Tables(scratch.BENCH, SITE)

	def look(name: str) -> None:
		setattr(
			seen,
			name,
			SimpleNamespace(
				content=tables.content(LOGS | REBUILT, TIMES),
				columns=tables.columns(),
				indexes=tables.indexes(),
				apps=scratch.bench_command(scratch.BENCH, "--site", SITE, "list-apps"),
			),
		)

	def run(*argv: str) -> None:
		scratch.bench_command(scratch.BENCH, "--site", SITE, *argv)

	try:
		look("before")
		run("install-app", "skycrm")
		look("installed")
		scratch.python(scratch.BENCH, SITE, WORK)
		look("in_use")
		run("uninstall-app", "skycrm", "--yes", "--no-backup")
		look("removed")
		run("install-app", "skycrm")
		look("again")
		run("migrate", "--skip-search-index")
		look("migrated")
		run("migrate", "--skip-search-index")
		look("migrated_twice")
		yield seen
	finally:
		tables.close()
		scratch.drop_site(scratch.BENCH, SITE)


def test_installing_brings_the_app(cycle: SimpleNamespace):
	assert "skycrm" in cycle.installed.apps
	assert "tabSky Lead" in cycle.installed.columns
	assert "sky_opportunity" in cycle.installed.columns["tabQuotation"]
	assert cycle.installed.content["tabWorkflow"]


def test_the_app_was_in_use_before_it_was_removed(cycle: SimpleNamespace):
	assert len(cycle.in_use.content["tabSky Lead"]) == 1
	assert "nickname" in cycle.in_use.columns["tabSky Lead"]
	assert any("Sky Sales User" in str(row) for row in cycle.in_use.content["tabHas Role"].values())


def test_uninstalling_leaves_no_table_no_column_and_no_index(cycle: SimpleNamespace):
	assert "skycrm" not in cycle.removed.apps
	assert set(cycle.removed.columns) - set(cycle.before.columns) == set()
	left = {
		f"{table}.{column}"
		for table, columns in cycle.removed.columns.items()
		for column in columns - cycle.before.columns.get(table, set())
	}
	assert left == set()
	assert cycle.removed.indexes - cycle.before.indexes == set()


def test_uninstalling_takes_nothing_of_frappe_and_erpnext_away(cycle: SimpleNamespace):
	assert set(cycle.before.columns) - set(cycle.removed.columns) == set()
	lost = {
		f"{table}.{column}"
		for table, columns in cycle.before.columns.items()
		for column in columns - cycle.removed.columns.get(table, set())
	}
	assert lost == set()
	assert cycle.before.indexes - cycle.removed.indexes == set()


@pytest.mark.parametrize(
	"table",
	[
		"Custom Field",
		"Property Setter",
		"Custom DocPerm",
		"Workflow",
		"Workflow State",
		"Workflow Action Master",
		"Role",
		"Role Profile",
		"Has Role",
		"Print Format",
		"Module Def",
		"DocType",
		"Client Script",
		"Server Script",
		"Notification",
		"Report",
		"Workspace",
		"Number Card",
		"Dashboard Chart",
		"Form Tour",
		"Onboarding Step",
		"Module Onboarding",
		"Scheduled Job Type",
		"Patch Log",
	],
)
def test_uninstalling_leaves_no_record_of_ours(cycle: SimpleNamespace, table: str):
	before, removed = (stage.content[f"tab{table}"] for stage in (cycle.before, cycle.removed))
	assert set(removed) - set(before) == set(), f"left in {table}"
	assert set(before) - set(removed) == set(), f"lost from {table}"


def test_after_uninstalling_every_row_of_every_table_is_as_it_was(cycle: SimpleNamespace):
	left = scratch.differences(cycle.before.content, cycle.removed.content)
	# A person is not a part of the app: the user stays, without the app's roles
	left = [line for line in left if PERSON not in line]
	assert not left, "\n".join(left)


def test_installing_again_gives_the_same_as_the_first_time(cycle: SimpleNamespace):
	assert set(cycle.again.columns) == set(cycle.installed.columns)
	assert cycle.again.columns == cycle.installed.columns
	assert cycle.again.indexes == cycle.installed.indexes
	for table in (
		"Custom Field",
		"Workflow",
		"Workflow State",
		"Role",
		"Print Format",
		"DocType",
		"Workspace",
	):
		assert set(cycle.again.content[f"tab{table}"]) == set(cycle.installed.content[f"tab{table}"]), table


def test_a_migrate_after_installing_adds_nothing_to_the_app(cycle: SimpleNamespace):
	assert cycle.migrated.columns == cycle.again.columns
	assert cycle.migrated.indexes == cycle.again.indexes


def test_a_second_migrate_changes_nothing(cycle: SimpleNamespace):
	assert cycle.migrated_twice.columns == cycle.migrated.columns
	assert cycle.migrated_twice.indexes == cycle.migrated.indexes
	changed = scratch.differences(cycle.migrated.content, cycle.migrated_twice.content)
	assert not changed, "\n".join(changed)
