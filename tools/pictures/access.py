"""Who sees what: the default access, a sharing rule, and why somebody sees a record."""

from __future__ import annotations

from pathlib import Path

from pictures.camera import ADMIN, LOOSE, NEAR, Camera


def access_default(camera: Camera) -> Path:
	"""What another default would do for three people, before it is saved."""
	camera.sign_in(ADMIN, NEAR)
	camera.open("sky-crm-settings")
	page = camera.page
	page.locator(".form-tabs .nav-link:visible", has_text="Quyền truy cập").click()
	page.evaluate(
		"""() => {
			const row = cur_frm.doc.access_defaults.find((one) => one.document_type === 'Sky Lead');
			frappe.model.set_value(row.doctype, row.name, 'access', 'Private');
		}"""
	)
	preview = page.locator(".skycrm-access-preview")
	preview.locator("tbody tr").first.wait_for()
	page.add_style_tag(content=LOOSE)
	camera.idle()
	table = page.locator('.frappe-control[data-fieldname="access_defaults"]')
	return camera.take("access-default", table, preview)


def access_rule(camera: Camera) -> Path:
	"""A sharing rule with its conditions and what it opens."""
	camera.sign_in(ADMIN, NEAR)
	camera.form("Sky Sharing Rule", camera.find("Sky Sharing Rule", [["enabled", "=", 1]]))
	page = camera.page
	page.add_style_tag(content=LOOSE)
	page.locator(".skycrm-rule-preview").wait_for()
	camera.idle()
	return camera.take("access-rule", page.locator(".form-page:visible"))


def access_explain(camera: Camera) -> Path:
	"""Why a manager sees the lead of somebody in a team below."""
	camera.sign_in(ADMIN, NEAR)
	lead = camera.find("Sky Lead", [["lead_owner", "=", "minh.tran@saoviet.example"], ["team", "is", "set"]])
	camera.form("Sky Lead", lead)
	page = camera.page
	page.evaluate("() => skycrm.access.explain_dialog(cur_frm)")
	page.wait_for_function("() => cur_dialog && cur_dialog.display")
	page.evaluate("() => cur_dialog.set_value('user', 'lan.nguyen@saoviet.example')")
	dialog = page.locator(".modal.show .modal-content")
	dialog.locator(".skycrm-access tbody tr").nth(5).wait_for()
	camera.idle()
	return camera.take("access-explain", dialog, margin=0)


def field_access(camera: Camera) -> Path:
	"""Which role sees which field, with two changes that are not saved yet."""
	camera.sign_in(ADMIN, NEAR)
	camera.open("sky-field-access/Sky Opportunity")
	page = camera.page
	for field, role, clicks in (("amount", "Sky Sales User", 2), ("probability", "Sky Marketing User", 1)):
		button = page.locator(f'tr[data-key="Sky Opportunity|{field}"] button[data-role="{role}"]')
		for _click in range(clicks):
			button.click()
	page.locator(".sky-changes li").nth(1).wait_for()
	camera.idle()
	return camera.take("field-access", page.locator(".page-container:visible .layout-main"))


PICTURES = (access_default, access_rule, access_explain, field_access)
