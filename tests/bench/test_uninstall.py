"""On a site where people have worked: what names our DocTypes in other tables is gone, what only pointed to us stays.

test_install_cycle.py compares whole databases around a real uninstall of a fresh site; here the site has records,
attachments, boards, an admin's own workflow, mails and events, and everything is rolled back.
"""

import json
from collections.abc import Iterator

import access_records as make
import field_access_records as field_access
import pytest

import frappe
from frappe.utils.password import set_encrypted_password

from skycrm.setup import removal, roles, shipped, workflows

# Go with our DocTypes, module and tables when the framework deletes those right after.
DELETED_BY_FRAMEWORK = {
	"DocType",
	"DocField",
	"DocPerm",
	"DocType Link",
	"DocType Action",
	"DocType State",
	"Module Onboarding",
	"Workspace",
	"Workspace Link",
	"Workspace Shortcut",
	"Workspace Quick List",
	"Singles",
	"Dashboard Chart Source",
	"Report",
	"Print Format",
	"Form Tour Step",
	"Custom Field",
}


@pytest.fixture(autouse=True)
def nothing_stays():
	make.clean_up()
	yield
	make.clean_up()


def insert(doctype: str, **values):
	return frappe.get_doc({"doctype": doctype, **values}).insert(ignore_permissions=True)


@pytest.fixture
def worked_on() -> Iterator[tuple]:
	"""A lead with everything that can hang on a record, and what admins and users make around a DocType."""
	lead = make.lead()
	about = {"reference_doctype": "Sky Lead", "reference_name": lead.name}
	lead.add_comment("Comment", "Gọi lại sau Tết")
	lead.add_tag("khách quen")
	insert(
		"ToDo",
		description="x",
		allocated_to="Administrator",
		reference_type="Sky Lead",
		reference_name=lead.name,
	)
	insert("DocShare", share_doctype="Sky Lead", share_name=lead.name, everyone=1, read=1)
	insert("Version", ref_doctype="Sky Lead", docname=lead.name, data="{}")
	file = insert(
		"File",
		file_name="bao-gia.txt",
		content="x",
		attached_to_doctype="Sky Lead",
		attached_to_name=lead.name,
	)
	mail = insert("Communication", communication_medium="Email", subject="Hỏi giá", content="x", **about)
	event = insert(
		"Event",
		subject="Họp",
		starts_on="2026-11-23 09:00:00",
		event_participants=[{"reference_doctype": "Sky Lead", "reference_docname": lead.name}],
	)
	contact = insert("Contact", first_name="An", links=[{"link_doctype": "Sky Lead", "link_name": lead.name}])
	insert(
		"Kanban Board",
		kanban_board_name="Bảng riêng",
		reference_doctype="Sky Lead",
		field_name="status",
		columns=[{"column_name": "New"}],
	)
	insert(
		"List Filter",
		filter_name="Của tôi",
		reference_doctype="Sky Lead",
		for_user="Administrator",
		filters="[]",
	)
	insert(
		"Workflow",
		workflow_name="Quy trình riêng",
		document_type="Sky Opportunity",
		workflow_state_field="approval_status",
		states=[{"state": "Not Needed", "allow_edit": "Sky Sales User", "doc_status": "0"}],
		transitions=[],
	)
	insert("User Permission", user=make.user("Sky Sales User"), allow="Sky Team", for_value=make.team())
	frappe.db.sql("replace into `__UserSettings` values ('Administrator', 'Sky Lead', '{}')")
	set_encrypted_password("Sky Inbound Webhook", "of another time", "a secret", "secret")
	field_access.change("Sky Lead", "city")
	workflows.remove()
	removal.remove_traces()
	yield lead, file, mail, event, contact


def rows_that_name(names: list[str]) -> dict[str, int]:
	"""table.column -> rows whose value is one of the names, over every text column of every table that is not ours."""
	ours = {f"tab{name}" for name in removal.our_doctypes()}
	columns: dict[str, list[str]] = {}
	for table, column in frappe.db.sql(
		"""select table_name, column_name from information_schema.columns
		where table_schema = database() and data_type in ('varchar', 'text') and table_name not like 'information%%'"""
	):
		if table not in ours and table.removeprefix("tab") not in DELETED_BY_FRAMEWORK:
			columns.setdefault(table, []).append(column)
	found = {}
	for table, fields in columns.items():
		where = " or ".join(f"`{field}` in %(names)s" for field in fields)
		if not frappe.db.sql(f"select 1 from `{table}` where {where} limit 1", {"names": names}):
			continue
		for field in fields:
			if count := frappe.db.sql(
				f"select count(*) from `{table}` where `{field}` in %(names)s", {"names": names}
			)[0][0]:
				found[f"{table}.{field}"] = count
	return found


def test_no_table_names_one_of_our_doctypes(worked_on):
	removal.remove_shipped()
	left = rows_that_name(removal.our_doctypes())
	# Records of our module, which the framework deletes by module.
	of_module = {
		f"tab{doctype}" for doctype in frappe.get_all("DocField", {"options": "Module Def"}, pluck="parent")
	}
	assert {place: count for place, count in left.items() if place.split(".")[0] not in of_module} == {}


def test_attachments_and_rows_of_the_app_go_while_mails_events_and_contacts_stay(worked_on):
	_lead, file, mail, event, contact = worked_on
	assert not frappe.db.exists("File", file.name)
	assert not frappe.get_all("Scheduled Job Type", {"method": ("like", "skycrm.%")})
	assert not frappe.get_all("Patch Log", {"patch": ("like", "skycrm.%")})
	assert not frappe.db.sql("select name from tabSeries where name like 'SKY-%%'")
	assert not frappe.db.sql("select 1 from `__UserSettings` where doctype like 'Sky %%'")
	assert not frappe.db.sql("select 1 from `__Auth` where doctype like 'Sky %%'")

	assert frappe.db.get_value("Communication", mail.name, ["reference_doctype", "reference_name"]) == (
		None,
		None,
	)
	assert (
		frappe.db.exists("Event", event.name) and not frappe.get_doc("Event", event.name).event_participants
	)
	assert frappe.db.exists("Contact", contact.name) and not frappe.get_doc("Contact", contact.name).links


def test_no_role_and_no_workflow_is_left(worked_on):
	roles.remove()
	removal.remove_shipped()
	assert not frappe.get_all("Workflow")
	assert not frappe.get_all("Role", {"name": ("like", "Sky %")})
	assert not frappe.get_all("Has Role", {"role": ("like", "Sky %")})
	assert {"Pending", "Approved", "Rejected"} <= set(frappe.get_all("Workflow State", pluck="name"))
	for row in frappe.get_all(shipped.LEDGER, {"is_ours": 1}, ["reference_doctype", "reference_name"]):
		if row.reference_doctype not in removal.our_doctypes() and frappe.db.table_exists(
			row.reference_doctype
		):
			assert not frappe.db.exists(row.reference_doctype, row.reference_name), row


def test_records_of_others_are_untouched():
	insert(
		"List Filter", filter_name="Của tôi", reference_doctype="ToDo", for_user="Administrator", filters="[]"
	)
	todo = insert("ToDo", description="Mua sữa", allocated_to="Administrator")
	todo.add_comment("Comment", "hai hộp")
	counts = json.dumps(
		{d: frappe.db.count(d, {"reference_doctype": "ToDo"}) for d in ("List Filter", "Comment")}
	)
	removal.remove_traces()
	assert (
		json.dumps({d: frappe.db.count(d, {"reference_doctype": "ToDo"}) for d in ("List Filter", "Comment")})
		== counts
	)
	assert frappe.db.exists("ToDo", todo.name)
