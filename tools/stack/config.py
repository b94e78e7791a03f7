"""Settings of one run: from the environment, the arguments and what the bench remembers."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from .errors import StackError

DEFAULT_SITE = "skycrm.localhost"
DEFAULT_TEST_SITE = "test-skycrm.localhost"
DEFAULT_PORT = 8000
BENCH_USER = "frappe"
FRAPPE_REPO = "https://github.com/frappe/frappe"
ERPNEXT_REPO = "https://github.com/frappe/erpnext"
BRANCH = "version-15"


@dataclass(frozen=True)
class Config:
	"""Everything a run needs to know that does not change while it runs."""

	checkout: Path
	home: Path
	bench: Path
	site: str = DEFAULT_SITE
	test_site: str = DEFAULT_TEST_SITE
	listen: str = "127.0.0.1"
	frappe_repo: str = FRAPPE_REPO
	frappe_branch: str = BRANCH
	erpnext_repo: str = ERPNEXT_REPO
	erpnext_branch: str = BRANCH
	db_host: str = ""
	db_port: int = 3306
	db_root_password: str = ""
	redis_url: str = ""

	@property
	def tools(self) -> Path:
		"""Folder of the helpers that serve any bench of this user: frappe-bench, yarn, Node."""
		return self.home / ".skycrm" / "tools"

	@property
	def private(self) -> Path:
		"""Folder inside the bench for what this package remembers."""
		return self.bench / ".skycrm"

	@property
	def log_file(self) -> Path:
		"""The log of every run; beside the bench, as it starts before the bench exists."""
		return self.home / ".skycrm" / "logs" / f"{self.bench.name}.log"

	@property
	def external_database(self) -> bool:
		"""Whether DB_HOST names a server that is not ours."""
		return bool(self.db_host)


def load(environ: Mapping[str, str], checkout: Path, home: Path) -> Config:
	"""Return the settings of this run.

	:param environ: the environment variables.
	:param checkout: root of the repository.
	:param home: home of the user that owns the bench.
	:raises StackError: for a value that cannot be used; it names the variable.
	"""
	bench = Path(environ.get("SKYCRM_BENCH") or home / "skycrm-bench").expanduser()
	if not bench.is_absolute():
		raise StackError(
			f"SKYCRM_BENCH must be an absolute path, not {bench}.", f"SKYCRM_BENCH={bench.absolute()} bin/up"
		)
	if bench == checkout or checkout in bench.parents:
		raise StackError(
			f"SKYCRM_BENCH ({bench}) is inside the checkout.",
			"Choose a folder outside of it: builds and databases never go into the repository.",
		)
	redis_url = environ.get("REDIS_URL", "").rstrip("/")
	if redis_url and urlsplit(redis_url).scheme not in ("redis", "rediss", "unix"):
		raise StackError(
			f"REDIS_URL is not a Redis address: {redis_url}", "Example: REDIS_URL=redis://10.0.0.5:6379"
		)
	return Config(
		checkout=checkout,
		home=home,
		bench=bench,
		site=environ.get("SKYCRM_SITE") or DEFAULT_SITE,
		test_site=environ.get("SKYCRM_TEST_SITE") or DEFAULT_TEST_SITE,
		listen=environ.get("SKYCRM_LISTEN") or "127.0.0.1",
		frappe_repo=environ.get("FRAPPE_REPO") or FRAPPE_REPO,
		frappe_branch=environ.get("FRAPPE_BRANCH") or BRANCH,
		erpnext_repo=environ.get("ERPNEXT_REPO") or ERPNEXT_REPO,
		erpnext_branch=environ.get("ERPNEXT_BRANCH") or BRANCH,
		db_host=environ.get("DB_HOST", ""),
		db_port=parse_port(environ.get("DB_PORT") or "3306", "DB_PORT"),
		db_root_password=environ.get("DB_ROOT_PASSWORD", ""),
		redis_url=redis_url,
	)


def parse_port(text: str, name: str) -> int:
	"""Return a port number.

	:raises StackError: when the text is not a number from 1 to 65535; it names the setting.
	"""
	try:
		port = int(text)
	except ValueError:
		port = 0
	if not 1 <= port <= 65535:
		raise StackError(f"{name} must be a number from 1 to 65535, not {text!r}.")
	return port


def user_home(name: str | None = None) -> Path:
	"""Return the home folder of a unix user, by default of the one that runs this."""
	return Path(pwd.getpwnam(name).pw_dir if name else pwd.getpwuid(os.getuid()).pw_dir)
