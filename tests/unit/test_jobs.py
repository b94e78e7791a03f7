"""The seven jobs: one home for each, and what a change of job does to somebody's desk."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from skycrm.domain import jobs
from skycrm.domain.jobs import JOBS, Desk, proposed_desk

WORKSPACES = Path(__file__).resolve().parents[2] / "apps" / "skycrm" / "skycrm" / "skycrm" / "workspace"
names = some.sampled_from(["", "Accounts", *JOBS])
desks = some.builds(Desk, names, names, some.sampled_from(["", "Home", jobs.SELLING, jobs.SUPPORT]))


def test_there_are_seven_and_each_opens_with_a_workspace_of_ours():
	shipped = {json.loads(path.read_text("utf-8"))["name"] for path in WORKSPACES.glob("*/*.json")}
	assert len(JOBS) == 7
	assert {job.home for job in JOBS.values()} <= shipped
	assert shipped == {jobs.SELLING, jobs.MANAGING, jobs.MARKETING, jobs.SUPPORT, jobs.SETUP}


@pytest.mark.parametrize("profile", JOBS)
def test_our_own_module_is_never_left_out(profile):
	blocked = JOBS[profile].blocked(["Stock", jobs.OUR_MODULE, "Accounts", "Stock", "Selling"])
	assert jobs.OUR_MODULE not in blocked
	assert blocked in (["Accounts", "Stock"], ["Accounts", "Selling", "Stock"])


def test_a_new_user_gets_the_desk_of_the_job():
	assert proposed_desk(Desk(), Desk("Sky Support")) == Desk("Sky Support", "Sky Support", jobs.SUPPORT)


def test_what_somebody_chose_wins():
	chosen = Desk("Sky Support", "Own Profile", "Home")
	assert proposed_desk(Desk(), chosen) == chosen


def test_a_desk_that_was_emptied_stays_empty():
	before = Desk("Sky Support", "Sky Support", jobs.SUPPORT)
	assert proposed_desk(before, Desk("Sky Support")) == Desk("Sky Support")


def test_whoever_changes_the_job_leaves_its_desk_behind():
	before = Desk("Sky Sales", "Sky Sales", jobs.SELLING)
	now = Desk("Sky Support", "Sky Sales", jobs.SELLING)
	assert proposed_desk(before, now) == Desk("Sky Support", "Sky Support", jobs.SUPPORT)


def test_a_desk_of_the_old_job_that_is_chosen_with_the_new_job_stays():
	before = Desk("Sky Sales", "Own Profile", "Home")
	now = Desk("Sky Support", "Sky Sales", jobs.SELLING)
	assert proposed_desk(before, now) == now


@given(desks, desks)
def test_no_other_role_profile_changes_a_desk_and_nothing_is_ever_emptied(before, now):
	proposed = proposed_desk(before, now)
	assert proposed.role_profile == now.role_profile
	if now.role_profile not in JOBS or now.role_profile == before.role_profile:
		assert proposed == now
	if now.module_profile:
		assert proposed.module_profile
	assert proposed_desk(now, proposed) == proposed


def test_a_job_is_handed_on_as_shipped_and_no_role_more():
	shipped = ["Sky Sales User", "Sales User"]
	assert jobs.roles_to_refuse(shipped, shipped, []) == []
	more = [*shipped, "System Manager", "HR User"]
	assert jobs.roles_to_refuse(more, shipped, ["HR User"]) == ["System Manager"]
