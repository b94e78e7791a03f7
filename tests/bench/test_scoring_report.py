"""Whether the score is worth anything: the report, the points of sources, and what is learnt from the history."""

import sys

import pytest
from factories import make_customer, make_lead, make_opportunity, make_user
from scoring_records import clear_rules, make_rule, move

import frappe
from frappe.utils import add_days, now_datetime

from skycrm.api.v1 import scoring
from skycrm.services import score_learning, scoring_batch, scoring_rules
from skycrm.services.scoring_rules import RULE
from skycrm.skycrm.report.win_rate_by_score_band import win_rate_by_score_band as report

ADMIN = "learn.admin@example.com"
MANAGER = "learn.manager@example.com"
SELLER = "learn.seller@example.com"


def decided(
	won: bool, score: int = 50, as_unqualified: bool = False, opportunity: str | None = None, **values
) -> str:
	"""A lead as it stands after its decision, written past the conversion."""
	lead = make_lead(**values).name
	made = add_days(now_datetime(), -10)
	if as_unqualified:
		move(lead, status="Unqualified", unqualified_reason="x", creation=made)
	else:
		move(lead, status="Converted", opportunity=opportunity, converted_on=add_days(made, 4), creation=made)
	move(lead, score=score, score_updated_on=now_datetime())
	return lead


@pytest.fixture
def sales():
	"""Names of one opportunity won and one lost."""
	customer = make_customer()
	lead = make_lead().name
	names = {}
	for status in ("Won", "Lost"):
		name = make_opportunity(customer=customer, lead=lead).name
		frappe.db.set_value("Sky Opportunity", name, "status", status, update_modified=False)
		names[status] = name
	frappe.db.set_value("Sky Lead", lead, "score_updated_on", None, update_modified=False)
	return names


@pytest.fixture
def empty():
	frappe.db.sql("update `tabSky Lead` set score_updated_on = null")


def run(**filters):
	_columns, rows, message, chart, _summary, _total = report.execute(filters)
	return {row["band"]: row for row in rows}, message, chart


class TestReport:
	def test_bands_outcomes_and_days(self, empty, sales):
		for score, won in ((90, True), (85, True), (85, False), (100, True), (5, False)):
			decided(won, score, opportunity=sales["Won" if won else "Lost"])
		decided(False, 10, as_unqualified=True)
		move(make_lead().name, score=30, score_updated_on=now_datetime())
		rows, message, chart = run(width="20")
		top = rows["80 to 100"]
		assert (top["leads"], top["converted"], top["won"], top["lost"]) == (4, 4, 3, 1)
		assert (top["win_rate"], top["conversion_rate"], top["average_days"]) == (75, 100, 4)
		low = rows["0 to 19"]
		assert (low["leads"], low["converted"], low["won"], low["lost"]) == (2, 1, 0, 2)
		assert rows["Total"]["leads"] == 7 and rows["Total"]["is_total"]
		assert "too few to judge" in message and "without a score" in message
		assert chart["data"]["labels"] == ["0 to 19", "20 to 39", "80 to 100"]

	def test_one_plain_sentence_says_whether_it_helps(self, empty, sales):
		for _number in range(20):
			decided(True, 80, opportunity=sales["Won"])
			decided(False, 20, as_unqualified=True)
		_rows, message, _chart = run()
		assert message.startswith(
			"Of a won and a lost lead taken at random, the won one had the higher score in 100 of 100"
		)
		assert "call the highest first" in message and "won 2.0 times as often" in message

	def test_nobody_counts_what_they_may_not_see(self, empty, sales, as_user):
		make_user(SELLER, "Sky Sales User")
		decided(True, 80, opportunity=sales["Won"])
		mine = decided(False, 20, as_unqualified=True)
		move(mine, lead_owner=SELLER)
		with as_user(SELLER):
			rows, _message, _chart = run()
			assert rows["Total"]["leads"] == 1 and rows["Total"]["won"] == 0

	@pytest.mark.parametrize("field", ["owner", "team", "source", "campaign"])
	def test_filters_narrow_it(self, empty, field):
		decided(False, 20, as_unqualified=True)
		assert run(**{field: "nobody"})[0] == {}
		assert run(from_date=add_days(now_datetime(), 1))[0] == {}

	def test_conversion_freezes_what_the_report_counts(self, empty):
		from test_sky_lead import converted_lead

		lead = converted_lead(mobile_no="0912345678")
		rows, _message, _chart = run(width="100")
		assert rows["Total"]["converted"] == 1
		before = frappe.db.get_value("Sky Lead", lead.name, "score")
		make_rule(lead_field="organization", points=50)
		scoring_batch.refresh([lead.name])
		assert frappe.db.get_value("Sky Lead", lead.name, "score") == before


