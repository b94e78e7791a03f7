"""Nothing can be told from a hidden field: no filter, order, group, count or search goes by it.

As somebody of sales from whom the phone number of leads and the money of opportunities are hidden.
"""

import json

import access_records as make
import field_access_records as page
import field_access_secrets as secrets
import pytest
from field_access_secrets import DEAL, ITEM, LEAD, parameters

import frappe

from skycrm.services.filter_rows import check_filter_rows


@pytest.fixture(scope="module")
def sold():
	with secrets.sold() as found:
		yield found


@pytest.fixture
def as_person(sold):
	with secrets.asking_as(sold.person) as ask:
		yield ask


# Ways to tell something from a field without being shown it. {} is where the field goes.
def telling(of: str, field: str) -> dict[str, tuple[str, str, dict]]:
	method = "/api/method/"
	condition, full = [[of, field, "is", "set"]], f"`tab{of}`.`{field}`"
	lists = {
		"rest": ("GET", f"/api/resource/{of}", {}),
		"rest v2": ("GET", f"/api/v2/document/{of}", {}),
		"count v2": ("GET", f"/api/v2/doctype/{of}/count", {}),
		"get_list": ("POST", method + "frappe.client.get_list", {"doctype": of}),
		"list view": ("POST", method + "frappe.desk.reportview.get", {"doctype": of, "fields": '["name"]'}),
		"list count": ("POST", method + "frappe.desk.reportview.get_count", {"doctype": of}),
		"export": (
			"POST",
			method + "frappe.desk.reportview.export_query",
			{"doctype": of, "fields": '["name"]', "file_format_type": "CSV"},
		),
	}
	ways = {}
	for name, (verb, path, base) in lists.items():
		for key, value in {
			"filters": condition,
			"or_filters": {field: ["is", "set"]},
			"order_by": f"{full} desc",
			"group_by": field,
		}.items():
			if key == "filters" or "count" not in name:
				ways[f"{name} {key}"] = (verb, path, parameters(**base, **{key: value}))
	ways |= {
		"cmd": ("GET", "/", parameters(cmd="frappe.client.get_list", doctype=of, order_by=field)),
		"nested": (
			"POST",
			method + "frappe.client.get_list",
			{"doctype": of, "filters": {field: ["like", "1%"]}},
		),
		"pairs": (
			"POST",
			method + "frappe.client.get_list",
			{"doctype": of, "filters": [[field, "like", "1%"]]},
		),
		"swapped": (
			"POST",
			method + "frappe.client.get_list",
			{"doctype": of, "fields": [[of, field, "like", "1%"]], "filters": ["name", "owner"]},
		),
		"count": ("POST", method + "frappe.client.get_count", parameters(doctype=of, filters=condition)),
		"get": ("POST", method + "frappe.client.get", parameters(doctype=of, filters={field: 1})),
		"get_value": (
			"POST",
			method + "frappe.client.get_value",
			parameters(doctype=of, fieldname="name", filters={field: 1}),
		),
		"groups": (
			"POST",
			method + "frappe.desk.listview.get_group_by_count",
			parameters(doctype=of, current_filters=[], field=field),
		),
		"groups filtered": (
			"POST",
			method + "frappe.desk.listview.get_group_by_count",
			parameters(doctype=of, current_filters=condition, field="owner"),
		),
		"aggregate": (
			"POST",
			method + "frappe.desk.reportview.get",
			parameters(
				doctype=of,
				fields=["name"],
				group_by="owner",
				aggregate_function="sum",
				aggregate_on_doctype=of,
				aggregate_on_field=field,
			),
		),
		"tags": (
			"POST",
			method + "frappe.desk.reportview.get_sidebar_stats",
			parameters(doctype=of, stats=["_user_tags"], filters=condition),
		),
		"stats": (
			"POST",
			method + "frappe.desk.reportview.get_sidebar_stats",
			parameters(doctype=of, stats=[field], filters=[]),
		),
		"next": (
			"POST",
			method + "frappe.desk.form.utils.get_next",
			{"doctype": of, "value": "x", "prev": 0, "sort_field": field},
		),
		"link filters": (
			"POST",
			method + "frappe.desk.search.search_link",
			parameters(doctype=of, txt="", filters={field: 1}),
		),
		"link field": (
			"POST",
			method + "frappe.desk.search.search_widget",
			parameters(doctype=of, txt="", searchfield=field),
		),
		"calendar": (
			"POST",
			method + "frappe.desk.calendar.get_events",
			parameters(
				doctype=of,
				start="2020-01-01",
				end="2030-01-01",
				field_map={"start": field, "end": "modified", "title": "name"},
			),
		),
		"card": (
			"POST",
			method + "frappe.desk.doctype.number_card.number_card.get_result",
			parameters(doc={"document_type": of, "function": "Count"}, filters=condition),
		),
		"card sum": (
			"POST",
			method + "frappe.desk.doctype.number_card.number_card.get_result",
			parameters(
				doc={"document_type": of, "function": "Sum", "aggregate_function_based_on": field}, filters=[]
			),
		),
		"new card": (
			"POST",
			"/api/resource/Number Card",
			parameters(
				label="x", document_type=of, type="Document Type", function="Count", filters_json=condition
			),
		),
		"chart": (
			"POST",
			method + "frappe.desk.doctype.dashboard_chart.dashboard_chart.get",
			parameters(
				chart={
					"document_type": of,
					"chart_type": "Group By",
					"group_by_type": "Count",
					"group_by_based_on": field,
					"filters_json": "[]",
				}
			),
		),
		"saved report": (
			"POST",
			method + "frappe.desk.reportview.save_report",
			parameters(
				name="Secret sort",
				doctype=of,
				report_settings={"filters": [], "fields": [["name", of]], "order_by": f"{full} desc"},
			),
		),
		"board": (
			"POST",
			method + "frappe.desk.doctype.kanban_board.kanban_board.quick_kanban_board",
			{"doctype": of, "board_name": "x", "field_name": field},
		),
		"saved filter": (
			"POST",
			method + "frappe.client.insert",
			parameters(
				doc={
					"doctype": "List Filter",
					"filter_name": "x",
					"reference_doctype": of,
					"filters": json.dumps(condition),
				}
			),
		),
		"escaped": (
			"POST",
			method + "frappe.client.get_list",
			{"doctype": of, "order_by": field, "filters": '[["owner", "=", "\\u0053"]]'},
		),
	}
	return ways


