"""Which public holes an app of a version has: none at the floor, all below everything, fewer with each update."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from skycrm.domain.known_holes import HOLES, Hole, floors, standing
from skycrm.domain.versions import dotted, parsed

apps = some.sampled_from(["frappe", "erpnext"])
versions = some.tuples(some.integers(14, 16), some.integers(0, 130), some.integers(0, 9)).map(dotted)


def cves(app: str, version: str) -> set[str]:
	return {hole.cve for hole in standing(app, version).holes}


def test_the_floors():
	assert floors() == {"frappe": (15, 121, 0), "erpnext": (15, 121, 4)}


@pytest.mark.parametrize("hole", HOLES, ids=lambda hole: hole.cve)
def test_each_hole_names_a_number_and_a_release_of_version_15(hole: Hole):
	assert re.fullmatch(r"CVE-20\d\d-\d{4,6}", hole.cve)
	assert hole.app in ("frappe", "erpnext")
	assert len(hole.fixed_in) == 3 and hole.fixed_in[0] == 15


def test_no_hole_is_named_twice():
	assert len({hole.cve for hole in HOLES}) == len(HOLES)


@pytest.mark.parametrize(
	("app", "version", "open_to", "closed"),
	[
		("frappe", "15.101.1", "CVE-2026-119145", "CVE-2026-31879"),
		("frappe", "15.83.9", "CVE-2026-31877", ""),
		("frappe", "15.84.0", "CVE-2025-68929", "CVE-2026-31877"),
		("frappe", "15.121.0-dev", "", "CVE-2026-119145"),
		("erpnext", "15.99.1", "CVE-2026-13227", "CVE-2026-27471"),
		("erpnext", "15.121.3", "CVE-2026-124313", "CVE-2026-13227"),
		("erpnext", "15.121.4", "", "CVE-2026-124313"),
	],
)
def test_what_a_version_is_open_to(app, version, open_to, closed):
	assert not open_to or open_to in cves(app, version)
	assert closed not in cves(app, version)


@pytest.mark.parametrize("version", ["", "develop", "unknown"])
def test_a_version_that_says_nothing_has_them_all(version):
	assert cves("frappe", version) == {hole.cve for hole in HOLES if hole.app == "frappe"}


@given(apps, versions, versions)
def test_an_update_never_opens_a_hole(app, one, other):
	older, newer = sorted((one, other), key=parsed)
	assert cves(app, newer) <= cves(app, older)
	assert bool(cves(app, newer)) == (parsed(newer) < floors()[app])


@pytest.mark.parametrize(
	("text", "numbers"),
	[("15.101.1-beta", (15, 101, 1)), ("15.40", (15, 40, 0)), ("v15.1.2.3", (15, 1, 2)), ("", ())],
)
def test_versions_are_read_as_numbers(text, numbers):
	assert parsed(text) == numbers