class TestSources:
	def test_points_in_proportion_to_what_was_won(self, sales, as_user):
		clear_rules()
		rule = make_rule(kind="Lead Source", sources=[{"source": "Website", "points": 1}])
		for number in range(10):
			decided(True, opportunity=sales["Won" if number < 8 else "Lost"], source="Referral")
			decided(True, opportunity=sales["Won" if number < 2 else "Lost"], source="Website")
		decided(True, opportunity=sales["Won"], source="Zalo")
		found = {row["source"]: row for row in scoring.fill_sources(rule, 20)}
		assert (found["Referral"]["points"], found["Website"]["points"]) == (20, 5)
		assert found["Referral"]["decided"] == 10 and "Zalo" not in found
		assert frappe.get_doc(RULE, rule).sources[0].points == 1
		with as_user(make_user(SELLER, "Sky Sales User")), pytest.raises(frappe.PermissionError):
			scoring.fill_sources(rule)

	def test_a_source_with_points_can_be_deleted(self):
		clear_rules()
		source = frappe.get_doc({"doctype": "Sky Lead Source", "source_name": "Hội chợ cũ"}).insert().name
		rule = make_rule(
			kind="Lead Source", sources=[{"source": source, "points": 9}, {"source": "Website", "points": 2}]
		)
		assert make_lead(source=source).score == 9
		frappe.db.set_value("Sky Lead", {"source": source}, "source", None)
		frappe.delete_doc("Sky Lead Source", source)
		assert [row.source for row in frappe.get_doc(RULE, rule).sources] == ["Website"]
		assert scoring_rules.rules_in_force()[0].source_points == {"Website": 2}


