"""A day of somebody who sets the CRM up for the others: people, teams, rules, workflows, forms, data, requests."""

from __future__ import annotations

import re
from typing import Any

from desk import exact
from desk_people import PEOPLE, TEAM
from playwright.sync_api import expect
from served_site import ServedSite, letters, unique

OF_THE_SITE = ("User", "Role", "Role Profile", "Module Profile", "System Settings")


def test_a_day_of_a_crm_administrator(site: ServedSite, day: Any, screenshot: Any, foreign: Any) -> None:
	work = day("admin", sees_all=True)
	with work.step("sign in") as desk:
		assert work.sign_in().endswith("/app/skycrm-setup")
		assert work.sidebar() == {
			"SkyCRM",
			"SkyCRM Management",
			"SkyCRM Marketing",
			"SkyCRM Support",
			"SkyCRM Setup",
			"Selling",
		}
		screenshot(desk.page, "desk", full_page=True)
	assert work.walk() > 20

	team, person = unique("Nhóm ngày"), letters("Tô Văn")
	email = f"{unique('moi').replace(' ', '')}@browser.example"
	with work.step("a team and a new person in it"):
		work.new("Sky Team")
		desk.fill("team_name", team)
		desk.save()
		desk.button("Thêm người")
		dialog = desk.dialog
		desk.settled()  # a dialog that still looks up its team would put its own values back
		desk.fill("full_name", person, dialog)
		desk.idle()
		desk.fill("email", email, dialog)
		expect(desk.control("email", dialog).locator("input")).to_have_value(email)
		desk.choose("job", "Sky Support", dialog)
		dialog.locator('input[data-fieldname="welcome"]').uncheck()
		screenshot(desk.page, "new-person")
		desk.settled()
		desk.confirm()
		expect(desk.page.locator(".modal.show")).to_have_count(0)
		desk.settled()
		expect(desk.control("members")).to_contain_text(person)
	made = site.get_doc("User", email)
	assert (made["role_profile_name"], made["module_profile"]) == ("Sky Support", "Sky Support")
	with work.step("the list of teams offers it too"):
		work.list("Sky Team")
		expect(desk.body.locator(".page-actions button:visible", has_text=exact("Thêm người"))).to_have_count(
			1
		)
	with work.step("a sharing rule"):
		work.new("Sky Sharing Rule")
		desk.fill("title", unique("Chia sẻ ngày"))
		desk.pick("document_type", "Đầu mối", shown=re.compile(r"^\s*Đầu mối"))
		desk.pick("share_from", TEAM)
		desk.choose("share_to_type", "User")
		desk.idle()
		desk.pick("share_to", PEOPLE["agent"].email)
		rule = desk.save()
	with work.step("the settings"):
		work.go("sky-crm-settings")
		desk.on_form("Sky CRM Settings")
		desk.settled()
		expect(desk.page.locator(".skycrm-site-health summary")).to_be_visible()
	# Not while their forms are open: the framework's would read what is gone.
	site.ask("DELETE", f"/api/resource/Sky Sharing Rule/{rule}")
	site.ask("DELETE", f"/api/resource/Sky Team/{team}")
	with work.step("a workflow"):
		work.form("Workflow", "Sky Lead Qualification")
		desk.page.evaluate("() => cur_frm.set_value('send_email_alert', cur_frm.doc.send_email_alert)")
	with work.step("the workflow editor"):
		work.go("workflow-builder", "Sky Lead Qualification")
		expect(desk.page.locator(".vue-flow__node-state").first).to_be_visible()
	with work.step("how clean the data is"):
		work.go("query-report", "Lead Data Quality")
		expect(desk.body.locator(".datatable:visible, .msg-box:visible").first).to_be_visible()
	with work.step("a web form"):
		work.new("Sky Web Form")
	with work.step("a request about personal data"):
		work.new("Sky Personal Data Request")
	with work.step("why somebody sees a lead"):
		work.form("Sky Lead", foreign.lead)
		desk.body.locator(".menu-btn-group > button:visible").click()
		desk.body.locator(".menu-btn-group .dropdown-menu a:visible", has_text="Ai thấy bản ghi này?").click()
		desk.pick("user", PEOPLE["seller"].email, desk.dialog)
		expect(desk.dialog.locator("tr[data-right=read]")).to_contain_text("Không")
		desk.settled()
		desk.close()
	with work.step("search"):
		expect(work.search("Thiết lập").first).to_be_visible()
	with work.step("own settings"):
		work.own_settings()
	# What belongs to whoever runs the site stays with them
	for doctype in OF_THE_SITE:
		assert not desk.page.evaluate("doctype => frappe.model.can_write(doctype)", doctype), doctype


def test_the_watch_sees_foreign_records_where_somebody_may_see_them(
	site: ServedSite, day: Any, foreign: Any
) -> None:
	"""Proof that the days above would notice: an administrator looks at the same lists."""
	work = day("admin")
	work.sign_in()
	work.desk.problems.clear()
	work.list("Sky Lead")
	seen = "\n".join(work.desk.problems)
	assert "FOREIGN: " in seen and "frappe.desk.reportview.get" in seen
	assert foreign.lead in seen
	work.desk.problems.clear()
	work.go("Form", "Sky Issue", foreign.issue)
	assert foreign.issue in "\n".join(work.desk.problems)
	work.desk.problems.clear()
