"""What people have agreed to, and what is kept about them."""

from __future__ import annotations

from pathlib import Path

from pictures.camera import ADMIN, LOOSE, NEAR, Camera


def consent(camera: Camera) -> Path:
	"""Every answer of a lead to whether they may be written to."""
	camera.sign_in(viewport=NEAR)
	lead = camera.find(
		"Sky Consent Record", [["answer", "=", "Withdrawn"], ["lead", "is", "set"]], field="lead"
	)
	camera.form("Sky Lead", lead)
	page = camera.page
	page.locator(".skycrm-consent button").first.click()
	dialog = page.locator(".modal.show .modal-content")
	dialog.locator("table tbody tr").nth(2).wait_for()
	camera.idle()
	return camera.take("leads/consent", dialog, margin=0)


def personal_data(camera: Camera) -> Path:
	"""Everything that is kept about one person, before it is handed out or erased."""
	camera.sign_in(ADMIN, NEAR)
	camera.form(
		"Sky Personal Data Request", camera.find("Sky Personal Data Request", [["status", "=", "Previewed"]])
	)
	records = camera.page.locator('.frappe-control[data-fieldname="records"]')
	camera.page.add_style_tag(content=LOOSE)
	records.locator(".grid-row").nth(2).wait_for()
	return camera.take("leads/personal-data", records)


PICTURES = (consent, personal_data)
