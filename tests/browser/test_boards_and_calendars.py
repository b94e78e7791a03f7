"""Boards and calendars: what is shown on them, and what dragging a card does on the server."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from desk_people import ITEMS, PEOPLE, make_customer
from playwright.sync_api import Locator, expect
from served_site import ServedSite, letters, unique

SELLER = PEOPLE["seller"].email


def column(desk: Any, value: str) -> Locator:
	return desk.body.locator(f'.kanban-column[data-column-value="{value}"]')


def card(place: Locator, text: str) -> Locator:
	return place.locator(".kanban-card-wrapper", has_text=text)


def drag(desk: Any, what: Locator, to: Locator) -> None:
	"""Drag a card by the mouse onto another column, in steps as a hand does."""
	desk.idle()
	expect(to.locator(".skycrm-kanban-total")).to_be_attached()
	expect(what).to_be_visible()
	title = what_text(what)
	start, end = what.bounding_box(), to.locator(".kanban-cards").bounding_box()
	mouse = desk.page.mouse
	mouse.move(start["x"] + 60, start["y"] + 20)
	mouse.down()
	mouse.move(start["x"] + 70, start["y"] + 28, steps=4)
	mouse.move(end["x"] + 80, end["y"] + 40, steps=16)
	mouse.move(end["x"] + 84, end["y"] + 44, steps=4)
	expect(to.locator(".kanban-card-wrapper", has_text=title).first).to_be_attached()
	mouse.up()


def what_text(card_shown: Locator) -> str:
	"""Return the title of a card."""
	return card_shown.locator(".kanban-card-title, .kanban-title-area").first.inner_text().strip()


def number(text: str) -> int:
	"""Return an amount out of a column's heading: what follows the count, without dots and decimals."""
	amount = text.split("·")[1]
	return int("".join(character for character in amount.split(",")[0] if character.isdigit()))


def test_opportunities_by_stage_with_amounts_and_a_card_dragged_on(site: ServedSite, desk: Any) -> None:
	seller = desk("seller")
	title = unique("Cơ hội trên bảng")
	name = site.insert(
		"Sky Opportunity",
		title=title,
		customer=make_customer(site, unique("Công ty Bảng")),
		opportunity_owner=SELLER,
		items=[{"item_code": "BROWSER-GOODS", "qty": 2}],
	)["name"]
	worth = 2 * ITEMS["BROWSER-GOODS"]
	seller.open("sky-opportunity/view/kanban/Sky Opportunities by Stage")
	start, target = column(seller, "Prospecting"), column(seller, "Needs Analysis")
	expect(start.locator(".kanban-column-header")).to_contain_text("Tiếp cận")
	expect(target.locator(".kanban-column-header")).to_contain_text("Tìm hiểu nhu cầu")
	expect(card(start, title)).to_be_visible()
	total_here, total_there = (place.locator(".skycrm-kanban-total") for place in (start, target))
	expect(total_here).to_contain_text("·")
	here, there = number(total_here.inner_text()), number(total_there.inner_text())
	assert here >= worth

	drag(seller, card(start, title), target)
	expect(card(target, title)).to_be_visible()
	seller.idle()
	doc = site.get_doc("Sky Opportunity", name)
	assert (doc["stage"], doc["probability"]) == ("Needs Analysis", 25)
	expect(total_there).not_to_contain_text(f"· {there}")
	assert number(total_here.inner_text()) == here - worth
	assert number(total_there.inner_text()) == there + worth


def test_leads_by_status_follow_the_workflow(site: ServedSite, desk: Any) -> None:
	seller = desk("seller")
	name = letters("Bùi Thị")
	lead = site.insert("Sky Lead", lead_name=name, lead_owner=SELLER)["name"]
	seller.open("sky-lead/view/kanban/Sky Leads by Status")
	expect(column(seller, "Converted")).to_have_count(0)
	expect(card(column(seller, "New"), name)).to_be_visible()
	drag(seller, card(column(seller, "New"), name), column(seller, "Contacted"))
	expect(card(column(seller, "Contacted"), name)).to_be_visible()
	seller.idle()
	assert site.get_doc("Sky Lead", lead)["status"] == "Contacted"


def test_next_contacts_stand_on_the_calendar(site: ServedSite, desk: Any) -> None:
	seller = desk("seller")
	name = letters("Phan Văn")
	when = f"{date.today():%Y-%m-15} 10:30:00"
	site.insert("Sky Lead", lead_name=name, lead_owner=SELLER, next_contact_on=when)
	seller.open("sky-lead/view/calendar/default")
	expect(entry(seller, name)).to_be_visible()


def test_expected_closings_stand_on_the_calendar(site: ServedSite, desk: Any) -> None:
	seller = desk("seller")
	title = unique("Sắp chốt")
	site.insert(
		"Sky Opportunity",
		title=title,
		customer=make_customer(site, unique("Công ty Chốt")),
		opportunity_owner=SELLER,
		expected_closing=f"{date.today() + timedelta(days=1):%Y-%m-%d}",
	)
	seller.open("sky-opportunity/view/calendar/default")
	expect(entry(seller, title)).to_be_visible()


def entry(desk: Any, text: str) -> Locator:
	"""Return an entry of the month; a full day hides some behind a link, which is opened first."""
	found = desk.body.locator(".fc-event", has_text=text)
	expect(desk.body.locator(".fc-day-grid, .fc-daygrid, .fc-view").first).to_be_visible()
	desk.idle()
	if not found.count():
		for link in desk.body.locator(".fc-more:visible, .fc-more-link:visible").all():
			link.click()
			if found.count():
				break
	return found.first


def test_a_card_dropped_on_lost_asks_why(site: ServedSite, desk: Any) -> None:
	seller = desk("seller")
	title = unique("Cơ hội mất")
	name = site.insert(
		"Sky Opportunity",
		title=title,
		customer=make_customer(site, unique("Công ty Mất")),
		opportunity_owner=SELLER,
		stage="Negotiation",
	)["name"]
	seller.open("sky-opportunity/view/kanban/Sky Opportunities by Stage")
	lost = column(seller, "Lost")
	expect(card(column(seller, "Negotiation"), title)).to_be_visible()
	seller.idle()
	lost.evaluate("element => element.scrollIntoView({inline: 'end'})")
	with seller.expected("^417: "):
		drag(seller, card(column(seller, "Negotiation"), title), lost)
		expect(seller.dialog).to_contain_text("Vì sao mất cơ hội")
		expect(seller.page.locator(".modal.show")).to_have_count(1)
	seller.pick("lost_reason", "Giá cao", seller.dialog)
	seller.confirm()
	expect(card(lost, title)).to_be_visible()
	seller.idle()
	doc = site.get_doc("Sky Opportunity", name)
	assert (doc["stage"], doc["status"], doc["lost_reason"]) == ("Lost", "Lost", "Price Too High")
