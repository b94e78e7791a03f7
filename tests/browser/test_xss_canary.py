"""The payloads are real: put into a page as they are, they run. Without this, a green run elsewhere would prove nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from xss_desk import WRITE, reader
from xss_payloads import DATA_LENGTH, PAYLOADS, Payload, values
from xss_watch import Watch

# One after the other: a click on a script address takes the place of one that is still waiting.
CLICK = """async () => {
	for (const frame of document.querySelectorAll('iframe')) {
		for (const element of frame.contentDocument.querySelectorAll('a, button, b')) {
			element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	}
}"""


def sink(value: str, payload: Payload) -> str:
	"""Return the page that somebody careless makes of a value."""
	if payload.sink == "attribute":
		return f'<input value="{value}">'
	if payload.sink == "single":
		return f"<input value='{value}'>"
	if payload.sink == "href":
		return f'<a href="{value}">x</a>'
	return f"<div>{value}</div>"


@pytest.fixture
def canary(new_page: Callable[..., Any]) -> tuple[Any, Watch]:
	context = new_page().context
	watch = Watch(context)
	return reader(context), watch


def ran(page: Any, watch: Watch) -> set[int]:
	page.wait_for_timeout(1500)
	page.evaluate(CLICK)
	page.wait_for_timeout(1000)
	found, watch.ran = watch.ran, []
	return {number for number, _place in found}


def test_there_are_sixty_and_each_fits_a_data_field():
	assert len({payload.text for payload in PAYLOADS}) == len(PAYLOADS) >= 60
	assert max(len(payload.text) for payload in PAYLOADS) <= DATA_LENGTH
	assert sorted(p.number for _text, held in values() for p in held) == [p.number for p in PAYLOADS]


def test_each_runs_where_it_is_put_in_raw(canary: tuple[Any, Watch]) -> None:
	page, watch = canary
	raw = [p for p in PAYLOADS if p.sink not in ("markdown", "template")]
	for payload in raw:
		page.evaluate(WRITE, [sink(payload.text, payload)])
	missing = {p.number for p in raw} - ran(page, watch)
	assert len(raw) - len(missing) >= 60 and not missing, [p for p in PAYLOADS if p.number in missing]


def test_none_hides_another_of_the_same_value(canary: tuple[Any, Watch]) -> None:
	page, watch = canary
	expected = set()
	for text, held in values():
		if held[0].sink not in ("markdown", "template"):
			page.evaluate(WRITE, [sink(text, held[0])])
			expected |= {p.number for p in held}
	missing = expected - ran(page, watch)
	assert not missing, [p for p in PAYLOADS if p.number in missing]


def test_what_waits_for_a_click_or_an_event_is_found_without_it(canary: tuple[Any, Watch]) -> None:
	"""What lies in a page is found by looking: pages of the desk are not clicked through for each payload."""
	page, watch = canary
	for payload in PAYLOADS:
		if payload.click or "onfocus" in payload.text:
			page.evaluate(WRITE, [sink(payload.text, payload)])
	waiting = {number for number, _place in watch.found(page)}
	assert (
		not {p.number for p in PAYLOADS if p.sink != "markdown" and (p.click or "onfocus" in p.text)}
		- waiting
	)
