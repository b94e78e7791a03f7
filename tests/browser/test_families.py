"""The other kinds of records: each is opened, filled in and saved by the role that keeps it."""

from __future__ import annotations

import re
from typing import Any

from desk import exact
from desk_people import PEOPLE, TEAM, make_customer
from playwright.sync_api import expect
from served_site import ServedSite, unique


def test_a_campaign_is_planned_and_sent_for_approval(site: ServedSite, desk: Any) -> None:
	marketer = desk("marketer")
	title = unique("Chiến dịch hè")
	marketer.open("sky-campaign/new")
	marketer.on_form("Sky Campaign")
	marketer.fill("campaign_name", title)
	marketer.choose("channel", "Call")
	marketer.fill("budget", "15000000")
	marketer.fill("objective", "Gọi lại khách cũ")
	name = marketer.save()
	doc = site.get_doc("Sky Campaign", name)
	assert (doc["campaign_name"], doc["channel"], doc["budget"], doc["status"]) == (
		title,
		"Call",
		15_000_000,
		"Draft",
	)
	marketer.action("Xin duyệt")
	expect(marketer.body.locator(".page-head .indicator-pill:visible")).to_have_text(exact("Chờ duyệt"))
	assert site.get_doc("Sky Campaign", name)["status"] == "Pending Approval"


def test_a_segment_offers_fields_to_filter_by(site: ServedSite, desk: Any) -> None:
	marketer = desk("marketer")
	title = unique("Khách nóng")
	marketer.open("sky-segment/new")
	marketer.on_form("Sky Segment")
	marketer.fill("segment_name", title)
	marketer.tab(
		marketer.page.evaluate("() => __(cur_frm.meta.fields.find(f => f.fieldname === 'tab_filters').label)")
	)
	row = marketer.add_row("filters")
	marketer.cell(row, "document_type", "Sky Lead")
	marketer.cell(row, "field_name", "rating")
	marketer.cell(row, "value", "Hot")
	marketer.save()
	[filter_row] = site.get_doc("Sky Segment", title)["filters"]
	assert (filter_row["document_type"], filter_row["field_name"], filter_row["value"]) == (
		"Sky Lead",
		"rating",
		"Hot",
	)


def test_an_issue_is_taken_and_resolved_with_an_answer(site: ServedSite, desk: Any) -> None:
	agent = desk("agent")
	customer = make_customer(site, unique("Công ty Hỏi"))
	agent.open("sky-issue/new")
	agent.on_form("Sky Issue")
	agent.fill("subject", "Máy in không nhận giấy")
	agent.pick("customer", customer)
	agent.write("description", "Máy báo kẹt giấy dù đã lấy hết giấy ra.")
	name = agent.save()
	assert site.get_doc("Sky Issue", name)["customer"] == customer
	agent.action("Đánh dấu đã giải quyết")
	expect(agent.dialog).to_contain_text("Vấn đề được giải quyết thế nào?")
	agent.write("resolution", "Đã thay con lăn kéo giấy.", agent.dialog)
	agent.confirm()
	expect(agent.body.locator(".page-head .indicator-pill:visible")).to_have_text(exact("Đã giải quyết"))
	doc = site.get_doc("Sky Issue", name)
	assert doc["status"] == "Resolved"
	assert "con lăn" in doc["resolution"]


def test_a_price_list_with_a_price_goes_into_force(site: ServedSite, desk: Any) -> None:
	manager = desk("manager")
	title = unique("Bảng giá đại lý")
	manager.open("sky-price-list/new")
	manager.on_form("Sky Price List")
	manager.fill("price_list_name", title)
	if not manager.doc().get("currency"):
		manager.pick("currency", "VND")
	manager.tab("Mặt hàng")
	row = manager.add_row("items")
	manager.cell(row, "item_code", "BROWSER-SERVICE", "BROWSER-SERVICE")
	manager.cell(row, "rate", "400000")
	manager.save()
	manager.action("Xin duyệt")
	pill = manager.body.locator(".page-head .indicator-pill:visible")
	expect(pill).to_have_text(exact("Chờ duyệt"))
	doc = site.get_doc("Sky Price List", title)
	assert [(line["item_code"], line["rate"]) for line in doc["items"]] == [("BROWSER-SERVICE", 400_000)]
	assert (doc["status"], doc["currency"]) == ("Pending Approval", "VND")


def test_a_sharing_rule_is_made(site: ServedSite, desk: Any) -> None:
	admin = desk("admin")
	title = unique("Chia sẻ")
	admin.open("sky-sharing-rule/new")
	admin.on_form("Sky Sharing Rule")
	admin.fill("title", title)
	admin.pick("document_type", "Đầu mối", shown=re.compile(r"^\s*Đầu mối"))
	admin.pick("share_from", TEAM)
	admin.choose("share_to_type", "User")
	admin.idle()
	admin.pick("share_to", PEOPLE["agent"].email)
	name = admin.save()
	doc = site.get_doc("Sky Sharing Rule", name)
	assert (doc["document_type"], doc["share_from"], doc["share_to"], doc["access"]) == (
		"Sky Lead",
		TEAM,
		PEOPLE["agent"].email,
		"Read",
	)
	site.ask("DELETE", f"/api/resource/Sky Sharing Rule/{name}")


def test_the_tree_of_teams_grows(site: ServedSite, desk: Any) -> None:
	admin = desk("admin")
	team = unique("Nhóm mới")
	admin.open("sky-team/view/tree")
	admin.body.locator(".tree-link", has_text="Tất cả các nhóm").first.click()
	admin.body.locator(
		".tree-node-toolbar button:visible", has_text=exact(admin.says("Add Child"))
	).first.click()
	admin.fill("team_name", team, admin.dialog)
	admin.confirm()
	expect(admin.body.locator(".tree-label", has_text=team)).to_be_visible()
	assert site.get_doc("Sky Team", team)["parent_sky_team"] == "All Teams"
	site.ask("DELETE", f"/api/resource/Sky Team/{team}")


def test_the_settings_open_and_keep_what_is_changed(site: ServedSite, desk: Any) -> None:
	admin = desk("admin")
	before = site.get_doc("Sky CRM Settings", "Sky CRM Settings")["discount_approval_threshold"]
	admin.open("sky-crm-settings")
	admin.page.wait_for_function("() => window.cur_frm && cur_frm.doctype === 'Sky CRM Settings'")
	field = admin.page.locator('.frappe-control[data-fieldname="discount_approval_threshold"]')
	tab = admin.page.evaluate("() => cur_frm.fields_dict.discount_approval_threshold.tab?.label || ''")
	if tab and not field.is_visible():
		admin.tab(tab)
	admin.fill("discount_approval_threshold", "12")
	admin.save()
	assert site.get_doc("Sky CRM Settings", "Sky CRM Settings")["discount_approval_threshold"] == 12
	site.update("Sky CRM Settings", "Sky CRM Settings", discount_approval_threshold=before)
