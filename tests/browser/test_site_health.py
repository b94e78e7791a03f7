"""What the system health page and the settings say about the versions of the site."""

from __future__ import annotations

import json
from typing import Any

from desk import Desk
from playwright.sync_api import expect
from served_site import ServedSite

VERSIONS = "**/api/method/skycrm.api.v1.site_health.versions"


def test_the_page_warns_of_each_hole_and_says_how_to_mend_them(
	site: ServedSite, admin_page: Any, screenshot: Any
) -> None:
	answer = site.call("site_health.versions")
	keeper = Desk(admin_page, "Administrator")
	keeper.open("system-health-report")
	block = admin_page.locator(".skycrm-site-health")
	expect(block).to_be_visible()
	rows = block.locator("tbody tr")
	expect(rows).to_have_count(sum(len(app["holes"]) for app in answer["apps"]))
	for app in answer["apps"]:
		expect(block).to_contain_text(f"{app['app']} {app['version']}")
		for hole in app["holes"]:
			expect(rows.filter(has_text=hole["cve"])).to_contain_text(hole["fixed_in"])
	if not answer["is_safe"]:
		expect(block.locator("pre")).to_have_text("bench update")
	screenshot(admin_page, "warning")


def test_versions_without_a_hole_are_a_green_line(site: ServedSite, admin_page: Any, screenshot: Any) -> None:
	# What the server of a newer bench answers: the one under this test cannot be both.
	safe = {
		"is_safe": True,
		"command": "bench update",
		"apps": [
			{"app": "erpnext", "version": "15.121.4", "floor": "15.121.4", "holes": []},
			{"app": "frappe", "version": "15.121.0", "floor": "15.121.0", "holes": []},
		],
	}
	admin_page.route(
		VERSIONS,
		lambda route: route.fulfill(content_type="application/json", body=json.dumps({"message": safe})),
	)
	keeper = Desk(admin_page, "Administrator")
	keeper.open("system-health-report")
	line = admin_page.locator(".skycrm-site-health .indicator.green")
	expect(line).to_contain_text("erpnext 15.121.4, frappe 15.121.0")
	expect(admin_page.locator(".skycrm-site-health table")).to_have_count(0)
	screenshot(admin_page, "safe")
	keeper.open("sky-crm-settings")
	keeper.settled()
	expect(admin_page.locator(".skycrm-site-health")).to_have_count(0)


def test_an_administrator_of_the_crm_finds_it_folded_up_on_the_settings(
	site: ServedSite, desk: Any, screenshot: Any
) -> None:
	admin = desk("admin")
	admin.open("sky-crm-settings")
	block = admin.page.locator(".skycrm-site-health")
	expect(block.locator("summary")).to_be_visible()
	expect(block.locator("table").first).to_be_hidden()
	block.locator("summary").click()
	expect(block.locator("table").first).to_be_visible()
	screenshot(admin.page, "settings")


def test_a_manager_is_told_nothing(site: ServedSite, desk: Any) -> None:
	manager = desk("manager")
	manager.open("skycrm")
	with manager.expected("^403: .*site_health"):
		told = manager.page.evaluate(
			"() => frappe.xcall('skycrm.api.v1.site_health.versions').then(JSON.stringify, () => 'refused')"
		)
		assert told == "refused"
		manager.close()
