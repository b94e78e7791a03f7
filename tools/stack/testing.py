"""bin/test: prepare what the tests need, run them in one pytest session, say what could not run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from . import bench, site, system, up, web
from .context import Context
from .errors import CommandFailed, HostUnreachable, NoPrivilege, StackError, TooSmall, UnsupportedSystem
from .state import lock

KINDS = ("unit", "lint", "bench", "browser")
# Kinds that need no site
BARE = ("unit", "lint")
UNIT_PACKAGES = (
	"pytest>=8,<9",
	"pytest-xdist>=3.6,<4",
	"hypothesis>=6",
	"phonenumbers>=8.13",
	"email-validator>=2.1,<3",
	"rapidfuzz>=3.9",
	"openpyxl>=3.1,<4",
	"Jinja2>=3.1",
	"PyYAML>=6",
)
UNIT_MODULES = (
	"pytest",
	"xdist",
	"hypothesis",
	"phonenumbers",
	"email_validator",
	"rapidfuzz",
	"openpyxl",
	"jinja2",
	"yaml",
)
# Set when the framework cannot be had on this machine, as opposed to a failure of ours
OUT_OF_REACH = (HostUnreachable, NoPrivilege, UnsupportedSystem, TooSmall)


def parse(argv: Sequence[str]) -> tuple[list[str], bool, list[str]]:
	"""Split a command line into kinds, whether a bench is a must, and what pytest gets."""
	rest = list(argv)
	require = "--require-bench" in rest
	rest = [part for part in rest if part != "--require-bench"]
	kinds = []
	while rest and rest[0] in KINDS:
		kinds.append(rest.pop(0))
	return kinds or list(KINDS), require, rest


def main(argv: Sequence[str]) -> int:
	"""Run bin/test; returns its exit code."""
	from . import cli

	if argv and argv[0] in ("-h", "--help"):
		print(USAGE)
		return 0
	kinds, require, rest = parse(argv)
	if cli.in_second_half():
		return run_with_bench(cli.open_context(), kinds, require, rest)
	if all(kind in BARE for kind in kinds):
		return run_bare(cli.CHECKOUT, kinds, rest)
	try:
		cli.first_half("test", argv, machine=True, browser="browser" in kinds)
	except OUT_OF_REACH as error:
		return without_bench(cli.CHECKOUT, kinds, require, rest, error)
	return 1


USAGE = """usage: bin/test [unit] [lint] [bench] [browser] [--require-bench] [pytest arguments]

unit     rules and static checks of the app's files; needs no site
lint     ruff, prettier, eslint and the framework's semgrep rules, those that can be installed
bench    a real site of its own (SKYCRM_TEST_SITE, by default test-skycrm.localhost)
browser  a headless Chromium against the served test site

