"""Days of marketing: audiences, campaigns that are planned, consent, and where leads come from."""

from __future__ import annotations

from typing import Any

import pytest
from desk import exact
from playwright.sync_api import expect
from served_site import ServedSite, unique


@pytest.mark.parametrize("person", ["campaigner", "marketer"])
def test_a_day_in_marketing(site: ServedSite, day: Any, screenshot: Any, person: str) -> None:
	work = day(person)
	with work.step("sign in") as desk:
		assert work.sign_in().endswith("/app/skycrm-marketing")
		assert work.sidebar() == {"SkyCRM Marketing"}
		screenshot(desk.page, "desk", full_page=True)
	assert work.walk() >= 12

	with work.step("an audience"):
		work.new("Sky Segment")
		desk.fill("segment_name", unique("Khách nóng"))
		desk.tab(
			desk.page.evaluate("() => __(cur_frm.meta.fields.find(f => f.fieldname === 'tab_filters').label)")
		)
		row = desk.add_row("filters")
		desk.cell(row, "document_type", "Sky Lead")
		desk.cell(row, "field_name", "rating")
		desk.cell(row, "value", "Hot")
		desk.save()
	with work.step("a campaign is planned"):
		work.new("Sky Campaign")
		desk.fill("campaign_name", unique("Chiến dịch ngày"))
		desk.choose("channel", "Call")
		desk.fill("budget", "5000000")
		campaign = desk.save()
		work.comment("Gọi trước Tết")
	with work.step("and sent for approval"):
		desk.action("Xin duyệt")
		expect(desk.body.locator(".page-head .indicator-pill:visible")).to_have_text(exact("Chờ duyệt"))
	assert site.get_doc("Sky Campaign", campaign)["status"] == "Pending Approval"
	with work.step("where leads come from"):
		work.go("query-report", "Lead Source Effectiveness")
		expect(desk.body.locator(".datatable:visible, .msg-box:visible").first).to_be_visible()
	with work.step("consent"):
		work.list("Sky Consent Record")
	with work.step("a web form"):
		work.list("Sky Web Form")
		if desk.body.locator(".list-row:visible").count():
			work.form("Sky Web Form", site.find("Sky Web Form", {})[0]["name"])
	with work.step("customers"):
		work.form("Customer", site.find("Customer", {})[0]["name"])
	with work.step("search"):
		expect(work.search("Chiến dịch").filter(has_text="Chiến dịch").first).to_be_visible()
	with work.step("own settings"):
		work.own_settings()
