from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from psycopg2 import extensions

from database import connect
from function_app.drift import DriftReport, Period, compared, reported
from function_app.errors import DriftUnavailableError, NoPopulationError
from function_app.model.champion import Champion
from function_app.records.decision_log import DecisionRecord, Entry, insert_entries
from function_app.services.drift import DriftService
from scoring import DRIFT_EXIT_CODES, ScoringModel, load_model
from tests.function_app.conftest import Server
from tests.function_app.small_bank import SmallBank, environment
from tests.running import run_module
from tests.scoring.synthetic import make_clients

# Long before any other test decides on anybody.
DAY = datetime(2020, 5, 4, tzinfo=UTC)
STABLE, MOVED = (
    Period(DAY, DAY + timedelta(days=1)),
    Period(DAY + timedelta(days=1), DAY + timedelta(days=2)),
)
CLIENTS = 400
FEW = Period(DAY - timedelta(days=9), DAY - timedelta(days=8))


@pytest.fixture(scope="module")
def served(small_bank: SmallBank) -> ScoringModel:
    return load_model(small_bank.champion)


@pytest.fixture(scope="module")
def logged(small_bank: SmallBank, served: ScoringModel) -> SmallBank:
    """Two days of decisions; on the second, amounts have tripled and age is unknown."""
    clients, _ = make_clients(CLIENTS, seed=11)
    with small_bank.connection("scorer") as connection, connection.cursor() as cursor:
        for number, row in enumerate(clients):
            record = record_of(served, number, row, DAY + timedelta(hours=3))
            amount = row["application_credit_amount"]
            moved = row | {
                "application_credit_amount": amount and 3 * float(str(amount)),
                "application_age_years": None,
            }
            other = {"model_version": "another", "decision": "review"}
            decided = [
                # The client was asked about twice, and once of another model.
                as_logged(record, hours=-1, decision="refuse"),
                record,
                as_logged(record, hours=1, **other),
                record_of(served, number, moved, DAY + timedelta(hours=30)),
            ]
            insert_entries(cursor, [Entry(decided)])
    return small_bank


def record_of(
    model: ScoringModel, client_id: int, row: dict[str, object], at: datetime
) -> DecisionRecord:
    score = model.score(row, explain=False)
    return DecisionRecord(
        decision_id=uuid4(),
        client_id=client_id,
        model_version=model.version,
        decided_at=at,
        decision="grant",
        probability=score.probability,
        points=score.points,
        rating=score.rating,
        threshold=score.threshold,
        language="fr",
        inputs=row,  # type: ignore[arg-type]
        response_json="{}",
        caller="test",
        request_id="test",
    )


def as_logged(
    record: DecisionRecord, *, hours: int = 0, **changes: str
) -> DecisionRecord:
    at = record.decided_at + timedelta(hours=hours)
    return replace(record, decision_id=uuid4(), decided_at=at, **changes)  # type: ignore[arg-type]


def report_of(
    bank: SmallBank, model: ScoringModel, period: Period, folder: Path | None = None
) -> DriftReport:
    def reads() -> extensions.connection:
        with environment(**bank.environment):
            return connect("scorer", read_only=True)

    return reported(model, period, folder, connect=reads)


def test_clients_like_those_of_training_are_stable(
    logged: SmallBank, served: ScoringModel
) -> None:
    report = report_of(logged, served, STABLE)
    assert report.verdict == "stable"
    assert report.verdicts == {"act": 0, "watch": 0, "stable": len(served.features)}
    assert report.score is not None
    assert report.score.verdict == "stable"
    assert report.clients_before == 600


def test_a_client_counts_once_by_the_last_decision_of_this_model(
    logged: SmallBank, served: ScoringModel
) -> None:
    report = report_of(logged, served, STABLE)
    assert report.clients == CLIENTS
    assert report.decisions == {"grant": CLIENTS}


def test_what_has_moved_comes_first_and_calls_for_action(
    logged: SmallBank, served: ScoringModel, tmp_path: Path
) -> None:
    report = report_of(logged, served, MOVED, tmp_path / "made")
    assert report.verdict == "act"
    assert {row.name for row in report.features[:2]} == {
        "application_age_years",
        "application_credit_amount",
    }
    written = json.loads((tmp_path / "made" / "drift-2020-05-05.json").read_text())
    assert written == json.loads(json.dumps(report.to_dict()))
    page = (tmp_path / "made" / "drift-2020-05-05.html").read_text()
    for words in ('<html lang="fr">', "agir", "to be acted upon", "Âge", "100.0%"):
        assert words in page
    assert len(list((tmp_path / "made").iterdir())) == 2


