"""No payload of xss_payloads.py runs anywhere in the desk, whoever wrote it and whatever check it got past.

The records are written straight into the tables, so every page is shown the worst there can be; what the server lets in
is tests/bench/test_stored_markup.py. That the payloads are real, and are found, is test_xss_canary.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error
from xss_desk import DRAW_FORMS, LEAVE, Findings, blank, go, idle, opened, signed_in
from xss_watch import Watch

APP = Path(__file__).resolve().parents[2] / "apps" / "skycrm" / "skycrm" / "skycrm"


def doctypes() -> list[str]:
	"""Return our DocTypes with records of their own that the desk opens; it opens none that is marked read-only."""
	found = []
	for path in APP.glob("doctype/*/*.json"):
		definition = json.loads(path.read_text("utf-8"))
		if definition.get("doctype") == "DocType" and not (
			definition.get("istable") or definition.get("issingle") or definition.get("read_only")
		):
			found.append(definition["name"])
	return sorted(found)


REPORTS = sorted(json.loads(path.read_text("utf-8"))["name"] for path in APP.glob("report/*/*.json"))


@pytest.fixture(scope="module")
def desk_page(browser: Any, site_url: str, payload_rows: Any) -> Iterator[tuple[Any, Watch]]:
	page, watch = signed_in(browser, site_url)
	yield page, watch
	page.context.close()


@pytest.mark.parametrize("doctype", doctypes())
def test_forms(desk_page: Any, payload_rows: dict[str, Any], doctype: str) -> None:
	page, watch = desk_page
	drawn = page.evaluate(DRAW_FORMS, [doctype, payload_rows[doctype]["names"]])
	findings = Findings()
	findings.add("form", [tuple(one) for one in drawn["found"]])
	findings.add("form", watch.found(page))
	page.evaluate(LEAVE)
	findings.none()
	assert not drawn["missing"]


# Lists
# -----

# What lies below the part that is shown is drawn when somebody scrolls there.
SCROLL = """async () => {
	const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms)), found = [...window.xss_scan()];
	for (const box of document.querySelectorAll('.dt-scrollable, .result-container, .kanban')) {
		for (let at = 0; at < box.scrollHeight; at += 300) {
			box.scrollTop = at;
			await wait(20);
			found.push(...window.xss_scan(box));
		}
	}
	return found;
}"""


def scanned(page: Any, watch: Watch) -> list[tuple[int, str]]:
	idle(page)
	page.evaluate(LEAVE)
	return [*(tuple(one) for one in page.evaluate(SCROLL)), *watch.found(page)]


@pytest.mark.parametrize("doctype", doctypes())
def test_lists_and_report_views(desk_page: Any, payload_rows: dict[str, Any], doctype: str) -> None:
	page, watch = desk_page
	findings, count = Findings(), len(payload_rows[doctype]["names"])
	fields = [[field, doctype] for field in ("name", *payload_rows[doctype]["fields"])]
	settings = {
		"List": {},
		"Report": {"fields": fields, "filters": [], "order_by": "`tab%s`.`name` asc" % doctype},
	}
	page.evaluate(
		"([doctype, settings]) => frappe.model.user_settings.save(doctype, 'Report', settings.Report).then(() => {})",
		[doctype, settings],
	)
	for view in ("List", "Report"):
		go(page, "List", doctype, view)
		page.wait_for_function(
			"([doctype, view]) => window.cur_list?.doctype === doctype && cur_list.view_name === view && !cur_list.freeze_shown",
			arg=[doctype, view],
		)
		idle(page)
		page.evaluate(
			"""async () => {
				await cur_list.filter_area?.clear(false);
				cur_list.start = 0;
				cur_list.page_length = cur_list.selected_page_count = 500;
				cur_list.last_args = null;
				if (cur_list.view_name === 'List') {
					const { doctype } = cur_list;
					const fields = frappe.get_meta(doctype).fields.filter((df) => frappe.model.is_value_type(df) && !frappe.model.table_fields.includes(df.fieldtype));
					cur_list.fields = [...cur_list.fields, ...fields.map((df) => [df.fieldname, doctype])];
					cur_list.columns = [...cur_list.columns, ...fields.map((df) => ({ type: 'Field', df }))];
				}
				await cur_list.refresh();
			}"""
		)
		page.wait_for_function("count => cur_list.data.length >= count", arg=count)
		idle(page)
		if view == "Report":
			assert (
				page.evaluate("() => cur_list.datatable ? cur_list.datatable.getColumns().length : 0")
				>= len(fields) * 4 // 5
			), "the columns that a list cannot show aside, all are there"
		findings.add(view, scanned(page, watch))
	findings.none()


OTHER_VIEWS = [
	("List", "Sky Lead", "Kanban", "Sky Leads by Status"),
	("List", "Sky Opportunity", "Kanban", "Sky Opportunities by Stage"),
	("List", "Sky Lead", "Calendar", "Default"),
	("List", "Sky Opportunity", "Calendar", "Default"),
	("List", "Sky Campaign", "Calendar", "Default"),
	("List", "Sky Lead", "Image"),
	("List", "Sky Lead", "Dashboard"),
	("List", "Sky Opportunity", "Dashboard"),
	("List", "Sky Lead", "Inbox"),
	("Tree", "Sky Team"),
	("Workspaces", "SkyCRM"),
	("dashboard-view", "SkyCRM"),
	*(("query-report", name) for name in REPORTS),
]


@pytest.mark.parametrize("route", OTHER_VIEWS, ids=" ".join)
def test_other_views(desk_page: Any, payload_rows: dict[str, Any], route: tuple[str, ...]) -> None:
	page, watch = desk_page
	findings = Findings()
	go(page, *route)
	page.wait_for_timeout(600)
	idle(page)
	if route[0] == "Tree":
		page.evaluate("() => cur_tree?.load_children(cur_tree.root_node, true)")
	if route[0] == "query-report":
		page.wait_for_function("() => frappe.query_report?.data !== undefined")
	findings.add(route[-1], scanned(page, watch))
	findings.none()


# What opens over the desk
# ------------------------


def test_links_offer_names_and_descriptions_as_text(desk_page: Any, payload_rows: dict[str, Any]) -> None:
	page, watch = desk_page
	findings = Findings()
	for doctype in ("Sky Lead", "Sky Opportunity", "Sky Campaign", "Sky Issue", "Sky Absence", "Sky Segment"):
		page.evaluate("doctype => frappe.new_doc(doctype).then(() => {})", doctype)
		page.wait_for_function(
			"doctype => (window.cur_frm?.doctype === doctype && cur_frm.is_new()) || window.cur_dialog",
			arg=doctype,
		)
		idle(page)
		page.evaluate("() => { if (window.cur_dialog?.hide) cur_dialog.hide(); }")
		links = page.evaluate(
			"() => cur_frm ? cur_frm.fields.filter((f) => f.df.fieldtype === 'Link' && f.$input).map((f) => f.df.fieldname) : []"
		)
		for field in links:
			for text in ("", "img", "svg", "<", "xss", "script"):
				page.evaluate(
					"([field, text]) => { const c = cur_frm.fields_dict[field]; c.$input.val(text); c.$input.trigger('input'); }",
					[field, text],
				)
				page.wait_for_timeout(40)
			page.wait_for_timeout(350)
			idle(page)
			findings.add(f"link {doctype}.{field}", watch.found(page, ".awesomplete"))
		findings.add(doctype, watch.found(page))
	findings.none()


# Our own parts
# -------------

# Where messages are shown
OVERLAYS = ".modal, #alert-container, .desk-alert, .form-message"
DIALOGS = {
	"conversion": "name => skycrm.lead_conversion.open(cur_frm)",
	"unqualify": "name => { skycrm.unqualify.one(cur_frm); }",
	"why this owner": "name => skycrm.lead_pool.explain(cur_frm)",
	"hand on": "name => skycrm.lead_pool.hand_on(cur_frm)",
	"answers": "name => skycrm.consent.history(cur_frm)",
	"find duplicates": "name => skycrm.lead_merge.find(cur_frm)",
	"who sees this": "name => { skycrm.access.explain_dialog(cur_frm); cur_dialog.set_value('user', 'xss1@xss.invalid'); }",
	"score by hand": "name => skycrm.lead_score.set_by_hand(cur_frm)",
}


def test_dialogs_of_a_lead(desk_page: Any, payload_rows: dict[str, Any]) -> None:
	page, watch = desk_page
	findings = Findings()
	names = payload_rows["Sky Lead"]["names"]
	for name in names[::3]:
		go(page, "Form", "Sky Lead", name)
		page.wait_for_function("name => window.cur_frm?.docname === name", arg=name)
		idle(page)
		for label, script in DIALOGS.items():
			try:
				page.evaluate(f"async (name) => {{ await ({script})(name); }}", name)
			except Error as error:
				assert "closed" not in str(error)
			page.wait_for_timeout(120)
			idle(page)
			findings.add(label, watch.found(page, ".modal"))
			page.evaluate(
				"() => { $('.modal').modal('hide'); $('.modal-backdrop').remove(); frappe.dom.unfreeze(); }"
			)
	page.evaluate("leads => { skycrm.lead_merge.open(leads); }", names[:5])
	page.wait_for_timeout(800)
	idle(page)
	findings.add("merge", watch.found(page))
	page.evaluate("() => { $('.modal').modal('hide'); $('.modal-backdrop').remove(); }")
	findings.none()


def test_messages_of_the_server(desk_page: Any, payload_rows: dict[str, Any]) -> None:
	"""Refusals that name a record or a value show it as text."""
	page, watch = desk_page
	findings = Findings()
	calls = [
		("skycrm.api.v1.leads.convert", {"lead": name, "customer": text})
		for name, text in zip(
			payload_rows["Sky Lead"]["names"], payload_rows["Sky Team"]["names"], strict=False
		)
	]
	calls += [
		(
			"skycrm.api.v1.opportunities.move",
			{"opportunity": name, "stage": payload_rows["Sky Sales Stage"]["names"][at], "lost_reason": ""},
		)
		for at, name in enumerate(payload_rows["Sky Opportunity"]["names"])
	]
	calls += [
		("skycrm.api.v1.opportunity_items.get_offer", {"item_code": text, "company": text})
		for text in payload_rows["Sky Team"]["names"]
	]
	calls += [
		(
			"frappe.client.save",
			{
				"doc": {
					"doctype": "Sky Team",
					"team_name": text,
					"parent_sky_team": text,
					"members": [{"user": text}, {"user": text}],
				}
			},
		)
		for text in payload_rows["Sky Team"]["names"]
	]
	calls += [
		(
			"frappe.client.save",
			{
				"doc": {
					"doctype": "Sky Sharing Rule",
					"title": text,
					"document_type": "Sky Lead",
					"share_from_type": "Team",
					"share_from": text,
					"share_to_type": "Role",
					"share_to": text,
					"filters": [{"field_name": text, "operator": "=", "value": text}],
				}
			},
		)
		for text in payload_rows["Sky Team"]["names"]
	]
	calls += [
		(
			"frappe.client.set_value",
			{"doctype": "Sky Lead", "name": name, "fieldname": "website", "value": "javascript:X(70)"},
		)
		for name in payload_rows["Sky Lead"]["names"][:3]
	]
	page.evaluate(LEAVE)
	for method, args in calls:
		page.evaluate(
			"([method, args]) => new Promise((done) => frappe.call({method, args, callback: () => done(), error: () => done()}))",
			[method, args],
		)
		page.wait_for_timeout(10)
		findings.add(method, watch.found(page, OVERLAYS))
		page.evaluate(
			"() => { frappe.msg_dialog?.clear?.(); $('.modal').modal('hide'); $('.modal-backdrop').remove(); }"
		)
	findings.add("messages", watch.found(page))
	findings.none()


# On paper
# --------


@pytest.mark.parametrize("doctype", ["Sky Lead", "Sky Opportunity"])
def test_print_previews(desk_page: Any, site: Any, payload_rows: dict[str, Any], doctype: str) -> None:
	page, watch = desk_page
	findings = Findings()
	formats = [
		"Standard",
		*(row["name"] for row in site.find("Print Format", {"doc_type": doctype, "disabled": 0})),
	]
	assert len(formats) > 1
	paper = blank(page.context)
	for shown in formats:
		addresses = [
			f"/printview?doctype={doctype}&name={name}&format={shown}&trigger_print=0"
			for name in payload_rows[doctype]["names"]
		]
		findings.add(f"print {shown}", opened(paper, watch, addresses))
		assert paper.frames[-1].locator(".print-format").count() == 1
	paper.close()
	findings.none()
