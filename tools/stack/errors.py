"""Errors that end a command: what went wrong, and the way out."""

from __future__ import annotations


class StackError(Exception):
	"""A failure the person at the keyboard can do something about.

	:param message: one sentence on what went wrong.
	:param remedy: what to do now, one line per step.
	"""

	exit_code = 1

	def __init__(self, message: str, remedy: str = "") -> None:
		super().__init__(message)
		self.message = message
		self.remedy = remedy

	def render(self) -> str:
		"""Return the text printed on the screen."""
		lines = [f"error: {self.message}"]
		lines += [f"  {line}" for line in self.remedy.splitlines()]
		return "\n".join(lines)


class UnsupportedSystem(StackError):
	"""The operating system is not one of those the installer knows."""


class NoPrivilege(StackError):
	"""System packages are missing and there is neither root nor sudo."""


class PortTaken(StackError):
	"""Another program listens on the web port."""


class TooSmall(StackError):
	"""Too little disk or memory."""


class HostUnreachable(StackError):
	"""A code host or a package registry does not answer."""


class CommandFailed(StackError):
	"""A command ended with an error; carries its last lines."""

	def __init__(self, message: str, remedy: str = "", output: str = "") -> None:
		super().__init__(message, remedy)
		self.output = output


def code_host_unreachable(url: str, variable: str) -> HostUnreachable:
	"""Return the error for a git URL that does not answer.

	:param url: the URL that was tried.
	:param variable: the environment variable that names another one.
	"""
	base = url.split("://", 1)[-1].split("/", 1)[0]
	scheme = url.split("://", 1)[0] if "://" in url else "https"
	return HostUnreachable(
		f"The code host does not answer: {url}",
		"Check the network, or use a mirror in one of two ways:\n"
		f"git config --system url.<mirror>.insteadOf {scheme}://{base}/\n"
		f"{variable}=<URL of the mirror> bin/up",
	)


def port_taken(port: int, owner: str = "") -> PortTaken:
	"""Return the error for a web port that another program holds."""
	by = f" by {owner}" if owner else " by another program"
	return PortTaken(
		f"Port {port} is taken{by}.",
		f"Stop that program, or choose another port:\nbin/up --port {port + 80}",
	)


def too_little_disk(path: str, free_gb: float, need_gb: float) -> TooSmall:
	"""Return the error for a disk without enough room."""
	return TooSmall(
		f"Too little disk space: {path} has {free_gb:.1f} GB free, {need_gb:.0f} GB are needed.",
		"Free some space, or put the bench on another disk:\nSKYCRM_BENCH=/another/disk/skycrm-bench bin/up",
	)


def too_little_memory(total_gb: float, need_gb: float) -> TooSmall:
	"""Return the error for a machine with too little memory."""
	return TooSmall(
		f"Too little memory: this machine has {total_gb:.1f} GB with swap, {need_gb:.0f} GB are needed.",
		"Give the machine more memory, or add swap:\n"
		"fallocate -l 4G /swapfile && chmod 600 /swapfile && mkswap /swapfile && swapon /swapfile",
	)


def unsupported_system(name: str) -> UnsupportedSystem:
	"""Return the error for an operating system the installer does not know."""
	return UnsupportedSystem(
		f"This system is not supported: {name}.",
		"Use Debian 12, Ubuntu 22.04 or Ubuntu 24.04 (a container or a virtual machine will do),\n"
		"or install the app on a bench of your own: bin/install-app <bench> [site]",
	)


def no_privilege(packages: list[str]) -> NoPrivilege:
	"""Return the error for missing system packages that nobody may install."""
	return NoPrivilege(
		"System packages are missing and this user has neither root nor sudo.",
		"Run bin/up as root or as a user with sudo, or ask an administrator for:\n"
		f"apt-get install {' '.join(packages)}",
	)
