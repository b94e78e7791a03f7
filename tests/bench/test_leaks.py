"""Nobody gets more than they should see, by any route: every route that the site has is walked.

See tests/bench/leaks. Slow as these go: some thousand requests through the whole application.
"""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from leaks.arguments import concerns_records
from leaks.client import Asker
from leaks.routes import Route, with_parameters
from leaks.walk import LISTS, PEOPLE_OF_THE_TEAM, RECORDS, Walk, every_route
from leaks.world import JOBS, STRONGEST, fingerprint, private_doctypes, world

import frappe

from skycrm.permissions.governed import GOVERNED
from skycrm.setup.roles import PROFILES

pytestmark = pytest.mark.commits
LEAST_CHECKS = 5_000
CHECKS: list[int] = []


@pytest.fixture(scope="module")
def asked(site: SimpleNamespace) -> Iterator[SimpleNamespace]:
	"""The two camps, and somebody who asks."""
	frappe.set_user("Administrator")
	with world() as made:
		asker = Asker(site.name)
		yield SimpleNamespace(world=made, asker=asker)
		asker.close()


@pytest.fixture
def walk(asked: SimpleNamespace) -> Iterator[Walk]:
	frappe.db.rollback()
	new = Walk(asked.world, asked.asker)
	yield new
	CHECKS.append(new.checks)


@pytest.mark.parametrize("doctype", sorted(GOVERNED))
def test_no_route_shows_changes_or_confirms_a_foreign_record(walk, doctype):
	user, target = (
		walk.world.people["here", STRONGEST[doctype]],
		walk.world.of(doctype, "there")[0],
	)
	before = {secret: fingerprint(secret) for secret in walk.world.of(doctype, "there")}
	first = doctype == sorted(GOVERNED)[0]
	for route in every_route(doctype):
		if first or concerns_records(route):
			walk.must_hide_all(route, target, user)
			# A new view of the tables, and none left open: some routes change columns.
			frappe.db.rollback()
			walk.nothing_changed(before, str(route))
			frappe.db.rollback()
	assert not walk.leaks, "\n".join(walk.leaks)


@pytest.mark.parametrize("who", ["Guest", "portal", "no role"])
def test_no_route_shows_a_record_to_somebody_without_a_role(walk, who):
	user = who if who == "Guest" else walk.world.people["here", who]
	target = walk.world.of("Sky Lead", "there")[0]
	before = {secret: fingerprint(secret) for secret in walk.world.of("Sky Lead", "there")}
	for route in every_route("Sky Lead"):
		if concerns_records(route):
			walk.must_hide(route, target, user)
	frappe.db.rollback()
	walk.nothing_changed(before, f"a route open to {who}")
	assert not walk.leaks, "\n".join(walk.leaks)


def test_no_list_of_any_document_type_shows_what_hangs_on_a_foreign_record(walk):
	"""Comments, mails, files, tags, versions, logs, …: every DocType of the site, whoever may list it."""
	doctypes = frappe.get_all("DocType", {"istable": 0, "issingle": 0, "is_virtual": 0}, pluck="name")
	target = walk.world.of("Sky Lead", "there")[0]
	for job in (*JOBS, "erp only", "no role", "portal"):
		user = walk.world.people["here", job]
		for doctype in doctypes:
			route = Route(
				f"/api/resource/{doctype}",
				"GET",
				fixed={
					"fields": '["*"]',
					"limit_page_length": 2000,
					"filters": "[]",
					"order_by": "creation desc",
				},
				label=f"the list of {doctype}",
			)
			walk.must_not_show(route, target, user)
	assert not walk.leaks, "\n".join(walk.leaks)


@pytest.mark.parametrize("doctype", private_doctypes())
def test_everybody_gets_their_own_their_team_s_and_nothing_else(walk, doctype):
	"""Each job × own, team and foreign record; what may be seen is there, so that a walk through nothing proves nothing."""
	(own, foreign) = (
		walk.world.of(doctype, "here")[0],
		walk.world.of(doctype, "there")[0],
	)
	for job in (*JOBS, "admin", "erp only", "no role", "portal"):
		user = walk.world.people["here", job]
		may_read = bool(
			frappe.permissions.get_role_permissions(frappe.get_meta(doctype), user=user).get("read")
		)
		for route in map(with_parameters, (*LISTS, *RECORDS)):
			in_team = may_read and job in PEOPLE_OF_THE_TEAM
			answer = walk.ask(route, own, user)
			walk.checks += 1
			if doctype in GOVERNED and route.path in {record.path for record in RECORDS[:3]}:
				assert (own.mark in answer.text) == in_team, (
					job,
					str(route),
					answer.status,
					answer.text[:500],
				)
			if not in_team:
				assert own.mark not in answer.text, (job, str(route))
			if job == "admin":
				continue
			walk.must_not_show(route, foreign, user)
	assert not walk.leaks, "\n".join(walk.leaks)


def test_the_walk_is_as_long_as_it_is_said_to_be():
	assert set(PROFILES) >= set(JOBS.values())
	assert sum(CHECKS) >= LEAST_CHECKS, f"{sum(CHECKS)} checks"
