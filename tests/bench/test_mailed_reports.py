"""A report that the site mails holds what the person may see in whose name it runs, and only they set it up."""

import csv
import io
import json

import field_access_records as page
import people
import pytest
from audit_records import Ledger, settings
from factories import make_lead

import frappe
import frappe.share

from skycrm.services import export_mailed

pytestmark = pytest.mark.commits

LEAD = "Sky Lead"
AUTO = "Auto Email Report"
MANAGER = "mailed-manager@example.com"
SELLER = "mailed-seller@example.com"
ADMIN = "mailed-admin@example.com"
METHOD = "frappe.email.doctype.auto_email_report.auto_email_report."
NUMBER, OTHER_NUMBER = "0911222333", "0988777666"
CITY = "Thành phố Báo Cáo"
BUILT, SCRIPTED, COPY = "Sky Mailed Built", "Sky Mailed Query", "Sky Mailed Copy"
# Hidden from the role Sky Sales User, who may export here
HIDDEN = {LEAD: ("mobile_no",)}


@pytest.fixture(scope="module")
def firm():
	frappe.set_user("Administrator")
	people.only(MANAGER, "Sky Sales Manager", "Report Manager")
	people.only(SELLER, "Sky Sales User", "Report Manager")
	people.only(ADMIN, "Sky CRM Admin", "Report Manager")
	leads = [
		make_lead(lead_owner=SELLER, city=CITY, mobile_no=number).name for number in (NUMBER, OTHER_NUMBER)
	]
	for name in leads:
		frappe.share.add(LEAD, name, MANAGER, read=1)
	frappe.db.commit()
	with page.hidden(HIDDEN):
		role = {"parent": LEAD, "role": "Sky Sales User", "permlevel": 0}
		frappe.db.set_value("Custom DocPerm", role, "export", 1)
		frappe.db.commit()
		frappe.clear_cache(doctype=LEAD)
		yield leads
	frappe.set_user("Administrator")
	for name in frappe.get_all(AUTO, {"report": ("like", "Sky Mailed%")}, pluck="name"):
		frappe.delete_doc(AUTO, name, force=True)
	for name in (COPY, SCRIPTED, BUILT):
		frappe.delete_doc("Report", name, force=True, ignore_missing=True)
	for name in leads:
		frappe.delete_doc(LEAD, name, force=True)
	frappe.db.commit()


@pytest.fixture
def built(firm):
	"""Make a report of the report builder: built(fields=…, order_by=…)."""

	def build(**params) -> str:
		made = {
			"fields": [[name, LEAD] for name in ("mobile_no", "name", "city")],
			"filters": [[LEAD, "city", "=", CITY]],
			"order_by": "`tabSky Lead`.`modified` desc",
			"add_totals_row": 0,
			**params,
		}
		frappe.delete_doc("Report", BUILT, force=True, ignore_missing=True)
		return _report(BUILT, report_type="Report Builder", json=json.dumps(made))

	yield build
	frappe.set_user("Administrator")
	frappe.db.rollback()
	frappe.delete_doc("Report", BUILT, force=True, ignore_missing=True)
	frappe.db.commit()


def _report(name: str, **values) -> str:
	if not frappe.db.exists("Report", name):
		frappe.get_doc(
			{
				"doctype": "Report",
				"report_name": name,
				"ref_doctype": LEAD,
				"is_standard": "No",
				"roles": [{"role": f"Sky {one}"} for one in ("Sales User", "Sales Manager", "CRM Admin")],
				**values,
			}
		).insert(ignore_links=True)
	frappe.db.commit()
	return name


def mailed(report: str, user: str = SELLER, **values):
	return frappe.get_doc(
		{
			"doctype": AUTO,
			"report": report,
			"report_type": frappe.db.get_value("Report", report, "report_type"),
			"user": user,
			"email_to": "ngoai@example.com",
			"format": "CSV",
			"frequency": "Daily",
			"no_of_rows": 100,
			"filters": "{}",
			**values,
		}
	)


def rows(content) -> list[dict]:
	return list(csv.DictReader(io.StringIO(content.decode() if isinstance(content, bytes) else content)))


def label(field: str) -> str:
	return frappe.get_meta(LEAD).get_label(field)


def test_a_built_report_has_no_hidden_column_and_the_others_stand_under_their_own_names(built, firm):
	report = built()
	told = rows(mailed(report).get_report_content())
	assert sorted(row["ID"] for row in told) == sorted(firm)
	assert {row[label("city")] for row in told} == {CITY}
	assert not any(label("mobile_no") in row for row in told)
	seen = rows(mailed(report, "Administrator").get_report_content())
	assert NUMBER[1:] in str(seen) and OTHER_NUMBER[1:] in str(seen)


