"""Who did what: the report of the audit log, and its settings."""

from __future__ import annotations

from pathlib import Path

from pictures.camera import ADMIN, LOOSE, NEAR, SELLER, VIEWPORT, WIDE, Camera

LIST = """doctype => fetch('/api/method/frappe.desk.reportview.export_query', {
	method: 'POST',
	headers: {'X-Frappe-CSRF-Token': frappe.csrf_token, 'Content-Type': 'application/json'},
	body: JSON.stringify({doctype, file_format_type: 'Excel', fields: '["name"]', title: 'x',
		filters: JSON.stringify([['Sky Lead', 'status', '=', 'New']])}),
}).then((response) => response.status)"""


def audit_report(camera: Camera) -> Path:
	"""The newest lines, after a seller was refused a file and an administrator took one."""
	camera.sign_in(SELLER, NEAR)
	camera.open("sky-lead")
	camera.page.evaluate(LIST, "Sky Lead")
	camera.sign_in(ADMIN, VIEWPORT)
	camera.open("sky-lead")
	camera.page.evaluate(LIST, "Sky Lead")
	lead = camera.find("Sky Lead", [["lead_owner", "=", SELLER]])
	camera.page.evaluate(
		"name => frappe.xcall('frappe.share.add', {doctype: 'Sky Lead', name, user: 'lan.nguyen@saoviet.example', read: 1})",
		lead,
	)
	camera.open("query-report/Access Audit")
	page = camera.page
	page.evaluate(WIDE)
	page.locator(".report-wrapper .dt-row-0").first.wait_for()
	camera.idle()
	return camera.take("audit-report", page.locator(".page-body:visible"))


def audit_settings(camera: Camera) -> Path:
	"""How many rows a file may hold, and whose openings are written down."""
	camera.sign_in(ADMIN, NEAR)
	camera.open("sky-crm-settings")
	page = camera.page
	page.locator(".form-tabs .nav-link:visible", has_text="Quyền truy cập").click()
	page.evaluate(
		"""() => {
			cur_frm.add_child('recorded_views', {document_type: 'Sky Lead'});
			cur_frm.refresh_field('recorded_views');
		}"""
	)
	page.add_style_tag(content=LOOSE)
	camera.idle()
	first = page.locator('.form-section:has([data-fieldname="max_export_rows"]):visible').last
	last = page.locator('.form-section:has([data-fieldname="recorded_views"]):visible').last
	return camera.take("audit-settings", first, last)


PICTURES = (audit_report, audit_settings)
