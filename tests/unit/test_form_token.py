"""The stamp that says when a form was shown: nobody else can make one, and it is good for one form and a while."""

import pytest

from skycrm.domain.form_token import LONGEST, Verdict, fingerprint, read, stamp

NOW = 1_800_000_000.0


def verdict(token, form="lien-he", now=NOW, secret="key"):
	return read(secret, token, form, now, least=3, longest=3600).verdict


def test_a_token_is_good_between_the_least_and_the_longest_time():
	token = stamp("key", "lien-he", NOW, "abc")
	assert len(token) <= LONGEST
	for age, expected in (
		(0, "too_soon"),
		(2.9, "too_soon"),
		(3, "good"),
		(3600, "good"),
		(3601, "expired"),
		(-5, "expired"),
	):
		assert verdict(token, now=NOW + age) is Verdict(expected), age


def test_how_long_to_wait():
	token = stamp("key", "lien-he", NOW, "abc")
	assert [read("key", token, "lien-he", NOW + age, 3, 3600).wait for age in (0, 0.5, 2.5)] == [3, 3, 1]


@pytest.mark.parametrize("change", [{"form": "other"}, {"secret": "other"}])
def test_it_is_bound_to_form_and_site(change):
	assert verdict(stamp("key", "lien-he", NOW - 10, "abc"), **change) is Verdict.FALSE


def test_any_change_makes_it_false():
	token = stamp("key", "lien-he", NOW - 10, "abc")
	for place in range(len(token)):
		other = "A" if token[place] != "A" else "B"
		assert verdict(token[:place] + other + token[place + 1 :]) in (Verdict.FALSE,), place


@pytest.mark.parametrize("token", [None, "", ".", "..", "a.b.c", "x" * 1000, "é.b.c", "1.2." + "=" * 43])
def test_nonsense_is_false(token):
	assert verdict(token) is Verdict.FALSE


def test_a_fingerprint_tells_the_same_again_and_nothing_else():
	assert fingerprint("key", "203.0.113.5") == fingerprint("key", "203.0.113.5")
	assert len({fingerprint(key, text) for key in "ab" for text in ("203.0.113.5", "203.0.113.6")}) == 4
	assert "203" not in fingerprint("key", "203.0.113.5")[:3] or len(fingerprint("key", "x")) == 32
