"""Scores of many leads at once: the same as on saving, a handful of statements, safe to repeat, to kill and to race."""

from datetime import timedelta

import pytest
from factories import make_item, make_lead, make_user, unique
from scoring_records import clear_rules, make_rule, make_sign, move

import frappe
from frappe.utils import add_days, now_datetime, nowdate

from skycrm.api.v1 import leads, scoring
from skycrm.jobs import scoring as jobs
from skycrm.services import scoring_batch, scoring_runs, status
from skycrm.setup import scoring_rules as seeds

ADMIN = "score.admin@example.com"
SELLER = "score.batch.seller@example.com"


@pytest.fixture(autouse=True)
def rules():
	clear_rules()
	return {
		"phone": make_rule(lead_field="valid_phone", points=20),
		"items": make_rule(lead_field="item_count", operator="at least", match_value="1", points=15),
		"reply": make_rule(kind="Activity", activity="Message Received", points=8, max_points=16, days=7),
		"back": make_rule(kind="Activity", activity="Came Back", door="Web Form", points=5, days=30),
		"recent": make_rule(kind="Recency", points=10, half_life_days=14),
		"silent": make_rule(kind="Silence", activity="Any Contact", points=-15, days=30),
	}


@pytest.fixture
def queued(monkeypatch):
	calls = []
	monkeypatch.setattr(frappe, "enqueue", lambda method, **more: calls.append((method, more)))
	return calls


def score(lead):
	return frappe.db.get_value("Sky Lead", lead, "score")


def test_the_job_and_the_form_agree_on_any_lead():
	item = make_item()
	made = []
	for number in range(12):
		lead = make_lead(
			mobile_no=f"09123456{number:02d}" if number % 2 else None,
			items=[{"item_code": item, "qty": 1}] if number % 3 == 0 else [],
		)
		move(lead.name, creation=now_datetime() - timedelta(days=7 * number))
		for kind in ("Received", "Touch", "Sent", "Call", "Meeting")[: number % 6]:
			make_sign(lead.name, kind, days_ago=number * 3)
		made.append(lead.name)
	scoring_batch.refresh(made)
	by_job = {name: (score(name), [row["points"] for row in leads.explain_score(name)]) for name in made}
	for name in made:
		frappe.db.set_value("Sky Lead", name, {"score": 1, "score_detail": None}, update_modified=False)
		frappe.get_doc("Sky Lead", name).save()
	assert by_job == {
		name: (score(name), [row["points"] for row in leads.explain_score(name)]) for name in made
	}
	assert all(sum(points) == total for total, points in by_job.values())
	assert len({total for total, _points in by_job.values()}) > 4


def test_only_what_changes_is_written_and_the_time_of_change_stays(statements, rules):
	first, second = make_lead(mobile_no="0912345678"), make_lead(mobile_no="0912345679")
	before = frappe.db.get_value("Sky Lead", first.name, "modified")
	assert scoring_batch.refresh([first.name, second.name]) == 0
	make_sign(first.name, "Received")
	statements.clear()
	assert scoring_batch.refresh([first.name, second.name]) == 1
	assert len(statements) == 5, "\n".join(statements)
	assert (score(first.name), score(second.name)) == (38, 30)
	assert frappe.db.get_value("Sky Lead", first.name, "modified") == before


def test_statements_do_not_grow_with_the_leads(statements):
	few, many = ([make_lead(mobile_no="0912345678").name for _ in range(count)] for count in (2, 30))
	counts = []
	for names in (few, many):
		for name in names:
			frappe.db.set_value("Sky Lead", name, "score_updated_on", None, update_modified=False)
		statements.clear()
		assert scoring_batch.refresh(names) == len(names)
		counts.append(len(statements))
	assert counts == [5, 5]


