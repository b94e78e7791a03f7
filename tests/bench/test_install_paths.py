"""The two ways onto a bench that is already there: from a checkout, and from a git URL whose root is the app."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import scratch

SITE = f"install-{scratch.OWN}"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
	"""Return a git checkout of the project."""
	return scratch.copy_checkout(tmp_path_factory.mktemp("checkout") / "project")


@pytest.fixture(scope="module")
def remote(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
	"""Return a repository the app branch is published to."""
	folder = tmp_path_factory.mktemp("remote") / "skycrm"
	scratch.git(repository, "clone", "--quiet", str(repository), str(folder))
	scratch.git(folder, "remote", "remove", "origin")
	scratch.git(repository, "remote", "add", "origin", f"file://{folder}")
	return folder


@pytest.fixture(scope="module")
def bench() -> Iterator[Path]:
	"""Return a bench with frappe and ERPNext and a site, without the app; beside the first one, for hard links."""
	folder = scratch.BENCH.parent / ".skycrm" / f"bench-{SITE}"
	if folder.exists():
		shutil.rmtree(folder)
	scratch.new_bench(folder)
	scratch.new_site(folder, SITE)
	yield folder
	scratch.drop_site(folder, SITE)
	shutil.rmtree(folder)


@pytest.fixture(scope="module")
def published(repository: Path, remote: Path) -> str:
	"""Publish the app branch; returns what the command said."""
	return scratch.command(["bin/publish-app-branch", "origin"], repository)


def installed_apps(bench: Path) -> set[str]:
	listed = scratch.bench_command(bench, "--site", SITE, "list-apps")
	return {line.split()[0] for line in listed.splitlines() if line.split()}


def test_the_app_branch_has_the_app_at_its_root(published: str, remote: Path):
	files = scratch.git(remote, "ls-tree", "-r", "--name-only", "app").splitlines()
	assert {"pyproject.toml", "setup.py", "license.txt", "skycrm/hooks.py", "skycrm/modules.txt"} <= set(
		files
	)
	assert not [name for name in files if name.startswith(("apps/", "tools/", "tests/", "bin/"))]
	modes = scratch.git(remote, "ls-tree", "-r", "app").splitlines()
	assert not [line for line in modes if line.startswith("120000")], "a symbolic link"
	assert "bench get-app" in published


def test_publishing_again_gives_the_same_commit(published: str, repository: Path, remote: Path):
	before = scratch.git(remote, "rev-parse", "app")
	scratch.command(["bin/publish-app-branch", "origin"], repository)
	assert scratch.git(remote, "rev-parse", "app") == before


def test_bench_gets_the_app_from_its_branch_and_installs_it(published: str, remote: Path, bench: Path):
	scratch.bench_command(bench, "get-app", f"file://{remote}", "--branch", "app")
	assert (bench / "apps" / "skycrm" / "skycrm" / "hooks.py").exists()
	assert "skycrm" in (bench / "sites" / "apps.txt").read_text("utf-8").split()
	assert (bench / "sites" / "assets" / "skycrm").exists()
	scratch.bench_command(bench, "--site", SITE, "install-app", "skycrm")
	assert "skycrm" in installed_apps(bench)
	scratch.bench_command(bench, "--site", SITE, "uninstall-app", "skycrm", "--yes", "--no-backup")
	assert "skycrm" not in installed_apps(bench)
	scratch.bench_command(bench, "remove-app", "skycrm", "--no-backup")
	assert not (bench / "apps" / "skycrm").exists()


def test_the_app_installs_from_a_checkout(repository: Path, bench: Path):
	said = scratch.command([str(repository / "bin" / "install-app"), str(bench), SITE], bench)
	assert "skycrm" in installed_apps(bench), said
	folder = bench / "apps" / "skycrm"
	assert (folder / "skycrm" / "hooks.py").exists() and not folder.is_symlink()
	assert not [path for path in folder.rglob("*") if path.is_symlink()]
	# Once more, as an update: it migrates
	said = scratch.command([str(repository / "bin" / "install-app"), str(bench), SITE], bench)
	assert "Migrating" in said


def test_a_folder_that_is_no_bench_is_refused(repository: Path, tmp_path: Path):
	said = scratch.command([str(repository / "bin" / "install-app"), str(tmp_path)], repository, check=False)
	assert "is not a bench" in said


def test_a_site_that_is_not_there_is_refused_before_anything_is_copied(repository: Path, bench: Path):
	shutil.rmtree(bench / "apps" / "skycrm", ignore_errors=True)
	said = scratch.command(
		[str(repository / "bin" / "install-app"), str(bench), "nowhere.localhost"], bench, check=False
	)
	assert "has no site nowhere.localhost" in said
	assert not (bench / "apps" / "skycrm").exists()
