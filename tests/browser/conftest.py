"""The served test site in a headless Chromium."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import desk_people as people
import pytest
import requests
from day import Day, Foreign, make_foreign
from desk import Desk
from served_site import ServedSite
from xss_desk import made_by

# Milliseconds; a busy machine may need a while for what an idle one does at once
TIMEOUT = float(os.environ.get("SKYCRM_BROWSER_TIMEOUT") or 30_000)
USED: pytest.StashKey[list[Desk]] = pytest.StashKey()
OUTPUT = Path(os.environ.get("SKYCRM_OUTPUT") or Path(__file__).parent / "output")


@pytest.fixture(scope="session")
def site_url() -> str:
	"""Return the address of the test site."""
	if not os.environ.get("SKYCRM_URL"):
		raise pytest.UsageError("These tests need a served site: run them with bin/test browser")
	return os.environ["SKYCRM_URL"]


@pytest.fixture(scope="session")
def site_name() -> str:
	"""Return the name of the test site."""
	return os.environ["SKYCRM_TEST_SITE"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
	"""Return the browser, one for the whole run."""
	from playwright.sync_api import sync_playwright

	with sync_playwright() as playwright:
		running = playwright.chromium.launch(
			executable_path=os.environ.get("SKYCRM_CHROMIUM") or None,
			args=[
				"--no-sandbox",
				"--disable-dev-shm-usage",
				"--host-resolver-rules=MAP *.localhost 127.0.0.1",
			],
		)
		yield running
		running.close()


@pytest.fixture
def new_page(browser: Any, site_url: str) -> Iterator[Callable[..., Any]]:
	"""Return a maker of pages, each with cookies of its own: `new_page(user, password)` is signed in."""
	contexts = []

	def make(user: str | None = None, password: str | None = None, **options: Any) -> Any:
		options.setdefault("viewport", {"width": 1440, "height": 900})
		options.setdefault("locale", "vi-VN")
		options.setdefault("timezone_id", "Asia/Ho_Chi_Minh")
		context = browser.new_context(base_url=site_url, **options)
		contexts.append(context)
		if user:
			sign_in(context, site_url, user, password or "")
		page = context.new_page()
		page.set_default_timeout(20_000)
		return page

	yield make
	for context in contexts:
		context.close()


@pytest.fixture(scope="session")
def site(site_name: str, served: None) -> Iterator[ServedSite]:
	"""Return the site over REST as Administrator, with the people and items of these tests on it."""
	if os.environ.get("SKYCRM_CLEAR_CACHE"):
		clear_cache(site_name)
	session = ServedSite(os.environ["SKYCRM_PORT"], site_name, os.environ["SKYCRM_ADMIN_PASSWORD"])
	people.make_people(session)
	people.make_items(session)
	yield session
	session.http.close()


def clear_cache(site_name: str) -> None:
	"""Make the site forget the scripts of forms and lists that it read before the app changed."""
	subprocess.run(
		[sys.executable, "-m", "frappe.utils.bench_helper", "frappe", "--site", site_name, "clear-cache"],
		cwd=Path(os.environ["SKYCRM_BENCH"]) / "sites",
		check=True,
	)


@pytest.fixture(scope="session")
def desks(browser: Any, site: ServedSite, site_url: str) -> Iterator[dict[str, Desk]]:
	"""Return the desks opened so far, by person; each person signs in once for the whole run."""
	opened: dict[str, Desk] = {}
	yield opened
	for desk in opened.values():
		desk.page.context.close()


@pytest.fixture
def desk(
	request: pytest.FixtureRequest, desks: dict[str, Desk], browser: Any, site_url: str
) -> Iterator[Any]:
	"""Return a giver of desks: `desk("seller")`. After the test nothing may have gone wrong on any of them."""
	used: list[Desk] = []
	request.node.stash[USED] = used

	def give(person: str) -> Desk:
		if person not in desks:
			user = people.PEOPLE[person].email
			context = browser.new_context(
				base_url=site_url,
				viewport={"width": 1440, "height": 900},
				locale="vi-VN",
				timezone_id="Asia/Ho_Chi_Minh",
			)
			context.set_default_timeout(TIMEOUT)
			sign_in(context, site_url, user, people.PASSWORD)
			desks[person] = Desk(context.new_page(), user)
		if desks[person] not in used:
			used.append(desks[person])
		return desks[person]

	yield give
	for opened in used:
		opened.leave()


@pytest.fixture(scope="session")
def foreign(site: ServedSite) -> Iterator[Foreign]:
	"""Records of another team. Issues are everybody's by default; here each team keeps its own."""
	settings = "Sky CRM Settings"
	before = [
		{"document_type": row["document_type"], "access": row["access"]}
		for row in site.get_doc(settings, settings)["access_defaults"]
	]
	rows = [row for row in before if row["document_type"] != "Sky Issue"]
	site.update(settings, settings, access_defaults=[*rows, {"document_type": "Sky Issue", "access": "Team"}])
	try:
		yield make_foreign(site)
	finally:
		site.update(settings, settings, access_defaults=before)


