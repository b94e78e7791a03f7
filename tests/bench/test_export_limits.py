"""Taking rows away: the right to export on every road, no more rows than the settings allow, and a line in the audit log."""

import gzip
import io
import json

import access_records
import factories
import openpyxl
import people
import pytest
from audit_records import Ledger, report, settings

import frappe

from skycrm.jobs import exports as export_jobs
from skycrm.services import export_audit, export_count

pytestmark = pytest.mark.commits

MANAGER = "limits-manager@example.com"
SELLER = "limits-seller@example.com"
ADMIN = "limits-admin@example.com"
LIST = "frappe.desk.reportview.export_query"
REPORT = "frappe.desk.query_report.export_query"
DATA_EXPORT = "frappe.core.doctype.data_export.exporter.export_data"
TEMPLATE = "frappe.core.doctype.data_import.data_import.download_template"
PREPARED = "frappe.core.doctype.prepared_report.prepared_report.download_attachment"
CONVERT = "frappe.core.doctype.prepared_report.prepared_report.enqueue_json_to_csv_conversion"
MAILED = "frappe.email.doctype.auto_email_report.auto_email_report.download"
# Ours behind it, by its name
DOORS = ("exports.download_prepared_report",)
REPORT_NAME = "Sky Limits Under Test"
CITY = "Thành phố Giới Hạn"
ROWS = 6


@pytest.fixture(scope="module")
def firm():
	people.only(MANAGER, "Sky Sales Manager", "Report Manager", "Prepared Report User")
	people.only(SELLER, "Sky Sales User", "Report Manager", "Prepared Report User")
	people.only(ADMIN, "Sky CRM Admin", "Report Manager", "Prepared Report User")
	names = [factories.make_lead(lead_owner=MANAGER, city=CITY).name for _number in range(ROWS)]
	frappe.db.set_value("Sky Lead", names[0], "lead_owner", SELLER)
	frappe.get_doc(
		{
			"doctype": "Report",
			"report_name": REPORT_NAME,
			"ref_doctype": "Sky Lead",
			"report_type": "Query Report",
			"is_standard": "No",
			"query": f"select name as 'Lead:Link/Sky Lead:100' from `tabSky Lead` where city = '{CITY}'",
			"roles": [{"role": role} for role in ("Sky Sales User", "Sky Sales Manager", "Sky CRM Admin")],
		}
	).insert()
	frappe.db.commit()
	yield names
	frappe.set_user("Administrator")
	frappe.db.rollback()
	frappe.delete_doc("Report", REPORT_NAME, force=True)
	for name in names:
		frappe.delete_doc("Sky Lead", name, force=True)
	frappe.db.commit()


@pytest.fixture
def ledger(firm):
	return Ledger()


@pytest.fixture
def limited(firm):
	"""One row fewer than there are."""
	with settings(max_export_rows=ROWS - 1):
		yield


@pytest.fixture
def prepared(firm):
	doc = frappe.get_doc(
		{"doctype": "Prepared Report", "report_name": REPORT_NAME, "status": "Completed", "filters": "{}"}
	)
	doc.flags.ignore_links = True
	doc.db_insert()
	rows = [{"lead": name} for name in firm]
	frappe.get_doc(
		{
			"doctype": "File",
			"file_name": "stored.json.gz",
			"attached_to_doctype": "Prepared Report",
			"attached_to_name": doc.name,
			"content": gzip.compress(
				json.dumps({"columns": [{"fieldname": "lead"}], "result": rows}).encode()
			),
			"is_private": 1,
		}
	).insert()
	frappe.db.commit()
	yield doc.name
	frappe.set_user("Administrator")
	frappe.db.rollback()
	for name in frappe.get_all("File", {"attached_to_name": doc.name}, pluck="name"):
		frappe.delete_doc("File", name, force=True)
	frappe.db.delete("Prepared Report", {"name": doc.name})
	frappe.db.commit()


def made_by(user: str, prepared: str) -> str:
	"""A stored report is for whoever made it: tests/bench/test_stored_reports.py."""
	frappe.db.set_value("Prepared Report", prepared, "owner", user)
	frappe.db.commit()
	return prepared


@pytest.fixture
def mailed(firm):
	doc = frappe.get_doc(
		{
			"doctype": "Auto Email Report",
			"report": REPORT_NAME,
			"user": MANAGER,
			"email_to": "sep@example.com",
			"format": "XLSX",
			"frequency": "Daily",
			"filters": "{}",
		}
	).insert()
	frappe.db.set_value("Auto Email Report", doc.name, "owner", MANAGER)
	frappe.db.commit()
	yield doc.name
	frappe.set_user("Administrator")
	frappe.db.rollback()
	frappe.delete_doc("Auto Email Report", doc.name, force=True)
	frappe.db.commit()