@pytest.mark.commits
@pytest.mark.parametrize(
	("of", "field"), [(LEAD, "mobile_no"), (LEAD, "birth_date"), (LEAD, "phone_key"), (DEAL, "amount")]
)
def test_nothing_can_be_told_from_a_hidden_field(rest_as, sold, of, field):
	person = rest_as(sold.person)
	open_ways = []
	for name, (verb, path, arguments) in telling(of, field).items():
		how = {"params": arguments} if verb == "GET" else {"json": arguments}
		answer = person.request(verb, path, **how)
		if answer.status_code != 403 or "may not see" not in answer.text:
			open_ways.append((name, answer.status_code, answer.text[-200:]))
	assert open_ways == []
	assert not frappe.db.exists("Report", "Secret sort")


@pytest.mark.commits
@pytest.mark.parametrize(
	("of", "arguments"),
	[
		(DEAL, {"filters": [[ITEM, "rate", ">", 1]]}),
		(DEAL, {"filters": [["rate", ">", 1]]}),
		(DEAL, {"fields": ["name", "items.rate"], "order_by": f"`tab{ITEM}`.`rate`"}),
		(DEAL, {"fields": ["name", "lead.mobile_no"], "order_by": f"`tab{LEAD}_1`.`mobile_no`"}),
		(DEAL, {"fields": ["name", "lead.lead_name"], "order_by": f"tab{LEAD}_1.mobile_no"}),
		("Sky Claim", {"fields": ["name", "lead.mobile_no"], "order_by": "lead.mobile_no"}),
		("Sky Claim", {"fields": ["name"], "group_by": f"`tab{LEAD}_1`.mobile_no"}),
		(ITEM, {"parent": DEAL, "order_by": "rate desc"}),
		(ITEM, {"parent": DEAL, "filters": {"rate": [">", 1]}}),
		("ToDo", {"filters": [[LEAD, "mobile_no", "=", "1"]]}),
		("Quotation", {"filters": [[ITEM, "rate", "=", "1"]]}),
	],
)
def test_nor_through_rows_and_links(rest_as, sold, of, arguments):
	answer = rest_as(sold.person).call("frappe.client.get_list", doctype=of, **arguments)
	assert answer.status_code == 403 and "may not see" in answer.text, answer.text[-300:]


@pytest.mark.commits
def test_link_search_does_not_find_by_what_is_hidden(rest_as, sold):
	number = "0" + sold.secrets[1]
	for method in ("search_link", "search_widget"):
		assert (
			sold.lead
			not in rest_as(sold.person).call(f"frappe.desk.search.{method}", doctype=LEAD, txt=number).text
		)
		assert (
			sold.lead
			in rest_as("Administrator").call(f"frappe.desk.search.{method}", doctype=LEAD, txt=number).text
		)
	assert (
		sold.lead
		in rest_as(sold.person).call("frappe.desk.search.search_link", doctype=LEAD, txt=sold.lead).text
	)
	assert rest_as(sold.person).message("leads.search", text=number) == []


@pytest.mark.commits
def test_the_search_of_other_documents_leaves_hidden_fields_out(rest_as, sold):
	"""Issues are searched by the mail address of who raised them, with the framework's own search."""
	issue = frappe.get_doc(
		{"doctype": "Sky Issue", "subject": "Máy hỏng", "raised_by": "bi-mat@example.com"}
	).insert()
	agent = make.user("Sky Support Agent")
	frappe.db.commit()
	try:
		asked = {"doctype": "Sky Issue", "txt": "bi-mat"}
		assert issue.name in rest_as(agent).call("frappe.desk.search.search_link", **asked).text
		with page.hidden({"Sky Issue": ("raised_by",)}, role="Sky Support Agent"):
			for method in ("search_link", "search_widget"):
				answer = rest_as(agent).call(f"frappe.desk.search.{method}", **asked)
				assert answer.status_code == 200 and issue.name not in answer.text
			found = rest_as(agent).call("frappe.desk.search.search_link", doctype="Sky Issue", txt="hỏng")
			assert issue.name in found.text and "bi-mat" not in found.text
			own = "skycrm.services.link_search.search_shown"  # named by itself: link_search.search_shown
			answer = rest_as(agent).call("frappe.desk.search.search_widget", query=own, **asked)
			assert answer.status_code == 200 and issue.name not in answer.text
			assert (
				rest_as("Guest")
				.call(own, doctype="Sky Issue", txt="", searchfield="name", start=0, page_len=9)
				.status_code
				== 403
			)
	finally:
		frappe.db.rollback()
		frappe.delete_doc("Sky Issue", issue.name, force=True)
		make.remove_users(agent)


def test_segments_and_rules_cannot_be_filtered_by_what_is_hidden(sold, as_person):
	with pytest.raises(frappe.ValidationError):
		row = frappe._dict(field_name="mobile_no", operator="=", value="1", idx=1)
		check_filter_rows(frappe.new_doc("Sky Segment"), "filters", LEAD, [row])
