"""A workflow that an admin changes in the framework's editor goes on working."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from desk import Desk, exact
from desk_people import PEOPLE
from playwright.sync_api import expect
from served_site import ServedSite, letters

WORKFLOW = "Sky Lead Qualification"


@pytest.fixture
def as_before(site: ServedSite) -> Iterator[None]:
	"""Put the workflow back as it was: other tests look at what the app brings."""
	before = site.get_doc("Workflow", WORKFLOW)
	yield
	now = site.get_doc("Workflow", WORKFLOW)
	for rows in ("states", "transitions"):
		for row in before[rows]:
			for key in ("name", "creation", "modified", "owner", "modified_by"):
				row.pop(key, None)
	before.setdefault("workflow_data", None)
	keep = {
		key: value
		for key, value in before.items()
		if key not in ("modified", "modified_by", "creation", "owner")
	}
	site.ask("PUT", f"/api/resource/Workflow/{WORKFLOW}", json={**keep, "modified": now["modified"]})


def test_it_is_drawn_moved_saved_and_still_moves_leads(
	site: ServedSite, desk: Any, admin_page: Any, as_before: None
) -> None:
	editor = Desk(admin_page, "Administrator")
	editor.open(f"workflow-builder/{WORKFLOW}")
	nodes = admin_page.locator(".vue-flow__node-state")
	expect(nodes).to_have_count(6)
	node = nodes.filter(has_text="New").first
	node.wait_for(state="visible")
	box = node.bounding_box()
	admin_page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
	admin_page.mouse.down()
	admin_page.mouse.move(box["x"] + box["width"] / 2 + 60, box["y"] + box["height"] / 2 + 45, steps=6)
	admin_page.mouse.up()
	before = site.get_doc("Workflow", WORKFLOW)
	admin_page.locator(".page-actions .primary-action:visible").click()
	expect(admin_page.locator("#alert-container, .desk-alert").first).to_be_visible()
	editor.idle()
	editor.check()
	after = site.get_doc("Workflow", WORKFLOW)
	assert after.get("workflow_data") and after["workflow_data"] != before.get("workflow_data")
	assert len(json.loads(after["workflow_data"])) > 6
	assert {row["state"] for row in after["states"]} == {row["state"] for row in before["states"]}
	assert steps(after) == steps(before)

	seller = desk("seller")
	lead = site.insert("Sky Lead", lead_name=letters("Mai Văn"), lead_owner=PEOPLE["seller"].email)["name"]
	seller.form("Sky Lead", lead)
	seller.action("Đánh dấu đạt")
	expect(seller.body.locator(".page-head .indicator-pill:visible")).to_have_text(exact("Đạt tiêu chí"))
	assert site.get_doc("Sky Lead", lead)["status"] == "Qualified"


def steps(workflow: dict[str, Any]) -> set[tuple[str, str, str, str]]:
	return {
		(row["state"], row["action"], row["next_state"], row["allowed"]) for row in workflow["transitions"]
	}
