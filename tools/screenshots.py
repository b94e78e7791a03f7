"""The pictures of the documentation, taken from the demo site: tools/screenshots.py [--url --user --password] [names].

Needs Playwright with a Chromium (both are in the bench once `bin/test browser` ran there) and pdftoppm (poppler).
Run it with the bench's Python:  <bench>/env/bin/python tools/screenshots.py
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

CHECKOUT = Path(__file__).resolve().parents[1]
IMAGES = CHECKOUT / "docs" / "images"
USER = "lan.nguyen@saoviet.example"
VIEWPORT = {"width": 1440, "height": 900}
LARGEST = 250_000  # bytes: pictures live in the repository for ever
PATIENCE = 90_000  # milliseconds
IDLE = """() => window.frappe && frappe.boot && frappe.request && frappe.request.ajax_count === 0
	&& !document.getElementById('freeze')"""
# Nothing that moves or depends on the moment: carets, transitions, passing messages
STILL = """*, *::before, *::after { transition: none !important; animation: none !important; caret-color: transparent !important; }
#alert-container, .desk-alert { display: none !important; }"""
GROWN = """() => {
	const now = [...document.querySelectorAll('svg.frappe-chart')].map(chart => chart.innerHTML).join();
	const grown = now === window.skycrm_charts && document.querySelectorAll('svg.frappe-chart rect.bar').length > 3;
	window.skycrm_charts = now;
	return grown;
}"""
SEARCH = "nguyen"


class Camera:
	"""A signed-in page of the demo site that takes the pictures."""

	def __init__(self, page: Any, folder: Path) -> None:
		self.page = page
		self.folder = folder

	def open(self, route: str) -> None:
		"""Open a page of the desk and wait until it has nothing more to ask."""
		self.page.goto(f"/app/{quote(route, safe='/?=&')}", wait_until="domcontentloaded")
		self.page.add_style_tag(content=STILL)
		self.idle()

	def idle(self) -> None:
		"""Wait until the desk is quiet, fonts and pictures included."""
		self.page.wait_for_function(IDLE)
		self.page.wait_for_load_state("networkidle")
		self.page.wait_for_function("() => document.fonts.status === 'loaded'")
		self.page.wait_for_function(IDLE)

	def take(self, name: str) -> Path:
		"""Keep a picture of what the window shows."""
		self.page.mouse.move(0, 0)
		self.page.evaluate("() => document.activeElement && document.activeElement.blur()")
		path = self.folder / f"{name}.png"
		self.page.screenshot(path=str(path), animations="disabled", caret="hide")
		return path

	def find(self, doctype: str, filters: Any, order_by: str) -> str:
		"""Return the name of the first record that matches."""
		answer = self.page.context.request.get(
			f"/api/resource/{quote(doctype)}",
			params={"filters": json.dumps(filters), "order_by": order_by, "limit_page_length": "1"},
		)
		rows = answer.json()["data"]
		if not rows:
			raise SystemExit(f"The site has no {doctype} with {filters}: is it the demo site?")
		return rows[0]["name"]

	def reset_list(self, doctype: str) -> None:
		"""Forget the filters that a list was left with."""
		self.page.evaluate(
			"""doctype => frappe.xcall('frappe.model.utils.user_settings.save',
				{doctype, user_settings: JSON.stringify({List: {}, Kanban: {}, last_view: 'List'})})""",
			doctype,
		)


# The pictures
# ------------


def workspace(camera: Camera) -> Path:
	"""The start page of selling, with figures and charts."""
	camera.open("skycrm")
	page = camera.page
	page.locator(".number-widget-box .number").first.wait_for()
	# The first steps are folded away after the first day; figures are what one sees every morning
	page.evaluate(
		"() => document.querySelectorAll('.onboarding-widget-box').forEach(box => box.closest('.ce-block').remove())"
	)
	page.locator(".dashboard-widget-box svg.frappe-chart").nth(1).wait_for()
	camera.idle()
	# Bars grow out of the axis; the picture is of the grown ones
	page.wait_for_function(GROWN, polling=1000)
	page.evaluate("() => window.scrollTo(0, 0)")
	return camera.take("workspace")


def an_open_lead(camera: Camera) -> str:
	"""Return a lead with a firm, an address and products, in good standing."""
	return camera.find(
		"Sky Lead",
		[
			["status", "=", "Qualified"],
			["organization", "!=", ""],
			["city", "!=", ""],
			["Sky Lead Item", "item_code", "is", "set"],
		],
		"name asc",
	)


def lead(camera: Camera) -> Path:
	"""The form of a lead."""
	camera.open(f"sky-lead/{an_open_lead(camera)}")
	camera.page.wait_for_function("() => window.cur_frm && cur_frm.doc && cur_frm.doctype === 'Sky Lead'")
	camera.idle()
	return camera.take("lead")


def conversion(camera: Camera) -> Path:
	"""What a conversion would make, shown before it is done."""
	camera.open(f"sky-lead/{an_open_lead(camera)}")
	camera.page.wait_for_function("() => window.cur_frm && cur_frm.doc && window.skycrm?.lead_conversion")
	camera.idle()
	camera.page.evaluate("() => { skycrm.lead_conversion.open(cur_frm); }")
	camera.page.locator(".modal.show .frappe-card").nth(3).wait_for()
	camera.idle()
	return camera.take("conversion")


