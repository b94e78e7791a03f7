"""Command lines of bin/up, bin/test and bin/install-app.

A command runs in two halves. The first, as whoever called it, looks after the machine: packages, the bench's
unix user, a copy of the checkout that user can read. The second runs as the user that owns the bench.
"""

from __future__ import annotations

import argparse
import json
import os
import pwd
import shutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from . import app, config, install, stage, system, testing, up
from .context import Context
from .errors import StackError
from .report import Report
from .runner import git_reachable
from .state import lock

CHECKOUT = Path(os.environ.get("SKYCRM_CHECKOUT") or Path(__file__).resolve().parents[2])
SECOND_HALF = "SKYCRM_STACK_HALF"


def main(argv: Sequence[str] | None = None) -> int:
	"""Run a command; returns its exit code."""
	arguments = list(sys.argv[1:] if argv is None else argv)
	command, rest = (arguments[0], arguments[1:]) if arguments else ("up", [])
	for number in (signal.SIGTERM, signal.SIGHUP):
		# Ended like by Ctrl-C: what runs for us is ended too, and the next run goes on from there
		signal.signal(number, _interrupt)
	commands = {
		"up": main_up,
		"test": testing.main,
		"install-app": install.main,
		"sync": main_sync,
		"load": main_load,
	}
	try:
		return commands[command](rest)
	except StackError as error:
		sys.stdout.flush()
		print(f"\n{error.render()}", file=sys.stderr)
		return error.exit_code
	except KeyboardInterrupt:
		print("\nInterrupted. Run the same command again: it continues where it stopped.", file=sys.stderr)
		return 130


def _interrupt(_number: int, _frame: object) -> None:
	raise KeyboardInterrupt


def parser_up() -> argparse.ArgumentParser:
	"""Return the parser of bin/up."""
	parser = argparse.ArgumentParser(
		prog="bin/up",
		description="Bring SkyCRM up: a bench with Frappe and ERPNext 15, a site with demo data, served.",
		epilog="Variables: SKYCRM_BENCH, SKYCRM_SITE, SKYCRM_LISTEN, DB_HOST, DB_PORT, DB_ROOT_PASSWORD, REDIS_URL, "
		"FRAPPE_REPO, FRAPPE_BRANCH, ERPNEXT_REPO, ERPNEXT_BRANCH.",
	)
	action = parser.add_mutually_exclusive_group()
	action.add_argument("--status", action="store_true", help="say what runs, and the logins")
	action.add_argument("--stop", action="store_true", help="stop our servers")
	action.add_argument("--reset", action="store_true", help="delete the site and make it anew")
	parser.add_argument("--json", action="store_true", help="with --status: one JSON object")
	parser.add_argument("--yes", action="store_true", help="with --reset: do not ask")
	parser.add_argument("--no-demo", action="store_true", help="make the site without demo data")
	parser.add_argument("--port", metavar="N", help="web port, remembered (default 8000)")
	return parser


def main_up(argv: Sequence[str]) -> int:
	"""Run bin/up."""
	parser = parser_up()
	options = parser.parse_args(argv)
	if options.json and not options.status:
		parser.error("--json goes with --status")
	port = config.parse_port(options.port, "--port") if options.port else None
	look_only = options.status or options.stop
	if not in_second_half():
		if look_only and (settings := without_a_bench()):
			return say_nothing_is_there(settings, status_wanted=options.status, as_json=options.json)
		if options.reset and not options.yes:
			confirm_reset(os.environ.get("SKYCRM_SITE") or config.DEFAULT_SITE)
			argv = [*argv, "--yes"]
		first_half("up", argv, machine=not look_only)
	context = open_context(quiet=options.json)
	if options.status:
		return print_status(context, as_json=options.json)
	with exclusive(context):
		if options.stop:
			up.stop(context)
			return 0
		if options.reset:
			up.reset(context)
		context.report.say(f"Log: {context.report.log_file}")
		up.up(context, port=port, demo=not options.no_demo)
	return 0