def where() -> str:
	return json.dumps([["Sky Lead", "city", "=", CITY]])


def list_form(**more) -> dict:
	return {
		"doctype": "Sky Lead",
		"file_format_type": "Excel",
		"fields": json.dumps(["`tabSky Lead`.`name`", "`tabSky Lead`.`lead_name`"]),
		"filters": where(),
		"title": "Leads",
		**more,
	}


WAYS = {
	"list": (LIST, list_form, "List", "Excel"),
	"list as CSV": (LIST, lambda: list_form(file_format_type="CSV"), "List", "CSV"),
	"list by page length": (LIST, lambda: list_form(page_length=500), "List", "Excel"),
	"report": (
		REPORT,
		lambda: {
			"report_name": REPORT_NAME,
			"file_format_type": "Excel",
			"filters": "{}",
			"visible_idx": json.dumps(list(range(ROWS))),
		},
		"Report",
		"Excel",
	),
	"report by a program": (
		REPORT,
		lambda: {"report_name": REPORT_NAME, "file_format_type": "CSV", "filters": "{}", "visible_idx": "[]"},
		"Report",
		"CSV",
	),
	"data export": (
		DATA_EXPORT,
		lambda: {
			"doctype": "Sky Lead",
			"select_columns": json.dumps({"Sky Lead": ["name", "lead_name"]}),
			"filters": where(),
			"file_type": "Excel",
			"template": "true",
			"with_data": "1",
		},
		"Data Export",
		"Excel",
	),
	"import template": (
		TEMPLATE,
		lambda: {
			"doctype": "Sky Lead",
			"file_type": "CSV",
			"export_records": "by_filter",
			"export_fields": json.dumps({"Sky Lead": ["name", "lead_name"]}),
			"export_filters": where(),
		},
		"Import Template",
		"CSV",
	),
}


def ask(client, method: str, form: dict):
	return client.post(f"/api/method/{method}", data=form)


def leads_in(response, firm) -> int:
	"""How many of the leads are in an Excel or CSV file."""
	if response.content[:2] == b"PK":
		cells = {
			str(cell.value).strip('"')
			for row in openpyxl.load_workbook(io.BytesIO(response.content)).active.iter_rows()
			for cell in row
		}
		return sum(name in cells for name in firm)
	return sum(name in response.text for name in firm)


