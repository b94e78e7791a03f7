"""Reports, cards, charts and calendars add up, sort and mail nothing that is hidden from whoever asks.

As somebody of sales from whom the phone number of leads and the money of opportunities are hidden.
"""

import json

import field_access_secrets as secrets
import pytest
from field_access_secrets import DEAL, LEAD

import frappe

from skycrm.api.v1 import calendar
from skycrm.permissions import hidden_fields
from skycrm.skycrm.report.amount_won_by_month import amount_won_by_month
from skycrm.skycrm.report.lead_source_effectiveness import lead_source_effectiveness
from skycrm.skycrm.report.overdue_follow_ups import overdue_follow_ups
from skycrm.skycrm.report.sales_pipeline_by_stage import sales_pipeline_by_stage
from skycrm.skycrm.report.win_rate_by_score_band import win_rate_by_score_band


@pytest.fixture(scope="module")
def sold():
	with secrets.sold() as found:
		yield found


@pytest.fixture
def as_person(sold):
	with secrets.asking_as(sold.person) as ask:
		yield ask


def test_reports_without_amounts(sold, as_person, monkeypatch):
	shown = [column["fieldname"] for column in sales_pipeline_by_stage.execute({})[0]]
	assert shown == ["stage", "deals", "currency"]
	assert "amount" not in [column["fieldname"] for column in amount_won_by_month.execute({})[0]]
	monkeypatch.setattr(sales_pipeline_by_stage, "hidden", lambda *_arguments: frozenset())
	assert "amount" in [column["fieldname"] for column in sales_pipeline_by_stage.execute({})[0]]


def test_reports_and_calendars_by_a_hidden_field_are_refused(sold, as_person, monkeypatch):
	closed = {LEAD: {"next_contact_on", "source", "score"}, DEAL: {"expected_closing", "won_on", "campaign"}}
	monkeypatch.setattr(hidden_fields, "hidden", lambda doctype, *_user: frozenset(closed.get(doctype, ())))
	for ask in (
		lambda: overdue_follow_ups.execute({}),
		lambda: win_rate_by_score_band.execute({}),
		lambda: lead_source_effectiveness.execute({}),
		lambda: amount_won_by_month.execute({}),
		lambda: sales_pipeline_by_stage.execute({"campaign": "x"}),
		lambda: sales_pipeline_by_stage.execute({"from_date": "2026-01-01"}),
		lambda: calendar.get_lead_contacts("2026-01-01", "2026-12-31"),
		lambda: calendar.get_closings("2026-01-01", "2026-12-31"),
	):
		with pytest.raises(frappe.PermissionError, match="may not see"):
			ask()
	sales_pipeline_by_stage.execute({})
	monkeypatch.setattr(hidden_fields, "hidden", lambda *_arguments: frozenset())
	overdue_follow_ups.execute({})


def test_a_report_that_is_mailed_shows_what_its_user_may_see(sold, as_person):
	frappe.set_user("Administrator")
	settings = {
		"fields": [["name", DEAL], ["amount", DEAL]],
		"filters": [],
		"order_by": "",
		"add_totals_row": 0,
	}
	report = frappe.get_doc(
		{
			"doctype": "Report",
			"report_name": f"Deals {frappe.generate_hash(length=6)}",
			"ref_doctype": DEAL,
			"report_type": "Report Builder",
			"is_standard": "No",
			"json": json.dumps(settings),
		}
	).insert()
	mail = frappe.get_doc(
		{"doctype": "Auto Email Report", "report": report.name, "format": "CSV", "user": "Administrator"}
	)
	mail.report_type = "Report Builder"
	assert sold.amount in str(mail.get_report_content())
	mail.user = sold.person
	# A mailed report is an export, so the role gets that right besides.
	role = next(role for role in frappe.get_roles(sold.person) if role.startswith("Sky "))
	frappe.permissions.setup_custom_perms(DEAL)
	frappe.db.set_value("Custom DocPerm", {"parent": DEAL, "role": role, "permlevel": 0}, "export", 1)
	frappe.clear_cache(doctype=DEAL)
	told = str(mail.get_report_content())
	assert sold.deal in told and sold.amount not in told
	assert frappe.session.user == "Administrator"


def test_a_card_of_a_hidden_sum_is_not_shown(sold, as_person):
	assert frappe.has_permission("Number Card", doc="Sky Open Opportunities")
	assert not frappe.has_permission("Number Card", doc="Sky Weighted Pipeline")


@pytest.mark.commits
def test_a_heatmap_counts_nothing_that_one_may_not_see(rest_as, sold):
	"""reading.chart: the framework adds up every record for a heatmap, whoever asks."""
	chart = {
		"name": "x",
		"document_type": DEAL,
		"chart_type": "Sum",
		"value_based_on": "amount",
		"type": "Heatmap",
		"based_on": "creation",
		"filters_json": "[]",
	}
	method = "frappe.desk.doctype.dashboard_chart.dashboard_chart.get"
	asked = {"chart": json.dumps(chart), "no_cache": 1}
	assert rest_as("Guest").call(method, **asked).status_code == 403
	assert rest_as("Administrator").message(method, **asked)["dataPoints"]
	# The sum is hidden from them; the number of deals is not, and still not theirs to count.
	assert rest_as(sold.person).call(method, **asked).status_code == 403
	asked["chart"] = json.dumps({**chart, "chart_type": "Count", "value_based_on": None})
	assert rest_as(sold.person).message(method, **asked) == {"labels": [], "dataPoints": {}}
	other = json.dumps({**chart, "document_type": "ToDo", "chart_type": "Count", "value_based_on": None})
	assert "dataPoints" in rest_as(sold.person).message(method, chart=other, no_cache=1)