@pytest.mark.parametrize(
	"params",
	[
		{"filters": [[LEAD, "mobile_no", "like", "%333"]]},
		{"filters": [["mobile_no", "like", "%333"]]},
		{"order_by": "`tabSky Lead`.`mobile_no` desc"},
		{"sort_by": "Sky Lead.mobile_no", "sort_order": "desc"},
		{
			"sort_by": "Sky Lead.name",
			"sort_order": "asc",
			"sort_by_next": "Sky Lead.mobile_no",
			"sort_order_next": "asc",
		},
		{
			"group_by": {
				"group_by": "`tabSky Lead`.`mobile_no`",
				"aggregate_function": "count",
			}
		},
		{
			"group_by": {
				"group_by": "`tabSky Lead`.`city`",
				"aggregate_function": "max",
				"aggregate_on": "`tabSky Lead`.`mobile_no`",
			}
		},
	],
)
def test_a_built_report_is_neither_filtered_nor_sorted_by_what_is_hidden(built, params):
	report = built(**params)
	with pytest.raises(frappe.PermissionError, match="may not see"):
		mailed(report).get_report_content()


def test_nor_by_a_filter_of_the_mail(built):
	told = json.dumps({"mobile_no": ["like", "%333"]})
	with pytest.raises(frappe.PermissionError, match="may not see"):
		mailed(built(), filters=told).get_report_content()
	assert len(rows(mailed(built(), "Administrator", filters=told).get_report_content())) == 1


def test_a_report_of_a_report_runs_as_its_user_too(firm):
	"""Whatever DocType it names itself."""
	_report(
		SCRIPTED,
		report_type="Script Report",
		report_script="result = [{'who': frappe.session.user}]",
		columns=[{"fieldname": "who", "fieldtype": "Data", "label": "Who"}],
	)
	_report(
		COPY,
		report_type="Custom Report",
		reference_report=SCRIPTED,
		ref_doctype="ToDo",
		json="{}",
	)
	assert export_mailed.runs_as_its_user(mailed(COPY))
	assert export_mailed.runs_as_its_user(mailed(SCRIPTED))
	assert not export_mailed.runs_as_its_user(mailed(SCRIPTED, "Administrator"))


def test_too_many_rows_are_refused_before_anything_is_mailed(built, firm, monkeypatch):
	sent = []
	monkeypatch.setattr(frappe, "sendmail", lambda **about: sent.append(about))
	with settings(max_export_rows=1):
		ledger = Ledger()
		for kind in ("CSV", "XLSX", "HTML"):
			with pytest.raises(frappe.ValidationError, match="rows were asked for"):
				mailed(built(), MANAGER, format=kind, name="x").send()
		assert sent == []
		assert [(line.action, line.row_count) for line in ledger.lines()] == [("Export Refused", 2)] * 3
	mailed(built(), MANAGER, name="x").send()
	assert len(sent) == 1


class TestInWhoseName:
	"""Reports are mailed in the name of whoever sets them up: nobody gets the rows of somebody who sees more."""

	@pytest.fixture
	def of_manager(self, built):
		doc = mailed(built(), MANAGER).insert()
		frappe.db.commit()
		yield doc.name
		frappe.set_user("Administrator")
		frappe.db.rollback()
		frappe.delete_doc(AUTO, doc.name, force=True)
		frappe.db.commit()

	def test_nobody_sets_one_up_in_the_name_of_somebody_else(self, rest_as, built):
		report = built()
		values = {
			"report": report,
			"email_to": "x@example.com",
			"format": "CSV",
			"frequency": "Daily",
			"filters": "{}",
		}
		client = rest_as(SELLER)
		answer = client.post(client.resource(AUTO), json={**values, "user": MANAGER})
		assert answer.status_code == 403, answer.text[:300]
		assert client.post(client.resource(AUTO), json={**values, "user": SELLER}).status_code == 200
		admin = rest_as(ADMIN)
		assert admin.post(admin.resource(AUTO), json={**values, "user": MANAGER}).status_code == 200
		assert (
			rest_as("Guest").post(client.resource(AUTO), json={**values, "user": SELLER}).status_code == 403
		)
		frappe.db.rollback()
		assert frappe.db.count(AUTO, {"report": report}) == 2

	def test_nor_takes_over_one_that_is_there(self, rest_as, of_manager):
		client = rest_as(SELLER)
		answer = client.put(client.resource(AUTO, of_manager), json={"email_to": "doi-thu@example.com"})
		assert answer.status_code == 403
		frappe.db.rollback()
		assert frappe.db.get_value(AUTO, of_manager, "email_to") == "ngoai@example.com"

	@pytest.mark.parametrize("method", ["download", "send_now"])
	def test_nor_fetches_it(self, rest_as, of_manager, method):
		for user in ("Guest", SELLER):
			answer = rest_as(user).call(METHOD + method, name=of_manager)
			assert answer.status_code == 403, (user, answer.text[:300])
			assert NUMBER[1:] not in answer.text
		frappe.db.rollback()
		assert not frappe.db.exists("Email Queue", {"reference_doctype": AUTO, "reference_name": of_manager})

	def test_its_user_and_administrators_do(self, rest_as, of_manager):
		for user in (MANAGER, ADMIN):
			answer = rest_as(user).call(METHOD + "download", name=of_manager)
			assert answer.status_code == 200 and NUMBER[1:] in answer.text, (
				user,
				answer.text[:300],
			)

	def test_the_refusal_is_written_down(self, rest_as, of_manager):
		ledger = Ledger()
		rest_as(SELLER).call(METHOD + "download", name=of_manager)
		line = ledger.one(action="Export Refused")
		assert (line.user, line.channel) == (SELLER, "Mailed Report")
