"""Leads find their owner: an admin makes a rule and tries it, a seller reads why, two people meet in the pool."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from desk import exact
from desk_people import PEOPLE, TEAM
from playwright.sync_api import expect
from served_site import ServedSite, letters, unique

SELLER, MANAGER = PEOPLE["seller"], PEOPLE["manager"]


@pytest.fixture
def no_rules_left(site: ServedSite) -> Iterator[None]:
	"""Rules of these tests must not give out the leads of others."""
	yield
	for row in site.find("Sky Assignment Rule", {"enabled": 1}):
		site.update("Sky Assignment Rule", row["name"], enabled=0)


def test_an_admin_makes_a_rule_and_the_owner_reads_why(
	site: ServedSite, desk: Any, no_rules_left: None, screenshot: Callable[..., Any]
) -> None:
	admin = desk("admin")
	city, rule = unique("Thành phố"), unique("Khách miền Trung")
	admin.open("sky-assignment-rule/new")
	admin.on_form("Sky Assignment Rule")
	admin.fill("rule_name", rule)
	admin.pick("team", TEAM)
	row = admin.add_row("conditions")
	admin.cell(row, "field_name", "city")
	admin.cell(row, "value", city)
	assert admin.save() == rule
	screenshot(admin.page, "rule", full_page=True)

	admin.button("Thử quy tắc này")
	dialog = admin.dialog
	admin.fill("city", "Nơi khác", dialog)
	admin.confirm()
	expect(dialog).to_contain_text("Quy tắc này không dành cho đầu mối như vậy.")
	admin.fill("city", city, dialog)
	admin.confirm()
	expect(dialog.locator(".skycrm-decision")).to_contain_text(SELLER.full_name)
	expect(dialog.locator(".skycrm-decision")).to_contain_text("Đến lượt người này")
	screenshot(admin.page, "trial")
	admin.close()

	lead = site.insert("Sky Lead", lead_name=letters("Phan Thị"), city=city)["name"]
	assert site.get_doc("Sky Lead", lead)["lead_owner"] == SELLER.email
	seller = desk("seller")
	seller.form("Sky Lead", lead)
	seller.group("Người phụ trách", "Vì sao là người này?")
	told = seller.dialog
	expect(told).to_contain_text(SELLER.full_name)
	expect(told).to_contain_text(rule)
	screenshot(seller.page, "why")
	seller.close()
	expect(seller.body.locator(".new-timeline")).to_contain_text("theo quy tắc")


def test_two_people_and_one_lead_of_the_pool(
	site: ServedSite, desk: Any, screenshot: Callable[..., Any]
) -> None:
	name = letters("Võ Văn")
	lead = site.insert("Sky Lead", lead_name=name, team=TEAM)["name"]
	seller, manager = desk("seller"), desk("manager")
	manager.form("Sky Lead", lead)
	seller.list("Sky Lead")
	seller.body.locator(".page-actions button:visible", has_text=exact("Kho chung")).click()
	seller.idle()
	expect(seller.row(name)).to_be_visible()
	screenshot(seller.page, "pool")

	seller.form("Sky Lead", lead)
	seller.button("Nhận")
	held = seller.body.locator(".skycrm-held")
	expect(held).to_contain_text("Giữ đến")
	screenshot(seller.page, "claimed")
	assert site.get_doc("Sky Lead", lead)["lead_owner"] == SELLER.email

	# The click of somebody whose form had not yet shown it: the answer says who was faster.
	with manager.expected("^409: .*leads.claim"):
		manager.page.evaluate("() => skycrm.lead_pool.claim(cur_frm)")
		expect(manager.dialog).to_contain_text("Đã có người nhận")
		expect(manager.dialog).to_contain_text(SELLER.full_name)
		screenshot(manager.page, "too late")
		manager.close()
	expect(manager.body.locator(".skycrm-held")).to_contain_text("Giữ đến")

	seller.idle()
	seller.group("Người phụ trách", "Trả lại")
	seller.confirm()
	expect(seller.body.locator(".skycrm-held")).to_have_count(0)
	seller.idle()
	assert not site.get_doc("Sky Lead", lead).get("lead_owner")

	manager.form("Sky Lead", lead)
	manager.button("Nhận")
	expect(manager.body.locator(".skycrm-held")).to_contain_text("Giữ đến")
	manager.idle()
	manager.group("Người phụ trách", "Chuyển cho người khác")
	dialog = manager.dialog
	manager.pick("user", SELLER.email, dialog)
	manager.fill("note", "Khách quen của em", dialog)
	manager.confirm()
	expect(manager.body.locator(".new-timeline")).to_contain_text("Khách quen của em")
	screenshot(manager.page, "handed on", full_page=True)
	assert site.get_doc("Sky Lead", lead)["lead_owner"] == SELLER.email


def test_several_leads_are_claimed_from_the_list(site: ServedSite, desk: Any) -> None:
	word = letters("Kho")
	leads = [
		site.insert("Sky Lead", lead_name=f"{word} {given}", team=TEAM)["name"] for given in ("An", "Bình")
	]
	seller = desk("seller")
	seller.list("Sky Lead")
	seller.body.locator(".page-actions button:visible", has_text=exact("Kho chung")).click()
	seller.idle()
	for given in ("An", "Bình"):
		seller.row(f"{word} {given}").locator(".list-row-checkbox").check()
	seller.action("Nhận")
	seller.page.wait_for_function("() => !cur_list.get_checked_items().length")
	seller.idle()
	assert {site.get_doc("Sky Lead", lead)["lead_owner"] for lead in leads} == {SELLER.email}


def test_the_manager_sees_who_claims_what(
	site: ServedSite, desk: Any, screenshot: Callable[..., Any]
) -> None:
	lead = site.insert("Sky Lead", lead_name=letters("Báo Cáo"), team=TEAM)["name"]
	seller, manager = desk("seller"), desk("manager")
	seller.form("Sky Lead", lead)
	seller.button("Nhận")
	expect(seller.body.locator(".skycrm-held")).to_be_visible()
	manager.open("query-report/Lead Contention")
	expect(manager.body.locator(".dt-cell", has_text=SELLER.full_name).first).to_be_visible()
	screenshot(manager.page, "report")
