"""The desks of the jobs, how a person is added, and what the system health page says about the versions."""

from __future__ import annotations

from pathlib import Path

from pictures.camera import ADMIN, LOOSE, MARKETER, NEAR, SELLER, SUPPORT, TALL, Camera
from pictures.selling import GROWN


def desk(camera: Camera, user: str, route: str, name: str) -> Path:
	"""A workspace as its owner finds it after signing in."""
	camera.sign_in(user, TALL).open(route)
	page = camera.page
	page.locator(".shortcut-widget-box:visible").first.wait_for()
	page.locator(".links-widget-box:visible").first.wait_for()
	# As in the picture of the workspace: without the first steps, and with bars that have grown out of the axis
	page.evaluate(
		"() => document.querySelectorAll('.onboarding-widget-box').forEach(box => box.closest('.ce-block').remove())"
	)
	camera.idle()
	if page.locator(".dashboard-widget-box").count():
		page.locator(".dashboard-widget-box svg.frappe-chart").first.wait_for()
		page.wait_for_function(GROWN, polling=1000)
	page.evaluate("() => window.scrollTo({top: 0, behavior: 'instant'})")
	return camera.take(name)


def desk_sales(camera: Camera) -> Path:
	"""The desk of somebody who sells."""
	return desk(camera, SELLER, "skycrm", "desk-sales")


def desk_support(camera: Camera) -> Path:
	"""The desk of support."""
	return desk(camera, SUPPORT, "skycrm-support", "desk-support")


def desk_marketing(camera: Camera) -> Path:
	"""The desk of marketing."""
	return desk(camera, MARKETER, "skycrm-marketing", "desk-marketing")


def desk_setup(camera: Camera) -> Path:
	"""The desk of whoever sets the CRM up; beside it what somebody sees who runs the site as well is cut off."""
	camera.sign_in(ADMIN, TALL).open("skycrm-setup")
	page = camera.page
	page.locator(".links-widget-box:visible").first.wait_for()
	camera.idle()
	return camera.take("desk-setup", page.locator(".page-container:visible .layout-main-section"))


def new_person(camera: Camera) -> Path:
	"""A new person of the CRM, in one dialog."""
	camera.sign_in(ADMIN, NEAR)
	camera.form("Sky Team", "Kinh doanh miền Bắc")
	page = camera.page
	page.evaluate("() => skycrm.people.dialog(cur_frm.doc.name)")
	page.wait_for_function("() => cur_dialog && cur_dialog.display")
	page.evaluate(
		"""() => cur_dialog.set_values({
			full_name: 'Bùi Thị Hạnh', email: 'hanh.bui@saoviet.example', job: 'Sky Sales' })"""
	)
	camera.idle()
	return camera.take("new-person", page.locator(".modal.show .modal-content"), margin=0)


def site_health(camera: Camera) -> Path:
	"""Which public holes the versions of the site have."""
	camera.sign_in(ADMIN, NEAR).open("system-health-report")
	page = camera.page
	page.add_style_tag(content=LOOSE)
	block = page.locator(".skycrm-site-health")
	block.locator("tbody tr, p").first.wait_for()
	camera.idle()
	return camera.take("site-health", block)


PICTURES = (desk_sales, desk_support, desk_marketing, desk_setup, new_person, site_health)
