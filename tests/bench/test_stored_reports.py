"""A stored report of the CRM's records is for whoever made it: others may not see its rows, or not all of its columns."""

import gzip
import json

import people
import pytest
from audit_records import Ledger, settings
from factories import make_lead

import frappe

from skycrm.permissions import stored_reports

pytestmark = pytest.mark.commits

MAKER = "stored-maker@example.com"
OTHER = "stored-other@example.com"
SELLER = "stored-seller@example.com"
ADMIN = "stored-admin@example.com"
STORED = "Prepared Report"
REPORT = "Sky Stored Under Test"
COPY = "Sky Stored Copy Under Test"
FOREIGN = "Sky Stored Foreign Under Test"
RUN = "frappe.desk.query_report.run"
DOWNLOAD = "frappe.core.doctype.prepared_report.prepared_report.download_attachment"
CONVERT = "frappe.core.doctype.prepared_report.prepared_report.enqueue_json_to_csv_conversion"
EXPORT = "frappe.desk.query_report.export_query"
DELETE = "frappe.core.doctype.prepared_report.prepared_report.delete_prepared_reports"
SECRET = "0987 bi mat"
# Ours behind the framework's method, by its name
DOORS = ("query_report.run",)


def make_report(name: str, doctype: str, **more) -> None:
	frappe.get_doc(
		{
			"doctype": "Report",
			"report_name": name,
			"ref_doctype": doctype,
			"report_type": "Query Report",
			"is_standard": "No",
			"prepared_report": 1,
			"query": "select name from `tabSky Lead` limit 1",
			"roles": [{"role": role} for role in ("Sky Sales User", "Sky Sales Manager", "Sky CRM Admin")],
			**more,
		}
	).insert()


def make_stored(report: str, owner: str, rows: int = 1) -> frappe._dict:
	doc = frappe.get_doc(
		{
			"doctype": STORED,
			"report_name": report,
			"status": "Completed",
			"filters": "{}",
			"owner": owner,
		}
	)
	doc.db_insert()
	frappe.db.set_value(STORED, doc.name, "owner", owner)
	content = {
		"columns": [
			{"fieldname": "lead", "label": "Lead"},
			{"fieldname": "phone", "label": "Phone"},
		],
		# The framework keeps equal files once.
		"result": [{"lead": doc.name, "phone": SECRET}] * rows,
	}
	file = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": f"stored-{frappe.generate_hash(length=6)}.json.gz",
			"attached_to_doctype": STORED,
			"attached_to_name": doc.name,
			"content": gzip.compress(json.dumps(content).encode()),
			"is_private": 1,
		}
	).insert()
	frappe.db.set_value("File", file.name, "owner", owner)
	return frappe._dict(name=doc.name, file=file.name, url=file.file_url)


@pytest.fixture(scope="module")
def stored():
	frappe.set_user("Administrator")
	for user, role in (
		(MAKER, "Sky Sales Manager"),
		(OTHER, "Sky Sales Manager"),
		(ADMIN, "Sky CRM Admin"),
	):
		people.only(user, role, "Prepared Report User")
	make_report(REPORT, "Sky Lead")
	make_report(
		COPY,
		"ToDo",
		report_type="Custom Report",
		reference_report=REPORT,
		json="{}",
		query=None,
	)
	make_report(FOREIGN, "ToDo")
	lead = make_lead()
	found = frappe._dict({name: make_stored(name, MAKER) for name in (REPORT, COPY, FOREIGN)})
	frappe.db.commit()
	yield found
	frappe.set_user("Administrator")
	frappe.db.rollback()
	for one in found.values():
		frappe.delete_doc("File", one.file, force=True)
		frappe.db.delete(STORED, {"name": one.name})
	for name in (COPY, REPORT, FOREIGN):
		frappe.delete_doc("Report", name, force=True)
	frappe.delete_doc("Sky Lead", lead.name, force=True)
	frappe.db.commit()