def test_a_lead_saved_meanwhile_is_left_alone(monkeypatch):
	lead = make_lead(mobile_no="0912345678")
	frappe.db.set_value("Sky Lead", lead.name, "score", 1, update_modified=False)
	write = scoring_batch._write

	def saved_first(rows):
		frappe.db.sql("update `tabSky Lead` set score = 77, modified = now(6) where name = %s", lead.name)
		write(rows)

	monkeypatch.setattr(scoring_batch, "_write", saved_first)
	scoring_batch.refresh([lead.name])
	assert score(lead.name) == 77


def test_points_fade_as_days_pass(rules):
	lead = make_lead(mobile_no="0912345678")
	move(lead.name, creation=now_datetime() - timedelta(days=14))
	scoring_batch.refresh([lead.name])
	assert score(lead.name) == 25
	move(lead.name, creation=now_datetime() - timedelta(days=31))
	scoring_batch.refresh([lead.name])
	assert score(lead.name) == 7


def test_a_score_by_hand_ends_by_itself(rules):
	lead = make_lead(mobile_no="0912345678")
	scoring.set_by_hand(lead.name, 90, nowdate(), "Khách quen")
	scoring_batch.refresh([lead.name])
	assert score(lead.name) == 90
	move(lead.name, score_override_until=add_days(nowdate(), -1))
	scoring_batch.refresh([lead.name])
	assert score(lead.name) == 30


def test_closed_leads_keep_their_score_and_old_ones_get_that_of_their_day(rules):
	kept, old = make_lead(mobile_no="0912345678"), make_lead(mobile_no="0912345679")
	for lead in (kept, old):
		status.mark_unqualified(lead.name, "Không có nhu cầu")
	move(
		old.name,
		score=0,
		score_detail=None,
		score_updated_on=None,
		creation=now_datetime() - timedelta(days=100),
	)
	then = now_datetime() - timedelta(days=86)
	frappe.db.sql("update `tabSky Lead` set modified = %s where name = %s", (then, old.name))
	make_sign(old.name, "Received", days_ago=1)
	make_rule(lead_field="organization", operator="is not set", points=40)
	scoring_batch.refresh([kept.name, old.name])
	assert score(kept.name) == 30
	# 20 for the phone, 5 of recency 14 days after it was made, 40 of the new rule: nothing of what came later.
	assert score(old.name) == 65
	assert frappe.db.get_value("Sky Lead", old.name, "score_updated_on").date() == then.date()
	assert scoring_batch.refresh([kept.name, old.name]) == 0


def test_the_rating_follows_in_the_job_too():
	settings = frappe.get_doc("Sky CRM Settings")
	settings.update({"rating_follows_score": 1, "hot_from": 30, "warm_from": 20})
	settings.save()
	lead = make_lead(mobile_no="0912345678")
	frappe.db.set_value("Sky Lead", lead.name, "rating", "Cold", update_modified=False)
	scoring_batch.refresh([lead.name])
	assert frappe.db.get_value("Sky Lead", lead.name, "rating") == "Hot"


