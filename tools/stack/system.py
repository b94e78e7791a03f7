"""The machine: is it supported and big enough, which packages are missing, the bench's unix user."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .config import BENCH_USER
from .errors import (
	CommandFailed,
	HostUnreachable,
	StackError,
	no_privilege,
	too_little_disk,
	too_little_memory,
	unsupported_system,
)
from .report import Report
from .runner import run

NEED_DISK_GB = 6.0
NEED_MEMORY_GB = 3.0
SUPPORTED = {("debian", "12"), ("ubuntu", "22.04"), ("ubuntu", "24.04")}
POLICY = Path("/usr/sbin/policy-rc.d")

# Each entry: names for the same thing in the order we prefer them, as releases differ.
# The -core packages of MariaDB hold the programs without a service: no server of the system is touched.
PACKAGES: tuple[tuple[str, ...], ...] = (
	("ca-certificates",),
	("git",),
	("build-essential",),
	("pkg-config",),
	("mariadb-server-core", "mariadb-server-core-10.6"),
	("mariadb-client", "mariadb-client-10.6"),
	("redis-server",),
	("nginx-light", "nginx-core", "nginx"),
	("wkhtmltopdf",),
	("fonts-liberation",),
	("fonts-noto-core",),
)
PYTHONS = ("3.11", "3.12", "3.13")
BROWSER_PACKAGES: tuple[tuple[str, ...], ...] = (("chromium",),)
# Ubuntu's chromium is a snap, which no service user can drive: the tests bring a Chromium, this is what it needs
BROWSER_LIBRARIES: tuple[tuple[str, ...], ...] = (
	("libasound2t64", "libasound2"),
	("libatk-bridge2.0-0t64", "libatk-bridge2.0-0"),
	("libatspi2.0-0t64", "libatspi2.0-0"),
	("libcairo2",),
	("libcups2t64", "libcups2"),
	("libdbus-1-3",),
	("libgbm1",),
	("libnss3",),
	("libpango-1.0-0",),
	("libxcomposite1",),
	("libxdamage1",),
	("libxfixes3",),
	("libxkbcommon0",),
	("libxrandr2",),
)
# What holds services that their package would start: kept from starting, and from starting at the next boot
SERVICES = {"redis-server": "redis-server", "nginx-light": "nginx", "nginx-core": "nginx", "nginx": "nginx"}


def os_release(text: str) -> tuple[str, str, str]:
	"""Return id, version and readable name out of the text of /etc/os-release."""
	values = {}
	for line in text.splitlines():
		key, _, value = line.partition("=")
		values[key.strip()] = value.strip().strip("\"'")
	name = values.get("PRETTY_NAME") or values.get("NAME") or "unknown"
	return values.get("ID", ""), values.get("VERSION_ID", ""), name


def check_supported(text: str | None = None) -> None:
	"""Make sure the system is one we know.

	:param text: content of /etc/os-release, read when not given.
	:raises UnsupportedSystem: naming the system.
	"""
	if text is None:
		try:
			text = Path("/etc/os-release").read_text("utf-8")
		except OSError:
			text = ""
	system, version, name = os_release(text)
	if (system, version) not in SUPPORTED:
		raise unsupported_system(name)


def check_size(bench: Path) -> None:
	"""Make sure disk and memory are enough for a new bench.

	:raises TooSmall: with the numbers.
	"""
	folder = bench
	while not folder.exists():
		folder = folder.parent
	free = shutil.disk_usage(folder).free / 1e9
	if free < NEED_DISK_GB:
		raise too_little_disk(str(folder), free, NEED_DISK_GB)
	memory = memory_gb()
	# Firmware and kernel keep a part of a machine sold as 3 GB
	if memory < NEED_MEMORY_GB * 0.9:
		raise too_little_memory(memory, NEED_MEMORY_GB)


def memory_gb() -> float:
	"""Return memory and swap of the machine, or of the container we are in."""
	values = {}
	for line in Path("/proc/meminfo").read_text("utf-8").splitlines():
		key, _, rest = line.partition(":")
		values[key] = int(rest.split()[0]) * 1024
	total, swap = values["MemTotal"], values.get("SwapTotal", 0)
	for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
		try:
			total = min(total, int(Path(limit).read_text().strip()))
		except (OSError, ValueError):
			continue
	return (total + swap) / 1e9


def system_python() -> str | None:
	"""Return a Python 3.11 or newer of the system that can make environments; None without one."""
	for version in PYTHONS:
		path = f"/usr/bin/python{version}"
		if os.access(path, os.X_OK) and _can_make_environments(path):
			return path
	return None


def _can_make_environments(python: str) -> bool:
	return (
		subprocess.run([python, "-c", "import venv, ensurepip"], capture_output=True, check=False).returncode
		== 0
	)


class Packages:
	"""Asks dpkg and apt; installs what is missing."""

	def __init__(self, report: Report) -> None:
		self.report = report
		self.updated = False

	def missing(self, wanted: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
		"""Return the entries of which no name is installed."""
		names = [name for entry in wanted for name in entry]
		done = subprocess.run(
			["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names],
			capture_output=True,
			text=True,
			check=False,
		)
		installed = {
			line.split()[0]
			for line in done.stdout.splitlines()
			if line.endswith(" installed") and line.split()
		}
		return [tuple(entry) for entry in wanted if not installed & set(entry)]

	def install(self, wanted: Sequence[Sequence[str]]) -> list[str]:
		"""Install what is missing; returns the packages that were installed.

		:raises NoPrivilege: without root and sudo.
		:raises StackError: when apt has no such package or fails.
		"""
		absent = self.missing(wanted)
		if not absent:
			self.report.note("already there")
			return []
		prefix = privilege([entry[0] for entry in absent])
		self._update(prefix, absent)
		names = [self._candidate(entry) for entry in absent]
		with NoServices(prefix, self.report):
			self._apt(prefix, "install", "--yes", "--no-install-recommends", *names)
		self._disable(prefix, names)
		return names

	def _update(self, prefix: list[str], absent: Sequence[Sequence[str]]) -> None:
		if self.updated:
			return
		self._apt(prefix, "update")
		self.updated = True

	def _candidate(self, entry: Sequence[str]) -> str:
		for name in entry:
			done = subprocess.run(
				["apt-cache", "policy", name], capture_output=True, text=True, check=False, env=_apt_env()
			)
			if "Candidate:" in done.stdout and "Candidate: (none)" not in done.stdout:
				return name
		raise StackError(
			f"apt knows no package {entry[0]}.",
			"On Ubuntu the universe section must be on: add-apt-repository universe",
		)

	def _apt(self, prefix: list[str], *argv: str) -> None:
		environment = [f"{name}={value}" for name, value in APT_ENV.items()] if prefix else []
		try:
			run(
				self.report,
				[*prefix, *(["env"] if environment else []), *environment, "apt-get", *APT_OPTIONS, *argv],
				env=_apt_env(),
				what=f"apt-get {argv[0]}",
				remedy="Is the system's package mirror reachable? Try apt-get update by hand.",
			)
		except CommandFailed as error:
			raise HostUnreachable(error.message, error.remedy) from error

	def _disable(self, prefix: list[str], names: Sequence[str]) -> None:
		"""Keep servers we brought onto the machine from starting at its next boot."""
		if not Path("/run/systemd/system").is_dir():
			return
		for name in names:
			if unit := SERVICES.get(name):
				subprocess.run(
					[*prefix, "systemctl", "disable", "--now", unit], capture_output=True, check=False
				)


APT_ENV = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8", "NEEDRESTART_MODE": "l"}
APT_OPTIONS = ("-q", "-o", "DPkg::Lock::Timeout=600", "-o", "Acquire::Retries=3")


def _apt_env() -> dict[str, str]:
	return {**os.environ, **APT_ENV}


class NoServices:
	"""While packages are installed no server of theirs starts (the way Debian's policy asks for it)."""

	def __init__(self, prefix: list[str], report: Report) -> None:
		self.prefix = prefix
		self.report = report
		self.made = False

	def __enter__(self) -> None:
		if POLICY.exists():
			return
		script = "#!/bin/sh\nexit 101\n"
		subprocess.run(
			[*self.prefix, "sh", "-c", f'cat > "{POLICY}" && chmod 755 "{POLICY}"'],
			input=script,
			text=True,
			check=True,
		)
		self.made = True

	def __exit__(self, *_exc: object) -> None:
		if self.made:
			subprocess.run([*self.prefix, "rm", "-f", str(POLICY)], check=False)


def privilege(packages: list[str]) -> list[str]:
	"""Return the words before a command that needs root: none for root, sudo for others.

	:raises NoPrivilege: when there is no way; names the packages.
	"""
	if os.geteuid() == 0:
		return []
	if shutil.which("sudo"):
		if subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
			return ["sudo", "-n"]
		if os.isatty(0) and subprocess.run(["sudo", "-v"], check=False).returncode == 0:
			return ["sudo"]
	raise no_privilege(packages)


def prepare(report: Report, bench: Path, *, browser: bool = False) -> None:
	"""Check the machine and install its packages.

	:raises StackError: see the errors of each check.
	"""
	check_supported()
	packages = Packages(report)
	wanted = list(PACKAGES)
	if browser and not find_browser():
		wanted += BROWSER_PACKAGES if os_release(_release())[0] == "debian" else BROWSER_LIBRARIES
	if system_python() is None:
		wanted += _python_packages()
	with report.step("System packages"):
		packages.install(wanted)
	if system_python() is None:
		raise StackError(
			"No usable Python 3.11 or newer in /usr/bin.", "apt-get install python3.11 python3.11-venv"
		)


def _release() -> str:
	try:
		return Path("/etc/os-release").read_text("utf-8")
	except OSError:
		return ""


def _python_packages() -> list[tuple[str, ...]]:
	"""Return the packages that bring a Python: what the release calls its 3.11 or 3.12."""
	version = "3.12" if os_release(_release())[1] == "24.04" else "3.11"
	return [(f"python{version}",), (f"python{version}-venv",), (f"python{version}-dev",)]


def find_browser() -> str | None:
	"""Return an installed Chromium or Chrome."""
	for name in ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser"):
		path = shutil.which(name)
		# Ubuntu's chromium is a snap: it cannot be driven from a service user
		if path and not os.path.realpath(path).startswith("/snap") and not _is_snap_stub(path):
			return path
	return None


def _is_snap_stub(path: str) -> bool:
	try:
		with open(path, "rb") as file:
			head = file.read(4096)
	except OSError:
		return True
	return head.startswith(b"#!") and b"/snap/bin" in head


def ensure_user(report: Report) -> pwd.struct_passwd:
	"""Return the bench's unix user, made at the first run (root only)."""
	try:
		return pwd.getpwnam(BENCH_USER)
	except KeyError:
		run(
			report,
			["useradd", "--create-home", "--shell", "/bin/bash", "--comment", "SkyCRM bench", BENCH_USER],
			what=f"making the user {BENCH_USER}",
		)
	entry = pwd.getpwnam(BENCH_USER)
	# The web server hands out files below the home
	os.chmod(entry.pw_dir, 0o755)
	return entry


def ensure_hosts(report: Report, names: Sequence[str], hosts: Path = Path("/etc/hosts")) -> None:
	"""Make the sites' names known on this machine, where that is allowed; only a convenience."""
	try:
		text = hosts.read_text("utf-8")
	except OSError:
		return
	known = {word for line in text.splitlines() for word in line.partition("#")[0].split()[1:]}
	lines = "".join(
		f"127.0.0.1 {name}\n" for name in names if name.endswith(".localhost") and name not in known
	)
	if not lines:
		return
	if text and not text.endswith("\n"):
		lines = "\n" + lines
	try:
		# Not worth asking for a password
		prefix = [] if os.access(hosts, os.W_OK) else ["sudo", "-n"]
		subprocess.run(
			[*prefix, "tee", "-a", str(hosts)],
			input=lines,
			text=True,
			stdout=subprocess.DEVNULL,
			stderr=subprocess.DEVNULL,
			check=True,
		)
	except (OSError, subprocess.CalledProcessError):
		report.log(f"{hosts} could not be changed; names under .localhost may not resolve outside a browser")