class TestLearning:
	@pytest.fixture
	def history(self, sales):
		"""Leads with a tax code are mostly won, those with a telephone just as often lost."""
		clear_rules()
		frappe.db.sql("update `tabSky Lead` set opportunity = null where status = 'Converted'")
		frappe.db.sql("update `tabSky Lead` set status = 'New' where status = 'Unqualified'")
		rules = {
			"tax": make_rule(title="Mã số thuế", lead_field="tax_id", points=5),
			"phone": make_rule(title="Điện thoại", lead_field="mobile_no", points=25),
			"rare": make_rule(title="Hiếm", lead_field="website", points=7),
			"source": make_rule(
				kind="Lead Source",
				sources=[{"source": "Referral", "points": 10}, {"source": "Website", "points": 2}],
			),
		}
		for number in range(120):
			won = number % 2 == 0
			noise = number % 10 == 0
			lead = decided(won, as_unqualified=not won, opportunity=sales["Won"] if won else None)
			move(
				lead,
				tax_id="0100109106" if won != noise else None,
				mobile_no="0912345678" if number % 3 == 0 else None,
				source="Referral" if number % 4 < 2 else "Website",
			)
		return rules

	def test_too_little_is_refused_with_the_count(self, sales):
		pytest.importorskip("sklearn")
		clear_rules()
		make_rule(lead_field="tax_id", points=5)
		frappe.db.sql(
			"update `tabSky Lead` set status = 'New', opportunity = null where status in ('Converted', 'Unqualified')"
		)
		decided(True, opportunity=sales["Won"])
		with pytest.raises(frappe.ValidationError, match="Only 1 leads were won; at least 50"):
			scoring.suggest()
		assert not frappe.db.count("Sky Score Suggestion", {"status": "Open"})

	def test_without_the_library_it_says_how_to_install_it(self, monkeypatch):
		monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
		with pytest.raises(frappe.ValidationError, match=r"scikit-learn.*bench pip install"):
			score_learning.check_possible()

	def test_a_suggestion_comes_with_its_evidence_and_changes_nothing(self, history):
		suggestion = score_learning.suggest()
		rows = {row.rule: row for row in suggestion.rules}
		tax, phone, rare = (rows[history[key]] for key in ("tax", "phone", "rare"))
		assert tax.suggested_points > 5 > abs(phone.suggested_points)
		assert tax.won_with > 80 > 20 > tax.won_without
		assert rare.suggested_points == 7 and rare.evidence.startswith("Kept")
		assert (suggestion.won, suggestion.lost, suggestion.folds) == (60, 60, 5)
		assert suggestion.area_after > suggestion.area_before
		assert "60 won and 60 lost" in suggestion.summary
		assert frappe.db.get_value(RULE, history["tax"], "points") == 5

	def test_the_same_history_gives_the_same_suggestion(self, history):
		first, second = score_learning.suggest(), score_learning.suggest()
		assert [row.suggested_points for row in first.rules] == [row.suggested_points for row in second.rules]
		assert (first.area_before, first.area_after) == (second.area_before, second.area_after)

	def test_accepting_is_a_persons_act_and_noted(self, history, as_user):
		suggestion = score_learning.suggest()
		make_user(MANAGER, "Sky Sales Manager")
		make_user(ADMIN, "Sky CRM Admin")
		with as_user(MANAGER):
			for ask in (scoring.accept_suggestion, scoring.dismiss_suggestion):
				with pytest.raises(frappe.PermissionError):
					ask(suggestion.name)
			with pytest.raises(frappe.PermissionError):
				scoring.suggest()
		assert frappe.db.get_value(RULE, history["tax"], "points") == 5
		wanted = {row.rule: row.suggested_points for row in suggestion.rules}
		with as_user(ADMIN):
			assert scoring.accept_suggestion(suggestion.name)["status"] == "Accepted"
		tax = frappe.get_doc(RULE, history["tax"])
		assert tax.points == wanted[tax.name]
		assert frappe.get_all("Comment", {"reference_name": tax.name, "owner": ADMIN, "comment_type": "Info"})
		decision = frappe.get_doc("Sky Score Suggestion", suggestion.name)
		assert (decision.status, decision.decided_by) == ("Accepted", ADMIN)
		assert frappe.db.count("Sky Score Run", {"status": "Queued"}) == 1
		with pytest.raises(frappe.ValidationError, match="decided already"):
			scoring.dismiss_suggestion(suggestion.name)

	def test_points_of_sources_change_in_the_same_measure_and_nothing_at_all_switches_off(self, history):
		rule = frappe.get_doc(RULE, history["source"])
		score_learning.give_points(rule, 10, 20)
		assert [row.points for row in rule.sources] == [20, 4]
		phone = frappe.get_doc(RULE, history["phone"])
		score_learning.give_points(phone, 25, 0)
		assert (phone.enabled, phone.points) == (0, 25)

	def test_a_rule_changed_meanwhile_stops_it_all(self, history):
		suggestion = score_learning.suggest()
		rule = frappe.get_doc(RULE, history["phone"])
		rule.points = 9
		rule.save()
		with pytest.raises(frappe.ValidationError, match="Ask for a new suggestion"):
			scoring.accept_suggestion(suggestion.name)
		assert frappe.db.get_value(RULE, history["tax"], "points") == 5
		assert scoring.dismiss_suggestion(suggestion.name)["status"] == "Dismissed"

	def test_the_job_tells_who_asked(self, history, as_user, monkeypatch):
		from skycrm.jobs import scoring as jobs

		make_user(ADMIN, "Sky CRM Admin")
		queued = []
		monkeypatch.setattr(frappe, "enqueue", lambda method, **more: queued.append((method, more)))
		with as_user(ADMIN):
			assert scoring.suggest()["message"]
		((method, more),) = queued
		assert method == "skycrm.jobs.scoring.suggest" and more["user"] == ADMIN
		jobs.suggest(ADMIN)
		notes = frappe.get_all("Notification Log", {"for_user": ADMIN}, ["subject", "document_name"])
		assert any(frappe.db.exists("Sky Score Suggestion", note.document_name) for note in notes)
		clear_rules()
		jobs.suggest(ADMIN)
		assert "no scoring rule" in frappe.get_last_doc("Notification Log").subject

	def test_history_is_judged_as_of_the_decision(self, history):
		clear_rules()
		rule = make_rule(kind="Recency", points=10, half_life_days=4)
		cases = score_learning.read_cases(scoring_rules.rules_in_force())
		# Converted four days after they were made: half of the points, however long ago that is by now.
		assert {round(case.strengths[rule], 2) for case in cases if case.won} == {0.5}