def without_a_bench() -> config.Config | None:
	"""Return the settings when there is no bench to look at yet; None when there is one."""
	home = Path("/home") / config.BENCH_USER
	if os.geteuid() != 0:
		home = config.user_home()
	else:
		try:
			home = config.user_home(config.BENCH_USER)
		except KeyError:
			pass
	settings = config.load(os.environ, CHECKOUT, home)
	return None if (settings.bench / "sites").is_dir() else settings


def say_nothing_is_there(settings: config.Config, *, status_wanted: bool, as_json: bool) -> int:
	"""Answer --status and --stop on a machine without a bench; returns the exit code."""
	from . import status

	if not status_wanted:
		print("Nothing was running.")
		return 0
	found = status.build(
		running=False,
		site=settings.site,
		port=config.DEFAULT_PORT,
		bench=settings.bench,
		database="external" if settings.external_database else "embedded",
		logins=None,
	)
	print(json.dumps(found, ensure_ascii=False, indent=1) if as_json else status.render(found))
	return 0 if as_json else 3


def main_sync(_argv: Sequence[str]) -> int:
	"""Copy the checkout's app into the bench and nothing else."""
	if not in_second_half():
		first_half("sync", [], machine=False)
	context = open_context()
	with exclusive(context), context.report.step("This checkout's app"):
		app.sync(context)
	return 0


def main_load(argv: Sequence[str]) -> int:
	"""Run bin/load."""
	from . import loading

	os.environ.setdefault("SKYCRM_TEST_SITE", loading.SITE)
	if not in_second_half():
		first_half("load", argv, machine=True)
	return loading.run(open_context(), argv)


def print_status(context: Context, *, as_json: bool) -> int:
	"""Print the status object or its text; exit code 0 when the site runs, 3 when it does not."""
	from . import status

	found = up.describe(context)
	print(json.dumps(found, ensure_ascii=False, indent=1) if as_json else status.render(found))
	return 0 if as_json or found["running"] else 3


def confirm_reset(site: str) -> None:
	"""Ask before a site is deleted.

	:param site: its name; the question shows it.
	:raises StackError: when the answer is no, or nobody can answer.
	"""
	if not sys.stdin.isatty():
		raise StackError(f"--reset deletes the site {site} and its data.", "Say so: bin/up --reset --yes")
	answer = input(f"This deletes the site {site} and all its data. Type 'yes' to go on: ")
	if answer.strip().lower() != "yes":
		raise StackError("Nothing was deleted.")


def in_second_half() -> bool:
	"""Whether this process already runs as the bench's user, from the copy of the checkout."""
	return os.environ.get(SECOND_HALF) == "1"


def first_half(command: str, argv: Sequence[str], *, machine: bool, browser: bool = False) -> None:
	"""Look after the machine, then go on as the bench's user; does not return.

	:param machine: whether system packages may be installed.
	:raises StackError: for anything the machine lacks.
	"""
	root = os.geteuid() == 0
	owner = bench_owner(machine)
	home = Path(owner.pw_dir)
	settings = config.load(os.environ, CHECKOUT, home)
	os.umask(0o022)
	stage.make_folder(
		home / ".skycrm", settings.log_file.parent, (owner.pw_uid, owner.pw_gid) if root else None
	)
	if machine:
		report = Report(settings.log_file)
		if root:
			os.chown(settings.log_file, owner.pw_uid, owner.pw_gid)
		if not (settings.bench / "sites").is_dir():
			system.check_supported()
			system.check_size(settings.bench)
			check_code_hosts(report, settings)
		system.prepare(report, settings.bench, browser=browser)
		system.ensure_hosts(report, [settings.site, *testing.lane_sites(settings.test_site)])
	copy = stage.stage(CHECKOUT, home, settings.bench, owner if root else None)
	if root and not settings.bench.exists():
		make_bench_folder(settings.bench, owner)
	go_on(command, argv, copy, owner, root)


