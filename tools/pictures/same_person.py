"""One person, one lead: the hint while typing, the merge, the report of poor data."""

from __future__ import annotations

from pathlib import Path

from pictures.camera import NEAR, SELLER, TALL, Camera


def duplicate_hint(camera: Camera) -> Path:
	"""Who this may be, while a new lead is typed in."""
	camera.sign_in(SELLER, NEAR).open("sky-lead/new")
	page = camera.page
	page.wait_for_function("() => window.cur_frm && cur_frm.is_new() && cur_frm.doctype === 'Sky Lead'")
	camera.idle()
	page.locator('.frappe-control[data-fieldname="lead_name"] input:visible').fill("Đinh Thị Hạnh")
	page.locator('.frappe-control[data-fieldname="organization"] input:visible').fill("Mầm non Hoa Sen")
	with page.expect_response(lambda answer: "find_duplicates" in answer.url):
		page.locator('.frappe-control[data-fieldname="mobile_no"] input:visible').fill("+84 900.001.001")
		page.keyboard.press("Tab")
	page.locator('.frappe-control[data-fieldname="duplicates_html"]:visible').get_by_text(
		"Hạnh"
	).first.wait_for()
	camera.idle()
	return camera.take("leads/duplicate-hint")


def merge(camera: Camera) -> Path:
	"""Two leads of one person, side by side."""
	camera.sign_in(viewport=TALL)
	typed = camera.find("Sky Lead", [["lead_name", "=", "Dinh Thi Hanh"]])
	by_form = camera.find("Sky Lead", [["email_id", "=", "hanh.dinh@hoasen.example"]])
	camera.open("sky-lead")
	page = camera.page
	page.wait_for_function("() => window.skycrm?.lead_merge?.open")
	page.evaluate("names => { skycrm.lead_merge.open(names); }", [by_form, typed])
	dialog = page.locator(".modal.show .modal-content")
	dialog.locator("table tbody tr").nth(2).wait_for()
	camera.idle()
	return camera.take("leads/merge", dialog, margin=0)


def data_quality(camera: Camera) -> Path:
	"""The report of poor data."""
	camera.sign_in(viewport=TALL).open("query-report/Lead Data Quality")
	camera.page.locator(".datatable .dt-row").nth(8).wait_for()
	camera.idle()
	camera.page.wait_for_timeout(800)
	return camera.take("leads/data-quality")


PICTURES = (duplicate_hint, merge, data_quality)
