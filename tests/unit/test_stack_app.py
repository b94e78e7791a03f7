"""Copying the app into the bench, and knowing what a change asks for."""

import os
import stat
from pathlib import Path

import pytest
from stack import app


@pytest.fixture
def source(tmp_path: Path) -> Path:
	folder = tmp_path / "source"
	for name, text in {
		"pyproject.toml": "[project]",
		"skycrm/hooks.py": "app_name = 'skycrm'",
		"skycrm/services/leads.py": "x = 1",
		"skycrm/skycrm/doctype/sky_lead/sky_lead.json": "{}",
		"skycrm/public/js/lead.js": "//",
		"skycrm/__pycache__/hooks.cpython-311.pyc": "old",
		"run.sh": "#!/bin/sh",
	}.items():
		path = folder / name
		path.parent.mkdir(parents=True, exist_ok=True)
		path.write_text(text, "utf-8")
	(folder / "run.sh").chmod(0o755)
	return folder


def files(folder: Path) -> set[str]:
	return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_the_copy_is_whole_and_leaves_compiled_files_out(source: Path, tmp_path: Path):
	target = tmp_path / "target"
	assert app.mirror(source, target) == 6
	assert files(target) == {name for name in files(source) if not name.endswith(".pyc")}
	assert stat.S_IMODE((target / "run.sh").stat().st_mode) == 0o755
	assert not [path for path in target.rglob("*") if path.is_symlink()]


def test_a_second_copy_changes_nothing(source: Path, tmp_path: Path):
	target = tmp_path / "target"
	app.mirror(source, target)
	assert app.mirror(source, target) == 0


def test_changes_and_removals_follow(source: Path, tmp_path: Path):
	target = tmp_path / "target"
	app.mirror(source, target)
	(source / "skycrm/services/leads.py").write_text("x = 22", "utf-8")
	(source / "skycrm/public/js/lead.js").unlink()
	(source / "skycrm/public/js").rmdir()
	(source / "skycrm/public").rmdir()
	assert app.mirror(source, target) == 2
	assert (target / "skycrm/services/leads.py").read_text("utf-8") == "x = 22"
	assert not (target / "skycrm/public").exists()


def test_what_the_bench_made_beside_the_copy_stays(source: Path, tmp_path: Path):
	target = tmp_path / "target"
	app.mirror(source, target)
	(target / "skycrm/__pycache__").mkdir()
	(target / "skycrm/__pycache__/x.pyc").touch()
	(target / "skycrm.egg-info").mkdir()
	assert app.mirror(source, target) == 0
	assert (target / "skycrm/__pycache__/x.pyc").exists() and (target / "skycrm.egg-info").exists()


def test_a_folder_that_became_a_file_and_the_reverse(source: Path, tmp_path: Path):
	target = tmp_path / "target"
	app.mirror(source, target)
	(source / "run.sh").unlink()
	(source / "run.sh").mkdir()
	(source / "run.sh" / "inner").write_text("1", "utf-8")
	app.mirror(source, target)
	assert (target / "run.sh" / "inner").exists()


def test_a_read_only_checkout_gives_a_copy_its_owner_can_change(source: Path, tmp_path: Path):
	for path in source.rglob("*"):
		if path.is_file():
			path.chmod(0o444)
	target = tmp_path / "target"
	app.mirror(source, target)
	assert all(os.stat(target / name).st_mode & stat.S_IWUSR for name in files(target))


@pytest.mark.parametrize(
	("name", "group"),
	[
		("pyproject.toml", "packaging"),
		("setup.py", "packaging"),
		("skycrm/services/leads.py", "code"),
		("skycrm/skycrm/doctype/sky_lead/sky_lead.py", "code"),
		("skycrm/skycrm/doctype/sky_lead/sky_lead.js", "code"),
		("skycrm/skycrm/doctype/sky_lead/sky_lead.json", "schema"),
		("skycrm/patches.txt", "schema"),
		("skycrm/hooks.py", "schema"),
		("skycrm/setup/custom_fields.py", "schema"),
		("skycrm/workflows/sky_lead.json", "schema"),
		("skycrm/public/js/lead.js", "public"),
		("skycrm/translations/vi.csv", "code"),
	],
)
def test_each_file_asks_for_its_own_work(name: str, group: str):
	assert app.group_of(Path(name)) == group


def test_a_fingerprint_changes_only_where_something_changed(source: Path):
	before = app.fingerprint(source)
	(source / "skycrm/services/leads.py").write_text("x = 2", "utf-8")
	after = app.fingerprint(source)
	assert after.code != before.code
	assert (after.schema, after.public, after.packaging) == (before.schema, before.public, before.packaging)


def test_a_fingerprint_does_not_depend_on_times(source: Path):
	before = app.fingerprint(source)
	for path in source.rglob("*"):
		os.utime(path, (1, 1))
	assert app.fingerprint(source) == before
