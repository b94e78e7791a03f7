"""The served test site in a headless Chromium."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

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
			args=["--no-sandbox", "--disable-dev-shm-usage", "--host-resolver-rules=MAP *.localhost 127.0.0.1"],
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
	"""Keep a picture of the page of a failed test."""
	report = yield
	if report.when == "call" and report.failed:
		for name in ("admin_page", "page"):
			page = getattr(item, "funcargs", {}).get(name)
			if page is not None:
				OUTPUT.mkdir(parents=True, exist_ok=True)
				try:
					page.screenshot(path=str(OUTPUT / f"failed-{slug(item.name)}.png"))
				except Exception as error:  # the report of the failure itself must not be lost
					report.sections.append(("screenshot", str(error)))
	return report


@pytest.fixture(scope="session", autouse=True)
def served(site_url: str, site_name: str) -> None:
	"""Make sure the site answers before the first page is opened."""
	port = os.environ["SKYCRM_PORT"]
	answer = requests.get(
		f"http://127.0.0.1:{port}/api/method/ping", headers={"Host": f"{site_name}:{port}"}, timeout=30
	)
	assert answer.ok, f"{site_url} does not answer: {answer.status_code}"
