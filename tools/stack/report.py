"""What the screen shows: numbered steps with their time, progress on long ones, a log file with the rest."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TextIO

# A line that says "still busy" this often, where the screen cannot be rewritten (CI logs)
QUIET_SECONDS = 20


class Report:
	"""Prints steps; writes everything to a log file.

	:param log_file: made if missing, appended to.
	:param out: the screen.
	"""

	def __init__(self, log_file: Path, out: TextIO | None = None, quiet: bool = False) -> None:
		self.log_file = log_file
		self.out = out or sys.stdout
		self.quiet = quiet
		self._tty = self.out.isatty()
		self._label = ""
		self._started = 0.0
		self._last_line = 0.0
		self._note = ""
		self._line_open = False
		log_file.parent.mkdir(parents=True, exist_ok=True)
		self._log = log_file.open("a", encoding="utf-8", errors="replace")

	def log(self, text: str) -> None:
		"""Write to the log file only."""
		self._log.write(text if text.endswith("\n") else text + "\n")
		self._log.flush()

	def say(self, text: str = "") -> None:
		"""Print a line, and log it."""
		self._clear()
		if not self.quiet:
			print(text, file=self.out, flush=True)
		self.log(text)

	@contextmanager
	def step(self, label: str) -> Iterator[None]:
		"""Print one step with the time it took. A failure is marked and passed on."""
		self._label, self._started, self._note = label, time.monotonic(), ""
		self._last_line = self._started
		self.log(f"\n=== {datetime.now():%Y-%m-%d %H:%M:%S} {label}")
		try:
			yield
		except BaseException:
			self._end("FAILED")
			raise
		self._end(self._note or "ok")

	def note(self, text: str) -> None:
		"""Set the word shown at the end of the step, for example "already done"."""
		self._note = text

	def progress(self, text: str = "") -> None:
		"""Show that a long step is alive; cheap to call often."""
		now = time.monotonic()
		if self.quiet:
			return
		if self._tty:
			if now - self._last_line >= 0.5:
				line = f"  …  {self._label} {now - self._started:.0f} s  {text.strip()}"
				print("\r\x1b[2K" + line[:110], end="", file=self.out, flush=True)
				self._line_open = True
				self._last_line = now
		elif now - self._last_line >= QUIET_SECONDS:
			line = f"  ...  {self._label}: {now - self._started:.0f} s, {text.strip()}"
			print(line[:150], file=self.out, flush=True)
			self._last_line = now

	def _end(self, state: str) -> None:
		seconds = time.monotonic() - self._started
		self._clear()
		line = f"{seconds:7.1f} s  {self._label}" + ("" if state == "ok" else f": {state}")
		if not self.quiet or state == "FAILED":
			print(line, file=self.out, flush=True)
		self.log(line)

	def _clear(self) -> None:
		if self._line_open:
			print("\r\x1b[2K", end="", file=self.out, flush=True)
			self._line_open = False
