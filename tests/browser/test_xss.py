"""No payload of xss_payloads.py runs anywhere in the desk, whoever wrote it and whatever check it got past.

The records are written straight into the tables, so every page is shown the worst there can be; what the server lets in
is tests/bench/test_stored_markup.py. That the payloads are real, and are found, is test_xss_canary.py.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk import IDLE
from playwright.sync_api import Error
from xss_watch import Watch

APP = Path(__file__).resolve().parents[2] / "apps" / "skycrm" / "skycrm" / "skycrm"
ROWS = Path(__file__).with_name("xss_rows.py")


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
def rows(site: Any, site_name: str) -> Iterator[dict[str, Any]]:
	"""The records with payloads, by DocType."""

	def run(what: str) -> str:
		done = subprocess.run(
			[sys.executable, str(ROWS), site_name, what], capture_output=True, text=True, check=False
		)
		assert not done.returncode, done.stderr[-3000:]
		return done.stdout

	yield json.loads(run("make").strip().splitlines()[-1])
	run("remove")


@pytest.fixture(scope="module")
def desk_page(browser: Any, site_url: str, rows: Any) -> Iterator[tuple[Any, Watch]]:
	"""The desk of Administrator, who sees everything, listened to."""
	context = browser.new_context(base_url=site_url, viewport={"width": 1440, "height": 1000}, locale="en-GB")
	context.set_default_timeout(12_000)
	watch = Watch(context)
	login = {"usr": "Administrator", "pwd": os.environ["SKYCRM_ADMIN_PASSWORD"]}
	assert context.request.post(f"{site_url}/api/method/login", form=login).ok
	page = context.new_page()
	page.goto("/app/todo", wait_until="domcontentloaded")
	idle(page)
	yield page, watch
	context.close()


def idle(page: Any) -> None:
	page.wait_for_function(IDLE)


class Findings:
	"""What came to life, gathered by place."""

	def __init__(self) -> None:
		self.places: dict[str, set[int]] = {}

	def add(self, where: str, found: list[tuple[int, str]]) -> None:
		for number, place in found:
			self.places.setdefault(f"{where}: {place}", set()).add(number)

	def none(self) -> None:
		lines = [f"{place} {sorted(numbers)}" for place, numbers in sorted(self.places.items())]
		assert not lines, f"{len(lines)} places where a payload came to life:\n" + "\n".join(lines[:60])


def go(page: Any, *route: str) -> None:
	"""Go to a page of the desk without loading it anew."""
	page.evaluate(
		"route => { frappe.route_options = null; return frappe.set_route(...route).then(() => {}); }",
		list(route),
	)
	idle(page)


# All forms of a DocType, one after the other, every part of each drawn: all tabs, hidden ones too, every row of a table
# opened, and the whole timeline.
DRAW_FORMS = """async ([doctype, names]) => {
	const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms)), found = [], missing = [];
	const scan = window.xss_scan;
	for (let start = 0; start < names.length; start += 7) {
		await Promise.all(names.slice(start, start + 7).map((name) => frappe.model.with_doc(doctype, name)));
		for (const name of names.slice(start, start + 7)) {
			await frappe.set_route('Form', doctype, name);
			const shown = () => cur_frm?.docname === name && cur_frm.doctype === doctype && !cur_frm.$wrapper.hasClass('hide');
			for (let tries = 0; tries < 150 && !shown(); tries++) await wait(10);
			if (!shown()) { missing.push(name); continue; }
			for (const { grid } of cur_frm.grids || []) {
				const row = grid.grid_rows && grid.grid_rows[0];
				if (row) { row.toggle_view(true); row.toggle_view(false); }
			}
			for (let tries = 0; tries < 150 && frappe.request.ajax_count; tries++) await wait(10);
			found.push(...scan());
			$('.modal.show').modal('hide');
			frappe.dom.unfreeze();
		}
	}
	return { found, missing };
}"""


@pytest.mark.parametrize("doctype", doctypes())
def test_forms(desk_page: Any, rows: dict[str, Any], doctype: str) -> None:
	page, watch = desk_page
	drawn = page.evaluate(DRAW_FORMS, [doctype, rows[doctype]["names"]])
	findings = Findings()
	findings.add("form", [tuple(one) for one in drawn["found"]])
	findings.add("form", watch.found(page))
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
			found.push(...window.xss_scan());
		}
	}
	return found;
}"""


