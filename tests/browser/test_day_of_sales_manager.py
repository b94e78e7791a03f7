"""A day of somebody who answers for a team that sells: figures, approvals, handing on, prices, a file for the boss."""

from __future__ import annotations

from typing import Any

from desk import exact
from desk_people import PEOPLE, TEAM, make_customer
from playwright.sync_api import expect
from served_site import ServedSite, letters, phone, unique

SELLER, MANAGER = PEOPLE["seller"], PEOPLE["manager"]


def test_a_day_of_a_sales_manager(site: ServedSite, day: Any, screenshot: Any) -> None:
	work = day("manager")
	lead = site.insert(
		"Sky Lead", lead_name=letters("Khách Giao"), mobile_no=phone(), lead_owner=SELLER.email, team=TEAM
	)
	waiting = site.insert(
		"Sky Opportunity",
		title=unique("Xin giảm giá"),
		customer=make_customer(site, unique("Công ty Giảm")),
		opportunity_owner=SELLER.email,
		team=TEAM,
		items=[{"item_code": "BROWSER-GOODS", "qty": 1, "discount_percentage": 25}],
	)["name"]

	with work.step("sign in") as desk:
		assert work.sign_in().endswith("/app/skycrm-management")
		assert work.sidebar() == {"SkyCRM", "SkyCRM Management", "Selling"}
		screenshot(desk.page, "desk", full_page=True)
	assert work.walk() > 15

	with work.step("the pipeline of the team"):
		work.go("query-report", "Sales Pipeline by Stage")
		expect(desk.body.locator(".datatable:visible").first).to_be_visible()
	with work.step("approve a discount"):
		work.form("Sky Opportunity", waiting)
		desk.action("Duyệt")
		desk.page.wait_for_function("() => cur_frm.doc.approval_status === 'Approved'")
		desk.settled()
	with work.step("hand a lead on"):
		work.form("Sky Lead", lead["name"])
		desk.group("Người phụ trách", "Chuyển cho người khác")
		desk.pick("user", MANAGER.email, desk.dialog)
		desk.fill("note", "Khách quen của chị", desk.dialog)
		desk.settled()
		desk.confirm()
		desk.page.wait_for_function("user => cur_frm.doc.lead_owner === user", arg=MANAGER.email)
	with work.step("prices"):
		work.new("Sky Price List")
		desk.fill("price_list_name", unique("Bảng giá ngày"))
		desk.tab("Mặt hàng")
		row = desk.add_row("items")
		desk.cell(row, "item_code", "BROWSER-SERVICE", "BROWSER-SERVICE")
		desk.cell(row, "rate", "400000")
		desk.save()
	with work.step("a file of the leads"):
		work.list("Sky Lead")
		desk.body.locator(".list-check-all:visible").check()
		desk.action("Xuất")
		expect(desk.dialog).to_be_visible()
		desk.settled()
		with desk.page.expect_download() as download:
			desk.confirm()
		text = download.value.path().read_bytes()
		assert not [marker for marker in work.markers if marker.encode() in text]
	with work.step("the dashboard"):
		work.go("dashboard-view", "SkyCRM")
		expect(desk.body.locator(".dashboard-graph .widget:visible").first).to_be_visible()
		desk.settled()
	with work.step("who is in the team"):
		work.form("Sky Team", TEAM)
		expect(desk.body.locator(".page-actions button", has_text=exact("Thêm người"))).to_have_count(0)
	with work.step("an opportunity of the team is found"):
		expect(work.search("Cơ hội").first).to_be_visible()
	with work.step("own settings"):
		work.own_settings()
