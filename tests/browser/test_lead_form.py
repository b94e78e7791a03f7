"""A lead's form, as a seller works with it: steps of the workflow, giving up, conversion and its undoing."""

from __future__ import annotations

from typing import Any

from desk import exact
from desk_people import PEOPLE
from playwright.sync_api import expect
from served_site import ServedSite, letters, phone, unique

SELLER = PEOPLE["seller"].email


def make_lead(site: ServedSite, **values: Any) -> dict[str, Any]:
	values.setdefault("lead_name", letters("Hoàng Thị"))
	return site.insert("Sky Lead", lead_owner=SELLER, **values)


def status(site: ServedSite, lead: str) -> str:
	return site.get_doc("Sky Lead", lead)["status"]


def test_a_lead_goes_along_by_the_buttons_of_its_workflow(site: ServedSite, desk: Any) -> None:
	seller = desk("seller")
	lead = make_lead(site, mobile_no=phone())["name"]
	seller.form("Sky Lead", lead)
	pill = seller.body.locator(".page-head .indicator-pill:visible")
	expect(pill).to_have_text(exact("Mới"))
	offered = seller.actions()
	assert offered[:5] == ["Liên hệ", "Nuôi dưỡng", "Đánh dấu đạt", "Chuyển đổi", "Đánh dấu không đạt"]

	seller.action("Liên hệ")
	expect(pill).to_have_text(exact("Đã liên hệ"))
	assert status(site, lead) == "Contacted"
	seller.idle()
	assert "Liên hệ" not in seller.actions()
	seller.action("Đánh dấu đạt")
	expect(pill).to_have_text(exact("Đạt tiêu chí"))
	assert status(site, lead) == "Qualified"
	# The status is not a box to choose from: it moves by these buttons only
	expect(seller.control("status").locator("select:visible")).to_have_count(0)


def test_giving_a_lead_up_asks_for_the_reason(site: ServedSite, desk: Any) -> None:
	seller = desk("seller")
	lead = make_lead(site)
	seller.form("Sky Lead", lead["name"])
	seller.action("Đánh dấu không đạt")
	dialog = seller.dialog
	expect(dialog).to_contain_text(f"Vì sao bỏ đầu mối {lead['lead_name']}?")
	seller.close()
	assert status(site, lead["name"]) == "New"

	seller.action("Đánh dấu không đạt")
	seller.fill("reason", "Đang dùng hệ thống khác đến năm sau", dialog)
	seller.confirm()
	pill = seller.body.locator(".page-head .indicator-pill:visible")
	expect(pill).to_have_text(exact("Không đạt"))
	stored = site.get_doc("Sky Lead", lead["name"])
	assert (stored["status"], stored["unqualified_reason"]) == (
		"Unqualified",
		"Đang dùng hệ thống khác đến năm sau",
	)
	seller.idle()
	seller.action("Mở lại")
	expect(pill).to_have_text(exact("Mới"))
	assert status(site, lead["name"]) == "New"


def test_a_lead_is_typed_planned_and_saved(site: ServedSite, desk: Any) -> None:
	seller = desk("seller")
	name, number = letters("Đỗ Thị Thu"), phone()
	seller.open("sky-lead/new")
	seller.on_form("Sky Lead")
	seller.fill("lead_name", name)
	seller.fill("mobile_no", number)
	row = seller.add_row("items")
	seller.cell(row, "item_code", "BROWSER-SERVICE", "BROWSER-SERVICE")
	lead = seller.save()
	seller.group("Liên hệ tiếp theo", "Sáng mai")
	seller.page.wait_for_function("() => cur_frm.doc.next_contact_on && !cur_frm.is_dirty()")
	seller.idle()
	stored = site.get_doc("Sky Lead", lead)
	assert stored["last_name"] == "Đỗ"
	assert stored["first_name"] == name.split()[-1]
	assert [line["item_code"] for line in stored["items"]] == ["BROWSER-SERVICE"]
	assert stored["next_contact_on"].endswith("09:00:00")


def test_a_number_that_is_none_is_refused_where_it_was_typed(site: ServedSite, desk: Any) -> None:
	seller = desk("seller")
	name = letters("Lý Văn")
	seller.open("sky-lead/new")
	seller.on_form("Sky Lead")
	seller.fill("lead_name", name)
	seller.fill("mobile_no", "0912 34")
	with seller.expected("^417: .*savedocs"):
		seller.body.locator(".page-actions .primary-action:visible").click()
		expect(seller.dialog).to_contain_text("Di động")
	assert not site.find("Sky Lead", {"lead_name": name})
	seller.close()


