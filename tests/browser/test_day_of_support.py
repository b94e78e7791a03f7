"""Days of support: an issue comes in, is answered and solved; the customer behind it is looked up."""

from __future__ import annotations

from typing import Any

import pytest
from desk import exact
from desk_people import make_customer
from playwright.sync_api import expect
from served_site import ServedSite, unique


@pytest.mark.parametrize("person", ["agent", "support_lead"])
def test_a_day_in_support(site: ServedSite, day: Any, screenshot: Any, person: str) -> None:
	work = day(person)
	customer = make_customer(site, unique("Công ty Cần Giúp"))
	with work.step("sign in") as desk:
		assert work.sign_in().endswith("/app/skycrm-support")
		assert work.sidebar() == {"SkyCRM Support"}
		expect(desk.body.locator(".number-widget-box .number")).to_have_count(2)
		screenshot(desk.page, "desk", full_page=True)
	assert work.walk() >= 7

	with work.step("an issue comes in"):
		work.new("Sky Issue")
		desk.fill("subject", unique("Máy in không nhận giấy"))
		desk.pick("customer", customer)
		desk.write("description", "Máy báo kẹt giấy dù đã lấy hết giấy ra.")
		issue = desk.save()
	with work.step("it is taken"):
		work.assign_to_self()
		work.comment("Đã hẹn kỹ thuật")
	[taken] = site.find("Sky Issue", {"name": issue}, "_assign")
	assert work.person.email in taken["_assign"]
	with work.step("it counts on the desk"):
		work.go("Workspaces", "SkyCRM Support")
		mine = desk.body.locator(".number-widget-box", has_text="của tôi").locator(".number")
		expect(mine).not_to_have_text(exact("0"))
	with work.step("an answer is written"):
		work.form("Sky Issue", issue)
		work.mail_dialog()
	with work.step("it is solved"):
		desk.action("Đánh dấu đã giải quyết")
		desk.write("resolution", "Đã thay con lăn kéo giấy.", desk.dialog)
		desk.settled()
		desk.confirm()
		expect(desk.body.locator(".page-head .indicator-pill:visible")).to_have_text(exact("Đã giải quyết"))
	with work.step("the customer behind it"):
		work.form("Customer", customer)
	with work.step("a contact"):
		work.new("Contact")
	with work.step("the list"):
		work.list("Sky Issue")
	with work.step("search"):
		expect(work.search("Phiếu yêu cầu").filter(has_text="Phiếu yêu cầu").first).to_be_visible()
	with work.step("own settings"):
		work.own_settings()
