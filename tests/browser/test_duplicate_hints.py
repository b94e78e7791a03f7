"""While a lead is typed: who it may be already, exactly or nearly, and how sure that is; later, how it came in."""

from __future__ import annotations

from typing import Any

from desk_people import PEOPLE
from playwright.sync_api import expect
from served_site import ServedSite, letters, phone

SELLER = PEOPLE["seller"].email


def test_known_and_nearly_known_people_are_shown_while_typing(site: ServedSite, desk: Any) -> None:
	seller = desk("seller")
	word = letters("Kỳ Hoa")
	number = phone()
	known = site.insert(
		"Sky Lead",
		lead_owner=SELLER,
		lead_name=letters("Vương Thị"),
		mobile_no=number,
		organization=f"Công ty TNHH {word} Dị Thảo",
	)
	seller.open("sky-lead/new")
	seller.on_form("Sky Lead")
	seller.fill("organization", f"{word} Dị Tha")
	hint = seller.body.locator(".skycrm-duplicates:visible")
	row = hint.locator("li", has_text=known["lead_name"])
	expect(row).to_contain_text("tên tổ chức gần giống")
	expect(row).to_contain_text("chắc")
	seller.fill("mobile_no", number)
	expect(row).to_contain_text("trùng số điện thoại")
	expect(row.locator("a")).to_have_attribute("href", f"/app/sky-lead/{known['name']}")


def test_the_timeline_shows_how_a_lead_came_in(site: ServedSite, desk: Any) -> None:
	number = phone()
	name = letters("Vương Thị")
	answer = site.call(
		"leads.create",
		fields={"lead_name": name, "mobile_no": number, "lead_owner": SELLER},
		note="Xin báo giá <b>sớm</b>",
		utm={"utm_source": "zalo"},
	)
	seller = desk("seller")
	seller.form("Sky Lead", answer["lead"])
	card = seller.body.locator(".timeline-item", has_text="Tìm đến: ")
	expect(card).to_contain_text("zalo")
	expect(card).to_contain_text("Xin báo giá <b>sớm</b>")
