"""A lead's score on a real site: on saving, explained, in the panel, by hand, kept once the lead is closed."""

import json

import pytest
from factories import make_item, make_lead, make_user
from scoring_records import clear_rules, make_rule, make_sign, move

import frappe
from frappe.utils import add_days, nowdate

from skycrm.api.v1 import leads, scoring
from skycrm.services import scoring as service
from skycrm.services import scoring_rules, status

SELLER = "score.seller@example.com"
STRANGER = "score.stranger@example.com"


@pytest.fixture(autouse=True)
def rules():
	clear_rules()
	return {
		"phone": make_rule(lead_field="valid_phone", points=20, sentence="Gọi được: {value}."),
		"items": make_rule(lead_field="item_count", operator="at least", match_value="1", points=15),
		"reply": make_rule(kind="Activity", activity="Message Received", points=8, max_points=16, days=7),
	}


def explained(lead):
	return {row["rule_id"]: row["points"] for row in leads.explain_score(lead)}


class TestSaving:
	def test_a_new_lead_is_scored_in_the_same_insert(self, rules):
		lead = make_lead(mobile_no="0912345678")
		assert (lead.score, explained(lead.name)) == (20, {rules["phone"]: 20})
		assert frappe.db.get_value("Sky Lead", lead.name, "score") == 20

	def test_an_insert_asks_nothing_for_the_score(self, statements):
		make_lead(mobile_no="0912345670")
		statements.clear()
		make_lead(mobile_no="0912345671")
		with_rules = len(statements)
		clear_rules()
		make_lead(mobile_no="0912345672")
		statements.clear()
		make_lead(mobile_no="0912345673")
		assert len(statements) == with_rules

	def test_a_change_counts_on_saving_and_what_happened_too(self, rules):
		lead = make_lead(mobile_no="0912345678")
		make_sign(lead.name, "Received", days_ago=1)
		make_sign(lead.name, "Sent", days_ago=1)
		make_sign(lead.name, "Received", days_ago=30)
		lead.append("items", {"item_code": make_item(), "qty": 1})
		lead.save()
		assert explained(lead.name) == {rules["phone"]: 20, rules["items"]: 15, rules["reply"]: 8}
		assert lead.score == 43

	def test_what_happened_costs_two_queries(self, statements):
		lead = make_lead(mobile_no="0912345678")
		lead.save()
		statements.clear()
		lead.job_title = "Giám đốc"
		lead.save()
		read = [text for text in statements if "`tabSky Lead Touch`" in text or "`tabCommunication`" in text]
		assert len([text for text in read if text.strip().lower().startswith("select")]) == 2

	def test_nobody_types_a_score(self, rules):
		lead = make_lead(score=99, score_detail='[["x",99,{}]]')
		assert (lead.score, explained(lead.name)) == (0, {})
		lead.update({"score": 77, "score_detail": "[]"})
		lead.save()
		assert lead.score == 0

	def test_a_rule_that_changes_holds_from_then_on(self, rules):
		lead = make_lead(mobile_no="0912345678")
		rule = frappe.get_doc("Sky Scoring Rule", rules["phone"])
		rule.points = 33
		rule.save()
		lead.save()
		assert lead.score == 33
		frappe.delete_doc("Sky Scoring Rule", rule.name)
		assert leads.explain_score(lead.name)[0]["reason"] == "This rule was deleted since."
		lead.save()
		assert lead.score == 0

	def test_the_rating_follows_where_the_settings_say_so(self):
		settings = frappe.get_doc("Sky CRM Settings")
		settings.update({"rating_follows_score": 1, "hot_from": 30, "warm_from": 20})
		settings.save()
		assert make_lead(mobile_no="0912345678", rating="Cold").rating == "Warm"
		hot = make_lead(mobile_no="0912345677", items=[{"item_code": make_item(), "qty": 1}])
		assert (hot.score, hot.rating) == (35, "Hot")
		settings.rating_follows_score = 0
		settings.save()
		assert make_lead(mobile_no="0912345676", rating="Cold").rating == "Cold"

	def test_bands_of_the_settings_must_make_sense(self):
		settings = frappe.get_doc("Sky CRM Settings")
		settings.update({"hot_from": 30, "warm_from": 30})
		with pytest.raises(frappe.ValidationError, match="no lead could be warm"):
			settings.save()


