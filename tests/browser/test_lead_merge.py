"""Merging leads and repairing data, as a sales manager does it: list, form, dialog, ledger, report."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from desk import Desk, exact
from desk_people import PEOPLE
from playwright.sync_api import expect
from served_site import ServedSite, letters, phone, unique

MANAGER = PEOPLE["manager"].email
OUTPUT = Path(os.environ.get("SKYCRM_OUTPUT") or Path(__file__).parent / "output")


def make_lead(site: ServedSite, **values: Any) -> dict[str, Any]:
	values.setdefault("lead_owner", MANAGER)
	return site.insert("Sky Lead", **values)


@pytest.fixture
def pair(site: ServedSite) -> tuple[dict[str, Any], dict[str, Any]]:
	"""Two leads that are one person, with a comment on the second."""
	name, number = letters("Phạm Thị"), phone()
	stays = make_lead(site, lead_name=name, organization=unique("Công ty Một"), mobile_no=number)
	goes = make_lead(
		site,
		lead_name=name,
		organization=unique("Công ty Hai"),
		mobile_no=number,
		job_title="Giám đốc",
		source="Zalo",
	)
	site.insert(
		"Comment",
		comment_type="Comment",
		reference_doctype="Sky Lead",
		reference_name=goes["name"],
		content="Đã hẹn gặp",
	)
	return stays, goes


def radio(desk: Desk, field: str, lead: str) -> Any:
	return desk.dialog.locator(f'input[data-field="{field}"][value="{lead}"]')


def test_two_leads_of_the_list_side_by_side(site: ServedSite, desk: Any, pair: Any) -> None:
	stays, goes = pair
	manager = desk("manager")
	manager.list("Sky Lead")
	manager.narrow("lead_name", stays["lead_name"], 2)
	manager.body.locator(".list-header-subject input.list-check-all:visible").check()
	manager.action("Gộp")
	dialog = manager.dialog
	expect(dialog).to_contain_text("Gộp đầu mối")
	expect(dialog.locator("tr[data-fieldname=organization]")).to_be_visible()
	# What is the same is out of the way until asked for.
	expect(dialog.locator("tr[data-fieldname=mobile_no]")).to_have_count(0)
	# The fuller one is proposed to stay; the other one is chosen.
	expect(dialog.locator(f'input[name=skycrm-stays][value="{goes["name"]}"]')).to_be_checked()
	dialog.locator(f'input[name=skycrm-stays][value="{stays["name"]}"]').check()
	manager.idle()
	expect(dialog).to_contain_text("Bình luận: 1")
	expect(radio(manager, "organization", stays["name"])).to_be_checked()
	expect(radio(manager, "job_title", goes["name"])).to_be_checked()
	manager.page.screenshot(path=str(OUTPUT / "merge-dialog.png"))

	# By the keyboard alone: the focus stays where it is when the table is drawn anew.
	radio(manager, "organization", stays["name"]).focus()
	manager.page.keyboard.press("ArrowRight")
	manager.idle()
	expect(radio(manager, "organization", goes["name"])).to_be_checked()
	expect(radio(manager, "organization", goes["name"])).to_be_focused()
	dialog.locator(".skycrm-only-differences").uncheck()
	expect(dialog.locator("tr[data-fieldname=mobile_no]")).to_be_visible()
	manager.confirm()
	expect(manager.page.locator(".modal.show")).to_have_count(0)
	manager.idle()
	expect(manager.row(stays["lead_name"])).to_have_count(1)
	lead = site.get_doc("Sky Lead", stays["name"])
	assert lead["organization"] == goes["organization"]
	assert lead["job_title"] == "Giám đốc"
	assert not site.find("Sky Lead", {"name": goes["name"]})


def test_the_old_number_leads_to_the_lead_and_the_merge_is_undone_from_its_menu(
	site: ServedSite, desk: Any, pair: Any
) -> None:
	stays, goes = pair
	site.call("leads.merge", primary=stays["name"], duplicates=[goes["name"]])
	manager = desk("manager")
	manager.open(f"sky-lead/{goes['name']}")
	manager.on_form("Sky Lead", stays["name"])
	timeline = manager.body.locator(".new-timeline")
	expect(timeline).to_contain_text(goes["name"])
	expect(timeline).to_contain_text("Đã hẹn gặp")
	manager.page.screenshot(path=str(OUTPUT / "merge-form.png"), full_page=True)

	ledger = site.find("Sky Lead Merge", {"primary": stays["name"]})[0]["name"]
	manager.form("Sky Lead Merge", ledger)
	expect(manager.body).to_contain_text(goes["name"])
	expect(manager.body.locator("[data-fieldname=moved_html]")).to_contain_text("Bình luận")
	manager.page.screenshot(path=str(OUTPUT / "merge-ledger.png"))

	manager.form("Sky Lead", stays["name"])
	manager.body.locator(".menu-btn-group > button:visible").click()
	manager.body.locator(".menu-btn-group .dropdown-menu a:visible", has_text=exact("Hoàn tác gộp")).click()
	manager.dialog.locator(".btn-primary:visible").click()
	expect(manager.page.locator(".modal.show")).to_have_count(0)
	manager.idle()
	assert site.get_doc("Sky Lead", goes["name"])["job_title"] == "Giám đốc"


def test_duplicates_are_found_from_the_form(site: ServedSite, desk: Any, pair: Any) -> None:
	stays, goes = pair
	manager = desk("manager")
	manager.form("Sky Lead", stays["name"])
	manager.body.locator(".menu-btn-group > button:visible").click()
	manager.body.locator(".menu-btn-group .dropdown-menu a:visible", has_text=exact("Tìm bản trùng")).click()
	expect(manager.dialog).to_contain_text(goes["name"])
	manager.confirm()
	expect(manager.dialog.locator("tr[data-fieldname=organization]")).to_be_visible()
	manager.dialog.locator(f'input[name=skycrm-stays][value="{stays["name"]}"]').check()
	manager.idle()
	manager.confirm()
	expect(manager.page.locator(".modal.show")).to_have_count(0)
	manager.on_form("Sky Lead", stays["name"])
	assert not site.find("Sky Lead", {"name": goes["name"]})


def test_a_salesperson_is_told_why_not(site: ServedSite, desk: Any) -> None:
	seller = desk("seller")
	name = letters("Vũ Thị")
	leads = [make_lead(site, lead_name=name, lead_owner=PEOPLE["seller"].email) for _ in range(2)]
	seller.list("Sky Lead")
	seller.narrow("lead_name", name, 2)
	seller.body.locator(".list-header-subject input.list-check-all:visible").check()
	seller.action("Gộp")
	expect(seller.dialog.locator(".alert-warning")).to_contain_text("Vai trò được gộp")
	expect(
		seller.dialog.locator(".modal-header .btn-primary, .modal-footer .btn-primary").first
	).to_be_disabled()
	seller.close()
	assert len(site.find("Sky Lead", {"name": ["in", [lead["name"] for lead in leads]]})) == 2


def test_the_report_leads_from_a_finding_to_its_leads_and_to_the_repair(
	site: ServedSite, desk: Any, pair: Any
) -> None:
	stays, goes = pair
	manager = desk("manager")
	manager.open("query-report/Lead Data Quality")
	body = manager.body
	expect(body.locator(".skycrm-drill").first).to_be_visible()
	manager.page.screenshot(path=str(OUTPUT / "quality-overview.png"))
	body.locator('.skycrm-drill[data-check="same_phone"]').click()
	manager.idle()
	cell = body.locator(".dt-cell__content", has_text=stays["name"]).first
	expect(cell).to_be_visible()
	for lead in (stays, goes):
		row = body.locator(".dt-row", has_text=lead["name"]).first
		row.locator('input[type="checkbox"]').check()
	manager.page.screenshot(path=str(OUTPUT / "quality-groups.png"))
	manager.group("Sửa dữ liệu", "Gộp mục đã chọn")
	expect(manager.dialog.locator("tr[data-fieldname=organization]")).to_be_visible()
	manager.dialog.locator(f'input[name=skycrm-stays][value="{stays["name"]}"]').check()
	manager.idle()
	manager.confirm()
	expect(manager.page.locator(".modal.show")).to_have_count(0)
	manager.idle()
	expect(body.locator(".dt-cell__content", has_text=goes["name"])).to_have_count(0)
	assert not site.find("Sky Lead", {"name": goes["name"]})

	manager.group("Sửa dữ liệu", "Gộp mọi nhóm chắc chắn")
	manager.dialog.locator(".btn-primary:visible").click()
	manager.on_form("Sky Data Repair")
	manager.page.wait_for_function("() => cur_frm.doc.status === 'Done'", timeout=60_000)
	manager.page.screenshot(path=str(OUTPUT / "quality-repair.png"))
