"""What a bench remembers between runs: ports, secrets, finished steps, fingerprints."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .report import Report


class State:
	"""A small JSON file, readable by the bench's user only, written whole and renamed into place."""

	def __init__(self, path: Path) -> None:
		self.path = path
		self.data: dict[str, Any] = {}
		self.reload()

	def reload(self) -> None:
		"""Read the file again; another run may have written it."""
		try:
			self.data = json.loads(self.path.read_text("utf-8"))
		except (FileNotFoundError, ValueError):
			self.data = {}

	def get(self, key: str, default: Any = None) -> Any:
		"""Return a remembered value."""
		return self.data.get(key, default)

	def set(self, **values: Any) -> None:
		"""Remember values; None forgets one. Merges with what another run wrote meanwhile."""
		self.reload()
		for key, value in values.items():
			if value is None:
				self.data.pop(key, None)
			else:
				self.data[key] = value
		self.path.parent.mkdir(parents=True, exist_ok=True)
		# Beside this file lie dumps and logins
		self.path.parent.chmod(0o700)
		temporary = self.path.with_suffix(f".{os.getpid()}")
		descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
		with os.fdopen(descriptor, "w", encoding="utf-8") as file:
			json.dump(self.data, file, indent=1, sort_keys=True)
		temporary.replace(self.path)

	def secret(self, key: str) -> str:
		"""Return a remembered random password, made at the first call."""
		if key not in self.data:
			self.set(**{key: secrets.token_urlsafe(18)})
		return self.data[key]


@contextmanager
def lock(path: Path, report: Report | None = None, waiting_for: str = "another run") -> Iterator[None]:
	"""Hold an exclusive lock; says so when it has to wait. Released by the system if the process dies."""
	path.parent.mkdir(parents=True, exist_ok=True)
	with path.open("a+") as file:
		try:
			fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
		except BlockingIOError:
			if report:
				report.say(f"Waiting for {waiting_for} to finish ...")
			fcntl.flock(file, fcntl.LOCK_EX)
		yield
