"""A day of somebody who sells: from the first call to the printed quotation."""

from __future__ import annotations

from typing import Any

from desk_people import PEOPLE, TEAM, make_customer
from playwright.sync_api import expect
from served_site import ServedSite, letters, phone, unique
from test_boards_and_calendars import card, column, drag

SELLER = PEOPLE["seller"].email


def test_a_day_of_a_sales_user(site: ServedSite, day: Any, screenshot: Any) -> None:
	work = day("seller")
	pool = site.insert("Sky Lead", lead_name=letters("Khách Chờ"), mobile_no=phone(), team=TEAM)["name"]
	deal = unique("Thương vụ sáng")
	site.insert(
		"Sky Opportunity",
		title=deal,
		customer=make_customer(site, unique("Công ty Sáng")),
		opportunity_owner=SELLER,
		items=[{"item_code": "BROWSER-SERVICE", "qty": 1}],
	)

	with work.step("sign in") as desk:
		assert work.sign_in().endswith("/app/skycrm")
		assert work.sidebar() == {"SkyCRM"}
		expect(desk.body.locator(".number-widget-box .number")).to_have_count(6)
		screenshot(desk.page, "desk", full_page=True)
	assert work.walk() > 15

	name, number = letters("Lê Thị Ngày"), phone()
	with work.step("a call comes in"):
		work.list("Sky Lead")
		desk.body.locator(".page-actions .primary-action:visible").click()
		desk.fill("lead_name", name, desk.dialog)
		desk.fill("mobile_no", number, desk.dialog)
		desk.fill("organization", unique("Công ty Ngày"), desk.dialog)
		desk.settled()
		desk.confirm()
		expect(desk.page.locator(".modal.show")).to_have_count(0)
		desk.settled()
	[made] = site.find("Sky Lead", {"lead_name": name}, "lead_owner")
	assert made["lead_owner"] == SELLER
	lead = made["name"]

	with work.step("note, next contact, to-do"):
		work.form("Sky Lead", lead)
		work.comment("Khách cần báo giá trước thứ Sáu")
		desk.group("Liên hệ tiếp theo", "Sáng mai")
		desk.page.wait_for_function("() => cur_frm.doc.next_contact_on && !cur_frm.is_dirty()")
		work.assign_to_self()
	with work.step("write a mail"):
		work.mail_dialog()
	with work.step("qualify and convert"):
		work.form("Sky Lead", lead)
		desk.action("Đánh dấu đạt")
		desk.page.wait_for_function("() => cur_frm.doc.status === 'Qualified'")
		desk.settled()
		desk.button("Chuyển đổi")
		desk.settled()
		desk.confirm()
		opportunity = desk.on_form("Sky Opportunity")
	with work.step("add what is sold"):
		row = desk.add_row("items")
		desk.cell(row, "item_code", "BROWSER-GOODS", "BROWSER-GOODS")
		desk.cell(row, "qty", "2")
		desk.save()
	with work.step("make the quotation"):
		desk.button("Lập báo giá")
		quotation = desk.on_form("Quotation")
		desk.settled()
	assert site.get_doc("Quotation", quotation)["sky_opportunity"] == opportunity
	with work.step("print it"):
		work.print("Quotation", quotation)
	with work.step("take one from the pool"):
		work.form("Sky Lead", pool)
		desk.button("Nhận")
		desk.page.wait_for_function("user => cur_frm.doc.lead_owner === user", arg=SELLER)
	with work.step("move a card"):
		work.go("List", "Sky Opportunity", "Kanban", "Sky Opportunities by Stage")
		drag(desk, card(column(desk, "Prospecting"), deal), column(desk, "Needs Analysis"))
		expect(card(column(desk, "Needs Analysis"), deal)).to_be_visible()
	with work.step("calendar"):
		work.go("List", "Sky Lead", "Calendar", "default")
		expect(desk.body.locator(".fc-view, .fc-daygrid").first).to_be_visible()
	with work.step("search"):
		expect(work.search("Đầu mối").filter(has_text="Đầu mối").first).to_be_visible()
	with work.step("own settings"):
		work.own_settings()
		work.list("Sky User Preference")
