"""The page that shows and hides fields, by mouse and by keyboard, and what somebody of sales sees afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from desk_people import PEOPLE, TEAM
from playwright.sync_api import Locator, expect
from served_site import ServedSite, phone, unique

PAGE = "sky-field-access"
SELLER, MANAGER = "Sky Sales User", "Sky Sales Manager"
API = "field_access"


@pytest.fixture
def shown_again(site: ServedSite) -> Iterator[None]:
	"""What a test hides is seen by the next one."""
	yield
	for doctype in ("Sky Lead", "Sky Opportunity"):
		token = site.call(f"{API}.read", doctype=doctype)["token"]
		site.call(f"{API}.reset", doctype=doctype, token=token)


def cell(desk: Any, field: str, role: str = SELLER, doctype: str = "Sky Lead") -> Locator:
	return desk.body.locator(f'tr[data-key="{doctype}|{field}"] button[data-role="{role}"]')


def open_page(desk: Any, doctype: str) -> None:
	desk.open(f"{PAGE}/{doctype}")
	expect(desk.body.locator(f'tr[data-key^="{doctype}|"]').first).to_be_visible()
	desk.idle()


def test_an_admin_hides_a_phone_number_from_sales(site: ServedSite, desk: Any, shown_again: None) -> None:
	number = phone()
	lead = site.insert(
		"Sky Lead",
		lead_name=unique("Khách bí mật"),
		lead_owner=PEOPLE["seller"].email,
		team=TEAM,
		mobile_no=number,
	)["name"]
	admin, seller, manager = desk("admin"), desk("seller"), desk("manager")

	open_page(admin, "Sky Lead")
	box = admin.control("search").locator("input")
	box.fill("di động")
	expect(admin.body.locator("tr.sky-field:visible")).to_have_count(1)
	button = cell(admin, "mobile_no")
	expect(button).to_have_text("Hiện")
	button.click()
	expect(button).to_have_text("Chỉ xem")
	button.click()
	expect(button).to_have_text("Ẩn")
	told = admin.body.locator(".sky-changes")
	expect(told).to_contain_text("sẽ bị ẩn với")
	admin.body.locator(".page-actions .primary-action:visible").click()
	expect(told).to_contain_text("Bấm vào một ô")
	admin.idle()
	box.fill("")
	admin.control("only_changed").locator("input").first.check()
	expect(admin.body.locator("tr.sky-field:visible")).to_have_count(1)
	expect(cell(admin, "mobile_no")).to_have_text("Ẩn")
	expect(cell(admin, "mobile_no", MANAGER)).to_have_text("Hiện")

	seller.form("Sky Lead", lead)
	assert "mobile_no" not in seller.doc()
	assert seller.control("mobile_no").count() == 0
	assert number[1:] not in seller.page.content()
	manager.form("Sky Lead", lead)
	assert number[1:] in manager.doc()["mobile_no"].replace(" ", "")


def test_the_desk_of_sales_works_without_money(site: ServedSite, desk: Any, shown_again: None) -> None:
	"""Form, list, boards, calendar, report view and workspace ask for nothing that is refused."""
	title = unique("Cơ hội bí mật")
	deal = site.insert(
		"Sky Opportunity",
		title=title,
		customer=site.find("Customer", {"disabled": 0})[0]["name"],
		stage="Prospecting",
		expected_closing="2026-12-24",
		opportunity_owner=PEOPLE["seller"].email,
		team=TEAM,
		amount=987_654_000,
	)["name"]
	money = ("amount", "base_amount", "weighted_amount")
	rows = ("price_list_rate", "rate", "amount", "discount_percentage")
	changes = [
		{"doctype": doctype, "fieldname": name, "role": SELLER, "access": "Hide"}
		for doctype, names in (("Sky Opportunity", money), ("Sky Opportunity Item", rows))
		for name in names
	]
	token = site.call(f"{API}.read", doctype="Sky Opportunity")["token"]
	site.call(f"{API}.save", doctype="Sky Opportunity", changes=changes, token=token)

	seller = desk("seller")
	for view in ("", "report", "kanban/Sky Opportunities by Stage", "calendar/default"):
		seller.open("sky-opportunity" + (f"/view/{view}" if view else ""))
		seller.settled()
		assert "987.654" not in seller.body.inner_text(), view
		seller.check()
	seller.form("Sky Opportunity", deal)
	assert seller.doc()["title"] == title and "amount" not in seller.doc()
	# Not by the Tab key, which would start a row in the empty table of products.
	seller.control("next_step").locator("input").fill("Gọi lại")
	seller.save()
	seller.check()
	assert site.get_doc("Sky Opportunity", deal)["amount"] == 987_654_000
	seller.open("skycrm")
	seller.settled()
	assert seller.body.get_by_text("Giá trị có trọng số").count() == 0
	seller.check()


def test_a_fixed_field_says_why_and_the_keyboard_is_enough(
	site: ServedSite, desk: Any, shown_again: None
) -> None:
	admin = desk("admin")
	open_page(admin, "Sky Opportunity")
	row = admin.body.locator('tr[data-key="Sky Opportunity|title"]')
	expect(row).to_contain_text("Luôn hiện")
	expect(row).to_contain_text("tên của bản ghi")
	assert row.locator("button").count() == 0

	first = cell(admin, "amount", doctype="Sky Opportunity")
	first.focus()
	keys = admin.page.keyboard
	keys.press("Enter")
	expect(first).to_have_text("Chỉ xem")
	expect(first).to_be_focused()
	keys.press("ArrowLeft")
	keys.press("ArrowRight")
	expect(first).to_be_focused()
	keys.press("Space")
	expect(first).to_have_text("Ẩn")
	keys.press("Control+z")
	expect(first).to_have_text("Chỉ xem")
	admin.body.get_by_role("button", name="Hoàn tác").click()
	expect(first).to_have_text("Hiện")
	expect(admin.body.locator(".page-actions .primary-action:visible")).to_be_disabled()
	assert not site.find("Custom DocPerm", {"parent": "Sky Opportunity", "permlevel": 1})


def test_who_is_no_administrator_does_not_get_there(desk: Any) -> None:
	seller = desk("seller")
	with seller.expected("403"):
		seller.open(PAGE)
		assert seller.page.locator(".sky-field-access:visible").count() == 0
	seller.page.keyboard.press("Escape")
	seller.problems.clear()
