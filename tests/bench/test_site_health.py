"""Who learns which public holes the versions of this site have, and what they are told."""

import json

import pytest
from people import only
from rest_client import RestClient

import frappe

import erpnext

from skycrm.api.v1 import site_health
from skycrm.domain.known_holes import HOLES

METHOD = "skycrm.api.v1.site_health.versions"
ADMINS = ("Sky CRM Admin", "System Manager")
OTHERS = (
	"Sky Sales User",
	"Sky Sales Manager",
	"Sky Marketing User",
	"Sky Marketing Manager",
	"Sky Support Agent",
	"Sky Support Manager",
)


@pytest.mark.parametrize("role", ADMINS)
def test_administrators_are_told_how_the_versions_stand(as_user, role):
	with as_user(only("health@example.com", role)):
		answer = site_health.versions()
	assert {app["app"]: app["version"] for app in answer["apps"]} == {
		"frappe": frappe.__version__,
		"erpnext": erpnext.__version__,
	}
	assert answer["is_safe"] == (not any(app["holes"] for app in answer["apps"]))
	assert answer["command"] == "bench update"


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_learns_where_the_site_is_weak(as_user, role):
	with as_user(only("health@example.com", role)), pytest.raises(frappe.PermissionError):
		site_health.versions()


def test_guests_are_turned_away_over_http(site):
	answer = RestClient(site.port, site.name).get(f"/api/method/{METHOD}")
	assert answer.status_code == 403
	assert "CVE" not in answer.text


def test_old_versions_are_open_to_everything_and_new_ones_to_nothing(monkeypatch):
	monkeypatch.setattr(frappe, "__version__", "15.72.4")
	monkeypatch.setattr(erpnext, "__version__", "15.121.4")
	answer = site_health.versions()
	assert not answer["is_safe"]
	first, second = answer["apps"]
	assert (first["app"], first["floor"]) == ("frappe", "15.121.0")
	assert {hole["cve"] for hole in first["holes"]} == {hole.cve for hole in HOLES if hole.app == "frappe"}
	assert second["holes"] == []
	monkeypatch.setattr(frappe, "__version__", "15.121.0")
	assert site_health.versions()["is_safe"]


def test_each_hole_is_explained_in_vietnamese(monkeypatch):
	monkeypatch.setattr(frappe, "__version__", "15.40.0")
	monkeypatch.setattr(erpnext, "__version__", "15.40.0")
	english = json.dumps(site_health.versions()["apps"])
	frappe.local.lang = "vi"
	for app in site_health.versions()["apps"]:
		for hole in app["holes"]:
			assert hole["what"] not in english
