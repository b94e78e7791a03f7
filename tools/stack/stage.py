"""A copy of the checkout that the bench's user can read, whoever owns the checkout and wherever it is."""

from __future__ import annotations

import os
import pwd
import time
from pathlib import Path

from .app import mirror
from .state import lock


def folder(home: Path, bench: Path) -> Path:
	"""Return where the copy for a bench lives."""
	return home / ".skycrm" / "checkouts" / bench.name


def stage(checkout: Path, home: Path, bench: Path, owner: pwd.struct_passwd | None = None) -> Path:
	"""Bring the copy up to date; returns it.

	:param owner: the user it shall belong to, when root makes it.
	"""
	target = folder(home, bench)
	ids = (owner.pw_uid, owner.pw_gid) if owner else None
	make_folder(home / ".skycrm", target, ids)
	with lock(home / ".skycrm" / f"stage-{bench.name}.lock"):
		for attempt in range(5):
			try:
				mirror(checkout, target, ids)
				break
			except FileNotFoundError:
				# A file went away between being listed and being copied: somebody is at work in the checkout
				if attempt == 4:
					raise
				time.sleep(0.2)
	return target


def make_folder(base: Path, target: Path, ids: tuple[int, int] | None) -> None:
	"""Make a folder and those above it up to `base`, all owned by the bench's user."""
	target.mkdir(parents=True, exist_ok=True)
	if ids:
		path = target
		while True:
			os.chown(path, *ids)
			if path == base:
				break
			path = path.parent
