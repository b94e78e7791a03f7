"""Who did what with a lead: done in the desk by one person, read in the report by an administrator."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from desk_people import PEOPLE, TEAM
from playwright.sync_api import expect
from served_site import ServedSite, unique

SELLER, MANAGER = PEOPLE["seller"], PEOPLE["manager"]
SETTINGS = "Sky CRM Settings"


@pytest.fixture
def lead(site: ServedSite) -> str:
	return site.insert(
		"Sky Lead", lead_name=unique("Khách kiểm tra"), lead_owner=SELLER.email, team=TEAM, city="Huế"
	)["name"]


@pytest.fixture
def as_before(site: ServedSite) -> Iterator[None]:
	before = site.get_doc(SETTINGS, SETTINGS)
	yield
	site.update(SETTINGS, SETTINGS, recorded_views=[], max_export_rows=before["max_export_rows"])


def test_settings_then_an_opening_then_the_report(
	site: ServedSite, desk: Any, lead: str, as_before: None
) -> None:
	admin = desk("admin")
	admin.open("sky-crm-settings")
	admin.on_form(SETTINGS)
	admin.tab("Quyền truy cập")
	expect(admin.control("max_export_rows")).to_contain_text("Số dòng tối đa của một tệp")
	row = admin.add_row("recorded_views")
	admin.cell(row, "document_type", "Đầu mối", shown=re.compile(r"^\s*Đầu mối"))
	admin.save()

	seller = desk("seller")
	seller.form("Sky Lead", lead)
	seller.leave()

	admin.form("Sky Lead", lead)
	admin.body.locator(".menu-btn-group > button:visible").click()
	admin.body.locator(
		".menu-btn-group .dropdown-menu a:visible", has_text="Ai đã làm gì với bản ghi này?"
	).click()
	report = admin.body.locator(".report-wrapper")
	expect(report).to_contain_text(SELLER.full_name)
	expect(report).to_contain_text("Mở bản ghi")
	expect(report.locator(f'a[href*="{lead}"]').first).to_be_visible()
	admin.idle()


def test_a_list_that_is_too_long_says_what_to_do(
	site: ServedSite, desk: Any, lead: str, as_before: None
) -> None:
	site.insert("Sky Lead", lead_name=unique("Khách kiểm tra"), lead_owner=SELLER.email, team=TEAM)
	site.update(SETTINGS, SETTINGS, max_export_rows=1)
	manager = desk("manager")
	manager.list("Sky Lead")
	with manager.expected("417: .*export_query", "^script: ", "^console: "):
		answer = manager.page.evaluate(
			"""() => fetch('/api/method/frappe.desk.reportview.export_query', {
				method: 'POST',
				headers: {'X-Frappe-CSRF-Token': frappe.csrf_token, 'Content-Type': 'application/json'},
				body: JSON.stringify({doctype: 'Sky Lead', file_format_type: 'Excel', fields: '["name"]', title: 'x'}),
			}).then((response) => response.json())"""
		)
	said = json.loads(json.loads(answer["_server_messages"])[0])
	assert said["title"] == "Quá nhiều dòng cho một tệp"
	assert "Hãy lọc bớt, hoặc nhờ quản trị viên CRM xuất giúp." in said["message"]

	admin = desk("admin")
	admin.open("query-report/Access Audit?action=Export%20Refused")
	report = admin.body.locator(".report-wrapper")
	expect(report).to_contain_text(MANAGER.full_name)
	expect(report).to_contain_text("vượt số dòng cho phép của một tệp")


def test_nobody_but_administrators_is_offered_that(site: ServedSite, desk: Any, lead: str) -> None:
	seller = desk("seller")
	seller.form("Sky Lead", lead)
	seller.body.locator(".menu-btn-group > button:visible").click()
	items = seller.body.locator(".menu-btn-group .dropdown-menu a:visible")
	expect(items.first).to_be_visible()
	expect(items.filter(has_text="Ai đã làm gì với bản ghi này?")).to_have_count(0)
