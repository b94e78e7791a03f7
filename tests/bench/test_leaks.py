"""Nobody gets more than they should see, by any route: every route that the site has is walked.

See tests/bench/leaks. Slow as these go: some thousand requests through the whole application.
"""

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from unittest import mock

import pytest
from leaks import guards, routes
from leaks.arguments import concerns_records
from leaks.client import Asker
from leaks.routes import Route
from leaks.walk import PEOPLE_OF_THE_TEAM, Walk, every_route
from leaks.world import JOBS, STRONGEST, fingerprint, private_doctypes, world

import frappe

from skycrm.permissions.governed import GOVERNED
from skycrm.setup.roles import PROFILES

pytestmark = pytest.mark.commits
LEAST_CHECKS = 5_000
CHECKS: list[int] = []

# Routes that give the whole of what somebody may see: asked as each job about each kind of record.
LISTS = (
	Route(
		"/api/resource/{doctype}",
		"GET",
		fixed={"filters": "[]", "limit_page_length": 500},
	),
	Route("/api/v2/document/{doctype}", "GET", fixed={"filters": "[]", "limit": 500}),
	Route(
		"/api/method/frappe.client.get_list",
		fixed={"filters": "[]", "limit_page_length": 500},
	),
	Route(
		"/api/method/frappe.desk.reportview.get",
		fixed={"filters": "[]", "page_length": 500},
	),
)
RECORDS = (
	Route("/api/resource/{doctype}/{name}", "GET"),
	Route("/api/v2/document/{doctype}/{name}/", "GET"),
	Route("/api/method/frappe.client.get"),
	Route("/api/method/frappe.desk.form.load.getdoc"),
	Route("/api/method/frappe.www.printview.get_html_and_style"),
)


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


def with_parameters(route: Route) -> Route:
	"""The route as the whitelist has it, with its parameters."""
	known = next((known for known in routes.of_whitelist() if known.path == route.path), route)
	return replace(known, fixed=route.fixed, label=route.label)


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


class TestGuards:
	"""With a guard gone the walk has to find something."""

	def ask_all(
		self,
		walk: Walk,
		doctype: str,
		asked_routes: tuple[Route, ...],
		names: bool = True,
	) -> list[str]:
		found = []
		for job in JOBS:
			user, target = (
				walk.world.people["here", job],
				walk.world.of(doctype, "there")[0],
			)
			for route in map(with_parameters, asked_routes):
				walk.must_not_show(route, target, user, names)
			found, walk.leaks = found + walk.leaks, []
		return found

	@pytest.mark.parametrize("guard", guards.of_lists(), ids=lambda guard: guard[0])
	def test_of_a_list(self, walk, guard):
		_label, patch, doctype = guard
		if doctype in private_doctypes():
			with patch():
				assert self.ask_all(walk, doctype, LISTS)
			return
		assert not self._hanging(walk, doctype), walk.leaks
		with patch():
			assert self._hanging(walk, doctype)

	def _hanging(self, walk: Walk, doctype: str) -> bool:
		"""Whether the list of a DocType that is not a record's own shows what belongs to a foreign one."""
		fixed = {"fields": '["*"]', "limit_page_length": 2000, "filters": "[]", "order_by": "creation desc"}
		about, route = "Sky Lead", Route(f"/api/resource/{doctype}", "GET", fixed=fixed)
		if frappe.get_meta(doctype).istable:
			about = frappe.get_all(
				"DocField", {"options": doctype, "fieldtype": ("like", "Table%")}, pluck="parent"
			)[0]
			asked_for = {**fixed, "doctype": doctype, "parent": about}
			route = with_parameters(Route("/api/method/frappe.client.get_list", fixed=asked_for))
		user = walk.world.people["here", STRONGEST.get(about, "sales manager")]
		return not walk.must_not_show(route, walk.world.of(about, "there")[0], user)

	@pytest.mark.parametrize("guard", guards.of_records(), ids=lambda guard: guard[0])
	def test_of_a_record(self, walk, guard):
		_label, patch, doctype = guard
		with guards.without_gate():
			# Names aside: the framework says why it refuses with the name of the record that another one belongs to.
			held = self.ask_all(walk, doctype, RECORDS, names=False)
			assert not held, "the check of the record does not hold by itself"
			with patch():
				assert self.ask_all(walk, doctype, RECORDS, names=False)

	@pytest.mark.parametrize("guard", guards.of_methods(), ids=lambda guard: guard[0])
	def test_of_a_method(self, walk, guard):
		method, patch = guard
		route = next(route for route in routes.of_whitelist() if route.path.endswith(method))
		user, target = (
			walk.world.people["here", "support manager"],
			walk.world.of("Sky Issue", "there")[0],
		)
		walk.must_hide_all(route, target, user)
		assert not walk.leaks
		with patch():
			walk.must_hide_all(route, target, user)
		assert walk.leaks

	def test_of_names_in_requests(self, walk):
		route = with_parameters(Route("/api/method/erpnext.crm.utils.get_open_activities"))
		user, target = (
			walk.world.people["here", "sales manager"],
			walk.world.of("Sky Lead", "there")[0],
		)
		with guards.without_gate():
			walk.must_hide(route, target, user)
			walk.must_hide(RECORDS[0], target, user)
		assert [line for line in walk.leaks if " shows " in line] and [
			line for line in walk.leaks if " tells " in line
		]

	def test_of_the_rule_itself(self, walk):
		with mock.patch("skycrm.domain.access.sees_all", lambda user, roles: True):
			assert self.ask_all(walk, "Sky Lead", (*LISTS, *RECORDS))


def test_the_walk_is_as_long_as_it_is_said_to_be():
	assert set(PROFILES) >= set(JOBS.values())
	assert sum(CHECKS) >= LEAST_CHECKS, f"{sum(CHECKS)} checks"