@pytest.fixture
def day(
	request: pytest.FixtureRequest, browser: Any, site: ServedSite, site_url: str, foreign: Foreign
) -> Iterator[Callable[..., Day]]:
	"""Return a giver of days: `day("seller")` is somebody before signing in, in a browser of their own."""
	contexts: list[Any] = []
	used: list[Desk] = []
	request.node.stash[USED] = used

	def give(person: str, sees_all: bool = False) -> Day:
		context = browser.new_context(
			base_url=site_url,
			viewport={"width": 1440, "height": 900},
			locale="vi-VN",
			timezone_id="Asia/Ho_Chi_Minh",
		)
		context.set_default_timeout(TIMEOUT)
		contexts.append(context)
		began = Day(context, people.PEOPLE[person], () if sees_all else foreign.markers)
		used.append(began.desk)
		return began

	yield give
	for context in contexts:
		context.close()


@pytest.fixture(scope="module")
def payload_rows(site: ServedSite, site_name: str) -> Iterator[dict[str, Any]]:
	"""Records with the payloads of xss_payloads.py, by DocType. Gone after each file: other tests go on with this site."""
	with made_by("xss_rows.py", site_name) as made:
		yield made


@pytest.fixture
def admin_page(new_page: Callable[..., Any]) -> Any:
	"""Return a page signed in as Administrator."""
	return new_page("Administrator", os.environ["SKYCRM_ADMIN_PASSWORD"])


@pytest.fixture
def screenshot(request: pytest.FixtureRequest) -> Callable[..., Path]:
	"""Return a taker of pictures: `screenshot(page, "lead form")`, kept in an ignored folder."""

	def take(page: Any, label: str, **options: Any) -> Path:
		OUTPUT.mkdir(parents=True, exist_ok=True)
		path = OUTPUT / f"{slug(request.node.name)}-{slug(label)}.png"
		page.screenshot(path=str(path), **options)
		return path

	return take


def sign_in(context: Any, url: str, user: str, password: str) -> None:
	"""Give a browser context the session of a user, through the login method the login page calls."""
	response = context.request.post(f"{url}/api/method/login", form={"usr": user, "pwd": password})
	assert response.ok, f"login of {user} failed: {response.status} {response.text()[:300]}"


def slug(text: str) -> str:
	"""Return a text as part of a file name."""
	return re.sub(r"[^a-zA-Z0-9]+", "-", text).strip("-").lower()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
	"""Keep a picture of the pages of a failed test, and tell what had gone wrong on them by then."""
	report = yield
	if report.when == "call" and report.failed:
		pages = {name: item.funcargs[name] for name in ("admin_page", "page") if name in item.funcargs}
		for opened in item.stash.get(USED, []):
			pages[opened.user.split("@")[0]] = opened.page
			report.sections.append((f"desk of {opened.user}", "\n".join([opened.page.url, *opened.problems])))
		for name, page in pages.items():
			if page is not None:
				OUTPUT.mkdir(parents=True, exist_ok=True)
				try:
					page.screenshot(path=str(OUTPUT / f"failed-{slug(item.name)}-{name}.png"))
				except Exception as error:  # the report of the failure itself must not be lost
					report.sections.append(("screenshot", str(error)))
	return report


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
	"""Let expectations wait as long as everything else."""
	from playwright.sync_api import expect

	expect.set_options(timeout=TIMEOUT)


@pytest.fixture(scope="session", autouse=True)
def served(site_url: str, site_name: str) -> None:
	"""Make sure the site answers before the first page is opened."""
	port = os.environ["SKYCRM_PORT"]
	answer = requests.get(
		f"http://127.0.0.1:{port}/api/method/ping", headers={"Host": f"{site_name}:{port}"}, timeout=30
	)
	assert answer.ok, f"{site_url} does not answer: {answer.status_code}"
