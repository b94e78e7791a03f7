"""What people download is a list of texts and numbers, never of formulas, over real HTTP and for the right people only."""

import csv
import io
import json
from urllib.parse import quote

import factories
import openpyxl
import people
import pytest

import frappe

from skycrm.jobs import exports as export_jobs
from skycrm.overrides import exports
from skycrm.services.export_guard import restored

pytestmark = pytest.mark.commits

FORMULA = '=HYPERLINK("https://example.com","Bấm")'
DASHED = "- gọi lại sau"
PHONE = "+49 170 1234567"
LOCAL_PHONE = "0912345671"
LIST = "frappe.desk.reportview.export_query"
REPORT = "frappe.desk.query_report.export_query"
DATA_EXPORT = "frappe.core.doctype.data_export.exporter.export_data"
TEMPLATE = "frappe.core.doctype.data_import.data_import.download_template"
ERRORED = "frappe.core.doctype.data_import.data_import.download_errored_template"
LOG = "frappe.core.doctype.data_import.data_import.download_import_log"
PREPARED = "frappe.core.doctype.prepared_report.prepared_report.enqueue_json_to_csv_conversion"
WRITES = "exports-writes@example.com"
READS_ONLY = "exports-reads@example.com"
REPORT_NAME = "Sky Exports Under Test"


@pytest.fixture
def lead():
	people.only(WRITES, "Sky CRM Admin", "System Manager")
	doc = factories.make_lead(
		lead_name=factories.unique("@Nguyễn Văn"),
		organization=FORMULA,
		job_title=DASHED,
		mobile_no=PHONE,
		phone=LOCAL_PHONE,
		source=None,
	)
	frappe.db.commit()
	yield doc
	frappe.delete_doc("Sky Lead", doc.name, force=True)
	frappe.db.commit()


@pytest.fixture
def report(lead):
	values = {
		"doctype": "Report",
		"report_name": REPORT_NAME,
		"ref_doctype": "Sky Lead",
		"report_type": "Query Report",
		"is_standard": "No",
		"query": f"select lead_name as 'Name:Data:100', organization as 'Firm:Data:100', mobile_no as 'Phone:Data:100', -5 as 'Number:Int:50' from `tabSky Lead` where name = '{lead.name}'",
		"roles": [{"role": "System Manager"}, {"role": "Sky CRM Admin"}],
	}
	if not frappe.db.exists("Report", REPORT_NAME):
		frappe.get_doc(values).insert()
	else:
		doc = frappe.get_doc("Report", REPORT_NAME)
		doc.query = values["query"]
		doc.save()
	frappe.db.commit()
	yield REPORT_NAME
	frappe.delete_doc("Report", REPORT_NAME, force=True)
	frappe.db.commit()


def download(client, method: str, **form) -> object:
	"""As the desk does it: a form posted to the method."""
	response = client.post(f"/api/method/{method}", data=form)
	assert response.status_code == 200, response.text[:2000]
	return response


def texts_of_csv(content: bytes, delimiter: str = ",") -> list[str]:
	rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter)
	return [cell for row in rows for cell in row]