def test_the_log_tells_the_outcome(
    logged: SmallBank, served: ScoringModel, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="function_app"):
        report_of(logged, served, MOVED)
    (line,) = [json.loads(record.getMessage()) for record in caplog.records]
    assert (line["event"], line["level"]) == ("drift_report", "WARNING")
    assert line["verdict"] == "act"
    assert "application_age_years" in line["most_moved"]


def test_too_few_decisions_are_counted_and_not_judged(
    logged: SmallBank, served: ScoringModel, tmp_path: Path
) -> None:
    with logged.connection("scorer") as connection, connection.cursor() as cursor:
        clients = enumerate(make_clients(99, seed=5)[0])
        decided = [record_of(served, number, row, FEW.since) for number, row in clients]
        insert_entries(cursor, [Entry(decided)])
    report = report_of(logged, served, FEW, tmp_path)
    assert (report.clients, report.score, report.features) == (99, None, ())
    assert report.verdict == "stable"
    page = (tmp_path / "drift-2020-04-25.html").read_text()
    assert "not judged: fewer than 100 clients" in page


def test_a_model_that_keeps_no_population_is_refused(
    small_bank: SmallBank, served: ScoringModel
) -> None:
    bare = ScoringModel(served.manifest, served._booster)
    with pytest.raises(DriftUnavailableError, match="python -m training run"):
        report_of(small_bank, bare, STABLE)


def test_the_command_ends_with_the_verdict(
    logged: SmallBank, served: ScoringModel, tmp_path: Path
) -> None:
    record = record_of(served, 1, {**make_clients(1)[0][0]}, datetime.now(UTC))
    with logged.connection("scorer") as connection, connection.cursor() as cursor:
        insert_entries(cursor, [Entry([record])])
    arguments = ("drift", "--days", "1", "--out", str(tmp_path))
    told = run_module("function_app", *arguments, **logged.environment)
    assert told.returncode in DRIFT_EXIT_CODES.values(), told.stderr
    (written,) = tmp_path.glob("*.json")
    document = json.loads(written.read_text())
    assert told.returncode == DRIFT_EXIT_CODES[document["verdict"]]
    assert f"{document['clients']} clients decided on against the 600" in told.stdout
    away = logged.environment | {"MODEL_DIR": str(tmp_path / "none")}
    refused = run_module("function_app", "drift", **away)
    assert refused.returncode == 1
    assert refused.stderr.startswith("function_app: There is no model folder")


def test_the_day_before_is_the_last_whole_day_in_utc() -> None:
    now = datetime.fromisoformat("2026-03-01T01:30:00+02:00")
    period = Period.day_before(now)
    assert period.since.isoformat() == "2026-02-27T00:00:00+00:00"
    assert period.until.isoformat() == "2026-02-28T00:00:00+00:00"


def test_only_the_latest_decisions_are_compared_where_so_many_are_asked_for(
    logged: SmallBank, served: ScoringModel
) -> None:
    def reads() -> extensions.connection:
        with environment(**logged.environment):
            return connect("scorer", read_only=True)

    both = Period(STABLE.since, MOVED.until)
    found = compared(served, both, most_decisions=CLIENTS, connect=reads)
    assert found.clients == CLIENTS
    # Those of the second day alone, whose ages are unknown.
    age = next(row for row in found.features if row.name == "application_age_years")
    assert age.missing_now == 1


def test_the_call_tells_of_drift_and_keeps_its_answer_for_a_while(
    logged: SmallBank, small_server: Server
) -> None:
    first = small_server.client.get("/api/v1/drift", params={"days": 90})
    assert first.status_code == 200, first.text
    document = first.json()
    assert document["model_version"] == load_model(logged.champion).version
    assert document["clients_before"] > 0
    again = small_server.client.get("/api/v1/drift", params={"days": 90})
    assert again.json()["made_at"] == document["made_at"]
    assert small_server.client.get("/api/v1/drift?days=91").status_code == 422


def test_a_model_without_its_population_cannot_be_compared(
    synthetic_champion: Champion,
) -> None:
    with pytest.raises(NoPopulationError):
        DriftService(synthetic_champion).latest(30)


@pytest.fixture
def synthetic_champion(small_bank: SmallBank, tmp_path: Path) -> Iterator[Champion]:
    """A champion whose folder tells of no population."""
    folder = tmp_path / "champion"
    shutil.copytree(small_bank.champion, folder)
    checksums = folder / "checksums.json"
    known = json.loads(checksums.read_text())
    del known["population.json"]
    checksums.write_text(json.dumps(known))
    champion = Champion(folder)
    yield champion
    champion.close()