class TestFilesAreWrittenDown:
	@pytest.mark.parametrize("way", WAYS)
	def test_who_took_how_many_rows_by_which_way(self, rest_as, ledger, firm, way):
		method, form, channel, file_type = WAYS[way]
		response = ask(rest_as(ADMIN), method, form())
		assert response.status_code == 200, response.text[:800]
		assert leads_in(response, firm) == ROWS
		line = ledger.one(action="Exported")
		assert (line.user, line.document_type, line.row_count, line.channel, line.file_type) == (
			ADMIN,
			"Sky Lead",
			ROWS,
			channel,
			file_type,
		)
		[shown] = [row for row in report(action="Exported", user=ADMIN) if row["name"] == line.name]
		assert str(ROWS) in shown["sentence"] and file_type in shown["sentence"]
		if channel not in ("Report",):
			assert shown["filters"] == f"District or City = {CITY}"

	def test_the_rows_are_those_that_the_person_sees(self, rest_as, ledger, firm):
		response = ask(rest_as(MANAGER), LIST, list_form())
		assert response.status_code == 200
		assert ledger.one(action="Exported").row_count == leads_in(response, firm) == ROWS - 1

	def test_selected_rows_and_rows_of_child_tables_are_counted_as_they_are_written(
		self, rest_as, ledger, firm
	):
		ask(rest_as(ADMIN), LIST, list_form(selected_items=json.dumps(firm[:2])))
		line = ledger.one(action="Exported")
		assert (line.row_count, line.details) == (2, {"selected": 2})
		lead = frappe.get_doc("Sky Lead", firm[0])
		for item in frappe.get_all("Item", pluck="name", limit=2):
			lead.append("items", {"item_code": item, "qty": 1})
		frappe.set_user(ADMIN)
		try:
			form = list_form(fields=json.dumps(["`tabSky Lead`.`name`", "`tabSky Lead Item`.`item_code`"]))
			lead.flags.ignore_permissions = True
			lead.save()
			rows = export_count.of_list(form)
			assert rows == ROWS + max(len(lead.items) - 1, 0)
		finally:
			frappe.set_user("Administrator")
			frappe.db.rollback()

	def test_of_a_report_only_the_rows_that_are_shown(self, rest_as, ledger):
		form = {**WAYS["report"][1](), "visible_idx": "[0, 2]"}
		ask(rest_as(ADMIN), REPORT, form)
		assert ledger.one(action="Exported").row_count == 2

	def test_templates_without_records_are_no_export(self, rest_as, ledger):
		form = {**WAYS["import template"][1](), "export_records": "blank_template"}
		assert ask(rest_as(MANAGER), TEMPLATE, form).status_code == 200
		form = {**WAYS["data export"][1](), "with_data": "0"}
		assert ask(rest_as(MANAGER), DATA_EXPORT, form).status_code == 200
		assert ledger.lines() == []

	def test_five_records_are_five(self, rest_as, ledger):
		form = {**WAYS["import template"][1](), "export_records": "5_records"}
		assert ask(rest_as(ADMIN), TEMPLATE, form).status_code == 200
		assert ledger.one(action="Exported").row_count == 5

	def test_other_apps_go_on_as_before(self, rest_as, ledger):
		with settings(max_export_rows=1):
			people.only(
				MANAGER, "Sky Sales Manager", "Report Manager", "Prepared Report User", "System Manager"
			)
			frappe.db.commit()
			ledger.__init__()
			try:
				response = ask(
					rest_as(MANAGER),
					LIST,
					{"doctype": "Country", "file_format_type": "CSV", "fields": '["name"]', "title": "x"},
				)
				assert response.status_code == 200 and len(response.text.splitlines()) > 100
				assert ledger.lines(action="Exported") == []
			finally:
				people.only(MANAGER, "Sky Sales Manager", "Report Manager", "Prepared Report User")
				frappe.db.commit()

	def test_a_stored_report(self, rest_as, ledger, prepared):
		response = ask(rest_as(ADMIN), PREPARED, {"dn": made_by(ADMIN, prepared)})
		assert response.status_code == 200, response.text[:500]
		line = ledger.one(action="Exported")
		assert (line.row_count, line.channel, line.details["report"]) == (ROWS, "Stored Report", REPORT_NAME)

	def test_a_mailed_report(self, rest_as, ledger, mailed):
		response = ask(rest_as(MANAGER), MAILED, {"name": mailed})
		assert response.status_code == 200, response.text[:500]
		line = ledger.one(action="Exported")
		assert (line.user, line.row_count, line.channel, line.file_type) == (
			MANAGER,
			ROWS,
			"Mailed Report",
			"XLSX",
		)
		assert line.details == {"report": REPORT_NAME, "recipients": 1}

	def test_a_mailed_report_at_night_is_its_users(self, ledger, mailed):
		frappe.get_doc("Auto Email Report", mailed).get_report_content()
		frappe.db.commit()
		assert ledger.one(action="Exported").user == MANAGER