def check_code_hosts(report: Report, settings: config.Config) -> None:
	"""Find out before anything is installed whether frappe and ERPNext can be had (where git is there to ask).

	:raises HostUnreachable: naming the URL and the ways to a mirror.
	"""
	if not shutil.which("git"):
		return
	with report.step("Code hosts"):
		for url, branch, variable in (
			(settings.frappe_repo, settings.frappe_branch, "FRAPPE_REPO"),
			(settings.erpnext_repo, settings.erpnext_branch, "ERPNEXT_REPO"),
		):
			git_reachable(report, url, branch, variable, os.environ)


def bench_owner(may_make: bool) -> pwd.struct_passwd:
	"""Return the user that owns the bench: the caller, or for root a user of its own.

	:raises StackError: when there is none yet and none may be made.
	"""
	if os.geteuid() != 0:
		return pwd.getpwuid(os.getuid())
	try:
		return pwd.getpwnam(config.BENCH_USER)
	except KeyError:
		if not may_make:
			raise StackError("There is no bench on this machine yet.", "Make one: bin/up") from None
	system.check_supported()
	return system.ensure_user(Report(Path("/tmp") / f"skycrm-{os.getpid()}.log"))


def make_bench_folder(bench: Path, owner: pwd.struct_passwd) -> None:
	"""Make the bench's folder for its user where that user could not: root chose the place."""
	bench.mkdir(parents=True)
	os.chown(bench, owner.pw_uid, owner.pw_gid)


def go_on(command: str, argv: Sequence[str], copy: Path, owner: pwd.struct_passwd, root: bool) -> None:
	"""Replace this process by the second half. The caller's environment (proxies, certificates) goes along."""
	home = Path(owner.pw_dir)
	path = [folder for folder in os.environ.get("PATH", "").split(":") if folder and readable(folder, root)]
	for folder in ("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"):
		if folder not in path:
			path.append(folder)
	variables = {
		"HOME": str(home),
		"USER": owner.pw_name,
		"LOGNAME": owner.pw_name,
		"PATH": ":".join(path),
		"PYTHONPATH": str(copy / "tools"),
		"PYTHONDONTWRITEBYTECODE": "1",
		"SKYCRM_CHECKOUT": str(copy),
		SECOND_HALF: "1",
	}
	python = system.system_python() or sys.executable
	line = [python, "-m", "stack", command, *argv]
	os.chdir(home)
	sys.stdout.flush()
	if root:
		pairs = [f"{name}={value}" for name, value in variables.items()]
		unset = [part for name in UNSET for part in ("-u", name)]
		os.execvp("runuser", ["runuser", "-u", owner.pw_name, "--", "env", *unset, *pairs, *line])
	environment = {name: value for name, value in os.environ.items() if name not in UNSET}
	os.execvpe(python, line, {**environment, **variables})


# Point at the caller's own home or terminal session, which the bench's user may not read
UNSET = (
	"XDG_RUNTIME_DIR",
	"XDG_CONFIG_HOME",
	"XDG_CACHE_HOME",
	"XDG_DATA_HOME",
	"PYENV_VERSION",
	"VIRTUAL_ENV",
	"MAIL",
)


def readable(folder: str, root: bool) -> bool:
	"""Whether a folder of PATH is of use to the bench's user."""
	return not (root and (folder == "/root" or folder.startswith("/root/")))


def open_context(quiet: bool = False) -> Context:
	"""Return the context of the second half."""
	settings = config.load(os.environ, CHECKOUT, config.user_home())
	return Context(settings, Report(settings.log_file, quiet=quiet))


def exclusive(context: Context):
	"""Hold the lock that keeps two runs on one bench apart."""
	path = context.config.home / ".skycrm" / f"run-{context.bench.name}.lock"
	return lock(path, context.report, "another run on this bench")
