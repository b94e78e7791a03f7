"""A hidden value is shown by no way of the framework or of the app, nor does a file take it along.

As somebody of sales from whom the phone number of leads and the money of opportunities are hidden.
"""

import json

import field_access_secrets as secrets
import pytest
from field_access_records import SELLER
from field_access_secrets import DEAL, ITEM, LEAD, parameters

import frappe


@pytest.fixture(scope="module")
def sold():
	with secrets.sold() as found:
		yield found


# Ways that show a record, or some of it → (HTTP method, path, arguments)
def showing(sold) -> dict[str, tuple[str, str, dict]]:
	method, own = "/api/method/", "/api/method/skycrm.api.v1."
	lead, deal = {"doctype": LEAD, "name": sold.lead}, {"doctype": DEAL, "name": sold.deal}
	wanted = {LEAD: ["name", "mobile_no", "birth_date", "phone_key"], DEAL: ["name", "amount", "base_amount"]}
	ways: dict[str, tuple[str, str, dict]] = {}
	for doc in (lead, deal):
		of, name = doc["doctype"], doc["name"]
		fields, mine = wanted[of], {"name": name}
		qualified = [f"`tab{of}`.`{field}`" for field in fields]
		ways |= {
			f"form {of}": ("GET", method + "frappe.desk.form.load.getdoc", doc),
			f"docinfo {of}": ("GET", method + "frappe.desk.form.load.get_docinfo", doc),
			f"rest {of}": ("GET", f"/api/resource/{of}/{name}", {}),
			f"rest v2 {of}": ("GET", f"/api/v2/document/{of}/{name}", {}),
			f"rest v2 copy {of}": ("GET", f"/api/v2/document/{of}/{name}/copy", {}),
			f"rest list {of}": ("GET", f"/api/resource/{of}", parameters(fields=fields, filters=mine)),
			f"rest list all {of}": ("GET", f"/api/resource/{of}", parameters(fields=["*"], filters=mine)),
			f"rest v2 list {of}": ("GET", f"/api/v2/document/{of}", parameters(fields=fields, filters=mine)),
			f"get {of}": ("GET", method + "frappe.client.get", doc),
			f"get_value {of}": (
				"GET",
				method + "frappe.client.get_value",
				parameters(doctype=of, filters=mine, fieldname=fields),
			),
			f"get_list {of}": (
				"GET",
				method + "frappe.client.get_list",
				parameters(doctype=of, filters=mine, fields=fields),
			),
			f"validate_link {of}": (
				"GET",
				method + "frappe.client.validate_link",
				parameters(doctype=of, docname=name, fields=fields),
			),
			f"list view {of}": (
				"POST",
				method + "frappe.desk.reportview.get",
				parameters(doctype=of, fields=qualified, filters=mine),
			),
			f"list all {of}": (
				"POST",
				method + "frappe.desk.reportview.get_list",
				parameters(doctype=of, fields=["*"], filters=mine),
			),
			f"report view {of}": (
				"POST",
				method + "frappe.desk.reportview.get",
				parameters(doctype=of, fields=qualified, filters=mine, view="Report"),
			),
			f"search {of}": (
				"GET",
				method + "frappe.desk.search.search_widget",
				parameters(doctype=of, txt="", filter_fields=fields, page_length=500),
			),
			f"search link {of}": (
				"GET",
				method + "frappe.desk.search.search_link",
				{"doctype": of, "txt": name},
			),
			f"print {of}": ("GET", "/printview", {**doc, "format": "Standard"}),
			f"our print {of}": ("GET", "/printview", {**doc, "format": of}),
			f"print html {of}": (
				"GET",
				method + "frappe.www.printview.get_html_and_style",
				{"doc": of, "name": name},
			),
			f"linked {of}": (
				"GET",
				method + "frappe.desk.form.linked_with.get",
				{"doctype": of, "docname": name},
			),
		}
		note = {"job_title": "x"} if of == LEAD else {"next_step": "x"}
		ways |= {
			f"put {of}": ("PUT", f"/api/resource/{of}/{name}", note),
			f"put v2 {of}": ("PUT", f"/api/v2/document/{of}/{name}", note),
			f"set_value {of}": (
				"POST",
				method + "frappe.client.set_value",
				{**doc, "fieldname": json.dumps(note)},
			),
		}
	ways |= {
		"rows": ("GET", f"/api/resource/{ITEM}", parameters(fields=["name", "rate", "amount"], parent=DEAL)),
		"rows all": ("GET", f"/api/resource/{ITEM}", parameters(fields=["*"], parent=DEAL)),
		"rows of a list": (
			"POST",
			method + "frappe.desk.reportview.get",
			parameters(doctype=DEAL, fields=[f"`tab{DEAL}`.`name`", f"`tab{ITEM}`.`rate`"]),
		),
		"rows by table": (
			"GET",
			f"/api/resource/{DEAL}",
			parameters(fields=["name", "items.rate", "items.amount as x"]),
		),
		"through a link": ("GET", f"/api/resource/{DEAL}", parameters(fields=["name", "lead.mobile_no"])),
		"sum": (
			"GET",
			f"/api/resource/{DEAL}",
			parameters(fields=["sum(amount) as x", "max(amount) as y"], filters={"name": sold.deal}),
		),
		"average": (
			"POST",
			method + "frappe.desk.reportview.get",
			parameters(
				doctype=DEAL,
				fields=[f"`tab{DEAL}`.`stage`"],
				group_by=f"`tab{DEAL}`.`stage`",
				filters={"name": sold.deal},
			),
		),
		"card": (
			"POST",
			method + "frappe.desk.doctype.number_card.number_card.get_result",
			parameters(
				doc={
					"name": "x",
					"document_type": DEAL,
					"function": "Sum",
					"aggregate_function_based_on": "next_step",
				},
				filters=[[DEAL, "name", "=", sold.deal]],
			),
		),
		"chart": (
			"POST",
			method + "frappe.desk.doctype.dashboard_chart.dashboard_chart.get",
			parameters(
				no_cache=1,
				chart={
					"name": "x",
					"document_type": DEAL,
					"chart_type": "Group By",
					"type": "Bar",
					"group_by_type": "Count",
					"group_by_based_on": "stage",
					"filters_json": "[]",
				},
			),
		),
		"distinct": (
			"GET",
			f"/api/resource/{LEAD}",
			parameters(
				fields=["distinct mobile_no", "count(distinct birth_date) as x"], filters={"name": sold.lead}
			),
		),
		"sum of rows": (
			"GET",
			f"/api/resource/{DEAL}",
			parameters(
				fields=[f"`tab{ITEM}`.`name`", f"sum(`tab{ITEM}`.`rate`) as x", f"max(`tab{ITEM}`.amount)"],
				filters={"name": sold.deal},
				group_by=f"`tab{ITEM}`.`name`",
			),
		),
		"expanded": (
			"GET",
			"/api/resource/Sky Lead Touch",
			parameters(fields=["lead"], expand=["lead"], filters={"lead": sold.lead}),
		),
		"heatmap": (
			"POST",
			method + "frappe.desk.doctype.dashboard_chart.dashboard_chart.get",
			parameters(
				no_cache=1,
				chart={
					"name": "x",
					"document_type": DEAL,
					"chart_type": "Sum",
					"type": "Heatmap",
					"based_on": "creation",
					"filters_json": "[]",
					"timespan": "Last Year",
					"time_interval": "Daily",
				},
			),
		),
		"kanban": (
			"GET",
			method + "frappe.desk.doctype.kanban_board.kanban_board.get_kanban_boards",
			{"doctype": DEAL},
		),
		"global search": ("GET", method + "frappe.utils.global_search.search", {"text": sold.lead}),
		"our search": ("POST", own + "leads.search", {"text": sold.lead}),
		"our move": (
			"POST",
			own + "opportunities.move",
			{"opportunity": sold.deal, "stage": "Needs Analysis"},
		),
		"our calendar": ("GET", own + "calendar.get_closings", {"start": "2020-01-01", "end": "2040-01-01"}),
		"our offer": (
			"POST",
			own + "opportunity_items.get_offer",
			{"item_code": "SKY-FIELD-ITEM", "company": frappe.defaults.get_defaults().company},
		),
		"our preview": ("POST", own + "leads.preview_conversion", {"lead": sold.lead}),
		"our merge": ("POST", own + "leads.preview_merge", parameters(leads=[sold.lead, sold.lead])),
		"our duplicates": ("POST", own + "leads.find_duplicates", {"mobile_no": "0" + sold.secrets[1]}),
	}
	for report in (
		"Sales Pipeline by Stage",
		"Amount Won by Month",
		"Lead Source Effectiveness",
		"Lead Data Quality",
	):
		ways[report] = (
			"POST",
			method + "frappe.desk.query_report.run",
			{"report_name": report, "filters": "{}"},
		)
	return ways