class TestExplaining:
	def test_the_lines_add_up_also_at_the_limits(self):
		make_rule(lead_field="organization", points=90)
		lead = make_lead(mobile_no="0912345678", organization="Cty A")
		rows = leads.explain_score(lead.name)
		assert lead.score == 100 == sum(row["points"] for row in rows)
		assert rows[-1]["points"] == -10
		assert {"rule", "points", "reason"} <= rows[0].keys()

	def test_a_score_from_elsewhere_is_said_to_be_so(self):
		lead = make_lead()
		frappe.db.set_value("Sky Lead", lead.name, "score", 42)
		assert [row["points"] for row in leads.explain_score(lead.name)] == [42]

	def test_sentences_are_filled_in_and_translated(self):
		frappe.local.lang = "vi"
		lead = make_lead(mobile_no="0912345678")
		assert leads.explain_score(lead.name)[0]["reason"] == "Gọi được: 1."

	def test_a_past_moment_gives_the_score_of_then(self, rules):
		lead = make_lead()
		move(lead.name, creation=add_days(nowdate(), -40))
		lead.reload()
		lead.mobile_no = "0912345678"
		lead.save(ignore_version=False)  # in tests the framework keeps no versions unless asked to
		make_sign(lead.name, "Received", days_ago=20)
		make_sign(lead.name, "Received", days_ago=1)
		at = add_days(nowdate(), -15)
		assert [row["points"] for row in leads.explain_score(lead.name, as_of=at)] == [8]
		lead.reload()
		lead.append("items", {"item_code": make_item(), "qty": 1})
		make_sign(lead.name, "Received", days_ago=0)
		lead.save()
		again = leads.explain_score(lead.name, as_of=at)
		assert [row["points"] for row in again if row["rule_id"] != rules["items"]] == [8]

	def test_only_for_those_who_may_read_the_lead(self, as_user):
		make_user(STRANGER, "Sky Sales User")
		lead = make_lead(mobile_no="0912345678")
		with as_user(STRANGER), pytest.raises(frappe.PermissionError):
			leads.explain_score(lead.name)
		with as_user("Guest"), pytest.raises(frappe.PermissionError):
			leads.explain_score(lead.name)


class TestPanel:
	def test_a_stored_lead(self, rules):
		lead = make_lead(mobile_no="0912345678")
		answer = scoring.panel(lead.name)
		assert (answer["score"], answer["closed"], answer["by_hand"]) == (20, False, False)
		assert sum(row["points"] for row in answer["lines"]) == 20
		assert [row["points"] for row in answer["advice"]] == [15, 8]

	def test_what_is_typed_counts_at_once_and_nothing_is_written(self, statements):
		lead = make_lead(mobile_no="0912345678")
		statements.clear()
		typed = {
			"mobile_no": "0912",
			"items": [{"item_code": "X"}],
			"score": 99,
			"name": "SKY-LEAD-X",
			"owner": "x",
		}
		answer = scoring.preview(json.dumps(typed), lead.name)
		assert answer["score"] == 15
		assert scoring.preview({"mobile_no": "0987654321"})["score"] == 20
		written = ("insert", "update", "delete", "replace")
		assert not [text for text in statements if text.strip().lower().startswith(written)]
		assert frappe.db.get_value("Sky Lead", lead.name, "score") == 20

	def test_values_of_any_shape_do_no_harm(self):
		for values in (
			{"items": "x"},
			{"items": [1, None, {"item_code": []}]},
			{"lead_name": {"a": 1}},
			{"x": "y" * 9000},
		):
			assert scoring.preview(values)["score"] in (0, 15)
		with pytest.raises(frappe.ValidationError):
			scoring.preview("[1]")

	def test_rights(self, as_user):
		make_user(STRANGER, "Sky Sales User")
		lead = make_lead(mobile_no="0912345678")
		with as_user(STRANGER):
			for ask in (lambda: scoring.panel(lead.name), lambda: scoring.preview({}, lead.name)):
				with pytest.raises(frappe.PermissionError):
					ask()
			assert scoring.preview({"mobile_no": "0912345678"})["score"] == 20
		with as_user("Guest"), pytest.raises(frappe.PermissionError):
			scoring.preview({})


