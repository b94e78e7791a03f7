"""Our own servers: started detached, known by a pid file, stopped by that alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .context import Context
from .errors import StackError


@dataclass(frozen=True)
class Service:
	"""One server process and how to tell that it is ready."""

	name: str
	argv: Sequence[str]
	cwd: Path
	ready: Callable[[], bool] = field(default=lambda: True)
	env: Mapping[str, str] = field(default_factory=dict)
	stop_signal: int = signal.SIGTERM
	reload_signal: int | None = None
	seconds_to_start: float = 60.0
	seconds_to_stop: float = 30.0


class Supervisor:
	"""Starts, stops and looks at services. Needs no systemd and no parent that stays."""

	def __init__(self, context: Context) -> None:
		self.context = context
		self.folder = context.bench / "config" / "pids"
		self.logs = context.bench / "logs"

	def pid(self, name: str) -> int | None:
		"""Return the process id of a running service, or None.

		The start time is compared too, so that a reused id is never taken for ours.
		"""
		try:
			entry = json.loads((self.folder / f"{name}.json").read_text("utf-8"))
		except (FileNotFoundError, ValueError):
			return None
		return entry["pid"] if started_at(entry["pid"]) == entry["started"] else None

	def start(self, service: Service) -> bool:
		"""Start a service unless it runs, and wait until it is ready.

		:returns: whether it had to be started.
		:raises StackError: when it ends or does not get ready; shows the end of its log.
		"""
		if self.pid(service.name):
			self._wait(service)
			return False
		self.folder.mkdir(parents=True, exist_ok=True)
		self.logs.mkdir(parents=True, exist_ok=True)
		with self.log_path(service.name).open("ab") as log:
			process = subprocess.Popen(
				list(service.argv),
				cwd=service.cwd,
				env={**self.context.env(), **service.env},
				stdin=subprocess.DEVNULL,
				stdout=log,
				stderr=log,
				start_new_session=True,
			)
		entry = {"pid": process.pid, "started": started_at(process.pid)}
		(self.folder / f"{service.name}.json").write_text(json.dumps(entry), "utf-8")
		self._wait(service, process)
		return True

	def stop(self, name: str, stop_signal: int = signal.SIGTERM, seconds: float = 30.0) -> bool:
		"""Stop a service if it runs: ask, wait, then kill its process group.

		:returns: whether it was running.
		"""
		pid = self.pid(name)
		path = self.folder / f"{name}.json"
		if pid:
			_signal(pid, stop_signal)
			if not _wait_gone(pid, seconds):
				_signal_group(pid, signal.SIGKILL)
				_wait_gone(pid, 5)
			_reap(pid)
		path.unlink(missing_ok=True)
		return bool(pid)

	def reload(self, service: Service) -> None:
		"""Make a running service take new code: a signal where it knows one, else stop and start."""
		pid = self.pid(service.name)
		if pid is None:
			return
		if service.reload_signal is not None:
			_signal(pid, service.reload_signal)
			time.sleep(0.5)
			self._wait(service)
		else:
			self.stop(service.name, service.stop_signal, service.seconds_to_stop)
			self.start(service)

	def log_path(self, name: str) -> Path:
		"""Return the log file of a service."""
		return self.logs / f"skycrm-{name}.log"

	def _wait(self, service: Service, process: subprocess.Popen | None = None) -> None:
		deadline = time.monotonic() + service.seconds_to_start
		while True:
			if process is not None and process.poll() is not None:
				(self.folder / f"{service.name}.json").unlink(missing_ok=True)
				raise self._failed(service, f"{service.name} ended at once (exit code {process.returncode}).")
			if service.ready():
				return
			if time.monotonic() > deadline:
				raise self._failed(
					service, f"{service.name} is not ready after {service.seconds_to_start:.0f} s."
				)
			self.context.report.progress(f"waiting for {service.name}")
			time.sleep(0.1)

	def _failed(self, service: Service, message: str) -> StackError:
		path = self.log_path(service.name)
		try:
			tail = path.read_text("utf-8", "replace").splitlines()[-15:]
		except OSError:
			tail = []
		return StackError(message, "\n".join([*(f"| {line}" for line in tail), f"Its log: {path}"]))


def started_at(pid: int) -> str | None:
	"""Return the start time of a process as the kernel counts it; None when it is gone or a zombie."""
	try:
		text = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
	except OSError:
		return None
	fields = text.rsplit(")", 1)[-1].split()
	return None if fields[0] in ("Z", "X") else fields[19]


def _signal(pid: int, number: int) -> None:
	try:
		os.kill(pid, number)
	except ProcessLookupError:
		pass


def _signal_group(pid: int, number: int) -> None:
	try:
		os.killpg(pid, number)
	except (ProcessLookupError, PermissionError):
		_signal(pid, number)


def _wait_gone(pid: int, seconds: float) -> bool:
	deadline = time.monotonic() + seconds
	while started_at(pid) is not None:
		if time.monotonic() > deadline:
			return False
		time.sleep(0.05)
	return True


def _reap(pid: int) -> None:
	"""Collect a child that this very run had started."""
	try:
		os.waitpid(pid, os.WNOHANG)
	except (ChildProcessError, OSError):
		pass
