"""The deployment files refer to existing settings, services, files and paths."""

import re
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML

from app.database.engine import address, connect
from app.settings import Settings
from tests.paths import ROOT
from tests.services.log import FIELDS
from tests.services.metrics import samples

EXAMPLES = ROOT / "docs" / "examples"
SEVERAL = EXAMPLES / "compose.postgresql.yaml"
FILES = [ROOT / "compose.yaml", SEVERAL]


def compose(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(file.read_text())
    return found


def ours(file: Path) -> dict[str, dict[str, Any]]:
    """The services of a file that run Dossier."""
    return {name: service for name, service in compose(file)["services"].items() if "build" in service}


def hosts(url: str) -> list[str]:
    """The hosts of a database URL."""
    engine = connect(url)
    _, arguments = engine.dialect.create_connect_args(address(url))
    return str(arguments["host"]).split(",")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_compose_file_is_sound(file: Path) -> None:
    whole = compose(file)
    assert ours(file)
    for name, service in whole["services"].items():
        assert set(service.get("depends_on", ())) <= set(whole["services"]), name
        for waited, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy" and "build" not in whole["services"][waited]:
                assert "healthcheck" in whole["services"][waited], waited
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert (file.parent / source).is_file() if source.startswith(".") else source in whole["volumes"], volume
    for name, service in ours(file).items():
        assert (file.parent / service["build"] / "Dockerfile").is_file(), name
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_compose_file_gives_settings_that_there_are(file: Path) -> None:
    prefix = str(Settings.model_config["env_prefix"])
    for service in ours(file).values():
        given = {name: value for name, value in service.get("environment", {}).items() if name.startswith(prefix)}
        settings = {name.removeprefix(prefix).lower(): value for name, value in given.items()}
        assert set(settings) <= set(Settings.model_fields)
        assert all(isinstance(value, str) for value in settings.values())
        Settings.model_validate(settings)


def test_several_processes_write_to_the_primary_and_read_from_the_replica_first() -> None:
    services = ours(SEVERAL)
    assert len(services) == 2
    for service in services.values():
        environment = service["environment"]
        assert hosts(environment["DOSSIER_DATABASE_URL"]) == ["primary"]
        read = environment["DOSSIER_READ_DATABASE_URL"]
        assert hosts(read) == ["replica", "primary"]
        assert address(read).query["target_session_attrs"] == "prefer-standby"
        assert {"primary", "replica"} <= set(compose(SEVERAL)["services"])


def test_hosts_may_have_ports_of_their_own() -> None:
    engine = connect("postgresql://dossier@/dossier?host=replica:5433&host=primary:5432")
    _, arguments = engine.dialect.create_connect_args(engine.url)
    assert (arguments["host"], arguments["port"]) == ("replica,primary", "5433,5432")


def test_the_proxy_leads_to_the_processes_that_there_are() -> None:
    words = re.sub(r"#.*", "", (EXAMPLES / "proxy.conf").read_text())
    port = Settings.model_fields["port"].default
    assert re.findall(r"^\s*server ([\w-]+):(\d+) ", words, re.MULTILINE) == [
        (name, str(port)) for name in ours(SEVERAL)
    ]
    assert words.count("{") == words.count("}")
    [published] = compose(SEVERAL)["services"]["proxy"]["ports"]
    [listened] = re.findall(r"listen (\d+);", words)
    assert published.endswith(f":{listened}")


def test_the_scripts_can_be_run() -> None:
    [of_the_replica] = compose(SEVERAL)["services"]["replica"]["command"]
    for script in (of_the_replica.replace("$$", "$"), (EXAMPLES / "replication.sh").read_text()):
        subprocess.run(["sh", "-n"], input=script, text=True, check=True)
    assert (EXAMPLES / "replication.sh").stat().st_mode & 0o111, "otherwise the image sources it in its own shell"


def test_the_alerts_use_metrics_and_labels_that_there_are(api: httpx.Client) -> None:
    for path in ("/v1/search?q=trade", "/v1", "/readyz"):
        assert api.get(path).status_code == 200
    found = samples(api)
    names = {sample.name for sample in found} | {"up"}
    labels = {label for sample in found for label in sample.labels} | {"job", "instance"}
    rules = [rule for group in compose(EXAMPLES / "alerts.yaml")["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules) >= 5
    for rule in rules:
        used = re.findall(r"\b(?:dossier|process)_\w+|\bup\b", rule["expr"])
        assert used, rule["alert"]
        assert set(used) <= names, rule["alert"]
        for braces in re.findall(r"\{(.*?)\}|by \((.*?)\)", rule["expr"]):
            assert set(re.findall(r"(\w+)(?=[=!])|^\w+$", "".join(braces))) - {""} <= labels, rule["alert"]
        assert rule["annotations"]["summary"].endswith((".", "?"))


def test_the_tables_of_metrics_and_of_the_log_are_complete(api: httpx.Client) -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    families = text_string_to_metric_families(api.get("/metrics").text)
    ours = {f"{each.name}_total" if each.type == "counter" else each.name for each in families}
    assert set(re.findall(r"^\| `(dossier_\w+)` \|", page, re.MULTILINE)) == {
        name for name in ours if name.startswith("dossier_")
    }
    _, _, table = page.partition("| field | what it is |\n|---|---|\n")
    assert re.findall(r"^\| `(\w+)`", table.partition("\n\n")[0], re.MULTILINE) == FIELDS[3:]