Without a kind everything this machine can run is run. Where Frappe cannot be had, the unit tests and static
checks run and the last lines say what did not; --require-bench makes that an error."""


def without_bench(checkout: Path, kinds: list[str], require: bool, rest: list[str], error: StackError) -> int:
	"""Run what needs no bench, and say why the others did not run."""
	print(f"\n{error.render()}\n", flush=True)
	missing = [kind for kind in kinds if kind not in BARE]
	if require:
		print(
			f"error: --require-bench was given, but tests/{', tests/'.join(missing)} cannot run.", flush=True
		)
		return 1
	note = f"NOT RUN: tests/{', tests/'.join(missing)}, because: {error.message}"
	rest = [part for part in rest if not part.startswith(tuple(f"tests/{kind}" for kind in missing))]
	bare = [kind for kind in kinds if kind in BARE]
	if not bare:
		print(note, flush=True)
		print("The unit tests and static checks are run instead.", flush=True)
		bare, rest = list(BARE), []
	return run_bare(checkout, bare, rest, note)


def run_bare(checkout: Path, kinds: list[str], rest: list[str], note: str = "") -> int:
	"""Run the tests that need no site with a Python of their own."""
	python = unit_python()
	environment = {
		**os.environ,
		"SKYCRM_NOT_RUN": note,
		"PYTHONDONTWRITEBYTECODE": "1",
		# Workers compare what they have collected: the order of a set must be the same in all.
		"PYTHONHASHSEED": "0",
	}
	environment.pop("PYTHONPATH", None)
	cache = [] if os.access(checkout, os.W_OK) else ["-p", "no:cacheprovider"]
	targets = targets_of(kinds, rest)
	# Nothing is shared between unit tests, so they may run side by side; a chosen few are quicker without.
	side_by_side = ["-n", "2", "--dist", "worksteal"] if targets and not rest else []
	return subprocess.run(
		[python, "-m", "pytest", *cache, *side_by_side, *targets, *rest],
		cwd=checkout,
		env=environment,
		check=False,
	).returncode


def unit_python() -> str:
	"""Return a Python that has the unit tests' packages: the running one, else one in a cache.

	:raises StackError: when the packages cannot be installed.
	"""
	if _has_modules(sys.executable):
		return sys.executable
	base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "skycrm"
	version = f"{sys.version_info.major}.{sys.version_info.minor}"
	folder = base / f"unit-{version}"
	python = folder / "bin" / "python"
	with lock(base / "unit.lock"):
		if python.exists() and _has_modules(str(python)):
			return str(python)
		shutil.rmtree(folder, ignore_errors=True)
		print("Preparing the unit tests' environment ...", flush=True)
		maker = system.system_python() or sys.executable
		steps = (
			[maker, "-m", "venv", str(folder)],
			[str(python), "-m", "pip", "install", "--quiet", *UNIT_PACKAGES],
		)
		for argv in steps:
			if subprocess.run(argv, check=False, stdout=sys.stderr).returncode:
				shutil.rmtree(folder, ignore_errors=True)
				raise StackError(
					"The unit tests' packages could not be installed.",
					f"Install them by hand: python3 -m pip install {' '.join(UNIT_PACKAGES)}",
				)
	return str(python)


def _has_modules(python: str) -> bool:
	code = (
		"import importlib.util,sys\n"
		f"sys.exit(any(importlib.util.find_spec(m) is None for m in {UNIT_MODULES!r}))"
	)
	return subprocess.run([python, "-c", code], capture_output=True, check=False).returncode == 0


def run_with_bench(context: Context, kinds: list[str], require: bool, rest: list[str]) -> int:
	"""Prepare bench and test site, then run pytest with the bench's Python."""
	with ExitStack() as stack:
		in_use = context.config.home / ".skycrm" / f"in-use-{context.bench.name}.lock"
		shared = stack.enter_context(_shared(in_use))
		try:
			started = prepare(context, kinds, rest)
		except OUT_OF_REACH as error:
			return without_bench(context.config.checkout, kinds, require, rest, error)
		try:
			note = ""
			if "browser" in kinds and (reason := without_browser(context)):
				note = f"NOT RUN: tests/browser, because: {reason}"
				context.report.say(note)
				kinds = [kind for kind in kinds if kind != "browser"]
				if require or not kinds:
					return 1 if require else 0
			return run_pytest(context, kinds, rest, note)
		finally:
			stop_what_we_started(context, started, shared)


def is_whole_run(kinds: Sequence[str], rest: Sequence[str]) -> bool:
	"""Whether everything is run: then on a new site, where nothing of an earlier, perhaps broken run is left."""
	chosen = any(part.startswith(("tests/", "-k", "--lf", "--last-failed")) for part in rest)
	return set(kinds) == set(KINDS) and not chosen


def lane_sites(name: str) -> list[str]:
	"""Names of the test sites of two lanes."""
	head, dot, tail = name.partition(".")
	return [name, f"{head}-2{dot}{tail}"]


def lanes(name: str, kinds: Sequence[str], rest: Sequence[str]) -> list[str]:
	"""Sites of a run: two side by side for everything, one for a part, on a single core, or when SKYCRM_TEST_LANES is 1."""
	wanted = os.environ.get("SKYCRM_TEST_LANES") or str(min(2, os.cpu_count() or 1))
	return lane_sites(name) if is_whole_run(kinds, rest) and wanted == "2" else [name]


def needs_web(checkout: Path, kinds: Sequence[str], rest: Sequence[str]) -> bool:
	"""Whether the chosen tests talk to the served site; a restart for those that do not is time lost."""
	files = [checkout / part.split("::")[0] for part in rest if part.startswith("tests/")]
	if "browser" in kinds or not files or not all(file.is_file() for file in files):
		return True
	signs = ("rest", "SKYCRM_URL", "requests", "enqueue", "site_url")
	return any(sign in file.read_text("utf-8") for file in files for sign in signs)


