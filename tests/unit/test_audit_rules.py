"""domain/audit.py: what is another owner, another right, another opening, and too large a file; and the names in hooks.py."""

import ast
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skycrm import hooks
from skycrm.domain.audit import (
	LEAST_DAYS,
	VIEW_MINUTES,
	Action,
	Change,
	RowChange,
	changes,
	days_kept,
	is_new_view,
	is_over_limit,
	permission_changes,
	read_filters,
	row_changes,
)

APP = Path(__file__).resolve().parents[2] / "apps" / "skycrm" / "skycrm"
NOW = datetime(2026, 11, 28, 9, 0)


def test_another_owner_is_a_change_and_nothing_instead_of_nothing_is_none():
	before = {"lead_owner": None, "team": "Hà Nội", "owner": "an@example.com"}
	after = {"lead_owner": "", "team": "Sài Gòn", "owner": "an@example.com"}
	assert changes(before, after, ["lead_owner", "team", "owner"]) == [Change("team", "Hà Nội", "Sài Gòn")]
	assert changes({}, {"lead_owner": "binh@example.com"}, ["lead_owner"]) == [
		Change("lead_owner", "", "binh@example.com")
	]


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from([None, "", "0", "Huế", 0, 1, 2])))
def test_what_did_not_change_is_no_change(values):
	assert changes(values, dict(values), ["a", "b", "c"]) == []


def test_rows_that_came_and_went_without_regard_to_their_order():
	before = {
		"members": [{"user": "an@x.vn", "role_in_team": "Member"}, {"user": "binh@x.vn", "role_in_team": ""}]
	}
	after = {
		"members": [{"user": "binh@x.vn", "role_in_team": ""}, {"user": "an@x.vn", "role_in_team": "Manager"}]
	}
	tables = {"members": ("user", "role_in_team")}
	assert row_changes(before, after, tables) == [
		RowChange("members", ("an@x.vn · Manager",), ("an@x.vn · Member",))
	]
	assert row_changes(before, {"members": before["members"][::-1]}, tables) == []
	assert row_changes(before, {}, tables)[0].removed == ("an@x.vn · Member", "binh@x.vn")


def test_permissions_given_and_taken_by_role_and_level():
	rights = ("read", "write", "export")
	before = [{"role": "Sales", "permlevel": 0, "read": 1, "export": 1}]
	after = [
		{"role": "Sales", "permlevel": 0, "read": 1, "write": 1, "export": 0},
		{"role": "Sales", "permlevel": 1, "read": 1},
	]
	assert permission_changes(before, after, rights) == [
		{"role": "Sales", "level": 0, "if_owner": 0, "given": ["write"], "taken": ["export"]},
		{"role": "Sales", "level": 1, "if_owner": 0, "given": ["read"], "taken": []},
	]
	assert permission_changes(before, before, rights) == []


@pytest.mark.parametrize(
	"minutes, new", [(None, True), (0, False), (VIEW_MINUTES - 1, False), (VIEW_MINUTES, True), (-5, True)]
)
def test_the_same_person_again_is_the_same_opening_for_a_while(minutes, new):
	last = None if minutes is None else NOW - timedelta(minutes=minutes)
	assert is_new_view(last, NOW) is new


@pytest.mark.parametrize(
	"rows, limit, exempt, over",
	[
		(5000, 5000, False, False),
		(5001, 5000, False, True),
		(5001, 5000, True, False),
		(10**6, 0, False, False),
		(0, 1, False, False),
	],
)
def test_a_file_holds_no_more_than_the_limit(rows, limit, exempt, over):
	assert is_over_limit(rows, limit, exempt) is over


@pytest.mark.parametrize(
	"raw, read",
	[
		('[["Sky Lead", "status", "=", "New"]]', [("Sky Lead", "status", "=", "New")]),
		('[["status", "in", ["New", "Nurturing"]]]', [("", "status", "in", "New, Nurturing")]),
		('[["Sky Lead", "status", "=", "New", false]]', [("Sky Lead", "status", "=", "New")]),
		(
			'{"city": "Huế", "score": [">", 5], "team": ""}',
			[("", "city", "=", "Huế"), ("", "score", ">", "5")],
		),
		("", []),
		("[]", []),
		("không phải JSON", None),
		('[["a"]]', None),
		('"x"', None),
		("17", None),
		(None, None),
	],
)
def test_filters_in_any_shape(raw, read):
	found = read_filters(raw)
	assert found == (None if read is None else [tuple(one) for one in read])


JSON = st.recursive(
	st.sampled_from([None, True, 0, 17, "", "=", "Sky Lead", "<b>"]),
	lambda inside: st.lists(inside, max_size=5) | st.dictionaries(st.sampled_from("abc"), inside, max_size=3),
	max_leaves=12,
)


@given(JSON | st.text(alphabet='[]{}",:a1 ', max_size=20))
def test_whatever_was_sent_the_report_can_be_read(raw):
	for one in read_filters(raw if isinstance(raw, str) else json.dumps(raw)) or []:
		assert all(isinstance(part, str) for part in one)


@pytest.mark.parametrize("asked, kept", [(1, LEAST_DAYS), (0, LEAST_DAYS), (LEAST_DAYS + 1, LEAST_DAYS + 1)])
def test_lines_stay_for_the_least_time_whatever_is_set(asked, kept):
	assert days_kept(asked) == kept


def test_the_choices_of_the_field_are_the_actions():
	doctype = json.loads(
		(APP / "skycrm" / "doctype" / "sky_audit_log" / "sky_audit_log.json").read_text("utf-8")
	)
	action = next(field for field in doctype["fields"] if field["fieldname"] == "action")
	assert action["options"].split("\n") == [one.value for one in Action]


def test_every_doctype_of_the_app_is_in_the_audit_log():
	named = {
		doctype
		for key, events in hooks.doc_events.items()
		if events.get("after_delete") == "skycrm.overrides.audit.after_delete"
		for doctype in key
	}
	ours = set()
	for path in (APP / "skycrm" / "doctype").glob("*/*.json"):
		doctype = json.loads(path.read_text("utf-8"))
		if doctype.get("doctype") == "DocType" and not doctype.get("istable"):
			ours.add(doctype["name"])
	# The log itself: nobody can save, print or delete its lines.
	assert named == ours - {"Sky Audit Log"}


def test_what_is_watched_for_rights_has_events():
	source = (APP / "services" / "audit_rights.py").read_text("utf-8")
	watched = next(
		node.value
		for node in ast.parse(source).body
		if isinstance(node, ast.AnnAssign) and node.target.id == "WATCHED"
	)
	named = next(
		key
		for key, events in hooks.doc_events.items()
		if events.get("on_update") == "skycrm.overrides.audit.on_rights_saved"
	)
	assert set(named) == {ast.literal_eval(key) for key in watched.keys}