@pytest.mark.commits
def test_no_way_shows_a_hidden_value(rest_as, sold):
	person, admin = rest_as(sold.person), rest_as("Administrator")
	leaks, broken, seen_by_admin = [], [], 0
	for name, (verb, path, arguments) in showing(sold).items():
		how = {"params": arguments} if verb == "GET" else {"json": arguments}
		answer = person.request(verb, path, **how)
		if answer.status_code >= 400:
			broken.append((name, answer.status_code, answer.text[-300:]))
		found = [secret for secret in sold.secrets if secret in answer.text]
		if found:
			leaks.append((name, found))
		told = admin.request(verb, path, **how).text
		seen_by_admin += any(secret in told for secret in sold.secrets)
	assert leaks == []
	assert [entry for entry in broken if entry[0] not in ("our merge",)] == []
	assert seen_by_admin > 40, "the ways are no ways if nobody sees anything by them"


@pytest.mark.commits
def test_exports_leave_hidden_fields_out(rest_as, sold):
	method = "/api/method/"
	ways = {
		"list": (
			method + "frappe.desk.reportview.export_query",
			{
				"file_format_type": "CSV",
				"title": "x",
				"fields": [f"`tab{DEAL}`.`name`", f"`tab{DEAL}`.`amount`", f"`tab{ITEM}`.`rate`"],
				"filters": [],
			},
		),
		"records": (
			method + "frappe.core.doctype.data_export.exporter.export_data",
			{"with_data": 1, "all_doctypes": 1, "file_type": "CSV"},
		),
		"chosen": (
			method + "frappe.core.doctype.data_export.exporter.export_data",
			{
				"with_data": 1,
				"all_doctypes": 1,
				"file_type": "CSV",
				"select_columns": {DEAL: ["name", "amount"], ITEM: ["rate", "item_code"]},
			},
		),
		"template": (
			method + "frappe.core.doctype.data_import.data_import.download_template",
			{
				"file_type": "CSV",
				"export_records": "all",
				"export_filters": [],
				"export_fields": {DEAL: ["name", "amount"], "items": ["rate", "item_code", "amount"]},
			},
		),
	}
	# A role may export if the site says so.
	row = frappe.db.get_value("Custom DocPerm", {"parent": DEAL, "role": SELLER, "permlevel": 0})
	frappe.db.set_value("Custom DocPerm", row, "export", 1)
	frappe.db.commit()
	frappe.clear_cache(doctype=DEAL)
	try:
		for name, (path, arguments) in ways.items():
			form = parameters(doctype=DEAL, **arguments)
			answer = rest_as(sold.person).post(path, data=form)
			assert answer.status_code == 200, (name, answer.text[-500:])
			assert sold.deal in answer.text, name
			assert not [secret for secret in sold.secrets if secret in answer.text], name
			assert sold.amount in rest_as("Administrator").post(path, data=form).text.replace(",", ""), name
	finally:
		frappe.db.set_value("Custom DocPerm", row, "export", 0)
		frappe.db.commit()
		frappe.clear_cache(doctype=DEAL)