class TestByHand:
	def test_it_stands_until_its_day_and_is_noted(self, as_user):
		make_user(SELLER, "Sky Sales User")
		lead = make_lead(mobile_no="0912345678", lead_owner=SELLER)
		with as_user(SELLER):
			answer = scoring.set_by_hand(lead.name, 90, add_days(nowdate(), 5), "Bạn của giám đốc <b>")
		assert (answer["score"], answer["by_hand"]) == (90, True)
		assert sum(row["points"] for row in answer["lines"]) == 90
		stored = frappe.get_doc("Sky Lead", lead.name)
		assert (stored.score, stored.score_override_by) == (90, SELLER)
		notes = frappe.get_all(
			"Comment", {"reference_name": lead.name, "comment_type": "Info"}, ["content", "owner"]
		)
		assert [note.owner for note in notes if "90" in note.content and "<b>" not in note.content] == [
			SELLER
		]
		stored.save()
		assert stored.score_override_by == SELLER
		scoring.drop_hand(lead.name)
		assert frappe.db.get_value("Sky Lead", lead.name, ["score", "score_override_until"]) == (20, None)

	@pytest.mark.parametrize(
		("score", "days", "reason", "said"),
		[(101, 5, "x", "0 to 100"), (-1, 5, "x", "0 to 100"), (50, -1, "x", "over"), (50, 5, " ", "missing")],
	)
	def test_what_is_refused(self, score, days, reason, said):
		lead = make_lead(mobile_no="0912345678")
		with pytest.raises(Exception, match=said):
			scoring.set_by_hand(lead.name, score, add_days(nowdate(), days), reason)
		assert frappe.db.get_value("Sky Lead", lead.name, ["score", "score_override_until"]) == (20, None)

	def test_only_for_those_who_may_change_the_lead(self, as_user):
		make_user(STRANGER, "Sky Sales User")
		lead = make_lead(mobile_no="0912345678")
		with as_user(STRANGER):
			for ask in (
				lambda: scoring.set_by_hand(lead.name, 90, nowdate(), "x"),
				lambda: scoring.drop_hand(lead.name),
			):
				with pytest.raises(frappe.PermissionError):
					ask()
		assert frappe.db.get_value("Sky Lead", lead.name, "score") == 20

	def test_an_import_of_fields_cannot_leave_the_reason_out(self):
		with pytest.raises(frappe.ValidationError, match="deserves"):
			make_lead(score_override=80, score_override_until=nowdate())


class TestClosed:
	def test_a_lead_given_up_keeps_its_score_and_a_reopened_one_is_scored_again(self, rules):
		lead = make_lead(mobile_no="0912345678")
		status.mark_unqualified(lead.name, "Không có nhu cầu")
		lead.reload()
		assert lead.score == 20
		lead.append("items", {"item_code": make_item(), "qty": 1})
		lead.score = 3
		lead.save()
		assert (lead.score, explained(lead.name)) == (20, {rules["phone"]: 20})
		assert scoring.panel(lead.name)["closed"]
		with pytest.raises(frappe.ValidationError, match="stays as it was"):
			scoring.set_by_hand(lead.name, 90, nowdate(), "x")
		lead.reload()
		lead.status = "New"
		lead.save()
		assert lead.score == 35

	def test_conversion_is_the_last_time(self, rules):
		from test_sky_lead import converted_lead

		lead = converted_lead(mobile_no="0912345678")
		assert lead.score == 20
		make_rule(lead_field="organization", points=50)
		lead.reload()
		lead.save()
		assert (lead.score, explained(lead.name)) == (20, {rules["phone"]: 20})
		assert service.fingerprint(lead.score_detail) == [(rules["phone"], 20)]


def test_rules_are_read_once_and_anew_after_a_change(statements):
	scoring_rules.stored_rules()
	statements.clear()
	scoring_rules.stored_rules()
	assert not statements
	make_rule(lead_field="organization", points=5)
	assert len(scoring_rules.stored_rules()) == 4
