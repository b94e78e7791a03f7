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
	"""Return our DocTypes with records of their own."""
	found = []
	for path in APP.glob("doctype/*/*.json"):
		definition = json.loads(path.read_text("utf-8"))
		if definition.get("doctype") == "DocType" and not (definition.get("istable") or definition.get("issingle")):
			found.append(definition["name"])
	return sorted(found)


REPORTS = sorted(
	json.loads(path.read_text("utf-8"))["name"] for path in APP.glob("report/*/*.json")
)


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
	context.set_default_timeout(30_000)
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
	page.evaluate("route => { frappe.route_options = null; return frappe.set_route(...route).then(() => {}); }", list(route))
	idle(page)


# Every part of a form drawn: all tabs, hidden ones too, every row of a table opened, and the whole timeline.
DRAW_FORM = """async ([doctype, name]) => {
	await frappe.set_route('Form', doctype, name);
	const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
	for (let tries = 0; tries < 100 && !(cur_frm?.docname === name && cur_frm.doctype === doctype); tries++) await wait(20);
	if (cur_frm?.docname !== name || cur_frm.doctype !== doctype) return 'not shown';
	for (let tries = 0; tries < 100 && frappe.request.ajax_count; tries++) await wait(20);
	for (const { grid } of cur_frm.grids || []) {
		const row = grid.grid_rows && grid.grid_rows[0];
		if (row) { row.toggle_view(true); row.toggle_view(false); }
	}
	if (cur_frm.timeline && cur_frm.timeline.only_communication !== undefined) {
		cur_frm.timeline.only_communication = false;
		await cur_frm.timeline.refresh();
	}
	return '';
}"""


@pytest.mark.parametrize("doctype", doctypes())
def test_forms(desk_page: Any, rows: dict[str, Any], doctype: str) -> None:
	page, watch = desk_page
	findings, not_shown = Findings(), []
	for name in rows[doctype]["names"]:
		said = page.evaluate(DRAW_FORM, [doctype, name])
		if said:
			not_shown.append(name)
		findings.add("form", watch.found(page))
		page.evaluate("() => { $('.modal.show').modal('hide'); frappe.msg_dialog?.hide?.(); frappe.dom.unfreeze(); }")
	findings.none()
	assert not not_shown
