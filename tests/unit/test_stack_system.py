"""What the installer thinks of a machine."""

from pathlib import Path

import pytest
from stack import system
from stack.errors import TooSmall, UnsupportedSystem
from stack.report import Report

DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n'


@pytest.mark.parametrize(
	("system_id", "version"), [("debian", "12"), ("ubuntu", "22.04"), ("ubuntu", "24.04")]
)
def test_the_three_systems_are_supported(system_id: str, version: str):
	system.check_supported(f'ID={system_id}\nVERSION_ID="{version}"\n')


@pytest.mark.parametrize(
	"text",
	["", "ID=fedora\nVERSION_ID=40\n", 'ID=debian\nVERSION_ID="11"\n', "ID=ubuntu\nVERSION_ID='20.04'\n"],
)
def test_others_are_refused(text: str):
	with pytest.raises(UnsupportedSystem):
		system.check_supported(text)


def test_the_release_file_is_read_with_and_without_quotes():
	assert system.os_release(DEBIAN) == ("debian", "12", "Debian GNU/Linux 12 (bookworm)")
	assert system.os_release("ID='ubuntu'\nVERSION_ID=24.04") == ("ubuntu", "24.04", "unknown")


def test_too_little_disk_or_memory_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
	monkeypatch.setattr(system, "memory_gb", lambda: 8.0)
	monkeypatch.setattr(system, "NEED_DISK_GB", 0.0)
	system.check_size(tmp_path / "not" / "yet" / "there")
	monkeypatch.setattr(system, "NEED_DISK_GB", 1e9)
	with pytest.raises(TooSmall, match="disk space"):
		system.check_size(tmp_path)
	monkeypatch.setattr(system, "NEED_DISK_GB", 0.0)
	monkeypatch.setattr(system, "memory_gb", lambda: 2.0)
	with pytest.raises(TooSmall, match="memory"):
		system.check_size(tmp_path)


def test_host_names_are_added_once(tmp_path: Path):
	hosts = tmp_path / "hosts"
	hosts.write_text("127.0.0.1 localhost known.localhost # new.localhost", "utf-8")
	report = Report(tmp_path / "log", quiet=True)
	for _run in range(2):
		system.ensure_hosts(report, ["known.localhost", "new.localhost", "crm.example.com"], hosts)
	assert hosts.read_text("utf-8").splitlines() == [
		"127.0.0.1 localhost known.localhost # new.localhost",
		"127.0.0.1 new.localhost",
	]


def test_servers_are_taken_from_packages_without_a_service_where_there_is_one():
	names = {name for entry in system.PACKAGES for name in entry}
	assert "mariadb-server" not in names
	assert {"mariadb-server-core", "redis-server", "nginx-light", "wkhtmltopdf"} <= names
