"""Reminders and consent as somebody at the desk meets them: the panel, snooze, close, a refusal above the form."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from desk_people import PEOPLE
from playwright.sync_api import expect
from served_site import ServedSite

SITE_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SELLER = PEOPLE["seller"].email


@pytest.fixture
def due_leads(site: ServedSite) -> Any:
	"""Two leads of the seller whose next contact was due a while ago; nothing else reminds them."""
	names = []
	for number, minutes in enumerate((20, 50), start=1):
		due = (datetime.now(SITE_ZONE) - timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M:%S")
		lead = site.insert(
			"Sky Lead",
			lead_name=f"Khách cần gọi {number}",
			lead_owner=SELLER,
			next_contact_on=due,
			email_consent="Refused" if number == 1 else "Granted",
			email_consent_how="Khách nói qua điện thoại",
		)
		names.append(lead["name"])
	yield names
	for name in names:
		site.ask("DELETE", f"/api/resource/Sky Lead/{name}")


def test_the_panel_reminds_until_somebody_acts(
	desk: Any, site: ServedSite, due_leads: list[str], screenshot: Any
) -> None:
	seller = desk("seller")
	seller.open("todo")
	panel = seller.page.locator(".skycrm-reminders")
	first = panel.locator(".skycrm-reminder", has_text="Khách cần gọi 1")
	second = panel.locator(".skycrm-reminder", has_text="Khách cần gọi 2")
	expect(first).to_be_visible()
	expect(second).to_be_visible()
	screenshot(seller.page, "panel")
	# Snoozed for five minutes it is gone; when they are over it is back.
	first.locator("select").select_option("5")
	expect(first).to_have_count(0)
	state = site.find("Sky Reminder", {"reference_name": due_leads[0]}, "name", "status")[0]
	assert state["status"] == "Snoozed"
	# Closed it stays away, also on another page.
	second.locator(".close-one").click()
	expect(second).to_have_count(0)
	seller.open("sky-lead")
	seller.page.wait_for_timeout(1500)
	expect(panel.locator(".skycrm-reminder", has_text="Khách cần gọi 2")).to_have_count(0)


def test_keyboard_and_folding(desk: Any, due_leads: list[str]) -> None:
	seller = desk("seller")
	seller.open("todo")
	panel = seller.page.locator(".skycrm-reminders")
	expect(panel.locator(".skycrm-reminder").first).to_be_visible()
	close = panel.locator(".skycrm-reminder .close-one").first
	close.focus()
	seller.page.keyboard.press("Escape")
	expect(panel.locator(".skycrm-reminders-body")).to_be_hidden()
	expect(panel.locator(".fold")).to_be_focused()
	seller.page.keyboard.press("Enter")
	expect(panel.locator(".skycrm-reminders-body")).to_be_visible()
	label = panel.locator(".subject").first.inner_text()
	panel.locator(".subject").first.click()
	seller.on_form("Sky Lead")
	assert label in seller.page.title() or seller.doc()["lead_name"] == label


def test_hidden_the_tab_asks_nothing(desk: Any, due_leads: list[str]) -> None:
	seller = desk("seller")
	seller.open("todo")
	expect(seller.page.locator(".skycrm-reminders")).to_be_visible()
	asked: list[str] = []
	seller.page.on(
		"request", lambda request: asked.append(request.url) if "reminders.due" in request.url else None
	)
	seller.page.evaluate(
		"""async () => {
			Object.defineProperty(document, 'hidden', {value: true, configurable: true});
			await skycrm.reminders.panel.refresh();
		}"""
	)
	assert asked == []
	seller.page.evaluate(
		"""async () => {
			Object.defineProperty(document, 'hidden', {value: false, configurable: true});
			await skycrm.reminders.panel.refresh();
		}"""
	)
	assert len(asked) == 1


def test_a_refusal_stands_above_the_form_with_its_history(
	desk: Any, due_leads: list[str], screenshot: Any
) -> None:
	seller = desk("seller")
	seller.form("Sky Lead", due_leads[0])
	pill = seller.body.locator(".skycrm-consent [data-channel='email']")
	expect(pill).to_have_text("Không nhận email")
	screenshot(seller.page, "consent")
	pill.click()
	expect(seller.dialog).to_contain_text("Khách nói qua điện thoại")
	expect(seller.dialog).to_contain_text("Từ chối")
	screenshot(seller.page, "consent history")
	seller.close()


def test_preferences_open_from_the_panel(desk: Any, due_leads: list[str], screenshot: Any) -> None:
	seller = desk("seller")
	seller.open("todo")
	seller.page.locator(".skycrm-reminders .wishes").click()
	seller.on_form("Sky User Preference", SELLER)
	screenshot(seller.page, "preferences")