class TestTheLimit:
	@pytest.mark.parametrize("way", WAYS)
	def test_a_file_that_is_too_large_is_refused_before_it_is_made(self, rest_as, limited, firm, way):
		method, form, channel, _file_type = WAYS[way]
		people.only(MANAGER, "Sky Sales Manager", "Report Manager", "Prepared Report User")
		frappe.db.set_value("Sky Lead", firm[0], "lead_owner", MANAGER)
		frappe.db.commit()
		ledger = Ledger()
		response = ask(rest_as(MANAGER), method, form())
		assert response.status_code == 417, response.text[:500]
		assert "content-disposition" not in response.headers
		said = json.loads(json.loads(response.json()["_server_messages"])[0])["message"]
		assert (
			f"<strong>{ROWS}</strong> rows were asked for; one file may hold <strong>{ROWS - 1}</strong>"
			in said
		)
		assert "Filter for fewer, or ask an administrator" in said
		line = ledger.one()
		assert (line.action, line.user, line.row_count, line.channel) == (
			"Export Refused",
			MANAGER,
			ROWS,
			channel,
		)
		assert line.details["why"] == "rows"

	@pytest.mark.parametrize("way", WAYS)
	def test_administrators_are_not_limited(self, rest_as, limited, ledger, firm, way):
		method, form, _channel, _file_type = WAYS[way]
		assert ask(rest_as(ADMIN), method, form()).status_code == 200

	def test_at_the_limit_it_is_made(self, rest_as, firm):
		with settings(max_export_rows=ROWS):
			assert ask(rest_as(MANAGER), LIST, list_form()).status_code == 200

	def test_none_is_no_limit(self, rest_as, firm):
		with settings(max_export_rows=0):
			assert ask(rest_as(MANAGER), LIST, list_form()).status_code == 200

	def test_fewer_selected_rows_of_many_are_made(self, rest_as, limited, firm):
		response = ask(rest_as(MANAGER), LIST, list_form(selected_items=json.dumps(firm[1:3])))
		assert response.status_code == 200
		assert leads_in(response, firm) == 2

	def test_in_the_background_it_is_refused_at_once(self, rest_as, limited, ledger):
		for method, form in ((LIST, list_form()), (REPORT, WAYS["report by a program"][1]())):
			response = ask(rest_as(MANAGER), method, {**form, "export_in_background": 1})
			assert response.status_code == 417, response.text[:300]
		assert [line.action for line in ledger.lines()] == ["Export Refused"] * 2

	def test_and_again_by_the_worker(self, limited, ledger):
		"""There may be more rows than when it was asked for."""
		before = frappe.db.count("File")
		with pytest.raises(export_audit.TooManyRows):
			export_jobs.run("list", list_form(), MANAGER)
		frappe.set_user("Administrator")
		line = ledger.one()
		assert (line.action, line.user, line.channel) == ("Export Refused", MANAGER, "Background List")
		assert frappe.db.count("File") == before

	def test_a_worker_writes_whose_file_it_was(self, ledger, monkeypatch):
		monkeypatch.setattr("frappe.desk.utils.send_report_email", lambda *args, **more: None)
		frappe.local.response = frappe._dict(docs=[])
		export_jobs.run("list", list_form(), MANAGER, "Administrator")
		frappe.db.commit()
		frappe.set_user("Administrator")
		frappe.flags.sky_impersonated_by = None
		line = ledger.one(action="Exported")
		assert (line.user, line.impersonated_by, line.row_count) == (MANAGER, "Administrator", ROWS)

	def test_stored_and_mailed_reports(self, rest_as, limited, ledger, prepared, mailed):
		made_by(MANAGER, prepared)
		for method, form in (
			(PREPARED, {"dn": prepared}),
			(CONVERT, {"prepared_report_name": prepared}),
			(MAILED, {"name": mailed}),
		):
			response = ask(rest_as(MANAGER), method, form)
			assert response.status_code == 417, (method, response.text[:300])
		assert [(line.action, line.row_count) for line in ledger.lines()] == [("Export Refused", ROWS)] * 3

	def test_a_limit_is_a_number_that_makes_sense(self):
		doc = frappe.get_doc("Sky CRM Settings")
		doc.max_export_rows = -1
		with pytest.raises(frappe.ValidationError):
			doc.save()

	def test_a_fresh_site_has_one(self):
		assert frappe.get_meta("Sky CRM Settings").get_field("max_export_rows").default == "5000"
		assert frappe.db.get_singles_dict("Sky CRM Settings")["max_export_rows"] is not None


