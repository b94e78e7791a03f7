"""Which texts are cleaned once more, and which addresses a browser may be sent to."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xss_payloads import PAYLOADS

from skycrm.domain import foreign_rows, markup


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: payload.kind)
def test_json_around_a_payload_is_seen(payload):
	for text in (json.dumps([payload.text]), json.dumps({"a": payload.text}), json.dumps({payload.text: 1})):
		assert markup.is_skipped_by_framework(text) == ("<" in text or ">" in text)


@pytest.mark.parametrize(
	"text",
	[
		"",
		"5 < 6",
		"Giá < 5 triệu",
		"<b>đậm</b>",
		"[1, 2]",
		'{"a": 1}',
		"null",
		"12",
		"[x] <b>",
		"Công ty <A>",
	],
)
def test_what_is_no_json_or_holds_no_markup_is_the_frameworks(text):
	assert not markup.is_skipped_by_framework(text)


@pytest.mark.parametrize(
	"text",
	[
		"<style>*{}</style>",
		"<STYLE >",
		"< style>",
		"<link rel=stylesheet href=//x>",
		"<svg/onload=x>",
		"<math><mtext>",
		"</noscript>",
		"<iframe srcdoc=x>",
		"<form action=x>",
		"<meta http-equiv=refresh>",
		"<base href=//x>",
		"<template><b>",
	],
)
def test_needless_markup(text):
	assert markup.has_needless_markup(text)
	assert markup.has_needless_markup(f"<p>Ghi chú</p>{text}")


@pytest.mark.parametrize(
	"text", ["", "<p>x</p>", "<img src=x>", "<strong>styles</strong>", "links", "<table><tr>"]
)
def test_markup_of_notes(text):
	assert not markup.has_needless_markup(text)


@pytest.mark.parametrize(
	"text",
	[
		"https://example.com",
		"http://example.com/a?b=c",
		"example.com",
		"example.com:8080/x",
		"www.ví-dụ.vn",
		"/files/a.png",
		"",
	],
)
def test_web_addresses(text):
	assert markup.is_web_address(text)


@pytest.mark.parametrize(
	"text",
	[
		"javascript:X(1)",
		"JaVaScRiPt:X(1)",
		"java\tscript:X(1)",
		"\x01javascript:X(1)",
		" javascript:X(1)",
		"javascript://example.com/%0aX(1)",
		"data:text/html,<script>X(1)</script>",
		"vbscript:x",
		"file:///etc/passwd",
		"blob:https://example.com/x",
		'https://example.com/" onmouseover="X(1)',
		"https://example.com/<svg>",
	],
)
def test_addresses_that_are_run_or_break_out(text):
	assert not markup.is_web_address(text)


@pytest.mark.parametrize("text", ["/files/a.png", "/private/files/báo giá.pdf", "https://example.com/a.png"])
def test_file_addresses(text):
	assert markup.is_file_address(text)


@pytest.mark.parametrize(
	"text",
	[
		"/files/../../site_config.json",
		"/private/files/../../x",
		"javascript:X(1)",
		"a.png",
		'/files/x" onerror="X(1)',
		"/etc/passwd",
		"data:image/svg+xml,x",
	],
)
def test_what_is_no_file_address(text):
	assert not markup.is_file_address(text)


@given(st.text())
def test_any_text_gets_an_answer(text):
	for ask in (
		markup.is_skipped_by_framework,
		markup.has_needless_markup,
		markup.is_web_address,
		markup.is_file_address,
	):
		assert ask(text) in (True, False)


@given(st.lists(st.text(min_size=1)), st.lists(st.text(min_size=1)))
def test_foreign_rows(given_names, stored):
	rows = list(enumerate(given_names, start=1))
	found = foreign_rows.first_foreign(rows, stored)
	foreign = [position for position, name in rows if name not in stored]
	assert found == (foreign[0] if foreign else None)
