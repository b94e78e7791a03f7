"""Settings of a run: what the environment may say, and what is refused with the name of the variable."""

from pathlib import Path

import pytest
from stack import config
from stack.errors import StackError

CHECKOUT = Path("/opt/checkout")
HOME = Path("/home/somebody")


def load(**environ: str) -> config.Config:
	return config.load(environ, CHECKOUT, HOME)


def test_defaults_name_the_canonical_sources_and_the_contracts_site():
	found = load()
	assert found.bench == HOME / "skycrm-bench"
	assert (found.site, found.test_site) == ("skycrm.localhost", "test-skycrm.localhost")
	assert found.frappe_repo == "https://github.com/frappe/frappe"
	assert found.erpnext_repo == "https://github.com/frappe/erpnext"
	assert {found.frappe_branch, found.erpnext_branch} == {"version-15"}
	assert not found.external_database
	assert found.listen == "127.0.0.1"


def test_every_variable_is_taken():
	found = load(
		SKYCRM_BENCH="/data/bench",
		SKYCRM_SITE="crm.localhost",
		SKYCRM_TEST_SITE="t.localhost",
		SKYCRM_LISTEN="0.0.0.0",
		FRAPPE_REPO="https://mirror.example/frappe",
		FRAPPE_BRANCH="v15.100.0",
		ERPNEXT_REPO="https://mirror.example/erpnext",
		ERPNEXT_BRANCH="v15.99.0",
		DB_HOST="db.example",
		DB_PORT="3307",
		DB_ROOT_PASSWORD="secret",
		REDIS_URL="redis://cache.example:6379/",
	)
	assert found.bench == Path("/data/bench")
	assert (found.site, found.test_site, found.listen) == ("crm.localhost", "t.localhost", "0.0.0.0")
	assert (found.frappe_repo, found.frappe_branch) == ("https://mirror.example/frappe", "v15.100.0")
	assert (found.erpnext_repo, found.erpnext_branch) == ("https://mirror.example/erpnext", "v15.99.0")
	assert (found.db_host, found.db_port, found.db_root_password) == ("db.example", 3307, "secret")
	assert found.external_database
	assert found.redis_url == "redis://cache.example:6379"


def test_empty_variables_count_as_not_set():
	found = load(SKYCRM_BENCH="", FRAPPE_REPO="", DB_HOST="", DB_PORT="", REDIS_URL="")
	assert found == load()


@pytest.mark.parametrize(
	("variable", "value"),
	[
		("SKYCRM_BENCH", "relative/bench"),
		("SKYCRM_BENCH", str(CHECKOUT)),
		("SKYCRM_BENCH", str(CHECKOUT / "bench")),
		("DB_PORT", "many"),
		("DB_PORT", "0"),
		("DB_PORT", "65536"),
		("REDIS_URL", "cache.example:6379"),
		("REDIS_URL", "http://cache.example"),
	],
)
def test_wrong_values_are_refused_by_name(variable: str, value: str):
	with pytest.raises(StackError, match=variable):
		load(**{variable: value})


def test_helpers_live_beside_the_bench_not_in_it():
	found = load()
	assert HOME in found.tools.parents
	assert found.bench not in found.log_file.parents
	assert found.private.parent == found.bench


@pytest.mark.parametrize(("text", "port"), [("1", 1), ("8000", 8000), ("65535", 65535)])
def test_ports_are_numbers_in_range(text: str, port: int):
	assert config.parse_port(text, "--port") == port


@pytest.mark.parametrize("text", ["", "-1", "0", "65536", "80a", "8 000", "1e3"])
def test_other_ports_are_refused_by_name(text: str):
	with pytest.raises(StackError, match="--port"):
		config.parse_port(text, "--port")