def cells_of_xlsx(content: bytes) -> list[tuple[str, object]]:
	sheet = openpyxl.load_workbook(io.BytesIO(content)).active
	return [
		(cell.data_type, cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None
	]


def assert_safe(texts: list[str]) -> None:
	assert "'" + FORMULA in texts
	assert FORMULA not in texts
	assert PHONE in texts
	wrong = [
		text
		for text in texts
		if text[:1] in tuple("=@\t\r") or (text[:1] in tuple("+-") and text[1:2].isalpha())
	]
	assert not wrong


def list_form(lead, kind: str, **more) -> dict:
	return {
		"doctype": "Sky Lead",
		"file_format_type": kind,
		"fields": json.dumps(
			["name", "lead_name", "organization", "job_title", "mobile_no", "phone", "score"]
		),
		"filters": json.dumps([["Sky Lead", "name", "=", lead.name]]),
		"order_by": "`tabSky Lead`.modified desc",
		"title": "Leads",
		**more,
	}


def test_list_as_xlsx(rest_as, lead):
	response = download(rest_as(WRITES), LIST, **list_form(lead, "Excel"))
	cells = cells_of_xlsx(response.content)
	assert not [value for kind, value in cells if kind == "f"]
	texts = [value for kind, value in cells if kind == "s"]
	assert_safe(texts)
	assert "'" + DASHED in texts and LOCAL_PHONE in texts and "'" + lead.lead_name in texts
	assert next(value for kind, value in cells if kind == "n") == 1, "numbers stay numbers"
	back = [value for _kind, value in cells_of_xlsx(restored(response.content, "xlsx"))]
	assert {FORMULA, DASHED, PHONE, LOCAL_PHONE, lead.lead_name} <= set(back)


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_list_as_csv(rest_as, lead, delimiter):
	response = download(
		rest_as(WRITES), LIST, **list_form(lead, "CSV", csv_delimiter=delimiter, csv_quoting=2)
	)
	assert_safe(texts_of_csv(response.content, delimiter))
	back = texts_of_csv(restored(response.content, "csv", delimiter), delimiter)
	assert {FORMULA, DASHED, PHONE, LOCAL_PHONE, lead.lead_name} <= set(back)


@pytest.mark.parametrize("kind", ["Excel", "CSV"])
def test_report(rest_as, report, kind):
	response = download(
		rest_as(WRITES), REPORT, report_name=report, file_format_type=kind, filters="{}", visible_idx="[]"
	)
	if kind == "Excel":
		cells = cells_of_xlsx(response.content)
		assert not [value for data_type, value in cells if data_type == "f"]
		assert ("n", -5) in cells
		assert_safe([value for data_type, value in cells if data_type == "s"])
	else:
		texts = texts_of_csv(response.content)
		assert_safe(texts)
		assert "-5" in texts


@pytest.mark.parametrize("kind", ["Excel", "CSV"])
def test_data_export(rest_as, lead, kind):
	response = download(
		rest_as(WRITES),
		DATA_EXPORT,
		doctype="Sky Lead",
		select_columns=json.dumps({"Sky Lead": ["name", "lead_name", "organization", "mobile_no"]}),
		filters=json.dumps([["Sky Lead", "name", "=", lead.name]]),
		file_type=kind,
		template="true",
		with_data="1",
	)
	if kind == "Excel":
		cells = cells_of_xlsx(response.content)
		assert not [value for data_type, value in cells if data_type == "f"]
		assert_safe(
			[value for data_type, value in cells if data_type == "s" and not str(value).startswith("'-")]
		)
	else:
		assert_safe(texts_of_csv(response.content))


def template_form(lead, kind: str) -> dict:
	return {
		"doctype": "Sky Lead",
		"file_type": kind,
		"export_records": "by_filter",
		"export_fields": json.dumps(
			{"Sky Lead": ["name", "lead_name", "organization", "job_title", "mobile_no", "phone"]}
		),
		"export_filters": json.dumps([["Sky Lead", "name", "=", lead.name]]),
	}


@pytest.mark.parametrize("kind", ["Excel", "CSV"])
def test_data_import_gives_and_takes_the_same_values(rest_as, lead, kind):
	"""Out of the framework's Data Import and into it again: the guard is on the file and in no record."""
	client = rest_as(WRITES)
	response = download(client, TEMPLATE, **template_form(lead, kind))
	if kind == "Excel":
		cells = cells_of_xlsx(response.content)
		assert not [value for data_type, value in cells if data_type == "f"]
		assert_safe([value for _data_type, value in cells if isinstance(value, str)])
	else:
		assert_safe(texts_of_csv(response.content))

	extension = "xlsx" if kind == "Excel" else "csv"
	uploaded = client.post(
		"/api/method/upload_file",
		files={"file": (f"leads.{extension}", response.content)},
		data={"is_private": 1},
	).json()["message"]
	made = client.post(
		client.resource("Data Import"),
		json={
			"reference_doctype": "Sky Lead",
			"import_type": "Update Existing Records",
			"import_file": uploaded["file_url"],
		},
	)
	assert made.status_code == 200, made.text
	name = made.json()["data"]["name"]
	try:
		assert made.json()["data"]["import_file"] != uploaded["file_url"]
		preview = client.message(
			"frappe.core.doctype.data_import.data_import.get_preview_from_template",
			data_import=name,
			import_file=made.json()["data"]["import_file"],
		)
		assert {FORMULA, DASHED, PHONE, LOCAL_PHONE, lead.lead_name} <= set(preview["data"][0])
	finally:
		frappe.db.rollback()
		for doctype, names in (
			("Data Import", [name]),
			("File", frappe.get_all("File", {"file_name": ("like", "leads%")}, pluck="name")),
		):
			for each in names:
				frappe.delete_doc(doctype, each, force=True, ignore_missing=True)
		frappe.db.commit()


def test_refused_rows_and_the_log_of_an_import(rest_as, lead):
	client = rest_as(WRITES)
	content = (
		f'ID,Full Name,Organization\r\n{lead.name},An,"{FORMULA.replace(chr(34), chr(34) * 2)}"\r\n'.encode()
	)
	uploaded = client.post(
		"/api/method/upload_file", files={"file": ("bad.csv", content)}, data={"is_private": 1}
	).json()["message"]
	made = client.post(
		client.resource("Data Import"),
		json={
			"reference_doctype": "Sky Lead",
			"import_type": "Update Existing Records",
			"import_file": uploaded["file_url"],
		},
	).json()["data"]
	assert made["import_file"] == uploaded["file_url"], "a formula that somebody wrote himself stays"
	name = made["name"]
	try:
		frappe.db.rollback()
		frappe.get_doc(
			{
				"doctype": "Data Import Log",
				"data_import": name,
				"log_index": 1,
				"success": 0,
				"row_indexes": json.dumps([2]),
				"messages": json.dumps([{"message": "=1+1"}]),
				"exception": "",
			}
		).insert(ignore_permissions=True)
		frappe.db.commit()
		refused = texts_of_csv(download(client, ERRORED, data_import_name=name).content)
		assert "'" + FORMULA in refused and FORMULA not in refused
		log = texts_of_csv(download(client, LOG, data_import_name=name).content)
		assert not [text for text in log if text.startswith("=")]
	finally:
		frappe.db.delete("Data Import Log", {"data_import": name})
		frappe.delete_doc("Data Import", name, force=True)
		frappe.db.commit()


@pytest.mark.parametrize("kind", ["XLSX", "CSV"])
def test_reports_that_the_site_mails_by_itself(rest_as, report, kind):
	doc = frappe.get_doc(
		{
			"doctype": "Auto Email Report",
			"report": report,
			"user": WRITES,
			"email_to": WRITES,
			"format": kind,
			"frequency": "Daily",
			"filters": "{}",
			"no_of_rows": 10,
		}
	).insert()
	frappe.db.commit()
	try:
		response = download(
			rest_as(WRITES),
			"frappe.email.doctype.auto_email_report.auto_email_report.download",
			name=doc.name,
		)
		if kind == "XLSX":
			cells = cells_of_xlsx(response.content)
			assert not [value for data_type, value in cells if data_type == "f"]
			assert_safe([value for data_type, value in cells if data_type == "s"])
		else:
			assert_safe(texts_of_csv(response.content))
	finally:
		frappe.delete_doc("Auto Email Report", doc.name, force=True)
		frappe.db.commit()


@pytest.fixture
def outgoing():
	"""An account to send from; mails are muted on test sites."""
	account = frappe.get_doc(
		{
			"doctype": "Email Account",
			"email_account_name": "Exports Under Test",
			"email_id": "exports@example.com",
			"enable_outgoing": 1,
			"default_outgoing": 1,
			"smtp_server": "127.0.0.1",
		}
	)
	account.name = account.email_account_name
	account.db_insert(ignore_if_duplicate=True)
	frappe.db.commit()
	frappe.local.outgoing_email_account = {}
	yield account
	frappe.db.delete("Email Account", {"name": account.name})
	frappe.db.delete("Email Queue", {"sender": ("like", "%exports@example.com%")})
	frappe.db.commit()
	frappe.local.outgoing_email_account = {}


@pytest.mark.parametrize("what", ["list", "report"])
def test_large_files_by_a_worker(lead, report, what, outgoing, monkeypatch):
	"""The job that the request queues, run here: the file that it stores for the mail's link."""
	form = (
		list_form(lead, "Excel")
		if what == "list"
		else {"report_name": report, "file_format_type": "Excel", "filters": "{}", "visible_idx": "[]"}
	)
	queued = []
	frappe.set_user(WRITES)
	frappe.local.form_dict = frappe._dict(form, export_in_background=1)
	monkeypatch.setattr(frappe, "enqueue", lambda method, **more: queued.append((method, more)))
	{"list": exports.export_list, "report": exports.export_report}[what]()
	[(method, arguments)] = queued
	assert method == "skycrm.jobs.exports.run"
	assert arguments["user"] == WRITES
	before = set(frappe.get_all("File", pluck="name"))
	frappe.set_user("Administrator")
	frappe.local.response = frappe._dict(docs=[])
	export_jobs.run(arguments["what"], arguments["form"], arguments["user"])
	frappe.set_user("Administrator")
	[name] = [name for name in frappe.get_all("File", {"is_folder": 0}, pluck="name") if name not in before]
	file = frappe.get_doc("File", name)
	cells = cells_of_xlsx(file.get_content())
	assert not [value for kind, value in cells if kind == "f"]
	assert_safe([value for kind, value in cells if kind == "s"])
	assert file.owner == WRITES and file.is_private
	frappe.delete_doc("File", name, force=True)
	frappe.db.commit()


def test_stored_reports_turned_into_csv(report):
	exports.convert_prepared_report
	from frappe.utils import gzip_compress

	prepared = frappe.get_doc(
		{"doctype": "Prepared Report", "report_name": report, "status": "Completed", "filters": "{}"}
	)
	prepared.flags.ignore_links = True
	prepared.db_insert()
	content = json.dumps({"columns": [{"fieldname": "firm"}], "result": [{"firm": FORMULA}, {"firm": PHONE}]})
	frappe.get_doc(
		{
			"doctype": "File",
			"file_name": "stored.json.gz",
			"attached_to_doctype": "Prepared Report",
			"attached_to_name": prepared.name,
			"content": gzip_compress(content.encode()),
			"is_private": 1,
		}
	).insert()
	export_jobs.prepared_report(prepared.name, WRITES)
	frappe.set_user("Administrator")
	[name] = frappe.get_all(
		"File", {"attached_to_name": prepared.name, "file_name": ("like", "csv_%")}, pluck="name"
	)
	file = frappe.get_doc("File", name)
	texts = texts_of_csv(open(file.get_full_path(), "rb").read())
	assert_safe(texts)
	for each in frappe.get_all("File", {"attached_to_name": prepared.name}, pluck="name"):
		frappe.delete_doc("File", each, force=True)
	frappe.db.delete("Prepared Report", {"name": prepared.name})
	frappe.db.commit()


DOORS = {
	"exports.export_list": (LIST, {"doctype": "Sky Lead", "file_format_type": "CSV", "fields": '["name"]'}),
	"exports.export_report": (
		REPORT,
		{"report_name": REPORT_NAME, "file_format_type": "CSV", "visible_idx": "[]"},
	),
	"exports.export_data": (DATA_EXPORT, {"doctype": "Sky Lead", "file_type": "CSV", "with_data": "1"}),
	"exports.download_template": (TEMPLATE, {"doctype": "Sky Lead", "export_records": "all"}),
	"exports.download_errored_template": (ERRORED, {"data_import_name": "none"}),
	"exports.download_import_log": (LOG, {"data_import_name": "none"}),
	"exports.convert_prepared_report": (PREPARED, {"prepared_report_name": "none"}),
}


@pytest.mark.parametrize("door", DOORS)
def test_guests_get_nothing(rest_as, report, door):
	method, form = DOORS[door]
	response = rest_as("Guest").post(f"/api/method/{method}", data=form)
	assert response.status_code == 403, response.text[:500]


@pytest.mark.parametrize(
	"door", ["exports.export_list", "exports.export_report", "exports.download_template"]
)
def test_people_without_the_right_get_nothing(rest_as, report, door):
	"""The framework asks for the right to export or to read; behind the guard it still does."""
	people.only(READS_ONLY, "Sky Support Agent")
	frappe.db.commit()
	method, form = DOORS[door]
	for more in ({}, {"export_in_background": 1}) if door == "exports.export_report" else ({},):
		response = rest_as(READS_ONLY).post(f"/api/method/{method}", data={**form, **more})
		assert response.status_code == 403, response.text[:500]


def test_colleagues_get_their_own_rows_only(rest_as, lead):
	"""Visibility of leads holds in exports as in lists."""
	mine = people.only("exports-sales@example.com", "Sky Sales User")
	frappe.db.commit()
	response = rest_as(mine).post(f"/api/method/{LIST}", data=list_form(lead, "CSV"))
	assert response.status_code in (200, 403)
	assert lead.lead_name not in response.content.decode("utf-8", "replace")
	assert quote(lead.name) not in response.content.decode("utf-8", "replace")