class TestRuns:
	def test_a_run_brings_everything_up_to_date_in_parts(self, queued, rules):
		made = [make_lead(mobile_no="0912345678").name for _ in range(5)]
		frappe.db.sql("update `tabSky Lead` set score = 3 where name in %s", [made])
		run = scoring.recompute()["name"]
		assert [method for method, _more in queued] == [scoring_runs.JOB]
		assert queued[0][1]["enqueue_after_commit"] and queued[0][1]["deduplicate"]
		told = []
		counts = scoring_runs.work(run, lambda *progress: told.append(progress), size=2)
		assert all(score(name) == 30 for name in made)
		assert counts["seen"] >= 5 and counts["changed"] >= 5 and len(told) >= 3
		state = scoring.progress(run)
		assert (state["status"], state["seen"]) == ("Done", counts["seen"])
		assert scoring_runs.work(run, lambda *progress: None) == {}

	def test_a_killed_run_goes_on_where_it_was(self, queued, rules):
		made = sorted(make_lead(mobile_no="0912345678").name for _ in range(6))
		frappe.db.sql("update `tabSky Lead` set score = 3 where name in %s", [made])
		run = scoring_runs.start("On Request")

		class Killed(BaseException):
			pass

		def kill(seen, total):
			if seen:
				raise Killed

		with pytest.raises(Killed):
			scoring_runs.work(run, kill, size=2)
		row = frappe.get_doc("Sky Score Run", run)
		assert (row.status, row.seen) == ("Running", 2)
		assert run not in scoring_runs.stalled()
		frappe.db.sql("update `tabSky Score Run` set modified = %s where name = %s", ("2026-01-01", run))
		assert run in scoring_runs.stalled()
		jobs.refresh_recent()
		assert (scoring_runs.JOB, run) in [(method, more.get("name")) for method, more in queued[1:]]
		scoring_runs.work(run, lambda *progress: None, size=2)
		assert all(score(name) == 30 for name in made)
		assert frappe.db.get_value("Sky Score Run", run, "status") == "Done"

	def test_a_run_that_another_worker_took_over_stops(self, queued, monkeypatch):
		make_lead()
		run = scoring_runs.start("On Request")
		taken_back = []
		monkeypatch.setattr(frappe.db, "rollback", lambda **more: taken_back.append(more))

		def taken_over(seen, total):
			frappe.db.set_value("Sky Score Run", run, "attempt", "another")

		assert scoring_runs.work(run, taken_over, size=1) == {}
		assert frappe.db.get_value("Sky Score Run", run, "seen") == 0 and len(taken_back) == 1

	def test_a_run_that_takes_its_worker_down_each_time_is_given_up(self, queued):
		run = scoring_runs.start("On Request")
		frappe.db.sql(
			"update `tabSky Score Run` set status = 'Running', taken_up = %s, modified = '2026-01-01' where name = %s",
			(scoring_runs.MOST_TAKEN_UP, run),
		)
		queued.clear()
		jobs.refresh_recent()
		row = frappe.get_doc("Sky Score Run", run)
		assert row.status == "Failed" and "Taken up 10 times" in row.error
		assert run not in [more.get("name") for _method, more in queued]

	def test_one_run_waits_at_a_time(self, queued):
		assert scoring_runs.start("On Request") == scoring_runs.start("Daily")
		jobs.recompute_daily()
		assert frappe.db.count("Sky Score Run", {"status": "Queued"}) == 1

	def test_a_run_that_fails_says_why(self, queued, monkeypatch):
		run = scoring_runs.start("On Request")
		monkeypatch.setattr(frappe.db, "rollback", lambda **more: None)

		def broken(*arguments):
			raise RuntimeError("hỏng")

		monkeypatch.setattr(scoring_batch, "next_part", broken)
		with pytest.raises(RuntimeError):
			jobs.run(run)
		row = frappe.get_doc("Sky Score Run", run)
		assert (row.status, row.error) == ("Failed", "hỏng")

	@pytest.mark.parametrize("roles", [("Sky Sales User",), ("Sky Sales Manager",), ()])
	def test_only_who_may_change_rules_starts_a_run(self, queued, as_user, roles):
		user = make_user(unique("run").replace(" ", "-") + "@example.com", *roles)
		runs = frappe.db.count("Sky Score Run")
		queued.clear()
		with as_user(user), pytest.raises(frappe.PermissionError):
			scoring.recompute()
		assert not queued and frappe.db.count("Sky Score Run") == runs

	def test_the_admin_of_the_crm_may_and_sellers_do_not_see_runs(self, queued, as_user):
		with as_user(make_user(ADMIN, "Sky CRM Admin")):
			run = scoring.recompute()["name"]
		with as_user(make_user(SELLER, "Sky Sales User")), pytest.raises(frappe.PermissionError):
			scoring.progress(run)


def test_what_happened_lately_is_found_every_quarter_of_an_hour():
	quiet, wrote, came, new = (make_lead(mobile_no="0912345678").name for _ in range(4))
	make_sign(wrote, "Received")
	make_sign(came, "Touch")
	frappe.db.set_value("Sky Lead", new, {"score": 0, "score_updated_on": None}, update_modified=False)
	assert {wrote, came, new} <= set(jobs.recent_leads())
	jobs.refresh_recent()
	assert (score(quiet), score(wrote), score(came), score(new)) == (30, 38, 35, 30)


