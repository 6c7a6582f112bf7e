"""What holds of the Bicep files without Azure's compiler, which no registry carries."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pycep
import pytest

from tests.running import ROOT

INFRA = ROOT / "infra"
FILES = sorted(INFRA.rglob("*.bicep"))
PARAMETER_FILES = sorted(INFRA.glob("*.bicepparam"))
SECRET = re.compile(r"password|secret|apiKey|sharedKey|listKeys", re.IGNORECASE)
# Only who asks Azure's vault, or the workspace that logs go to, may name one.
SECRET_OUTPUT_FREE = re.compile(r"keyVault$")


@cache
def parsed(path: Path) -> Any:
    return pycep.BicepParser().parse(text=path.read_text())


def code(path: Path) -> str:
    """Return a file's text without its comments."""
    return re.sub(r"(?m)(^|\s)//.*$", "", path.read_text())


def resources(kind: str) -> list[tuple[Path, dict[str, Any]]]:
    """Return the properties of all resources of a kind."""
    return [
        (path, resource["config"]["properties"])
        for path in FILES
        for resource in parsed(path).get("resources", {}).values()
        if resource["type"] == kind and "properties" in resource["config"]
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_whatever_is_declared_is_used(path: Path) -> None:
    module = parsed(path)
    text = code(path)
    names = [
        *module.get("parameters", {}),
        *module.get("variables", {}),
        *module.get("types", {}),
    ]
    unused = [name for name in names if len(re.findall(rf"\b{name}\b", text)) < 2]
    assert unused == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_modules_exist_and_get_the_parameters_that_they_ask_for(path: Path) -> None:
    for name, module in parsed(path).get("modules", {}).items():
        target = path.parent / module["detail"]["path"]
        config = module["config"]
        config = config.get("config", config)
        asked = parsed(target)["parameters"]
        required = {key for key, value in asked.items() if value["default"] is None}
        given = set(config["params"])
        assert required <= given <= set(asked), f"{path.name}: {name}"


def test_outputs_that_are_read_are_given() -> None:
    text = code(INFRA / "main.bicep")
    modules = parsed(INFRA / "main.bicep")["modules"]
    read = re.findall(r"(\w+)!?\.outputs\.(\w+)", text)
    assert len(read) > 20
    for module, output in read:
        given = parsed(INFRA / modules[module]["detail"]["path"])["outputs"]
        assert output in given, f"{module}.{output}"


def test_every_module_is_used() -> None:
    used = {
        (path.parent / module["detail"]["path"]).resolve()
        for path in FILES
        for module in parsed(path).get("modules", {}).values()
    }
    assert used == {path for path in FILES if path.name != "main.bicep"}


@pytest.mark.parametrize("path", PARAMETER_FILES, ids=lambda path: path.stem)
def test_an_environment_says_all_that_is_asked_and_no_more(path: Path) -> None:
    text = path.read_text()
    assert text.startswith("using 'main.bicep'\n")
    said = re.findall(r"^param (\w+) =", text, re.MULTILINE)
    asked = parsed(INFRA / "main.bicep")["parameters"]
    required = {name for name, value in asked.items() if value["default"] is None}
    assert required <= set(said) <= set(asked)
    assert len(said) == len(set(said))
    secure = [
        name
        for name, value in asked.items()
        if {"type": "secure"} in value["decorators"]
    ]
    for name in secure:
        assert re.search(
            rf"^param {name} = readEnvironmentVariable\('\w+'\)$", text, re.M
        )


def test_the_environments_differ_in_values_alone() -> None:
    def names(path: Path) -> list[str]:
        return re.findall(r"^\s*(?:param )?(\w+) ?[=:]", path.read_text(), re.MULTILINE)

    assert [path.stem for path in PARAMETER_FILES] == ["production", "staging"]
    assert names(PARAMETER_FILES[0]) == names(PARAMETER_FILES[1])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_secrets_come_in_secured_and_never_go_out(path: Path) -> None:
    module = parsed(path)
    loose = [
        name
        for name, value in module.get("parameters", {}).items()
        if SECRET.search(name) and {"type": "secure"} not in value["decorators"]
    ]
    assert loose == []
    secure = [
        name
        for name, value in module.get("parameters", {}).items()
        if {"type": "secure"} in value["decorators"]
    ]
    for name, output in module.get("outputs", {}).items():
        told = f"{name} {output['value']}"
        if not SECRET_OUTPUT_FREE.search(name):
            assert not SECRET.search(told), name
        assert not any(secret in told for secret in secure), name


def test_nothing_that_holds_data_has_a_public_address() -> None:
    closed = {
        "Microsoft.KeyVault/vaults": 1,
        "Microsoft.Storage/storageAccounts": 1,
        "Microsoft.Web/sites": 1,
    }
    for kind, count in closed.items():
        found = resources(kind)
        assert len(found) == count, kind
        for path, properties in found:
            assert properties["publicNetworkAccess"] == "Disabled", path.name
    [(_, server)] = resources("Microsoft.DBforPostgreSQL/flexibleServers")
    assert server["network"]["publicNetworkAccess"] == "Disabled"
    assert {"delegatedSubnetResourceId", "privateDnsZoneArmResourceId"} <= set(
        server["network"]
    )


def test_tls_1_2_is_the_least_everywhere() -> None:
    [(_, account)] = resources("Microsoft.Storage/storageAccounts")
    assert account["minimumTlsVersion"] == "TLS1_2"
    assert account["supportsHttpsTrafficOnly"] is True
    [(_, site)] = resources("Microsoft.Web/sites")
    assert site["httpsOnly"] is True
    assert site["siteConfig"]["minTlsVersion"] == "1.2"
    assert site["siteConfig"]["scmMinTlsVersion"] == "1.2"
    settings = parsed(INFRA / "modules/postgres.bicep")["variables"]["settings"]
    assert settings["value"]["require_secure_transport"] == "on"
    assert settings["value"]["ssl_min_protocol_version"] == "TLSv1.2"
    [(_, app)] = resources("Microsoft.App/containerApps")
    assert app["configuration"]["ingress"]["allowInsecure"] is False


def test_keys_and_publishing_passwords_open_nothing() -> None:
    [(_, account)] = resources("Microsoft.Storage/storageAccounts")
    assert account["allowSharedKeyAccess"] is False
    assert account["allowBlobPublicAccess"] is False
    [(_, vault)] = resources("Microsoft.KeyVault/vaults")
    assert vault["enableRbacAuthorization"] is True
    assert vault["enablePurgeProtection"] is True
    function = code(INFRA / "modules/function.bicep")
    assert function.count("properties: { allow: false }") == 2


def test_the_function_gets_no_setting_that_it_does_not_know() -> None:
    settings = parsed(INFRA / "modules/function.bicep")["variables"]["settings"][
        "value"
    ]
    example = (ROOT / ".env.example").read_text()
    hosts = re.compile(r"AzureWebJobs|APPLICATIONINSIGHTS|PYTHON_SCRIPT_FILE_NAME")
    unknown = [
        name
        for name in settings
        if not hosts.match(name) and not re.search(rf"^#?{name}=", example, re.M)
    ]
    assert unknown == []
    assert settings["PGSSLMODE"] == "verify-full"
    assert "KeyVault(SecretUri" in settings["PGPASSWORD"]
    assert "KeyVault(SecretUri" in settings["SCORING_API_KEY"]


def test_the_function_runs_the_python_that_the_package_is_made_for() -> None:
    [(_, site)] = resources("Microsoft.Web/sites")
    pipeline = (ROOT / "azure-pipelines.yml").read_text()
    assert (
        f'pythonVersion: "{site["functionAppConfig"]["runtime"]["version"]}"'
        in pipeline
    )
