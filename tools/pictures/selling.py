"""From the lead to the quotation: the pictures of the README and of the guide for sellers."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from pictures.camera import PATIENCE, Camera, shrink

GROWN = """() => {
	const now = [...document.querySelectorAll('svg.frappe-chart')].map(chart => chart.innerHTML).join();
	const grown = now === window.skycrm_charts && document.querySelectorAll('svg.frappe-chart rect.bar').length > 3;
	window.skycrm_charts = now;
	return grown;
}"""
SEARCH = "nguyen"


def workspace(camera: Camera) -> Path:
	"""The start page of selling, with figures and charts."""
	camera.sign_in().open("skycrm")
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
	camera.sign_in()
	camera.form("Sky Lead", an_open_lead(camera))
	return camera.take("lead")


def conversion(camera: Camera) -> Path:
	"""What a conversion would make, shown before it is done."""
	camera.sign_in()
	camera.form("Sky Lead", an_open_lead(camera))
	camera.page.wait_for_function("() => window.skycrm?.lead_conversion")
	camera.page.evaluate("() => { skycrm.lead_conversion.open(cur_frm); }")
	camera.page.locator(".modal.show .frappe-card").nth(3).wait_for()
	camera.idle()
	return camera.take("conversion")


def opportunity(camera: Camera) -> Path:
	"""The form of an opportunity that is being worked on, with its products."""
	camera.sign_in()
	name = camera.find(
		"Sky Opportunity", [["status", "=", "Open"], ["stage", "=", "Negotiation"]], "name asc"
	)
	camera.form("Sky Opportunity", name)
	return camera.take("opportunity")


def board(camera: Camera) -> Path:
	"""Opportunities by stage with amounts."""
	camera.sign_in().open("sky-opportunity/view/kanban/Sky Opportunities by Stage")
	camera.page.locator(".skycrm-kanban-total", has_text="·").first.wait_for()
	camera.idle()
	return camera.take("board")


def search(camera: Camera) -> Path:
	"""Leads found by a part of the name without tone marks."""
	camera.sign_in().open("sky-lead")
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
	camera.sign_in()
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
		path = Path(shutil.move(str(pdf.with_suffix(".png")), str(camera.folder / "quotation.png")))
	shrink(path)
	return path


PICTURES = (workspace, lead, conversion, opportunity, board, search, quotation)
