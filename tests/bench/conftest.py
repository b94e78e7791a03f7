"""Tests on a real site: one connection for the whole run, every test's changes rolled back.

A test that needs its changes to be seen by other processes (REST, jobs, parallel callers) is marked
`@pytest.mark.commits`: commits are real there, and the test removes what it made.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rest_client import RestClient, api_token, close_connections
from sql_log import recorded

import frappe

from skycrm.permissions import facts
from skycrm.services.teams import clear_team_cache

SITE = os.environ.get("SKYCRM_TEST_SITE", "")
BENCH = Path(os.environ.get("SKYCRM_BENCH", ""))


def open_site() -> None:
	"""Connect to the test site before test modules are imported: some of them read its settings."""
	if not SITE or not (BENCH / "sites" / SITE).is_dir():
		raise pytest.UsageError("These tests need a site: run them with bin/test bench")
	os.chdir(BENCH / "sites")
	frappe.init(site=SITE, sites_path=".")
	if not frappe.conf.allow_tests:
		raise pytest.UsageError(f"{SITE} does not allow tests: it is not a test site")
	frappe.connect()
	if os.environ.get("SKYCRM_CLEAR_CACHE"):
		frappe.clear_cache()
	frappe.flags.in_test = True
	frappe.flags.mute_emails = True
	frappe.local.lang = "en"
	frappe.set_user("Administrator")
	# What was read so far must not hold tables that the tests of another process change.
	frappe.db.rollback()


open_site()


@pytest.fixture(scope="session")
def site() -> Iterator[SimpleNamespace]:
	"""Name, address and folders of the test site."""
	yield SimpleNamespace(
		name=SITE,
		url=os.environ["SKYCRM_URL"],
		port=int(os.environ["SKYCRM_PORT"]),
		bench=BENCH,
		path=BENCH / "sites" / SITE,
		checkout=Path(os.environ["SKYCRM_CHECKOUT"]),
	)


@pytest.fixture(autouse=True)
def isolated(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
	"""Start as Administrator in English; undo everything afterwards.

	Without the mark `commits` a commit is a savepoint at most: nothing reaches the other processes.
	"""
	os.chdir(BENCH / "sites")
	frappe.set_user("Administrator")
	frappe.local.lang = "en"
	if not request.node.get_closest_marker("commits"):
		monkeypatch.setattr(frappe.db, "commit", lambda: None)
	yield
	frappe.set_user("Administrator")
	frappe.local.lang = "en"
	frappe.db.rollback()
	# A request that a test made up, or took away, is nobody else's
	if hasattr(frappe.local, "request"):
		del frappe.local.request
	# Records read inside the test may be cached as they were before the rollback
	frappe.cache.delete_keys("document_cache::")
	for name in (
		"document_cache",
		"role_permissions",
		"new_doc_templates",
		"link_count",
		"outgoing_email_account",
	):
		if isinstance(getattr(frappe.local, name, None), dict):
			getattr(frappe.local, name).clear()
	clear_team_cache()
	facts.forget()
	for doctype in ("Sky Lead", "Sky Opportunity"):
		frappe.cache.hdel("workflow", doctype)
	frappe.clear_messages()
	frappe.local.form_dict = frappe._dict()


@pytest.fixture
def statements() -> Iterator[list[str]]:
	"""Every SQL statement from the begin of the test on, as text; clear the list before what is to be counted."""
	with recorded() as seen:
		yield seen


@pytest.fixture
def as_user() -> Callable[[str], AbstractContextManager[None]]:
	"""Act as another user for a while: `with as_user("an@example.com"): ...`"""

	@contextmanager
	def switch(user: str) -> Iterator[None]:
		before = frappe.session.user
		frappe.set_user(user)
		try:
			yield
		finally:
			frappe.set_user(before)

	return switch


@pytest.fixture
def users() -> Callable[..., str]:
	"""Make a user with roles, or return the one that is there: `users("an@example.com", "Sky Sales User")`"""
	from factories import make_user

	return make_user


@pytest.fixture(autouse=True)
def _closed_connections() -> Iterator[None]:
	"""A run makes thousands of clients, and a process may not have that many sockets open."""
	yield
	close_connections()


@pytest.fixture(scope="session")
def rest_as(site: SimpleNamespace) -> Callable[[str], RestClient]:
	"""Return a maker of HTTP clients that act as a user who is committed to the site."""

	def make(user: str = "Administrator", **more: Any) -> RestClient:
		return RestClient(site.port, site.name, api_token(user) if user != "Guest" else None, **more)

	return make


@pytest.fixture
def rest(rest_as: Callable[[str], RestClient]) -> RestClient:
	"""Return an HTTP client that acts as Administrator."""
	return rest_as("Administrator")