def prepare(context: Context, kinds: list[str], rest: list[str]) -> list[str]:
	"""Bring bench, servers and the test site to where the tests can run; returns the servers started."""
	from . import cli

	names = lanes(context.config.test_site, kinds, rest)
	report, state = context.report, context.state
	if context.config.site in names:
		raise StackError(
			"SKYCRM_TEST_SITE must not be the demo site.", "Choose another name ending in .localhost."
		)
	with cli.exclusive(context):
		before = {service for service, runs in web.states(context).items() if runs}
		mark = up.prepare_bench(context)
		with report.step("Test packages"):
			bench.install_test_packages(context)
		for name in names:
			if is_whole_run(kinds, rest) and site.exists(context, name):
				with report.step(f"Removing {name} of an earlier run"):
					site.drop(context, name)
			if not site.exists(context, name):
				with report.step(f"Site {name} with ERPNext set up"):
					site.make_base(context, name)
	changed = False
	for name in names:
		site_lock = context.config.home / ".skycrm" / f"site-{context.bench.name}-{name}.lock"
		with lock(site_lock, report, f"another run on {name}"):
			with report.step(f"SkyCRM on {name}"):
				changed = site.install_app(context, name, mark, quick=True) or changed
			site.write_config(
				context,
				name,
				{
					"allow_tests": True,
					"pause_scheduler": 1,
					"mute_emails": 1,
					# The framework refuses more than 60 new users in an hour; tests make more.
					"throttle_user_limit": 1000,
				},
			)
	with cli.exclusive(context), report.step("Servers"):
		web.write_proxy_config(context)
		started = web.start_web(context)
		context.state.reload()
		code = mark.code + mark.schema
		if state.get("served_code") != code:
			if needs_web(context.config.checkout, kinds, rest) and "web" not in started:
				web.reload_code(context)
				report.note("restarted with the changed app")
				state.set(served_code=code)
			elif "web" in started:
				state.set(served_code=code)
	files = mark.code + mark.public
	stale = any(site.memory(context, name).get("code") != files for name in names)
	os.environ["SKYCRM_CLEAR_CACHE"] = "1" if changed or stale else ""
	for name in names:
		site.remember(context, name, code=files)
	return [service for service in web.ORDER if service not in before and web.states(context).get(service)]


def without_browser(context: Context) -> str:
	"""Make sure there is a Chromium: the system's, else one that Playwright brings.

	:returns: why there is none, else nothing.
	"""
	if system.find_browser() or context.state.get("own_chromium"):
		return ""
	with context.report.step("Chromium"):
		try:
			context.run(context.python, "-m", "playwright", "install", "chromium", what="installing Chromium")
		except CommandFailed as error:
			context.report.note("cannot be had")
			return f"no Chromium is installed, and {error.message}"
	context.state.set(own_chromium=True)
	return ""


def run_pytest(context: Context, kinds: list[str], rest: list[str], note: str = "") -> int:
	"""Run one pytest session over the kinds, in the copy of the checkout."""
	checkout = context.config.checkout
	sites = lanes(context.config.test_site, kinds, rest)
	targets, side_by_side = targets_of(kinds, rest), []
	if len(sites) > 1:
		# One file stays in one lane, in its order. Whole paths: a lane begins where the tests have gone to by then.
		side_by_side = ["-n", str(len(sites)), "--dist", "loadfile"]
		targets = [str(checkout / target) for target in targets]
	environment = {
		**context.env(),
		"SKYCRM_TEST_SITES": " ".join(sites),
		# Lanes compare what they have collected: the order of a set must be the same in both.
		"PYTHONHASHSEED": "0",
		"SKYCRM_BENCH": str(context.bench),
		"SKYCRM_CHECKOUT": str(checkout),
		"SKYCRM_TEST_SITE": context.config.test_site,
		"SKYCRM_URL": f"http://{context.config.test_site}:{web.port(context)}",
		"SKYCRM_PORT": str(web.port(context)),
		"SKYCRM_ADMIN_PASSWORD": context.state.get("admin_password", ""),
		"SKYCRM_CLEAR_CACHE": os.environ.get("SKYCRM_CLEAR_CACHE", ""),
		"SKYCRM_NOT_RUN": note,
		"PYTHONDONTWRITEBYTECODE": "1",
	}
	if browser := system.find_browser():
		environment["SKYCRM_CHROMIUM"] = browser
	(checkout / ".pytest_cache").mkdir(exist_ok=True)
	context.report.say()
	return subprocess.run(
		[str(context.python), "-m", "pytest", *side_by_side, *targets, *rest],
		cwd=checkout,
		env=environment,
		check=False,
	).returncode


def targets_of(kinds: list[str], rest: list[str]) -> list[str]:
	"""Return the folders of the kinds, or nothing when the arguments name test files themselves."""
	if any(part.split("::")[0].rstrip("/").startswith("tests/") for part in rest if not part.startswith("-")):
		return []
	return [f"tests/{kind}" for kind in kinds]


def stop_what_we_started(context: Context, started: list[str], shared) -> None:
	"""Leave the servers as they were found, unless another test run needs them."""
	import fcntl

	if not started:
		return
	try:
		fcntl.flock(shared, fcntl.LOCK_EX | fcntl.LOCK_NB)
	except BlockingIOError:
		return
	context.report.quiet = True
	web.stop(context, started)


def _shared(path: Path):
	"""Return an open file that holds a shared lock: "the servers are in use"."""
	import fcntl

	path.parent.mkdir(parents=True, exist_ok=True)
	file = path.open("a+")
	fcntl.flock(file, fcntl.LOCK_SH)
	return file