# Pages of the desk that were left stay in the document.
LEAVE = """() => {
	for (const page of document.querySelectorAll('#body > .content.page-container')) if (page.style.display === 'none') page.replaceChildren();
}"""


def scanned(page: Any, watch: Watch) -> list[tuple[int, str]]:
	idle(page)
	page.evaluate(LEAVE)
	return [*(tuple(one) for one in page.evaluate(SCROLL)), *watch.found(page)]


@pytest.mark.parametrize("doctype", doctypes())
def test_lists_and_report_views(desk_page: Any, rows: dict[str, Any], doctype: str) -> None:
	page, watch = desk_page
	findings, count = Findings(), len(rows[doctype]["names"])
	fields = [[field, doctype] for field in ("name", *rows[doctype]["fields"])]
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
def test_other_views(desk_page: Any, rows: dict[str, Any], route: tuple[str, ...]) -> None:
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


def test_links_offer_names_and_descriptions_as_text(desk_page: Any, rows: dict[str, Any]) -> None:
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
			findings.add(f"link {doctype}.{field}", watch.found(page))
	findings.none()


# Our own parts
# -------------

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


def test_dialogs_of_a_lead(desk_page: Any, rows: dict[str, Any]) -> None:
	page, watch = desk_page
	findings = Findings()
	names = rows["Sky Lead"]["names"]
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
			findings.add(label, watch.found(page))
			page.evaluate(
				"() => { $('.modal').modal('hide'); $('.modal-backdrop').remove(); frappe.dom.unfreeze(); }"
			)
	page.evaluate("leads => { skycrm.lead_merge.open(leads); }", names[:5])
	page.wait_for_timeout(800)
	idle(page)
	findings.add("merge", watch.found(page))
	page.evaluate("() => { $('.modal').modal('hide'); $('.modal-backdrop').remove(); }")
	findings.none()


def test_messages_of_the_server(desk_page: Any, rows: dict[str, Any]) -> None:
	"""Refusals that name a record or a value show it as text."""
	page, watch = desk_page
	findings = Findings()
	calls = [
		("skycrm.api.v1.leads.convert", {"lead": name, "customer": text})
		for name, text in zip(rows["Sky Lead"]["names"], rows["Sky Team"]["names"], strict=False)
	]
	calls += [
		(
			"skycrm.api.v1.opportunities.move",
			{"opportunity": name, "stage": rows["Sky Sales Stage"]["names"][at], "lost_reason": ""},
		)
		for at, name in enumerate(rows["Sky Opportunity"]["names"])
	]
	calls += [
		("skycrm.api.v1.opportunity_items.get_offer", {"item_code": text, "company": text})
		for text in rows["Sky Team"]["names"]
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
		for text in rows["Sky Team"]["names"]
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
		for text in rows["Sky Team"]["names"]
	]
	calls += [
		(
			"frappe.client.set_value",
			{"doctype": "Sky Lead", "name": name, "fieldname": "website", "value": "javascript:X(70)"},
		)
		for name in rows["Sky Lead"]["names"][:3]
	]
	for method, args in calls:
		page.evaluate(
			"([method, args]) => new Promise((done) => frappe.call({method, args, callback: () => done(), error: () => done()}))",
			[method, args],
		)
		page.wait_for_timeout(10)
		findings.add(method, watch.found(page))
		page.evaluate(
			"() => { frappe.msg_dialog?.clear?.(); $('.modal').modal('hide'); $('.modal-backdrop').remove(); }"
		)
	findings.none()


# On paper
# --------


@pytest.mark.parametrize("doctype", ["Sky Lead", "Sky Opportunity"])
def test_print_previews(desk_page: Any, site: Any, rows: dict[str, Any], doctype: str) -> None:
	page, watch = desk_page
	findings = Findings()
	formats = [
		"Standard",
		*(row["name"] for row in site.find("Print Format", {"doc_type": doctype, "disabled": 0})),
	]
	assert len(formats) > 1
	paper = page.context.new_page()
	for shown in formats:
		for name in rows[doctype]["names"]:
			paper.goto(
				f"/printview?doctype={doctype}&name={name}&format={shown}&trigger_print=0",
				wait_until="domcontentloaded",
			)
			findings.add(f"print {shown}", watch.found(paper))
	paper.close()
	findings.none()
