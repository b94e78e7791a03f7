"""A form on a web site of somebody else, filled in by a visitor; what marketers and sellers then see in the desk."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from desk_people import PEOPLE
from other_site import OtherSite, other_site
from playwright.sync_api import Page, expect
from served_site import ServedSite, letters, phone, unique

WORDING = "Tôi đồng ý nhận tin khuyến mãi qua email và có thể rút lại bất cứ lúc nào."


@pytest.fixture
def shop() -> Iterator[OtherSite]:
	with other_site() as site:
		yield site


def make_coupon(site: ServedSite) -> str:
	"""Return an ERPNext coupon of 5 % that many people may use."""
	rule = site.insert(
		"Pricing Rule",
		title=unique("Giảm 5%"),
		apply_on="Item Code",
		items=[{"item_code": "BROWSER-SERVICE"}],
		selling=1,
		rate_or_discount="Discount Percentage",
		discount_percentage=5,
		coupon_code_based=1,
		company=site.find("Company", {})[0]["name"],
		currency=site.find("Company", {}, "default_currency")[0]["default_currency"],
	)
	code = unique("TET").replace(" ", "").upper()
	return site.insert(
		"Coupon Code",
		coupon_name=code,
		coupon_code=code,
		coupon_type="Promotional",
		pricing_rule=rule["name"],
	)["name"]


def make_form(site: ServedSite, shop: OtherSite, **values: Any) -> dict[str, Any]:
	title = unique("Nhận báo giá")
	return site.insert(
		"Sky Web Form",
		title=title,
		published=1,
		min_seconds=1,
		source="Website",
		heading_vi="Nhận báo giá trong ngày",
		heading_en="Get a quote today",
		intro_vi="Để lại thông tin, chúng tôi gọi lại trong 30 phút.",
		button_vi="Gửi yêu cầu",
		button_en="Send request",
		thank_you_vi="Cảm ơn bạn! Chúng tôi sẽ gọi lại trong 30 phút.",
		address_calls_per_minute=100,
		address_calls_per_hour=1000,
		allowed_origins=[{"origin": shop.origin}],
		form_fields=[
			{"field": "Full Name", "required": 1, "placeholder_vi": "Nguyễn Văn An"},
			{"field": "Mobile No", "required": 1, "help_vi": "Chúng tôi chỉ dùng số này để tư vấn."},
			{"field": "Email"},
			{"field": "Message", "label_vi": "Bạn cần gì?", "label_en": "What do you need?"},
		],
		consents=[{"channel": "Email", "wording_vi": WORDING, "wording_en": "I agree to offers by email."}],
		**values,
	)


def script_tag(site_url: str, form: dict[str, Any]) -> str:
	return f'<script src="{site_url}/sky-form.js" data-form="{form["name"]}" async></script>'


def watch(page: Page) -> list[str]:
	"""Collect what goes wrong in a page."""
	problems: list[str] = []
	page.on("pageerror", lambda error: problems.append(f"script: {error}"))
	page.on(
		"console", lambda message: message.type == "error" and problems.append(f"console: {message.text}")
	)
	return problems


def fill(form: Any, person: dict[str, str]) -> None:
	form.get_by_label("Họ và tên").fill(person["name"])
	form.get_by_label("Di động").fill(person["phone"])
	form.get_by_label("Bạn cần gì?").fill(person["message"])


def test_a_visitor_of_another_site_becomes_a_lead_and_then_an_activity(
	site: ServedSite,
	shop: OtherSite,
	new_page: Callable[..., Page],
	site_url: str,
	desk: Any,
	screenshot: Callable[..., Any],
) -> None:
	coupon = make_coupon(site)
	form = make_form(site, shop, coupon=coupon, coupon_text_vi="Tặng bạn 5% cho đơn hàng đầu tiên.")
	campaign = site.insert("Sky Campaign", campaign_name=unique("Tết"), channel="Ads", kind="Promotion")
	person = {"name": letters("Trần Thị"), "phone": phone(), "message": "Báo giá 20 bộ,\ngiao tại Cần Thơ"}
	page = new_page()
	problems = watch(page)
	address = shop.put("/lien-he", f"<div>{script_tag(site_url, form)}</div>")
	page.goto(f"{address}?utm_source=facebook&utm_campaign={campaign['name']}&utm_content=anh-1")
	shown = page.locator("[data-sky-form] form")
	expect(shown.get_by_role("heading", name="Nhận báo giá trong ngày")).to_be_visible()
	assert shown.locator("input[name=website_url]").bounding_box()["x"] < 0
	screenshot(page, "embedded")

	# What is wrong is said beside the box, and the first one is where the cursor goes
	shown.get_by_role("button", name="Gửi yêu cầu").click()
	expect(shown.get_by_text("Vui lòng điền vào ô này.").first).to_be_visible()
	expect(shown.get_by_label("Họ và tên")).to_be_focused()
	fill(shown, {**person, "phone": "0912 34"})
	shown.get_by_role("button", name="Gửi yêu cầu").click()
	expect(shown.locator("#e-mobile_no")).to_contain_text("Di động")
	expect(shown.get_by_label("Di động")).to_be_focused()
	expect(shown.get_by_label("Di động")).to_have_attribute("aria-invalid", "true")
	screenshot(page, "refused")
	problems[:] = [text for text in problems if "417" not in text]

	# By keyboard alone
	shown.get_by_label("Di động").fill(person["phone"])
	shown.get_by_label("Bạn cần gì?").press("Tab")
	page.keyboard.press("Space")
	expect(shown.get_by_role("checkbox")).to_be_checked()
	page.keyboard.press("Tab")
	page.keyboard.press("Enter")
	done = page.locator("[data-sky-form] .done")
	expect(done).to_contain_text("Cảm ơn bạn! Chúng tôi sẽ gọi lại trong 30 phút.")
	expect(done).to_contain_text(coupon)
	expect(done).to_be_focused()
	screenshot(page, "thanks")
	first_thanks = done.inner_text()

	(lead,) = site.find(
		"Sky Lead",
		{"lead_name": person["name"]},
		"source",
		"campaign",
		"email_consent",
		"lead_owner",
		"status",
	)
	assert (lead["source"], lead["campaign"]) == ("Facebook", campaign["name"])
	assert lead["email_consent"] == "Granted"
	(consent,) = site.find("Sky Consent Record", {"lead": lead["name"]}, "wording", "channel", "door")
	assert (consent["wording"], consent["channel"]) == (WORDING, "Email")
	(row,) = site.find("Sky Form Submission", {"form": form["name"]})
	sent = site.get_doc("Sky Form Submission", row["name"])
	assert (sent["lead"], sent["status"], sent["coupon"], sent["origin"]) == (
		lead["name"],
		"New Lead",
		coupon,
		shop.origin,
	)
	assert (sent["page"], sent["utm_content"]) == (address, "anh-1")

	# The same person a day later, with the number written another way
	page.goto(address)
	fill(shown, {**person, "phone": f"+84 {person['phone'][1:]}", "message": "Giao được thứ bảy không?"})
	shown.get_by_role("button", name="Gửi yêu cầu").click()
	expect(done).to_contain_text("Cảm ơn bạn!")
	assert done.inner_text() == first_thanks, "nobody can tell that the person is known"
	assert not problems
	assert [row["name"] for row in site.find("Sky Lead", {"lead_name": person["name"]})] == [lead["name"]]

	# The seller sees both in the timeline of the one lead
	site.update("Sky Lead", lead["name"], lead_owner=PEOPLE["seller"].email)
	seller = desk("seller")
	seller.form("Sky Lead", lead["name"])
	expect(seller.body.locator(".new-timeline")).to_contain_text("Giao được thứ bảy không?")
	expect(seller.body.locator(".new-timeline")).to_contain_text("giao tại Cần Thơ")
	screenshot(seller.page, "lead")


def test_the_form_in_a_frame_on_a_phone(
	site: ServedSite,
	shop: OtherSite,
	new_page: Callable[..., Page],
	site_url: str,
	screenshot: Callable[..., Any],
) -> None:
	form = make_form(site, shop)
	person = {"name": letters("Lý Thị"), "phone": phone(), "message": "Tôi cần tư vấn"}
	page = new_page(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
	problems = watch(page)
	frame = f'<iframe src="{site_url}/sky-form/{form["name"]}?utm_source=zalo" style="width:100%;height:900px;border:0"></iframe>'
	page.goto(shop.put("/khung", frame))
	inside = page.frame_locator("iframe").locator("[data-sky-form]")
	expect(inside.get_by_role("heading", name="Nhận báo giá trong ngày")).to_be_visible()
	screenshot(page, "frame on a phone", full_page=True)
	wide = page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
	assert wide, "the page must not scroll sideways"
	fill(inside, person)
	inside.get_by_role("button", name="Gửi yêu cầu").tap()
	expect(inside.locator(".done")).to_contain_text("Cảm ơn bạn!")
	(lead,) = site.find("Sky Lead", {"lead_name": person["name"]}, "source", "email_consent")
	assert (lead["source"], lead["email_consent"]) == ("Zalo", "Unknown")
	assert not problems


def test_a_site_that_is_not_named_shows_nothing(
	site: ServedSite, shop: OtherSite, new_page: Callable[..., Page], site_url: str
) -> None:
	form = make_form(site, shop)
	with other_site("stranger.localhost") as stranger:
		page = new_page()
		page.goto(stranger.put("/", script_tag(site_url, form)))
		expect(page.locator("[data-sky-form] .closed")).to_be_visible()
		assert page.locator("[data-sky-form] form").count() == 0
		problems = watch(page)
		page.goto(stranger.put("/frame", f'<iframe src="{site_url}/sky-form/{form["name"]}"></iframe>'))
		page.wait_for_timeout(1000)
		assert any("frame-ancestors" in text for text in problems), problems
		assert page.frame_locator("iframe").locator("[data-sky-form]").count() == 0


def test_a_site_that_allows_no_styles_and_speaks_english(
	site: ServedSite, shop: OtherSite, new_page: Callable[..., Page], site_url: str
) -> None:
	form = make_form(site, shop)
	shop.headers["Content-Security-Policy"] = (
		f"default-src 'none'; script-src {site_url}; connect-src {site_url}; style-src 'self'"
	)
	page = new_page(locale="en-US")
	page.goto(shop.put("/contact", script_tag(site_url, form), lang="en"))
	shown = page.locator("[data-sky-form] form")
	expect(shown.get_by_role("heading", name="Get a quote today")).to_be_visible()
	button = shown.get_by_role("button", name="Send request")
	assert button.evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(29, 111, 184)"
	person = letters("Anna")
	shown.get_by_label("Full Name").fill(person)
	shown.get_by_label("Mobile No").fill(phone())
	button.click()
	expect(page.locator("[data-sky-form] .done")).to_be_visible()
	assert len(site.find("Sky Lead", {"lead_name": person})) == 1


def test_a_signed_in_colleague_is_a_visitor_and_stays_signed_in(
	site: ServedSite, shop: OtherSite, desk: Any, site_url: str
) -> None:
	form = make_form(site, shop)
	seller = desk("seller")
	person = letters("Phan Thị")
	seller.page.goto(f"{site_url}/sky-form/{form['name']}")
	shown = seller.page.locator("[data-sky-form] form")
	shown.get_by_label("Họ và tên").fill(person)
	shown.get_by_label("Di động").fill(phone())
	shown.get_by_role("button", name="Gửi yêu cầu").click()
	expect(seller.page.locator("[data-sky-form] .done")).to_be_visible()
	(lead,) = site.find("Sky Lead", {"lead_name": person}, "owner", "lead_owner")
	assert lead["owner"] == "Guest"
	seller.open("sky-lead")
	assert seller.page.evaluate("() => frappe.session.user") == PEOPLE["seller"].email


def test_a_marketer_builds_a_form_and_takes_the_code(
	site: ServedSite, shop: OtherSite, desk: Any, site_url: str, screenshot: Callable[..., Any]
) -> None:
	marketer = desk("marketer")
	title = unique("Đăng ký dùng thử")
	marketer.open("sky-web-form/new")
	marketer.on_form("Sky Web Form")
	marketer.fill("title", title)
	marketer.fill("heading_vi", "Dùng thử 14 ngày")
	name = marketer.save()
	assert name.startswith("dang-ky-dung-thu")
	screenshot(marketer.page, "builder")
	stored = site.get_doc("Sky Web Form", name)
	assert [row["field"] for row in stored["form_fields"]] == ["Full Name", "Mobile No", "Email", "Message"]
	assert stored["published"] == 0
	marketer.button("Mã nhúng")
	dialog = marketer.dialog
	code = dialog.locator('[data-fieldname="script"] textarea').input_value()
	assert "/sky-form.js" in code and f'data-form="{name}"' in code
	assert "<iframe " in dialog.locator('[data-fieldname="frame"] textarea').input_value()
	expect(dialog).to_contain_text("Biểu mẫu chưa công bố")
	marketer.page.wait_for_timeout(500)  # the dialog comes in slowly
	screenshot(marketer.page, "embed")
	marketer.close()
	for tab in ("Đầu mối", "Bảo vệ", "Kết quả"):
		marketer.tab(tab)
		screenshot(marketer.page, f"builder {tab}")

	# Looked at before it is open: nothing is sent
	page = marketer.page.context.new_page()
	page.goto(f"{site_url}/sky-form/{name}")
	expect(page.locator("[data-sky-form] .preview")).to_be_visible()
	page.close()
	assert json.dumps(site.find("Sky Form Submission", {"form": name})) == "[]"


def test_the_contact_page_of_the_framework(
	site: ServedSite, shop: OtherSite, new_page: Callable[..., Page], screenshot: Callable[..., Any]
) -> None:
	form = make_form(site, shop)
	before = site.get_doc("Sky CRM Settings", "Sky CRM Settings").get("contact_page_form")
	site.update("Sky CRM Settings", "Sky CRM Settings", contact_page_form=form["name"])
	try:
		page = new_page()
		problems = watch(page)
		page.goto("/sky-contact/new?utm_source=zalo", wait_until="domcontentloaded", timeout=60_000)
		field = '.frappe-control[data-fieldname="{}"] >> visible=true'
		page.locator(field.format("full_name")).locator("input").wait_for()
		trap = page.locator('[data-fieldname="website_url"]').first.bounding_box()
		assert not trap or trap["x"] < 0
		expect(page.locator('.frappe-control[data-fieldname="email_agreed"]')).to_contain_text(WORDING)
		expect(page.locator(".web-form-introduction")).to_contain_text("chúng tôi gọi lại trong 30 phút")
		person = letters("Bùi Thị")
		page.locator(field.format("full_name")).locator("input").fill(person)
		page.locator(field.format("mobile_no")).locator("input").fill(phone())
		page.wait_for_timeout(1200)
		screenshot(page, "contact")
		page.locator(".web-form-footer .submit-btn, .web-form button[type=submit]").first.click()
		expect(page.locator(".success-page")).to_be_visible()
		screenshot(page, "thanks")
		(lead,) = site.find("Sky Lead", {"lead_name": person}, "source", "owner")
		assert (lead["source"], lead["owner"]) == ("Zalo", "Guest")
		assert not [text for text in problems if text.startswith("script")], problems
	finally:
		site.update("Sky CRM Settings", "Sky CRM Settings", contact_page_form=before)