def ways(one: frappe._dict, report: str) -> dict[str, tuple[str, str, dict]]:
	named = json.dumps({"prepared_report_name": one.name})
	method = "/api/method/"
	return {
		"file": ("GET", one.url, {"fid": one.file}),
		"file alone": ("GET", one.url, {}),
		"file record": ("GET", f"/api/resource/File/{one.file}", {}),
		"download": ("GET", method + DOWNLOAD, {"dn": one.name}),
		"file method": (
			"GET",
			method + "frappe.core.doctype.file.file.download_file",
			{"file_url": one.url},
		),
		"record": ("GET", f"/api/resource/{STORED}/{one.name}", {}),
		"record v2": ("GET", f"/api/v2/document/{STORED}/{one.name}", {}),
		"form": (
			"GET",
			method + "frappe.desk.form.load.getdoc",
			{"doctype": STORED, "name": one.name},
		),
		"convert": ("POST", method + CONVERT, {"prepared_report_name": one.name}),
		"run by name": (
			"POST",
			method + RUN,
			{"report_name": report, "filters": named},
		),
		"run by name, v2": (
			"POST",
			"/api/v2/method/" + RUN,
			{"report_name": report, "filters": named},
		),
		"export by name": (
			"POST",
			method + EXPORT,
			{"report_name": report, "filters": named, "file_format_type": "CSV"},
		),
	}


@pytest.mark.parametrize("report", [REPORT, COPY])
@pytest.mark.parametrize("user", ["Guest", OTHER, ADMIN])
def test_others_get_neither_the_file_nor_the_rows(rest_as, stored, user, report):
	client = rest_as(user)
	for name, (verb, path, arguments) in ways(stored[report], report).items():
		how = {"params": arguments} if verb == "GET" else {"data": arguments}
		answer = client.request(verb, path, **how)
		assert answer.status_code in (403, 404), (
			name,
			answer.status_code,
			answer.text[:300],
		)
		assert not _tells(answer), name
	assert frappe.db.count("File", {"attached_to_name": stored[report].name}) == 1


@pytest.mark.parametrize("user", [OTHER, ADMIN])
def test_nor_in_the_name_of_the_maker(rest_as, stored, user):
	"""`user` is an argument of the framework's method: whose stored report is to be shown."""
	asked = {"report_name": REPORT, "filters": "{}"}
	assert _tells(rest_as(MAKER).call(RUN, **asked))
	answer = rest_as(user).call(RUN, **asked, user=MAKER)
	assert not _tells(answer), answer.text[:500]


def test_nor_through_a_report_that_is_not_the_crms(rest_as, stored):
	"""Any stored report may be named, whatever report is run."""
	named = json.dumps({"prepared_report_name": stored[REPORT].name})
	for report in (FOREIGN, COPY):
		assert not _tells(rest_as(OTHER).call(RUN, report_name=report, filters=named)), report


def test_the_maker_gets_all_of_it(rest_as, stored):
	client = rest_as(MAKER)
	for name, (verb, path, arguments) in ways(stored[REPORT], REPORT).items():
		if name in ("convert", "export by name", "download"):
			continue  # exports, which have their own right and tests: tests/bench/test_export_limits.py
		how = {"params": arguments} if verb == "GET" else {"data": arguments}
		answer = client.request(verb, path, **how)
		assert answer.status_code == 200, (name, answer.text[:300])
		if "record" not in name and name != "form":
			assert _tells(answer), name