def test_after_a_large_import_a_run_takes_the_rest(queued, monkeypatch):
	make_lead()
	frappe.db.sql("update `tabSky Lead` set score_updated_on = null")
	monkeypatch.setattr(jobs, "MOST_RECENT", 1)
	jobs.refresh_recent()
	assert scoring_runs.JOB in [method for method, _more in queued]


def test_the_scheduler_knows_the_jobs():
	events = frappe.get_hooks("scheduler_events", app_name="skycrm")
	assert "skycrm.jobs.scoring.refresh_recent" in events["cron"]["*/15 * * * *"]
	assert "skycrm.jobs.scoring.recompute_daily" in events["daily_long"]


class TestRules:
	@pytest.mark.parametrize(
		("values", "said"),
		[
			({"points": 0}, "without points"),
			({"points": 101}, "at most 100"),
			({"lead_field": "no_such"}, "no such field"),
			({"lead_field": "score"}, "no such field"),
			({"operator": "equals", "match_value": " , "}, "compared with"),
			({"kind": "Activity", "activity": "", "days": 5}, "what is counted"),
			({"kind": "Activity", "activity": "Call", "days": 0}, "looks back"),
			({"kind": "Recency"}, "half as many"),
			({"kind": "Lead Source"}, "each source"),
			(
				{"kind": "Lead Source", "sources": [{"source": "Website"}, {"source": "Website"}]},
				"more than once",
			),
			({"kind": "Completeness"}, "filled in"),
			({"kind": "Completeness", "complete_fields": [{"lead_field": "x"}]}, "no such field"),
			({"sentence": "Xin {frappe}"}, "cannot be filled in"),
		],
	)
	def test_what_makes_no_sense_is_refused(self, values, said):
		with pytest.raises(frappe.ValidationError, match=said):
			make_rule(**{"lead_field": "organization", **values})

	def test_a_sentence_reaches_nothing_but_its_words(self):
		clear_rules()
		make_rule(
			lead_field="organization",
			sentence="{value} {value.__class__} <b>{points}</b>".replace("{value.__class__} ", ""),
		)
		lead = make_lead(organization="{0.__class__} {points} <i>")
		assert leads.explain_score(lead.name)[0]["reason"] == "{0.__class__} {points} <i> <b>+10</b>"

	def test_who_may_change_them(self, as_user, rules):
		with as_user(make_user(SELLER, "Sky Sales User")), pytest.raises(frappe.PermissionError):
			make_rule(lead_field="organization")
		with as_user(SELLER), pytest.raises(frappe.PermissionError):
			scoring.fields()
		with as_user(make_user(ADMIN, "Sky CRM Admin")):
			make_rule(lead_field="organization")
			assert {"organization", "company_email"} <= {row["value"] for row in scoring.fields()}

	def test_the_shipped_ones_are_brought_once_and_make_sense(self):
		frappe.db.delete("Sky Shipped Record", {"reference_doctype": "Sky Scoring Rule"})
		clear_rules()
		seeds.insert()
		names = frappe.get_all("Sky Scoring Rule", pluck="name")
		assert len(names) == len(seeds.rules())
		good = make_lead(
			organization="Cty TNHH Hòa Phát",
			job_title="Giám đốc mua hàng",
			mobile_no="0912345678",
			email_id="an@hoaphat.com.vn",
			tax_id="0100109106",
			source="Referral",
			items=[{"item_code": make_item(), "qty": 1}],
		)
		poor = make_lead(email_id="an@gmail.com", source="Import", call_consent="Refused")
		assert good.score >= 70 and poor.score <= 15
		frappe.db.set_value("Sky Scoring Rule", names[0], "points", 3)
		frappe.delete_doc("Sky Scoring Rule", names[1])
		seeds.insert()
		assert frappe.db.count("Sky Scoring Rule") == len(names) - 1
		assert frappe.db.get_value("Sky Scoring Rule", names[0], "points") == 3
