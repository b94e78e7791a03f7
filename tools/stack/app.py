"""Bringing the checkout's app into the bench: a copy that is kept the same, never a link."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from . import bench
from .context import Context

APP = "skycrm"
IGNORED = {"__pycache__", ".git", "node_modules", ".pytest_cache", ".ruff_cache", ".hypothesis", "output"}
# What a migrate reads: a change here asks for one, a change elsewhere only for a restart
SCHEMA_SUFFIXES = {".json", ".txt"}
SCHEMA_FOLDERS = {"setup", "workflows", "fixtures", "patches"}
SCHEMA_FILES = {"hooks.py", "install.py", "uninstall.py"}


@dataclass(frozen=True)
class Fingerprint:
	"""Digests of the parts of the app that ask for different work when they change."""

	schema: str
	code: str
	public: str
	packaging: str


def mirror(source: Path, target: Path, owner: tuple[int, int] | None = None) -> int:
	"""Make `target` hold the same files as `source`; returns how many were written or removed.

	:param owner: user and group ids for what is made, when root makes it.

	Compiled Python in the target is left alone, unless its folder is gone from the source.
	"""
	changed = 0
	if not target.is_dir():
		target.mkdir(parents=True)
		if owner:
			os.chown(target, *owner)
	wanted: set[str] = set()
	for entry in os.scandir(source):
		if entry.name in IGNORED or entry.name.endswith((".pyc", ".egg-info")):
			continue
		wanted.add(entry.name)
		copy = target / entry.name
		if entry.is_dir():
			if copy.is_symlink() or copy.is_file():
				copy.unlink()
			changed += mirror(Path(entry.path), copy, owner)
			continue
		if copy.is_dir() and not copy.is_symlink():
			shutil.rmtree(copy)
		try:
			stat, here = entry.stat(), copy.stat()
			same = stat.st_size == here.st_size and stat.st_mtime_ns == here.st_mtime_ns
		except FileNotFoundError:
			same = False
		if not same:
			# Through a second name: a process that reads meanwhile sees the old file or the new one
			temporary = target / f".{entry.name}.{os.getpid()}"
			shutil.copy2(entry.path, temporary)
			temporary.chmod(
				0o755 if os.access(entry.path, os.X_OK) and entry.stat().st_mode & 0o100 else 0o644
			)
			if owner:
				os.chown(temporary, *owner)
			temporary.replace(copy)
			changed += 1
	for entry in os.scandir(target):
		if entry.name in wanted or entry.name in IGNORED or entry.name.endswith(".egg-info"):
			continue
		if entry.is_dir(follow_symlinks=False):
			shutil.rmtree(entry.path)
		else:
			os.unlink(entry.path)
		changed += 1
	return changed


def fingerprint(app: Path) -> Fingerprint:
	"""Return the digests of an app's folder, from the files' content."""
	groups: dict[str, list[Path]] = {"schema": [], "code": [], "public": [], "packaging": []}
	for path in sorted(_files(app)):
		groups[group_of(path.relative_to(app))].append(path)
	return Fingerprint(**{name: _digest(app, paths) for name, paths in groups.items()})


def group_of(relative: Path) -> str:
	"""Return which part of the app a file belongs to."""
	parts = relative.parts
	if len(parts) == 1:
		return "packaging" if relative.name in ("pyproject.toml", "setup.py", "package.json") else "code"
	if "public" in parts:
		return "public"
	if (
		relative.suffix in SCHEMA_SUFFIXES
		or relative.name in SCHEMA_FILES
		or SCHEMA_FOLDERS & set(parts[:-1])
	):
		return "schema"
	return "code"


def _files(folder: Path) -> Iterable[Path]:
	for root, folders, files in os.walk(folder):
		folders[:] = [name for name in folders if name not in IGNORED and not name.endswith(".egg-info")]
		for name in files:
			if not name.endswith(".pyc"):
				yield Path(root) / name


def _digest(root: Path, paths: list[Path]) -> str:
	digest = hashlib.sha256()
	for path in paths:
		try:
			content = path.read_bytes()
		except FileNotFoundError:
			continue
		digest.update(str(path.relative_to(root)).encode() + b"\0" + hashlib.sha256(content).digest())
	return digest.hexdigest()[:20]


def sync(context: Context) -> Fingerprint:
	"""Copy app, tests and helpers into the bench, install the package, build its assets where needed."""
	target = context.bench / "apps" / APP
	changed = mirror(context.config.checkout / "apps" / APP, target)
	mark = fingerprint(target)
	state = context.state
	if state.get("packaging") != mark.packaging or not _importable(context):
		context.run(
			context.python,
			"-m",
			"pip",
			"install",
			"--quiet",
			"-e",
			target,
			what="installing the app's package",
		)
		state.set(packaging=mark.packaging)
	bench.list_app(context, APP)
	if state.get("public") != mark.public:
		# Plain files are served where they are; only bundles are made out of them
		if list(target.glob("**/public/**/*.bundle.*")) or not (context.sites / "assets" / APP).exists():
			bench.build_assets(context, APP)
		state.set(public=mark.public)
	if changed:
		context.report.note(f"{changed} files changed")
	else:
		context.report.note("nothing changed")
	return mark


def _importable(context: Context) -> bool:
	"""Whether the environment knows the package (a plain look at its files, not a new process)."""
	return any(context.bench.glob(f"env/lib/python3*/site-packages/{APP}-*.dist-info"))