class TestItsFileIsAnExport:
	"""Under its own address too, where the framework asks for the right to read alone."""

	@pytest.fixture
	def of_seller(self, stored):
		people.only(SELLER, "Sky Sales User", "Prepared Report User")
		one = make_stored(REPORT, SELLER)
		frappe.db.commit()
		yield one
		frappe.set_user("Administrator")
		frappe.db.rollback()
		frappe.delete_doc("File", one.file, force=True)
		frappe.db.delete(STORED, {"name": one.name})
		frappe.db.commit()

	def fetch(self, client, one):
		method = "/api/method/"
		yield client.get(one.url)
		yield client.get(one.url, params={"fid": one.file})
		yield client.get(method + "download_file", params={"file_url": one.url})
		yield client.get(method + DOWNLOAD, params={"dn": one.name})

	def test_it_needs_the_right(self, rest_as, of_seller):
		ledger = Ledger()
		for answer in self.fetch(rest_as(SELLER), of_seller):
			assert answer.status_code == 403 and not _tells(answer), answer.text[:300]
		lines = ledger.lines(action="Export Refused")
		assert len(lines) == 4 and {(line.user, line.details["why"]) for line in lines} == {(SELLER, "right")}
		assert ledger.lines(action="Exported") == []

	def test_it_is_limited_and_written_down(self, rest_as, stored):
		with settings(max_export_rows=1):
			ledger = Ledger()
			for answer in self.fetch(rest_as(MAKER), stored[REPORT]):
				assert answer.status_code == 200 and _tells(answer), answer.text[:300]
			lines = ledger.lines(action="Exported")
			assert [(line.user, line.channel, line.row_count) for line in lines] == [
				(MAKER, "Stored Report", 1)
			] * 4

	def test_too_many_rows_are_refused(self, rest_as, stored):
		big = make_stored(REPORT, MAKER, rows=3)
		frappe.db.commit()
		try:
			with settings(max_export_rows=2):
				for answer in self.fetch(rest_as(MAKER), big):
					assert answer.status_code == 417 and not _tells(answer), answer.text[:300]
		finally:
			frappe.delete_doc("File", big.file, force=True)
			frappe.db.delete(STORED, {"name": big.name})
			frappe.db.commit()

	def test_of_other_apps_it_is_none(self, rest_as, stored):
		ledger = Ledger()
		assert _tells(rest_as(MAKER).get(stored[FOREIGN].url))
		assert ledger.lines() == []


def test_lists_show_ones_own_only(rest_as, stored):
	about = json.dumps([["name", "in", [one.name for one in stored.values()]]])
	for user, expected in (
		(MAKER, {REPORT, COPY, FOREIGN}),
		(OTHER, {FOREIGN}),
		(ADMIN, {FOREIGN}),
	):
		client = rest_as(user)
		rows = client.get(
			f"/api/resource/{STORED}",
			params={"filters": about, "fields": '["report_name"]'},
		)
		assert {row["report_name"] for row in rows.json()["data"]} == expected, user
	assert rest_as("Guest").get(f"/api/resource/{STORED}", params={"filters": about}).status_code == 403


def test_reports_of_other_apps_go_on_as_before(rest_as, stored):
	named = json.dumps({"prepared_report_name": stored[FOREIGN].name})
	client = rest_as(OTHER)
	assert _tells(client.call(RUN, report_name=FOREIGN, filters=named))
	assert _tells(client.get(stored[FOREIGN].url))
	assert _tells(client.call(RUN, report_name=FOREIGN, filters="{}", user=MAKER))


def test_nobody_deletes_what_is_not_theirs_but_an_administrator_of_the_site(rest_as, stored):
	reports = json.dumps([{"name": stored[REPORT].name}])
	for user in ("Guest", OTHER, ADMIN):
		rest_as(user).call(DELETE, reports=reports)
		frappe.db.rollback()
		assert frappe.db.exists(STORED, stored[REPORT].name), user
	doc = frappe.get_doc(STORED, stored[REPORT].name)
	assert frappe.has_permission(STORED, "delete", doc=doc, user="Administrator")


def test_what_is_no_report_is_nobodys_secret(stored):
	assert stored_reports.is_ours("no such report") is False
	assert stored_reports.is_ours(REPORT) and stored_reports.is_ours(COPY)
	assert not stored_reports.is_ours(FOREIGN)


def _tells(answer) -> bool:
	content = answer.content
	if content[:2] == b"\x1f\x8b":
		content = gzip.decompress(content)
	text = content.decode("utf-8", "replace")
	return SECRET in text
