"""Who works on which lead, and what is next: sharing out, the pool, scores, reminders."""

from __future__ import annotations

from pathlib import Path

from pictures.camera import ADMIN, LOOSE, NEAR, SELLER, TALL, VIEWPORT, WIDE, Camera

REPORT_ROWS = ".datatable .dt-row"


def assignment(camera: Camera) -> Path:
	"""Why this person works on a lead, and why the others do not."""
	camera.sign_in(viewport=NEAR)
	lead = camera.find("Sky Lead", [["email_id", "=", "hanh.dinh@hoasen.example"]])
	camera.form("Sky Lead", lead)
	page = camera.page
	page.wait_for_function("() => window.skycrm?.lead_pool?.explain")
	page.evaluate("() => { skycrm.lead_pool.explain(cur_frm); }")
	dialog = page.locator(".modal.show .modal-content")
	dialog.locator(".skycrm-decision").first.wait_for()
	camera.idle()
	return camera.take("leads/assignment", dialog, margin=0)


def pool(camera: Camera) -> Path:
	"""Leads that nobody works on yet, for the taking."""
	camera.sign_in(SELLER, NEAR).open("sky-lead")
	camera.reset_list("Sky Lead")
	camera.open("sky-lead")
	page = camera.page
	page.locator(".list-row-container .list-row").first.wait_for()
	with page.expect_response(lambda answer: "reportview.get" in answer.url):
		page.get_by_role("button", name="Kho chung", exact=True).click()
	camera.idle()
	for place in range(3):
		page.locator(".list-row-checkbox:visible").nth(place).check()
	page.locator(".actions-btn-group button:visible").click()
	page.locator(".actions-btn-group .dropdown-menu.show").wait_for()
	return camera.take("leads/pool")


def contention(camera: Camera) -> Path:
	"""Who takes leads out of the pool, and what becomes of them."""
	return report(camera, "Lead Contention", "leads/contention", NEAR)


def score(camera: Camera) -> Path:
	"""Why a lead has its score."""
	camera.sign_in(viewport=NEAR)
	lead = camera.find(
		"Sky Lead", [["status", "=", "Qualified"], ["organization", "!=", ""]], order_by="score desc"
	)
	camera.form("Sky Lead", lead)
	reasons = camera.page.locator('.frappe-control[data-fieldname="score_html"]')
	advice = camera.page.locator('.frappe-control[data-fieldname="score_advice_html"]')
	reasons.scroll_into_view_if_needed()
	camera.idle()
	section = camera.page.locator('.form-section:has([data-fieldname="score_html"]):visible')
	return camera.take("leads/score", section, reasons, advice)


def win_rate(camera: Camera) -> Path:
	"""Whether high scores win more often."""
	return report(camera, "Win Rate by Score Band", "leads/win-rate", TALL)


def score_suggestion(camera: Camera) -> Path:
	"""Points that were learnt, waiting for somebody to accept them."""
	camera.sign_in(ADMIN, VIEWPORT)
	camera.form("Sky Score Suggestion", camera.find("Sky Score Suggestion", [["status", "=", "Open"]]))
	camera.page.evaluate(WIDE)
	rules = camera.page.locator('.frappe-control[data-fieldname="rules"]')
	camera.page.add_style_tag(content=LOOSE)
	rules.locator(".grid-row").nth(5).wait_for()
	return camera.take("leads/score-suggestion", rules)


def reminders(camera: Camera) -> Path:
	"""What is due, at the bottom right of every page."""
	camera.sign_in(SELLER, NEAR).open("skycrm", reminders=True)
	panel = camera.page.locator(".skycrm-reminders")
	panel.locator("li").first.wait_for()
	camera.idle()
	return camera.take("leads/reminders", panel, margin=24)


def report(camera: Camera, name: str, picture: str, viewport: dict[str, int]) -> Path:
	"""A report with its chart."""
	camera.sign_in(viewport=viewport).open(f"query-report/{name}")
	camera.page.locator(REPORT_ROWS).first.wait_for()
	camera.idle()
	# The chart grows out of its axis.
	camera.page.wait_for_timeout(1200)
	return camera.take(picture)


PICTURES = (assignment, pool, contention, score, win_rate, score_suggestion, reminders)
