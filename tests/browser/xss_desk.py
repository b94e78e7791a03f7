"""The desk that shows records with payloads: going around in it, and what came to life where."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from desk import IDLE
from xss_watch import Watch

HERE = Path(__file__).parent
# A page on no server, for HTML that is read outside of the desk
PLACE = "http://canary.invalid/"
# One frame per text: an attribute that is never closed swallows what follows.
WRITE = """(texts) => {
	for (const html of texts) {
		const frame = document.createElement('iframe');
		document.body.append(frame);
		frame.contentWindow.X = window.X;
		frame.contentDocument.open();
		frame.contentDocument.write(html);
		frame.contentDocument.close();
		frame.contentWindow.X = window.X;
		const first = frame.contentDocument.querySelector('[autofocus]');
		if (first) first.focus();
	}
}"""

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
			// The rest of the document is looked at once, at the end.
			for (const part of [cur_frm.$wrapper[0], ...document.querySelectorAll('.modal.show')]) found.push(...scan(part));
			$('.modal.show').modal('hide');
			frappe.dom.unfreeze();
		}
	}
	return { found, missing };
}"""


# Pages of the desk that were left stay in the document.
LEAVE = """() => {
	for (const page of document.querySelectorAll('#body > .content.page-container')) if (page.style.display === 'none') page.replaceChildren();
}"""


class Findings:
	"""What came to life, gathered by place."""

	def __init__(self) -> None:
		self.places: dict[str, set[int]] = {}

	def add(self, where: str, found: Iterable[Any]) -> None:
		for number, place in found:
			self.places.setdefault(f"{where}: {place}", set()).add(number)

	@property
	def numbers(self) -> set[int]:
		"""Which payloads came to life."""
		return set().union(*self.places.values())

	def none(self) -> None:
		lines = [f"{place} {sorted(numbers)}" for place, numbers in sorted(self.places.items())]
		assert not lines, f"{len(lines)} places where a payload came to life:\n" + "\n".join(lines[:60])


@contextmanager
def made_by(script: str, site_name: str, **environment: str) -> Iterator[dict[str, Any]]:
	"""Give what a script of this folder has made on the site, and take it away again."""

	def run(what: str) -> str:
		done = subprocess.run(
			[sys.executable, str(HERE / script), site_name, what],
			capture_output=True,
			text=True,
			check=False,
			env={**os.environ, **environment},
		)
		assert not done.returncode, done.stderr[-3000:]
		return done.stdout

	yield json.loads(run("make").strip().splitlines()[-1])
	run("remove")


def signed_in(browser: Any, site_url: str) -> tuple[Any, Watch]:
	"""Return the desk of Administrator, who sees everything, listened to."""
	context = browser.new_context(base_url=site_url, viewport={"width": 1440, "height": 1000}, locale="en-GB")
	context.set_default_timeout(12_000)
	watch = Watch(context)
	login = {"usr": "Administrator", "pwd": os.environ["SKYCRM_ADMIN_PASSWORD"]}
	assert context.request.post(f"{site_url}/api/method/login", form=login).ok
	page = context.new_page()
	page.goto("/app/todo", wait_until="domcontentloaded")
	idle(page)
	return page, watch


def idle(page: Any) -> None:
	page.wait_for_function(IDLE)


def go(page: Any, *route: str) -> None:
	"""Go to a page of the desk without loading it anew."""
	page.evaluate(
		"route => { frappe.route_options = null; return frappe.set_route(...route).then(() => {}); }",
		list(route),
	)
	idle(page)


def reader(context: Any) -> Any:
	"""Return an empty page that may run everything, for HTML that leaves the desk."""
	context.route(f"{PLACE}*", lambda route: route.fulfill(content_type="text/html", body="<body></body>"))
	page = context.new_page()
	page.goto(PLACE)
	return page


def read(page: Any, watch: Watch, texts: list[str], wait: int = 700, at_once: int = 60) -> list[Any]:
	"""Open HTML as a browser would, scripts on; returns what ran and what waits for a click."""
	found: list[Any] = []
	for start in range(0, len(texts), at_once):
		page.goto(PLACE)
		page.evaluate(WRITE, texts[start : start + at_once])
		page.wait_for_timeout(wait)
		found += watch.found(page)
	return found


# Pages of the site in frames of one page: they load side by side.
OPEN = """async (addresses) => {
	document.body.replaceChildren();
	await Promise.all(addresses.map((address) => new Promise((done) => {
		const frame = document.createElement('iframe');
		frame.onload = done;
		frame.src = address;
		document.body.append(frame);
	})));
}"""


def blank(context: Any) -> Any:
	"""Return a page of the site that holds nothing, to put others into frames."""
	context.route("**/xss-blank", lambda route: route.fulfill(content_type="text/html", body="<body></body>"))
	page = context.new_page()
	page.goto("/xss-blank")
	return page


def opened(page: Any, watch: Watch, addresses: list[str], at_once: int = 14) -> list[Any]:
	"""Open pages of the site that `page` is on; returns what ran and what waits for a click."""
	found: list[Any] = []
	for start in range(0, len(addresses), at_once):
		page.evaluate(OPEN, addresses[start : start + at_once])
		page.wait_for_timeout(300)
		found += watch.found(page)
	return found
