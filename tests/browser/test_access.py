"""Who sees what, clicked: a sharing rule with its preview, what another default would do, and why somebody sees a lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from desk_people import PEOPLE, TEAM
from playwright.sync_api import expect
from served_site import ServedSite, unique

MARKETER = PEOPLE["marketer"]


@pytest.fixture
def lead(site: ServedSite) -> str:
	"""A lead of the seller's team in Đà Lạt."""
	return site.insert(
		"Sky Lead",
		lead_name=unique("Khách Đà Lạt"),
		lead_owner=PEOPLE["seller"].email,
		team=TEAM,
		city="Đà Lạt",
	)["name"]


@pytest.fixture
def no_rules(site: ServedSite) -> Iterator[None]:
	"""The rules of a test open nothing to the next one."""
	yield
	for row in site.find("Sky Sharing Rule", {"enabled": 1}):
		site.update("Sky Sharing Rule", row["name"], enabled=0)


def test_a_rule_opens_leads_and_says_so_before_it_is_saved(
	site: ServedSite, desk: Any, lead: str, no_rules: None
) -> None:
	marketer, admin = desk("marketer"), desk("admin")
	marketer.list("Sky Lead")
	expect(marketer.row("Khách Đà Lạt")).to_have_count(0)

	admin.open("sky-sharing-rule/new")
	admin.on_form("Sky Sharing Rule")
	admin.pick("document_type", "Đầu mối", shown=re.compile(r"^\s*Đầu mối"))
	admin.pick("share_from", TEAM)
	admin.choose("share_to_type", "User")
	admin.idle()
	admin.pick("share_to", MARKETER.email)
	preview = admin.control("preview")
	expect(preview).to_contain_text(
		f"Đầu mối của nhóm {TEAM} và các nhóm cấp dưới được {MARKETER.full_name} xem."
	)
	expect(preview).to_contain_text("Số người: 1.")
	row = admin.add_row("filters")
	admin.cell(row, "field_name", "city")
	admin.cell(row, "value", "Đà Lạt")
	name = admin.save()
	expect(preview).to_contain_text("Chỉ những bản ghi thỏa điều kiện.")
	assert site.get_doc("Sky Sharing Rule", name)["share_to"] == MARKETER.email

	marketer.list("Sky Lead")
	expect(marketer.row("Khách Đà Lạt").first).to_be_visible()
	marketer.form("Sky Lead", lead)
	assert marketer.page.evaluate("() => cur_frm.perm[0].write") in (0, None, False)


def test_why_somebody_sees_a_lead_and_why_not(site: ServedSite, desk: Any, lead: str) -> None:
	admin = desk("admin")
	admin.form("Sky Lead", lead)
	admin.body.locator(".menu-btn-group > button:visible").click()
	admin.body.locator(".menu-btn-group .dropdown-menu a:visible", has_text="Ai thấy bản ghi này?").click()
	admin.pick("user", PEOPLE["seller"].email, admin.dialog)
	answer = admin.dialog.locator("tr[data-right=read]")
	expect(answer).to_contain_text("Có")
	expect(answer).to_contain_text("phụ trách bản ghi")
	expect(admin.dialog.locator("tr[data-right=delete]")).to_contain_text("Không vai trò nào của")
	admin.pick("user", MARKETER.email, admin.dialog)
	expect(answer).to_contain_text("Không")
	expect(answer.locator("a", has_text=TEAM)).to_have_attribute("href", re.compile("/app/sky-team/"))
	admin.close()


def test_nobody_but_administrators_is_offered_that(site: ServedSite, desk: Any, lead: str) -> None:
	seller = desk("seller")
	seller.form("Sky Lead", lead)
	seller.body.locator(".menu-btn-group > button:visible").click()
	items = seller.body.locator(".menu-btn-group .dropdown-menu a:visible")
	expect(items.first).to_be_visible()
	expect(items.filter(has_text="Ai thấy bản ghi này?")).to_have_count(0)


def test_another_default_shows_what_it_would_do_and_changes_nothing_yet(
	site: ServedSite, desk: Any, lead: str
) -> None:
	admin = desk("admin")
	before = site.get_doc("Sky CRM Settings", "Sky CRM Settings")["access_defaults"]
	admin.open("sky-crm-settings")
	admin.on_form("Sky CRM Settings")
	admin.tab("Quyền truy cập")
	expect(admin.control("access_preview")).to_contain_text("Chọn quyền khác ở một dòng")
	row = (
		admin.control("access_defaults")
		.locator(".grid-body .grid-row", has_text=re.compile("Sky Lead|Đầu mối"))
		.first
	)
	admin.cell(row, "access", "Public Read")
	preview = admin.body.locator(".skycrm-access-preview")
	expect(preview).to_contain_text("Đầu mối: Mọi người được xem")
	marketer = preview.locator(f'tr[data-user="{MARKETER.email}"], tr[data-user="{PEOPLE["seller"].email}"]')
	expect(marketer.first).to_be_visible()
	assert site.get_doc("Sky CRM Settings", "Sky CRM Settings")["access_defaults"] == before