def opportunity(camera: Camera) -> Path:
	"""The form of an opportunity that is being worked on, with its products."""
	name = camera.find(
		"Sky Opportunity", [["status", "=", "Open"], ["stage", "=", "Negotiation"]], "name asc"
	)
	camera.open(f"sky-opportunity/{name}")
	camera.page.wait_for_function(
		"() => window.cur_frm && cur_frm.doc && cur_frm.doctype === 'Sky Opportunity'"
	)
	camera.idle()
	return camera.take("opportunity")


def board(camera: Camera) -> Path:
	"""Opportunities by stage with amounts."""
	camera.open("sky-opportunity/view/kanban/Sky Opportunities by Stage")
	camera.page.locator(".skycrm-kanban-total", has_text="·").first.wait_for()
	camera.idle()
	return camera.take("board")


def search(camera: Camera) -> Path:
	"""Leads found by a part of the name without tone marks."""
	camera.open("sky-lead")
	camera.reset_list("Sky Lead")
	camera.open("sky-lead")
	box = camera.page.locator(
		'.frappe-control[data-fieldname="skycrm_search"]:visible input, [data-fieldname="skycrm_search"] input:visible'
	).first
	with camera.page.expect_response(lambda answer: "leads.search" in answer.url):
		box.fill(SEARCH)
	camera.idle()
	return camera.take("search")


def quotation(camera: Camera) -> Path:
	"""The first page of a printed quotation, out of its PDF."""
	name = camera.find("Quotation", [["docstatus", "=", 1], ["sky_opportunity", "!=", ""]], "name asc")
	answer = camera.page.context.request.get(
		"/api/method/frappe.utils.print_format.download_pdf",
		params={"doctype": "Quotation", "name": name, "format": "Sky Quotation", "_lang": "vi"},
		timeout=PATIENCE,
	)
	if not answer.ok:
		raise SystemExit(f"The PDF of {name} was refused: {answer.status} {answer.text()[:500]}")
	with tempfile.TemporaryDirectory() as folder:
		pdf = Path(folder) / "quotation.pdf"
		pdf.write_bytes(answer.body())
		subprocess.run(
			[
				"pdftoppm",
				"-png",
				"-r",
				"80",
				"-f",
				"1",
				"-l",
				"1",
				"-singlefile",
				str(pdf),
				str(pdf.with_suffix("")),
			],
			check=True,
		)
		return Path(shutil.move(str(pdf.with_suffix(".png")), str(camera.folder / "quotation.png")))


PICTURES: dict[str, Callable[[Camera], Path]] = {
	picture.__name__: picture
	for picture in (workspace, lead, conversion, opportunity, board, search, quotation)
}


# The program
# -----------


def demo_site() -> tuple[str, str, str]:
	"""Return address, user and password as `bin/up --status --json` gives them."""
	answer = subprocess.run(
		[str(CHECKOUT / "bin" / "up"), "--status", "--json"], capture_output=True, text=True, check=False
	)
	try:
		status = json.loads(answer.stdout)
	except ValueError:
		raise SystemExit(
			"bin/up --status --json gave no answer. Run bin/up, or give --url, --user, --password."
		) from None
	logins = {login["user"]: login["password"] for login in status.get("logins") or []}
	if not status.get("running") or USER not in logins:
		raise SystemExit("No demo site is running. Run bin/up, or give --url, --user and --password.")
	return status["url"], USER, logins[USER]


def chromium() -> str | None:
	"""Return the system's Chromium; None lets Playwright use its own."""
	found = (os.environ.get("SKYCRM_CHROMIUM"), shutil.which("chromium"), shutil.which("chromium-browser"))
	return next((path for path in found if path), None)


def main(argv: Sequence[str]) -> int:
	"""Take the pictures named, or all of them; returns 1 when one is too large."""
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("names", nargs="*", help="which pictures; all of them by default")
	parser.add_argument("--url", help="address of the site, such as http://skycrm.localhost:8000")
	parser.add_argument("--user", default=USER)
	parser.add_argument("--password")
	parser.add_argument("--out", type=Path, default=IMAGES)
	options = parser.parse_args(argv)
	if options.url and not options.password:
		parser.error("--url needs --password")
	url, user, password = (
		(options.url.rstrip("/"), options.user, options.password) if options.url else demo_site()
	)
	options.out.mkdir(parents=True, exist_ok=True)

	from playwright.sync_api import sync_playwright

	too_large = False
	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(
			executable_path=chromium(),
			args=[
				"--no-sandbox",
				"--disable-dev-shm-usage",
				"--force-color-profile=srgb",
				"--host-resolver-rules=MAP *.localhost 127.0.0.1",
			],
		)
		context = browser.new_context(
			base_url=url,
			viewport=VIEWPORT,
			locale="vi-VN",
			timezone_id="Asia/Ho_Chi_Minh",
			reduced_motion="reduce",
		)
		context.set_default_timeout(PATIENCE)
		answer = context.request.post("/api/method/login", form={"usr": user, "pwd": password})
		if not answer.ok:
			raise SystemExit(f"{user} could not sign in at {url}: {answer.status}")
		camera = Camera(context.new_page(), options.out)
		for name in options.names or PICTURES:
			path = PICTURES[name](camera)
			size = path.stat().st_size
			too_large = too_large or size > LARGEST
			print(
				f"{path.name:20} {size / 1000:6.0f} kB{'  too large' if size > LARGEST else ''}", flush=True
			)
		browser.close()
	return int(too_large)


if __name__ == "__main__":
	sys.exit(main(sys.argv[1:]))
