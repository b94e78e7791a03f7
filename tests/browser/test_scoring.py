"""The score as people meet it: why a lead has it, while typing too, by hand, and after an admin changed a rule."""

from __future__ import annotations

import re
from typing import Any

from desk_people import PEOPLE
from playwright.sync_api import Locator, expect
from served_site import ServedSite, letters
from served_site import phone as any_phone

SELLER = PEOPLE["seller"].email


def phone() -> str:
	"""A number of a range that is in use: the score asks whether it is valid."""
	return f"091{any_phone()[3:]}"


def make_lead(site: ServedSite, **values: Any) -> dict[str, Any]:
	values.setdefault("lead_name", letters("Bùi Thị"))
	return site.insert("Sky Lead", lead_owner=SELLER, **values)


def panel(desk: Any) -> Locator:
	return desk.body.locator(".skycrm-score")


def points(text: str) -> int:
	return sum(int(sign.replace("−", "-")) for sign in re.findall(r"(?m)^\s*([+−]\d+)\s", text))


def test_the_form_says_why_and_what_would_help_and_follows_what_is_typed(site: ServedSite, desk: Any) -> None:
	seller = desk("seller")
	lead = make_lead(site, mobile_no=phone(), source="Referral")
	seller.form("Sky Lead", lead["name"])
	shown = panel(seller)
	expect(shown).to_have_attribute("data-score", str(lead["score"]))
	expect(shown).to_contain_text("Số điện thoại hợp lệ: có thể gọi được.")
	expect(shown).to_contain_text("Khách đến từ nguồn Được giới thiệu.")
	assert points(shown.inner_text()) == lead["score"]
	advice = seller.body.locator(".skycrm-score-advice")
	expect(advice).to_contain_text("Làm gì để tăng điểm")
	expect(advice).to_contain_text("Điền thêm: Mã số thuế hợp lệ.")

	# Not saved yet: the panel follows, the lead does not
	seller.fill("email_id", "giam.doc@thep-viet.example")
	expect(shown).to_have_attribute("data-unsaved", "1")
	expect(shown).to_contain_text("Email theo tên miền riêng của doanh nghiệp")
	expect(shown).to_contain_text("lưu lại để giữ")
	typed = int(shown.get_attribute("data-score") or 0)
	assert typed > lead["score"] == site.get_doc("Sky Lead", lead["name"])["score"]
	seller.save()
	expect(shown).to_have_attribute("data-unsaved", "0")
	expect(shown).to_have_attribute("data-score", str(typed))
	assert site.get_doc("Sky Lead", lead["name"])["score"] == typed


def test_a_new_lead_shows_its_score_before_it_is_saved(site: ServedSite, desk: Any) -> None:
	seller = desk("seller")
	seller.open("sky-lead/new")
	seller.on_form("Sky Lead")
	seller.fill("lead_name", letters("Võ Văn"))
	seller.fill("mobile_no", phone())
	shown = panel(seller)
	expect(shown).to_contain_text("Số điện thoại hợp lệ")
	typed = shown.get_attribute("data-score")
	name = seller.save()
	assert str(site.get_doc("Sky Lead", name)["score"]) == typed


def test_a_seller_sets_a_score_by_hand_and_takes_it_back(site: ServedSite, desk: Any) -> None:
	seller = desk("seller")
	lead = make_lead(site, mobile_no=phone())
	seller.form("Sky Lead", lead["name"])
	expect(panel(seller)).to_have_attribute("data-score", str(lead["score"]))
	menu(seller, "Chấm điểm bằng tay")
	dialog = seller.dialog
	seller.fill("score", "95", dialog)
	seller.fill("reason", "Bạn của giám đốc", dialog)
	seller.confirm()
	expect(panel(seller)).to_have_attribute("data-score", "95")
	expect(panel(seller)).to_contain_text("Lê Thị Bán chấm 95 điểm đến ngày")
	expect(seller.body.locator(".new-timeline")).to_contain_text("Bạn của giám đốc")
	menu(seller, "Bỏ điểm chấm bằng tay")
	expect(panel(seller)).to_have_attribute("data-score", str(lead["score"]))


def menu(desk: Any, label: str) -> None:
	desk.idle()
	desk.body.locator(".menu-btn-group > button:visible").click()
	desk.body.locator(".menu-btn-group .dropdown-menu a:visible", has_text=label).click()


def test_an_admin_changes_a_rule_recomputes_and_the_seller_sees_it(site: ServedSite, desk: Any) -> None:
	admin, seller = desk("admin"), desk("seller")
	lead = make_lead(site, mobile_no=phone())
	rule = site.find("Sky Scoring Rule", {"title": "Phone number that works"}, "points")[0]
	try:
		admin.list("Sky Scoring Rule")
		expect(admin.row("Có số điện thoại gọi được")).to_be_visible()
		admin.form("Sky Scoring Rule", rule["name"])
		admin.fill("points", str(rule["points"] + 17))
		admin.fill("sentence", "Số {value} gọi được, cộng {points} điểm.")
		admin.save()
		admin.button("Tính lại điểm")
		run = admin.on_form("Sky Score Run")
		expect(admin.body.locator(".form-message")).to_contain_text("điểm thay đổi", timeout=90_000)
		assert site.get_doc("Sky Score Run", run)["status"] == "Done"
		seller.form("Sky Lead", lead["name"])
		expect(panel(seller)).to_have_attribute("data-score", str(lead["score"] + 17))
		expect(panel(seller)).to_contain_text(f"cộng +{rule['points'] + 17} điểm.")
	finally:
		site.update(
			"Sky Scoring Rule",
			rule["name"],
			points=rule["points"],
			sentence="The phone number is valid: somebody can be called.",
		)


def test_the_list_shows_scores_and_sorts_by_them(site: ServedSite, desk: Any) -> None:
	seller = desk("seller")
	name = letters("Tô Văn")
	low = make_lead(site, lead_name=f"{name} Thấp")
	high = make_lead(site, lead_name=f"{name} Cao", mobile_no=phone(), source="Referral")
	seller.list("Sky Lead")
	seller.narrow("lead_name", name, 2)
	seller.page.evaluate(
		"() => { cur_list.sort_by = 'score'; cur_list.sort_order = 'desc'; return cur_list.refresh() }"
	)
	seller.idle()
	rows = seller.body.locator(".list-row-container:visible")
	expect(rows.nth(0)).to_contain_text("Cao")
	expect(rows.nth(0).locator(".skycrm-list-score", has_text=str(high["score"]))).to_be_visible()
	expect(rows.nth(1)).to_contain_text(str(low["score"]))


def test_the_report_says_in_words_what_the_score_is_worth(site: ServedSite, desk: Any) -> None:
	admin = desk("admin")
	admin.open("query-report/Win Rate by Score Band")
	expect(admin.body.locator(".datatable:visible, .msg-box:visible").first).to_be_visible(timeout=60_000)
	expect(admin.body.get_by_text("quá ít để đánh giá điểm")).to_be_visible()
