"""Lists take names of fields only, what the desk asks for is answered, and asking costs nothing.

As somebody of sales from whom the phone number of leads and the money of opportunities are hidden.
"""

import json
import time

import field_access_secrets as secrets
import pytest
from field_access_secrets import DEAL, LEAD, parameters

import frappe

from skycrm.permissions import hidden_fields


@pytest.fixture(scope="module")
def sold():
	with secrets.sold() as found:
		yield found


@pytest.fixture
def as_person(sold):
	with secrets.asking_as(sold.person) as ask:
		yield ask


# R22
EXPRESSIONS = [
	"sleep(2)",
	"benchmark(9000000, md5(1))",
	"extractvalue(1, concat(0x7e, version()))",
	"if(lead_owner > 'm', name, modified)",
	"locate('a', notes)",
	"(select name from tabUser limit 1)",
	"name/**/desc",
	"name -- x",
	"1 union select name from tabUser",
	"name limit 1 procedure analyse()",
	"ifnull(name, sleep(2))",
]


@pytest.mark.commits
@pytest.mark.parametrize("text", EXPRESSIONS)
def test_expressions_are_refused_before_the_database_sees_them(rest_as, sold, text):
	for who in (sold.person, "Administrator"):
		client = rest_as(who)
		for of in (LEAD, DEAL):
			ways = {
				"order": ("GET", f"/api/resource/{of}", {"order_by": text}),
				"group": ("GET", f"/api/resource/{of}", {"group_by": text}),
				"fields": ("GET", f"/api/resource/{of}", parameters(fields=["name", text])),
				"fields v2": ("GET", f"/api/v2/document/{of}", parameters(fields=[f"{text} as x"])),
				"filters": ("GET", f"/api/resource/{of}", parameters(filters=[[text, "=", "1"]])),
				"or": (
					"POST",
					"/api/method/frappe.client.get_list",
					parameters(doctype=of, or_filters={text: 1}),
				),
				"value": (
					"POST",
					"/api/method/frappe.client.get_value",
					parameters(doctype=of, fieldname=text, filters={"name": "x"}),
				),
				"view": (
					"POST",
					"/api/method/frappe.desk.reportview.get",
					parameters(doctype=of, fields=["name"], order_by=text),
				),
				"search": (
					"POST",
					"/api/method/frappe.desk.search.search_widget",
					parameters(doctype=of, txt="", filter_fields=[text]),
				),
				"card": (
					"POST",
					"/api/method/frappe.desk.doctype.number_card.number_card.get_result",
					parameters(
						doc={"document_type": of, "function": "Sum", "aggregate_function_based_on": text},
						filters=[],
					),
				),
				"calendar": (
					"POST",
					"/api/method/frappe.desk.calendar.get_events",
					parameters(
						doctype=of,
						start="2020-01-01",
						end="2030-01-01",
						field_map={"start": text, "end": text},
					),
				),
				"own": (
					"GET",
					"/api/method/skycrm.api.v1.calendar.get_lead_contacts",
					parameters(
						start="2020-01-01", end="2030-01-01", doctype=of, filters=[[of, text, "=", 1]]
					),
				),
			}
			for name, (verb, path, arguments) in ways.items():
				began = time.monotonic()
				answer = client.request(
					verb, path, **({"params": arguments} if verb == "GET" else {"json": arguments})
				)
				assert 400 <= answer.status_code < 500, (
					who,
					of,
					name,
					answer.status_code,
					answer.text[-300:],
				)
				assert time.monotonic() - began < 1, (who, of, name)
				assert "MariaDB" not in answer.text and "OperationalError" not in answer.text


