"""Leads by every door: the form and how a visitor sees it, a list before and after its import, a webhook, a mail."""

from __future__ import annotations

from pathlib import Path

from pictures.camera import ADMIN, LOOSE, MARKETER, NEAR, VIEWPORT, WIDE, Camera

FORM, SHOP = "dang-ky-tu-van", "https://saoviet.example"
SHOP_PAGE = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Nội thất Sao Việt</title><style>
body {{ margin: 0; font: 16px/1.6 Georgia, serif; color: #2b2b2b; background: #faf7f2; }}
header {{ background: #7a2e1d; color: #fff; padding: 18px 40px; font-size: 22px; }}
nav {{ float: right; font-size: 15px; }} nav span {{ margin-left: 24px; }}
main {{ display: flex; gap: 48px; padding: 32px 40px; }} main > section {{ flex: 1; }} h1 {{ font-size: 30px; line-height: 1.25; }}
</style></head><body><header>Nội thất văn phòng Sao Việt<nav><span>Sản phẩm</span><span>Dự án</span><span>Liên hệ</span></nav>
</header><main><section><h1>Văn phòng mới, làm việc vui hơn</h1><p>Bàn nâng hạ, ghế công thái học, phòng họp trọn gói.
Khảo sát và thiết kế miễn phí tại Hà Nội và TP. Hồ Chí Minh.</p><p>Giao lắp trong 7 ngày, bảo hành 24 tháng.</p></section>
<section><script src="{url}/sky-form.js" data-form="{form}" async></script></section></main></body></html>"""


def web_form(camera: Camera) -> Path:
	"""The builder of a web form."""
	camera.sign_in(MARKETER, NEAR)
	camera.form("Sky Web Form", FORM)
	return camera.take("leads/web-form")


def web_form_embedded(camera: Camera) -> Path:
	"""The same form as a visitor sees it on the firm's own web site."""
	page = camera.sign_in(viewport={"width": 1280, "height": 900}).page
	page.route(
		f"{SHOP}/**",
		lambda route: route.fulfill(
			body=SHOP_PAGE.format(url=camera.url, form=FORM), content_type="text/html; charset=utf-8"
		),
	)
	page.goto(f"{SHOP}/")
	page.get_by_role("textbox").nth(3).wait_for()
	page.wait_for_load_state("networkidle")
	page.get_by_role("textbox").nth(0).fill("Nguyễn Thu Hà")
	page.get_by_role("textbox").nth(1).fill("0912 345 678")
	return camera.take("leads/web-form-embedded")


def import_preview(camera: Camera) -> Path:
	"""A list before its import: a field above each column, and what is wrong with its rows."""
	# As wide as it takes for the cell that is wrong to be seen
	camera.sign_in(viewport={**VIEWPORT, "width": 1560})
	camera.form("Sky Lead Import", camera.find("Sky Lead Import", [["status", "=", "Draft"]]))
	camera.page.evaluate(WIDE)
	preview = camera.page.locator('.frappe-control[data-fieldname="preview_html"]')
	preview.locator("table tbody tr").nth(5).wait_for()
	return camera.take("leads/import-preview", preview)


def import_outcome(camera: Camera) -> Path:
	"""What became of a list, row by row."""
	camera.sign_in(viewport=NEAR)
	camera.form("Sky Lead Import", camera.find("Sky Lead Import", [["status", "=", "Done"]]))
	page = camera.page
	outcome = page.locator('.frappe-control[data-fieldname="outcome_html"]')
	if not outcome.is_visible():
		page.locator(".form-tabs .nav-link:visible", has_text="Kết quả").click()
	outcome.locator("table tbody tr").nth(2).wait_for()
	camera.idle()
	return camera.take("leads/import-outcome")


def webhook(camera: Camera) -> Path:
	"""The mapping of what another program sends."""
	camera.sign_in(ADMIN, NEAR)
	camera.form("Sky Inbound Webhook", camera.find("Sky Inbound Webhook", []))
	mapping = camera.page.locator('.frappe-control[data-fieldname="mapping"]')
	mapping.locator(".grid-row").nth(5).wait_for()
	return camera.take("leads/webhook", mapping)


def webhook_events(camera: Camera) -> Path:
	"""What another program has sent, and what became of it."""
	camera.sign_in(ADMIN, VIEWPORT).open("sky-inbound-event")
	camera.reset_list("Sky Inbound Event")
	camera.open("sky-inbound-event")
	camera.page.locator(".list-row-container .list-row").nth(3).wait_for()
	camera.idle()
	return camera.take("leads/webhook-events")


def mail(camera: Camera) -> Path:
	"""The timeline of a lead who came by the form and wrote a mail afterwards."""
	camera.sign_in(viewport=NEAR)
	lead = camera.find("Sky Lead", [["email_id", "=", "hanh.dinh@hoasen.example"]])
	camera.form("Sky Lead", lead)
	camera.page.add_style_tag(content=LOOSE)
	timeline = camera.page.locator(".new-timeline:visible .timeline-items:visible").last
	timeline.scroll_into_view_if_needed()
	camera.idle()
	return camera.take("leads/mail", timeline)


PICTURES = (web_form, web_form_embedded, import_preview, import_outcome, webhook, webhook_events, mail)
