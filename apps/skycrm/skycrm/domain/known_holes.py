"""Security holes of the framework and ERPNext that are public knowledge, and the first release of version 15 without each.

The app cannot mend them; it can say which of them a site is open to. Newest first; only holes whose fix is known.
"""

from dataclasses import dataclass
from enum import Enum

from skycrm.domain.versions import Version, dotted, parsed


class Harm(Enum):
	"""What somebody could do; services/site_health.py has the sentences."""

	UNCHECKED_METHODS = "unchecked_methods"
	READ_DATABASE = "read_database"
	READ_RECORDS = "read_records"
	READ_FILES = "read_files"
	CHANGE_RECORDS = "change_records"
	POST_TEXTS = "post_texts"
	CODE_BY_FILE = "code_by_file"
	CODE_BY_TEXT = "code_by_text"
	SCRIPT_IN_BROWSER = "script_in_browser"
	INNER_NETWORK = "inner_network"


@dataclass(frozen=True)
class Hole:
	"""One public hole.

	Attributes:
		cve: its number.
		app: of which app.
		fixed_in: the first release of version 15 without it.
		harm: what somebody could do.
		without_login: whether they need no user on the site.
	"""

	cve: str
	app: str
	fixed_in: Version
	harm: Harm
	without_login: bool = False


HOLES: tuple[Hole, ...] = (
	Hole("CVE-2026-124316", "erpnext", (15, 121, 4), Harm.UNCHECKED_METHODS),
	Hole("CVE-2026-124315", "erpnext", (15, 121, 4), Harm.UNCHECKED_METHODS),
	Hole("CVE-2026-124313", "erpnext", (15, 121, 4), Harm.UNCHECKED_METHODS),
	Hole("CVE-2026-13227", "erpnext", (15, 115, 0), Harm.UNCHECKED_METHODS),
	Hole("CVE-2026-44446", "erpnext", (15, 104, 3), Harm.READ_DATABASE),
	Hole("CVE-2026-44448", "erpnext", (15, 102, 0), Harm.CHANGE_RECORDS),
	Hole("CVE-2026-27471", "erpnext", (15, 98, 1), Harm.READ_RECORDS, without_login=True),
	Hole("CVE-2026-119145", "frappe", (15, 121, 0), Harm.CODE_BY_FILE),
	Hole("CVE-2026-119144", "frappe", (15, 111, 0), Harm.CODE_BY_TEXT),
	Hole("CVE-2026-44208", "frappe", (15, 107, 0), Harm.POST_TEXTS, without_login=True),
	Hole("CVE-2026-39352", "frappe", (15, 105, 0), Harm.READ_FILES),
	Hole("CVE-2026-39351", "frappe", (15, 104, 0), Harm.READ_RECORDS, without_login=True),
	Hole("CVE-2026-35614", "frappe", (15, 104, 0), Harm.READ_DATABASE, without_login=True),
	Hole("CVE-2026-31879", "frappe", (15, 101, 0), Harm.SCRIPT_IN_BROWSER),
	Hole("CVE-2026-31878", "frappe", (15, 100, 0), Harm.INNER_NETWORK),
	Hole("CVE-2025-68929", "frappe", (15, 88, 1), Harm.CODE_BY_TEXT),
	Hole("CVE-2026-31877", "frappe", (15, 84, 0), Harm.READ_DATABASE, without_login=True),
)


@dataclass(frozen=True)
class Standing:
	"""How an app of the bench stands.

	Attributes:
		app, version: which, as it says itself.
		floor: the first release without any hole named above.
		holes: what it is open to; empty at or above the floor.
	"""

	app: str
	version: str
	floor: str
	holes: tuple[Hole, ...]


def floors() -> dict[str, Version]:
	"""App → the first release of version 15 without any of HOLES."""
	found: dict[str, Version] = {}
	for hole in HOLES:
		found[hole.app] = max(found.get(hole.app, ()), hole.fixed_in)
	return found


def standing(app: str, version: str) -> Standing:
	"""Say which holes an app of this version has.

	A version that cannot be read has them all: better a warning too much.
	"""
	numbers = parsed(version)
	holes = tuple(hole for hole in HOLES if hole.app == app and numbers < hole.fixed_in)
	return Standing(app, version, dotted(floors()[app]), holes)
