"""Errors that end a command: each names what is wrong and the way out."""

import pytest
from stack import errors
from stack.runner import is_unreachable


def test_an_unreachable_code_host_names_the_url_and_both_ways_to_a_mirror():
	error = errors.code_host_unreachable("https://github.com/frappe/frappe", "FRAPPE_REPO")
	text = error.render()
	assert "https://github.com/frappe/frappe" in text
	assert "git config --system url.<mirror>.insteadOf https://github.com/" in text
	assert "FRAPPE_REPO=<URL of the mirror> bin/up" in text
	assert error.exit_code != 0


def test_a_taken_port_names_it_and_another():
	text = errors.port_taken(8000).render()
	assert "Port 8000 is taken" in text and "bin/up --port 8080" in text
	assert "by nginx" in errors.port_taken(8000, "nginx").render()


def test_too_small_machines_are_told_the_numbers():
	disk = errors.too_little_disk("/home", 2.25, 6).render()
	assert "2.2 GB free" in disk and "6 GB are needed" in disk and "SKYCRM_BENCH=" in disk
	memory = errors.too_little_memory(1.0, 3).render()
	assert "1.0 GB" in memory and "3 GB are needed" in memory and "swap" in memory


def test_an_unsupported_system_is_named_with_the_supported_ones():
	text = errors.unsupported_system("Fedora Linux 40").render()
	assert "Fedora Linux 40" in text
	assert all(name in text for name in ("Debian 12", "Ubuntu 22.04", "Ubuntu 24.04", "bin/install-app"))


def test_without_root_and_sudo_the_packages_are_named():
	text = errors.no_privilege(["git", "redis-server"]).render()
	assert "neither root nor sudo" in text and "apt-get install git redis-server" in text


def test_every_line_of_the_way_out_is_indented_under_the_error():
	lines = errors.StackError("It failed.", "First.\nSecond.").render().splitlines()
	assert lines == ["error: It failed.", "  First.", "  Second."]


@pytest.mark.parametrize(
	"output",
	[
		"fatal: unable to access 'https://github.com/frappe/frappe/': Could not resolve host: github.com",
		"Failed to connect to github.com port 443 after 130 ms: Couldn't connect to server",
		"fatal: 'mirror/x.git' does not appear to be a git repository",
		"ssh: connect to host git.example port 22: Connection refused",
	],
)
def test_git_messages_of_an_unreachable_host_are_known(output: str):
	assert is_unreachable(output)


@pytest.mark.parametrize(
	"output", ["", "error: pathspec 'x' did not match", "ModuleNotFoundError: pkg_resources"]
)
def test_other_failures_are_not_taken_for_it(output: str):
	assert not is_unreachable(output)
