"""The workspace, as each role opens it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from served_site import ServedSite

# Whose desk → its workspace, its title, a card that it must have, number of cards and of charts
DESKS = {
	"seller": ("skycrm", "SkyCRM", "Đầu mối đang mở của tôi", 6, 3),
	"manager": ("skycrm-management", "Quản lý kinh doanh", "Cơ hội đang mở", 6, 3),
	"marketer": ("skycrm-marketing", "Tiếp thị", "Đầu mối nóng theo điểm", 2, 1),
	"agent": ("skycrm-support", "Chăm sóc khách hàng", "Phiếu yêu cầu đang mở của tôi", 2, 0),
	"admin": ("skycrm-setup", "Thiết lập CRM", "", 0, 0),
}
GUIDED = ("seller", "admin")


@pytest.mark.parametrize("person", DESKS)
def test_it_opens_with_what_the_role_needs_and_nothing_forbidden(
	site: ServedSite, desk: Any, person: str
) -> None:
	route, title, card, card_count, chart_count = DESKS[person]
	opened = desk(person)
	opened.open(route)
	body = opened.body
	expect(body.locator(".title-text:visible")).to_have_text(title)
	if person in GUIDED:
		expect(body.locator(".onboarding-widget-box:visible").first).to_be_visible()
	expect(body.locator(".shortcut-widget-box:visible").first).to_be_visible()
	expect(body.locator(".links-widget-box:visible").first).to_be_visible()
	cards = body.locator(".number-widget-box")
	expect(cards.locator(".number")).to_have_count(card_count)
	if card:
		expect(cards.filter(has_text=card)).to_have_count(1)
	charts = body.locator(".dashboard-widget-box")
	expect(charts).to_have_count(chart_count)
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
