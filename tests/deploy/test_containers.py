"""The images and the compose file: of files that are there, with commands, settings and variables that there are."""

import json
import re
import tomllib

import pytest
import yaml

from listserv import config
from listserv.config import keys as every_setting
from listserv.usecases import checking
from tests.deploy.tools import DEPLOY, command_of, run
from tests.serving import ROOT


def dockerfile(path):
    """Instructions and their words, lines joined."""
    text = re.sub(r"(?m)^\s*#.*\n", "", path.read_text()).replace("\\\n", " ")
    return [(line.split()[0], line.split(None, 1)[1]) for line in text.splitlines() if line.strip()]


def test_the_image_is_made_of_files_that_are_there():
    copied = [words for instruction, words in dockerfile(DEPLOY / "Dockerfile") if instruction == "COPY" and "--from" not in words]
    let_in = set(re.findall(r"(?m)^!(\S+)", (DEPLOY / "Dockerfile.dockerignore").read_text()))

    sources = {source for words in copied for source in words.split()[:-1]}
    assert sources == {path.split("/")[0] for path in let_in}
    assert all((ROOT / path).exists() for path in let_in)
    # All that the wheel is made of, and nothing that somebody has put beside it.
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], *wheel["force-include"], *wheel["shared-data"], project["project"]["readme"], *project["project"]["license-files"]}
    assert needed | {"pyproject.toml", "constraints.txt"} == let_in
    for ours in (needed, let_in):
        assert not {"deploy", "deploy/secrets", "deploy/.env"} & ours
    folders = {f"deploy/{path.name}" for path in DEPLOY.iterdir() if path.is_dir() and path.name != "secrets"}
    assert folders <= needed


def test_the_image_runs_as_nobody_special_and_is_pinned():
    told = dockerfile(DEPLOY / "Dockerfile")
    last = max(number for number, (instruction, _) in enumerate(told) if instruction == "FROM")

    assert ("USER", "8024:8024") in told[last:]
    assert all("-c constraints.txt" in words for instruction, words in told if "[postgresql]" in words)
    health = next(words for instruction, words in told if instruction == "HEALTHCHECK")
    assert "/healthz" in health
    assert command_of(json.loads(next(words for instruction, words in told if instruction == "CMD"))).name == "serve"


def test_the_image_of_postfix_is_made_of_files_that_are_there():
    copied = [words.split()[0] for instruction, words in dockerfile(DEPLOY / "postfix" / "Dockerfile") if instruction == "COPY"]

    assert copied == ["start.sh"] and (DEPLOY / "postfix" / "start.sh").exists()
    run("/bin/sh", "-n", DEPLOY / "postfix" / "start.sh")


def test_the_containers_postfix_says_what_check_prints():
    """Every line that `listserv check --postfix` has, but for the addresses of the containers."""
    ours = dict(re.findall(r"(?m)^(\w+) = (.*)$", (DEPLOY / "postfix" / "start.sh").read_text()))
    printed = dict(re.findall(r"(?m)^(\w+) = (.*)$", checking.postfix(config.Settings()).partition("# listserv.toml")[0]))

    assert set(printed) <= set(ours)
    same = set(printed) - {"relay_domains", "transport_maps", "message_size_limit", "mynetworks"}
    assert {name: ours[name] for name in same} == {name: printed[name] for name in same}
    assert f":-{printed['message_size_limit']}}}" in ours["message_size_limit"]


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def test_every_variable_of_compose_has_an_example(compose):
    asked = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text()))
    given = dict(re.findall(r"(?m)^(\w+)=(.+)$", (DEPLOY / ".env.example").read_text()))

    assert asked == set(given)
    for name, default in re.findall(r"\$\{(\w+):-([^}]+)\}", (DEPLOY / "compose.yaml").read_text()):
        assert given[name] == default or name == "LISTSERV_VERSION"
    assert given["LISTSERV_VERSION"] == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def test_services_of_compose_are_bounded_and_come_back(compose):
    for name, service in compose["services"].items():
        assert service["restart"] == "unless-stopped", name
        assert {"mem_limit", "pids_limit", "security_opt"} <= set(service), name
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert (DEPLOY / source).exists() if source.startswith(".") else source in compose["volumes"], volume
        assert set(service.get("secrets", ())) <= set(compose["secrets"])
        for network in service["networks"]:
            assert network in compose["networks"]
        if "build" in service:
            assert (DEPLOY / service["build"]["context"] / service["build"].get("dockerfile", "Dockerfile")).resolve().exists()


def test_listserv_in_compose_is_called_and_set_as_it_can_be(compose):
    ours = compose["services"]["listserv"]
    names = {f"LISTSERV_{section}_{key}".upper() for section, key, _ in every_setting()}

    assert command_of(ours["command"]).name == "serve"
    assert ours["read_only"] and ours["cap_drop"] == ["ALL"]
    assert {name.removesuffix("_FILE") for name in ours["environment"]} <= names
    plain = {name: re.sub(r"\$\{\w+:-(.*)\}", r"\1", value) for name, value in ours["environment"].items() if not name.endswith("_FILE")}
    values = config.from_environment(plain)
    assert config.validated(values, ROOT).relay.url == "smtp://postfix:25"
    # Published are the mail server and the proxy alone.
    assert {name for name, service in compose["services"].items() if "ports" in service} == {"postfix", "caddy"}
    asked = compose["services"]["postfix"]["environment"]
    wanted = set(re.findall(r'"\$\{(\w+):\?\}"', (DEPLOY / "postfix" / "start.sh").read_text()))
    assert wanted <= set(asked)
