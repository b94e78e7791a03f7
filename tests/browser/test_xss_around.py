"""No payload of xss_payloads.py runs in what hangs on a record, tells of it, finds it or is mailed about it.

As in test_xss.py the rows of the framework's own DocTypes are written straight into the tables, and once more through
their doors, which change what they are given. That what is looked at would be found is test_xss_canary.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from xss_around import KEY, NEEDLE, RAW
from xss_desk import DRAW_FORMS, LEAVE, Findings, blank, go, idle, made_by, opened, read, reader, signed_in
from xss_payloads import PAYLOADS
from xss_rows import VALUES
from xss_watch import Watch


@pytest.fixture(scope="module")
def around(payload_rows: Any, site: Any, site_name: str) -> Iterator[dict[str, Any]]:
	"""What hangs on the records."""
	settings = "Global Search Settings"
	before = site.get_doc(settings, settings)["allowed_in_global_search"]
	site.update(settings, settings, allowed_in_global_search=[*before, {"document_type": "Sky Lead"}])
	try:
		with made_by("xss_around.py", site_name) as made:
			yield made
	finally:
		site.update(settings, settings, allowed_in_global_search=before)


@pytest.fixture(scope="module")
def desk_page(browser: Any, site_url: str, around: Any) -> Iterator[tuple[Any, Watch]]:
	page, watch = signed_in(browser, site_url)
	yield page, watch
	page.context.close()


def test_the_doors_let_most_of_it_in(around: dict[str, Any]) -> None:
	"""What is refused is not looked at below."""
	done, refused = around["done"], around["refused"]
	assert not {what for what in refused if what not in done}, refused
	assert sum(done.values()) > 3 * sum(refused.values()), (done, refused)


SHOW_ALL = """async () => {
	cur_frm.timeline.only_communication = false;
	cur_frm.timeline.render_timeline_items();
	cur_frm.attachments.show_all_attachments = true;
	cur_frm.attachments.refresh();
	return cur_frm.timeline.timeline_items_wrapper.find('.timeline-item').length;
}"""


@pytest.mark.parametrize("kind", ["Sky Lead", "Sky Opportunity", "doors"])
def test_timelines_and_sidebars(desk_page: Any, around: dict[str, Any], kind: str) -> None:
	page, watch = desk_page
	findings = Findings()
	doctype, names = ("Sky Lead", around["doors"]) if kind == "doors" else (kind, around["raw"][kind])
	for name in names:
		go(page, "Form", doctype, name)
		page.wait_for_function("name => window.cur_frm?.docname === name && cur_frm.timeline", arg=name)
		idle(page)
		assert page.evaluate(SHOW_ALL) > (20 if kind == "doors" else 100)
		idle(page)
		findings.add(kind, watch.found(page))
	findings.none()


@pytest.mark.parametrize("doctype", ["Communication", "Notification Log", "ToDo"])
def test_forms_of_what_came_through_the_doors(desk_page: Any, around: dict[str, Any], doctype: str) -> None:
	page, watch = desk_page
	findings = Findings()
	page.evaluate(LEAVE)
	drawn = page.evaluate(DRAW_FORMS, [doctype, around["forms"][doctype]])
	findings.add("form", drawn["found"])
	page.evaluate(LEAVE)
	findings.add("form", watch.found(page))
	findings.none()
	assert len(around["forms"][doctype]) > 30 and not drawn["missing"]


def test_the_bell(desk_page: Any, around: dict[str, Any]) -> None:
	page, watch = desk_page
	findings = Findings()

	def ask_for_all(route: Any) -> None:
		route.continue_(
			url=route.request.url.replace("limit=20", "limit=500"),
			post_data=(route.request.post_data or "").replace("limit=20", "limit=500") or None,
		)

	page.route("**/*get_notification_logs*", ask_for_all)
	page.goto("/app/todo", wait_until="domcontentloaded")
	idle(page)
	page.locator(".dropdown-notifications .notifications-icon").click()
	page.wait_for_function("() => document.querySelectorAll('.notification-item[data-name]').length > 100")
	findings.add("bell", watch.found(page))
	page.unroute("**/*get_notification_logs*")
	findings.none()


def test_the_search_bar(desk_page: Any, payload_rows: dict[str, Any], around: dict[str, Any]) -> None:
	page, watch = desk_page
	findings = Findings()
	# Where somebody was, and what a link brought along
	for name in payload_rows["Sky Team"]["names"]:
		page.evaluate("name => { frappe.route_history.push(['Form', 'Sky Team', name]); }", name)
	box = page.locator("#navbar-search")
	for text in ("", "xss", "img", "svg", "team", "script"):
		box.fill(text)
		box.dispatch_event("input")
		page.wait_for_timeout(300)
		findings.add(f"bar {text}", watch.found(page))
	for text, kind in ((NEEDLE, "global_search"), (f"#{NEEDLE}", "tags")):
		page.evaluate("([text, kind]) => frappe.searchdialog.search.init_search(text, kind)", [text, kind])
		results = page.locator(".search-dialog .results-area .result")
		expect(results).to_have_count(20)
		if kind == "global_search":
			page.locator(".search-dialog .list-more").click()
			expect(results).to_have_count(40)
		findings.add(kind, watch.found(page))
	findings.none()


def test_mails(desk_page: Any, around: dict[str, Any]) -> None:
	page, watch = desk_page
	findings = Findings()
	paper = reader(page.context)
	mails = around["mails"]
	assert len(mails) > 120
	for start in range(0, len(mails), 40):
		part = mails[start : start + 40]
		findings.add(part[0][0][:30], read(paper, watch, [html for _subject, html in part]))
	paper.close()
	findings.none()


# What somebody sees who is not signed in
# ---------------------------------------


@pytest.fixture
def guest(new_page: Any, around: Any) -> tuple[Any, Watch]:
	context = new_page(locale="en-GB").context
	return blank(context), Watch(context)


def test_prints_by_a_key(guest: Any, payload_rows: dict[str, Any]) -> None:
	page, watch = guest
	findings = Findings()
	for doctype in RAW:
		addresses = [
			f"/printview?doctype={doctype}&name={name}&key={KEY}{at}&trigger_print=0"
			for at, name in enumerate(payload_rows[doctype]["names"])
			if at % 3 == 0  # all of them, signed in: test_xss.py
		]
		findings.add(doctype, opened(page, watch, addresses))
		shown = page.frames[-1].locator(".print-format").inner_text()
		assert len(shown) > 100, shown
	findings.none()


def test_web_forms(guest: Any, payload_rows: dict[str, Any]) -> None:
	page, watch = guest
	findings = Findings()
	findings.add("form", opened(page, watch, [f"/sky-form/xss-form-{at}" for at in range(len(VALUES))]))
	assert page.frames[-1].locator("input, textarea").count() > 1
	# What is said after sending, and where that leads: only the sending itself is left out.
	page.route(
		"**/skycrm.api.v1.leads.capture",
		lambda route: route.fulfill(content_type="application/json", body='{"message": {"reference": "x"}}'),
	)
	for at in range(0, len(VALUES), 10):
		page.goto(f"/sky-form/xss-form-{at}")
		page.locator("input[type=checkbox]").first.check()
		page.locator("form input:visible").first.fill("An")
		page.locator("button[type=submit]").click()
		page.locator(".done").wait_for()
		findings.add("thanks", watch.found(page))
	findings.none()


# All of it would be noticed
# --------------------------

LIVE = {payload.number for payload in PAYLOADS if payload.sink == "html"}


def test_a_timeline_without_our_script_is_noticed(
	browser: Any, site_url: str, around: dict[str, Any]
) -> None:
	page, watch = signed_in(browser, site_url)
	page.route("**/js/skycrm/values.js*", lambda route: route.abort())
	page.goto("/app/todo", wait_until="domcontentloaded")
	idle(page)
	found = Findings()
	for name in around["raw"]["Sky Opportunity"]:
		go(page, "Form", "Sky Opportunity", name)
		page.wait_for_function("name => window.cur_frm?.docname === name && cur_frm.timeline", arg=name)
		idle(page)
		page.evaluate(SHOW_ALL)
		found.add("timeline", watch.found(page))
	page.context.close()
	# Two are for those who write a whole document.
	whole = {payload.number for payload in PAYLOADS if payload.kind in ("body loads", "template element")}
	assert found.numbers >= LIVE - whole
	assert any("ran:" in place for place in found.places)


def test_answers_of_the_server_that_hold_payloads_are_noticed(
	browser: Any, site_url: str, around: Any
) -> None:
	"""The bell and the search bar, told what the framework itself would tell them."""
	page, watch = signed_in(browser, site_url)
	texts = [payload.text for payload in PAYLOADS if payload.sink == "html"]

	def notes(route: Any) -> None:
		answer = route.fetch()
		told = answer.json()
		for note, text in zip(told["message"]["notification_logs"], texts * 10, strict=False):
			note["subject"] = text
		route.fulfill(response=answer, json=told)

	def hits(route: Any) -> None:
		found = [{"doctype": "Sky Lead", "name": text, "content": f"a : {NEEDLE} {text}"} for text in texts]
		route.fulfill(json={"message": found})

	page.route("**/*get_notification_logs*", notes)
	page.route("**/*global_search.search*", hits)
	page.goto("/app/todo", wait_until="domcontentloaded")
	idle(page)
	page.wait_for_function("() => document.querySelectorAll('.notification-item[data-name]').length >= 20")
	bell = Findings()
	bell.add("bell", watch.found(page))
	page.evaluate("text => frappe.searchdialog.search.init_search(text, 'global_search')", NEEDLE)
	expect(page.locator(".search-dialog .results-area .result")).to_have_count(20)
	found = Findings()
	found.add("search", watch.found(page))
	page.context.close()
	assert len(bell.numbers) >= 15 and len(found.numbers) >= 15


def test_mails_with_payloads_are_noticed(browser: Any, around: Any) -> None:
	context = browser.new_context()
	watch = Watch(context)
	texts = [payload.text for payload in PAYLOADS if payload.sink == "html"]
	found = Findings()
	found.add("mail", read(reader(context), watch, [f"<p>{text}</p>" for text in texts]))
	context.close()
	assert not LIVE - found.numbers