class TestTheRight:
	@pytest.mark.parametrize("way", WAYS)
	def test_who_may_read_but_not_export_gets_no_file(self, rest_as, ledger, firm, way):
		method, form, channel, _file_type = WAYS[way]
		response = ask(rest_as(SELLER), method, form())
		assert response.status_code == 403, response.text[:500]
		assert not any(name in response.text for name in firm)
		line = ledger.one()
		assert (line.action, line.user, line.channel) == ("Export Refused", SELLER, channel)
		assert line.details["why"] == "right"

	@pytest.mark.parametrize(
		"filters", ['[["a"]]', "[[[[", "17", '{"a": {"b": [1]}}', '[[["x"], ["y"], {"z": 1}]]', "x" * 9000]
	)
	def test_whatever_is_sent_the_line_is_written_and_can_be_read(self, rest_as, ledger, filters):
		form = list_form(filters=filters, file_format_type="<img src=x>" * 50)
		assert ask(rest_as(SELLER), LIST, form).status_code == 403
		line = ledger.one(action="Export Refused")
		[shown] = [row for row in report(user=SELLER, action="Export Refused") if row["name"] == line.name]
		assert shown["sentence"] == "Asked for a file of Sky Lead without the right to export"
		assert len(shown["filters"]) <= 300

	@pytest.mark.parametrize("way", WAYS)
	def test_guests_get_nothing_and_leave_no_line(self, rest_as, ledger, way):
		method, form, _channel, _file_type = WAYS[way]
		assert ask(rest_as("Guest"), method, form()).status_code == 403
		assert ledger.lines() == []

	def test_the_right_to_something_else_does_not_count(self, rest_as, ledger):
		"""The framework asks for the right to export the DocType that the caller names as parent."""
		own = frappe.get_doc({"doctype": "ToDo", "description": "x"})
		assert own
		for parent in ("ToDo", "Note", "Event"):
			form = {**WAYS["data export"][1](), "parent_doctype": parent}
			assert ask(rest_as(SELLER), DATA_EXPORT, form).status_code == 403

	def test_a_report_of_a_report_is_about_the_same_records(self, rest_as, ledger):
		name = "Sky Limits Copied"
		frappe.get_doc(
			{
				"doctype": "Report",
				"report_name": name,
				"ref_doctype": "ToDo",
				"reference_report": REPORT_NAME,
				"report_type": "Custom Report",
				"is_standard": "No",
				"json": "{}",
				"roles": [{"role": "Sky Sales User"}],
			}
		).insert()
		frappe.db.commit()
		try:
			form = {**WAYS["report"][1](), "report_name": name}
			assert ask(rest_as(SELLER), REPORT, form).status_code == 403
			assert ledger.one().document_type == "Sky Lead"
		finally:
			frappe.delete_doc("Report", name, force=True)
			frappe.db.commit()

	def test_stored_reports(self, rest_as, ledger, prepared):
		made_by(SELLER, prepared)
		for user in (SELLER, "Guest"):
			for method, form in (
				(PREPARED, {"dn": prepared}),
				(CONVERT, {"prepared_report_name": prepared}),
			):
				response = ask(rest_as(user), method, form)
				assert response.status_code == 403, (user, method, response.text[:300])
		assert {line.user for line in ledger.lines()} == {SELLER}

	def test_reports_that_are_mailed_need_it_to_be_set_up_and_to_be_sent(self, rest_as, ledger, mailed):
		client = rest_as(SELLER)
		made = client.post(
			client.resource("Auto Email Report"),
			json={
				"report": REPORT_NAME,
				"user": SELLER,
				"email_to": "doi-thu@example.com",
				"format": "XLSX",
				"frequency": "Daily",
				"filters": "{}",
			},
		)
		assert made.status_code == 403, made.text[:500]
		# In the name of somebody who may, set up by somebody who may not.
		made = client.post(
			client.resource("Auto Email Report"),
			json={
				"report": REPORT_NAME,
				"user": MANAGER,
				"email_to": "doi-thu@example.com",
				"format": "CSV",
				"frequency": "Daily",
				"filters": "{}",
			},
		)
		assert made.status_code == 403, made.text[:500]
		assert not frappe.db.exists("Auto Email Report", {"email_to": "doi-thu@example.com"})
		# One that was set up while the right was there.
		frappe.db.set_value("Auto Email Report", mailed, "user", SELLER)
		frappe.db.commit()
		with pytest.raises(frappe.PermissionError):
			frappe.get_doc("Auto Email Report", mailed).send()
		assert ledger.one(action="Export Refused").user == SELLER

	def test_reading_is_reading(self, rest_as, ledger, firm):
		"""`get_list` without a limit answers with what may be read; docs/audit.en.md says so."""
		frappe.db.set_value("Sky Lead", firm[0], "lead_owner", SELLER)
		frappe.db.commit()
		rows = rest_as(SELLER).message(
			"frappe.client.get_list", doctype="Sky Lead", filters={"city": CITY}, limit_page_length=0
		)
		assert [row["name"] for row in rows] == [firm[0]]
		assert ledger.lines() == []


def test_our_own_files(ledger, firm):
	"""The outcome of an import, and what is kept about a person."""
	export_audit.note("Sky Personal Data Request", 12, "Personal Data", "ZIP", name="SKY-PDR-1")
	frappe.db.commit()
	line = ledger.one(action="Exported")
	[shown] = [row for row in report(action="Exported") if row["name"] == line.name]
	assert shown["sentence"] == "Exported everything that is kept about one person: 12 rows"


def test_the_right_is_asked_as_the_framework_asks_it(firm):
	for user in (MANAGER, SELLER, ADMIN, "Administrator"):
		with access_records.acting_as(user):
			for doctype in ("Sky Lead", "Sky Segment", "Sky Audit Log"):
				assert export_audit.may_export(doctype, user) == bool(
					frappe.permissions.can_export(doctype)
				), (user, doctype)