@pytest.mark.commits
def test_what_the_desk_sends_is_answered(rest_as, sold):
	"""Lists, groups, counts and cards as the desk asks for them, also with the name of a hidden field as a value."""
	person = rest_as(sold.person)
	asked = [
		(
			"frappe.desk.reportview.get",
			dict(
				doctype=LEAD,
				fields=[f"`tab{LEAD}`.`name`", f"`tab{LEAD}`.`lead_name`", f"`tab{LEAD}`.`_assign`"],
				filters=[],
				order_by=f"`tab{LEAD}`.`modified` desc",
				start=0,
				page_length=20,
				view="List",
				group_by="",
				with_comment_count=1,
			),
		),
		(
			"frappe.desk.reportview.get",
			dict(
				doctype=LEAD,
				fields=[f"`tab{LEAD}`.`status`"],
				filters=[[LEAD, "source", "=", "mobile_no"]],
				group_by=f"`tab{LEAD}`.`status`",
				aggregate_function="count",
				aggregate_on_doctype=LEAD,
				aggregate_on_field="name",
				order_by="_aggregate_column desc",
				view="Report",
			),
		),
		(
			"frappe.desk.reportview.get_count",
			dict(
				doctype=LEAD,
				filters=[[LEAD, "lead_name", "like", "%amount%"]],
				fields=[],
				distinct="false",
				limit=1001,
			),
		),
		("frappe.desk.listview.get_group_by_count", dict(doctype=LEAD, current_filters=[], field="status")),
		("frappe.desk.reportview.get_sidebar_stats", dict(doctype=LEAD, stats=["_user_tags"], filters=[])),
		("frappe.client.get_list", dict(doctype=LEAD, fields="*", filters={"name": sold.lead})),
		(
			"frappe.client.get_list",
			dict(
				doctype=LEAD,
				fields=["count(name) as total", "max(creation) as last"],
				filters={"city": ["in", ["mobile_no", "x"]]},
			),
		),
		("frappe.client.get_count", dict(doctype=DEAL, filters={"stage": "amount"})),
		("frappe.desk.search.search_link", dict(doctype=DEAL, txt="amount", filters={"status": "Open"})),
		(
			"frappe.desk.doctype.number_card.number_card.get_result",
			dict(
				doc={
					"doctype": "Number Card",
					"document_type": LEAD,
					"function": "Count",
					"filters_json": "[]",
				},
				filters=[[LEAD, "status", "=", "New"]],
			),
		),
		(
			"frappe.desk.form.utils.get_next",
			dict(doctype=LEAD, value=sold.lead, prev=0, filters=[], sort_field="modified", sort_order="desc"),
		),
		(
			"frappe.client.get_list",
			dict(
				doctype="ToDo",
				fields=["name"],
				filters=[["reference_type", "=", LEAD]],
				order_by="modified desc",
			),
		),
		("frappe.client.get_list", dict(doctype="ToDo", fields=["ifnull(description, 'Sky Lead') as x"])),
	]
	for method, arguments in asked:
		answer = person.call(method, **parameters(**arguments))
		assert answer.status_code == 200, (method, arguments, answer.text[-500:])


def test_requests_about_other_things_cost_nothing(sold, as_person, statements):
	big = {
		"doctype": "Quotation",
		"doc": json.dumps({"doctype": "Quotation", "items": [{"rate": n} for n in range(2000)]}),
	}
	statements.clear()
	began = time.perf_counter()
	for _round in range(100):
		as_person(**big)
	assert (time.perf_counter() - began) / 100 < 0.001
	assert statements == []


def test_a_list_of_leads_costs_no_query_more(as_person, statements):
	query = {
		"doctype": LEAD,
		"fields": json.dumps(["name", "lead_name"]),
		"filters": json.dumps([["status", "=", "New"]]),
		"order_by": "modified desc",
	}
	for doctype in (LEAD, "DocType"):
		frappe.get_meta(doctype)  # from the cache, as in every request
	statements.clear()
	as_person(**query)
	assert statements == []


def test_every_document_type_of_ours_is_recognised():
	names = frappe.get_all("DocType", {"module": "SkyCRM", "custom": 0}, pluck="name")
	assert all(name.startswith(hidden_fields.PREFIX) and hidden_fields.is_ours(name) for name in names)
