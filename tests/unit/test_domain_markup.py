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


@pytest.mark.parametrize("text", ["<img src=x onerror=y x=", "<!--><b", "a </b", "<?x", "Công ty <A"])
def test_what_the_text_around_could_make_markup_of(text):
	assert markup.may_become_markup(text)


@pytest.mark.parametrize("text", ["", "5 < 6", "a <", "x <- y", "> <3", "<Đ"])
def test_what_stays_text_whatever_follows(text):
	assert not markup.may_become_markup(text)


@pytest.mark.parametrize(
	"address",
	[
		"javascript:x",
		" JaVa\tscript:x",
		"vbscript:x",
		"data:text/html,x",
		"data:image/svg+xml,<svg>",
		"file:///x",
	],
)
def test_addresses_that_run(address):
	assert markup.runs_when_opened(address)


@pytest.mark.parametrize(
	"address",
	[
		"https://example.com",
		"/app/x",
		"#a",
		"mailto:a@example.com",
		"tel:1",
		"cid:1",
		"",
		"data:image/png;base64,AA==",
	],
)
def test_addresses_that_do_not(address):
	assert not markup.runs_when_opened(address)


def test_pictures_of_this_site_and_of_others():
	for address in (
		"/files/a.png",
		"/private/files/a.png?fid=1",
		"/assets/x.svg",
		"data:image/png;base64,AA==",
	):
		assert markup.is_own_picture(address)
	for address in (
		"",
		"x.png",
		"//example.com/x.png",
		"http://127.0.0.1/x",
		"file:///etc/passwd",
		"/api/method/x",
		"/files/../../x",
		"/files/..\\x",
		"data:image/svg+xml;base64,AA==",
	):
		assert not markup.is_own_picture(address), address


@pytest.mark.parametrize(
	"style",
	[
		"background:url(//x)",
		"background: U\\52L(x)",
		"background:u/**/rl(x)",
		"background-image:x",
		"@import x",
	],
)
def test_styles_that_reach_out(style):
	assert markup.style_reaches_out(style)


@pytest.mark.parametrize("style", ["", "color: red", "text-align: right; width: 20%", "font-weight:bold"])
def test_styles_that_do_not(style):
	assert not markup.style_reaches_out(style)
