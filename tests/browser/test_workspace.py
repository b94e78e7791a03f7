"""The workspace, as each role opens it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from served_site import ServedSite

SELLING = ("seller", "manager", "admin")
SALES_CARDS = {"Đầu mối mới trong tuần", "Cơ hội đang mở", "Thắng trong tháng"}


@pytest.mark.parametrize("person", ["seller", "manager", "marketer", "agent", "admin"])
def test_it_opens_with_what_the_role_needs_and_nothing_forbidden(
	site: ServedSite, desk: Any, person: str
) -> None:
	opened = desk(person)
	opened.open("skycrm")
	body = opened.body
	expect(body.locator(".title-text:visible")).to_have_text("SkyCRM")
	if person in SELLING:
		steps = body.locator(".onboarding-widget-box:visible")
		expect(steps.filter(has_text="SkyCRM").first).to_be_visible()
	expect(body.locator(".shortcut-widget-box:visible").first).to_be_visible()
	expect(body.locator(".links-widget-box:visible").first).to_be_visible()
	if person != "agent":
		cards = body.locator(".number-widget-box")
		expect(cards.locator(".number").first).to_be_visible()
		expect(cards.locator(".number")).to_have_count(cards.count())
		titles = {text.strip() for text in cards.locator(".widget-title").all_text_contents()}
		assert SALES_CARDS <= titles, titles
		charts = body.locator(".dashboard-widget-box")
		expect(charts).to_have_count(3)
		for chart in charts.all():
			chart.scroll_into_view_if_needed()
			shown = "svg.frappe-chart:visible, :text('Không có dữ liệu'):visible"
			expect(chart.locator(shown).first).to_be_visible()
	opened.idle()
	# Nothing of ours is left in English
	for text in body.locator(
		".widget-title:visible, .widget-label:visible, .shortcut-widget-box:visible"
	).all_inner_texts():
		assert not any(
			word in text.split() for word in ("Leads", "Lead", "Opportunities", "Quotations", "Won", "Open")
		), text


def test_the_first_step_of_the_onboarding_leads_to_a_new_lead(site: ServedSite, desk: Any) -> None:
	seller = desk("seller")
	seller.open("skycrm")
	onboarding = seller.body.locator(".onboarding-widget-box")
	expect(onboarding.locator(".onboarding-step")).to_have_count(5)
	onboarding.locator(".onboarding-step", has_text="Tạo đầu mối đầu tiên").click()
	onboarding.locator("button", has_text="Tạo đầu mối").click()
	seller.page.wait_for_function(
		"() => frappe.get_route()[0] === 'Form' || document.querySelector('.modal.show')"
	)
	seller.idle()


@pytest.mark.parametrize(
	"report",
	["Sales Pipeline by Stage", "Amount Won by Month", "Lead Source Effectiveness", "Overdue Follow-ups"],
)
def test_reports_open(site: ServedSite, desk: Any, report: str) -> None:
	manager = desk("manager")
	manager.open(f"query-report/{report}")
	manager.page.wait_for_function(
		"() => window.cur_page && frappe.query_report && frappe.query_report.report_name"
	)
	manager.idle()
	expect(
		manager.body.locator(".datatable:visible, .msg-box:visible, .chart-wrapper:visible").first
	).to_be_visible()