def test_conversion_shows_what_it_makes_makes_it_and_can_be_undone(site: ServedSite, desk: Any) -> None:
	seller = desk("seller")
	organization = unique("Công ty Chuyển")
	lead = make_lead(
		site,
		lead_name=letters("Nguyễn Văn"),
		organization=organization,
		mobile_no=phone(),
		address_line1="12 Lý Thường Kiệt",
		city="Hà Nội",
		items=[{"item_code": "BROWSER-SERVICE", "qty": 3}],
	)
	before = site.get_doc("Sky Lead", lead["name"])
	seller.form("Sky Lead", lead["name"])
	seller.button("Chuyển đổi")
	dialog = seller.dialog
	expect(dialog).to_contain_text(f"Chuyển đổi {lead['lead_name']}")
	parts = dialog.locator(".frappe-card")
	expect(parts).to_have_count(4)
	for part, shown in zip(
		parts.all(), (organization, lead["lead_name"], "12 Lý Thường Kiệt", organization), strict=True
	):
		expect(part).to_contain_text(shown)
		expect(part).to_contain_text("tạo mới")
	assert status(site, lead["name"]) == "New"  # looking changes nothing
	seller.confirm()
	opportunity = seller.on_form("Sky Opportunity")

	stored = site.get_doc("Sky Lead", lead["name"])
	assert stored["status"] == "Converted"
	assert stored["opportunity"] == opportunity
	assert stored["converted_by"] == SELLER
	contact = site.get_doc("Contact", stored["contact"])
	assert contact["full_name"] == lead["lead_name"]
	made = site.get_doc("Sky Opportunity", opportunity)
	assert made["customer"] == stored["customer"]
	assert made["lead"] == lead["name"]
	assert [(line["item_code"], line["qty"]) for line in made["items"]] == [("BROWSER-SERVICE", 3)]

	seller.form("Sky Lead", lead["name"])
	expect(seller.body.locator(".form-message")).to_contain_text("Đầu mối này đã chuyển đổi")
	expect(seller.body.locator(".page-head .indicator-pill:visible")).to_have_text(exact("Đã chuyển đổi"))
	expect(seller.control("lead_name").locator("input:visible")).to_have_count(0)
	expect(seller.body.locator(".page-actions .primary-action:visible")).to_have_count(0)
	assert "Chuyển đổi" not in seller.actions()

	seller.button("Hoàn tác chuyển đổi")
	expect(seller.dialog).to_contain_text("Hoàn tác chuyển đổi")
	seller.confirm()
	expect(seller.body.locator(".page-head .indicator-pill:visible")).to_have_text(exact("Mới"))
	expect(seller.control("lead_name").locator("input")).to_be_visible()
	seller.idle()
	after = site.get_doc("Sky Lead", lead["name"])
	changing = {"modified", "modified_by", "items", "_comments", "_seen"}
	assert {k: v for k, v in after.items() if k not in changing} == {
		k: v for k, v in before.items() if k not in changing
	}
	assert not site.find("Sky Opportunity", {"name": opportunity})
	assert not site.find("Customer", {"name": stored["customer"]})


def test_conversion_uses_the_customer_that_is_known(site: ServedSite, desk: Any) -> None:
	seller = desk("seller")
	number, organization = phone(), unique("Công ty Quen")
	first = make_lead(site, lead_name=letters("Võ Thị"), organization=organization, mobile_no=number)
	known = site.call("leads.convert", lead=first["name"])
	again = make_lead(
		site, lead_name=first["lead_name"], organization=organization, mobile_no="+84" + number[1:]
	)
	seller.form("Sky Lead", again["name"])
	seller.action("Chuyển đổi")  # the workflow's own item opens the same dialog
	parts = seller.dialog.locator(".frappe-card")
	for position in (0, 1):  # the customer and the contact
		expect(parts.nth(position)).to_contain_text("đã có sẵn")
	seller.confirm()
	opportunity = seller.on_form("Sky Opportunity")
	stored = site.get_doc("Sky Lead", again["name"])
	assert (stored["customer"], stored["contact"]) == (known["customer"], known["contact"])
	assert stored["opportunity"] == opportunity != known["opportunity"]
