"""A backup counts when it has been restored and compared."""

import fcntl
import hashlib
import io
import json
import resource
import shutil
import signal
import stat
import subprocess
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pyrage
import pytest
import zstandard
from psycopg2 import sql

from database.backup.archiving import put_in_place
from database.backup.base import unpack_all
from database.backup.commands import restore
from database.backup.keys import new_key, parse_key, reading_identity
from database.backup.plan import Target, make_plan
from database.backup.recovery import check_signatures
from database.backup.signature import SigningKey
from database.backup.tables import quiet_moment
from database.backup.trust import Keys, printed, read_signing_key
from database.backup.vault import Vault, delete
from database.errors import ConfigurationError, DatabaseError

from .conftest import REPOSITORY, SIGNING_KEY, House, MakeHouse
from .test_roles import DECISION, LOAD
from .test_server import wait_for

KEY = new_key()
SECRET = str(KEY.identity)
OTHER_SECRET = str(new_key().identity)
SIGNING = read_signing_key(SIGNING_KEY)

CONTENT = {
    "loader": [
        "create table raw.bureau (id bigint primary key, amount double precision,"
        " label text)",
        "insert into raw.bureau select g, random() * 1e6, 'crédit ' || g"
        " from generate_series(1, 5000) as g",
        "insert into raw.bureau values (-1, 'NaN', null), (-2, '-0', ''),"
        r" (-3, 1.1, E'tab\tand\nline \\ 会')",
        "create table raw.empty (x integer)",
        LOAD,
    ],
    "transformer": [
        "create table marts.dim_client (client_id bigint primary key)",
        "insert into marts.dim_client select id from raw.bureau",
        "create table marts.fct_bureau (bureau_id bigint primary key,"
        " client_id bigint not null references marts.dim_client)",
        "insert into marts.fct_bureau select id, id from raw.bureau",
        "create view staging.stg_bureau as select * from raw.bureau",
    ],
    "scorer": [DECISION, DECISION],
}

DEFINITIONS = """
    select 'constraint', conrelid::regclass::text, pg_get_constraintdef(oid)
    from pg_constraint where connamespace::regnamespace::text !~ '^(pg_|information)'
    union all
    select 'trigger', tgenabled::text, pg_get_triggerdef(oid)
    from pg_trigger where not tgisinternal
    union all
    select 'relation', relowner::regrole::text || relkind::text,
        oid::regclass::text || relacl::text
    from pg_class where relnamespace::regnamespace::text !~ '^(pg_|information)'
    union all
    select 'default', defaclnamespace::regnamespace::text, defaclacl::text
    from pg_default_acl
    union all
    select 'database', '', datacl::text from pg_database
    where datname = current_database()
    union all
    select 'sequence', schemaname || sequencename, last_value::text from pg_sequences
    order by 1, 2, 3
"""


def fingerprint(house: House, database: str) -> dict[str, object]:
    """Rows and row checksum of every table, and what is defined around them."""
    with (
        closing(house.connect("administrator", dbname=database)) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "select schemaname, tablename from pg_tables"
            " where schemaname !~ '^(pg_|information)'"
        )
        found: dict[str, object] = {}
        for schema, table in cursor.fetchall():
            cursor.execute(
                sql.SQL(
                    "select count(*), sum(hashtextextended(t::text, 0)) from {} as t"
                ).format(sql.Identifier(schema, table))
            )
            found[f"{schema}.{table}"] = cursor.fetchone()
        cursor.execute(DEFINITIONS)
        found["definitions"] = cursor.fetchall()
    return found


@pytest.fixture(scope="module")
def full_house(make_house: MakeHouse) -> House:
    house = make_house()
    house.done("start")
    for role, statements in CONTENT.items():
        for statement in statements:
            house.query(role, statement)
    return house


@pytest.fixture(scope="module")
def backups(full_house: House) -> Path:
    full_house.done("backup", BACKUP_KEY=SECRET)
    return full_house.backups


@pytest.fixture(scope="module")
def dump(backups: Path) -> Path:
    (path,) = backups.glob("dump/*.dump.age")
    return path


@pytest.fixture(scope="module")
def base(backups: Path) -> Path:
    (path,) = backups.glob("base/*/base.tar.zst.age")
    return path


@pytest.fixture(scope="module")
def new_house(make_house: MakeHouse) -> House:
    house = make_house()
    house.done("start")
    return house


def databases(house: House) -> set[object]:
    names = "select datname from pg_database where not datistemplate"
    return {name for (name,) in house.query("administrator", names)}


@contextmanager
def changed(path: Path, content: bytes | None) -> Iterator[None]:
    """Replace a file's content, or take it away, for a while."""
    kept = path.read_bytes()
    try:
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content)
        yield
    finally:
        path.write_bytes(kept)


def killed(*_arguments: object, **_options: object) -> None:
    raise KeyboardInterrupt


def with_one_bit_flipped(path: Path) -> bytes:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    return bytes(content)


def iter_moment(parameters: dict[str, str]) -> Iterator[str]:
    with quiet_moment(parameters, "test") as snapshot:
        yield snapshot


def states(folder: Path) -> dict[Path, tuple[int, int]]:
    """When each file and folder was last changed, and how long it is."""
    paths = [folder, *folder.rglob("*")]
    found = {path: path.stat() for path in paths}
    return {path: (state.st_mtime_ns, state.st_size) for path, state in found.items()}


def files(folder: Path) -> set[Path]:
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}


class TestTaking:
    def test_base_and_dump_tell_what_they_hold(
        self, full_house: House, base: Path, dump: Path
    ) -> None:
        expected = fingerprint(full_house, "home_credit")
        for path, manifest in (
            (base, base.with_name("manifest.json")),
            (dump, dump.with_name(f"{dump.name}.json")),
        ):
            told = json.loads(manifest.read_text())
            assert told["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
            assert told["size_bytes"] == path.stat().st_size
            assert told["verified_at"]
            assert told["recipient"] == KEY.public
            assert {
                name: (state["rows"], state["checksum"])
                for name, state in told["tables"].items()
            } == {
                name: (found[0], str(found[1] or 0))
                for name, found in expected.items()
                if isinstance(found, tuple)
            }
            assert told["tables"]["marts.fct_bureau"]["keys"] == [
                "FOREIGN KEY (client_id) REFERENCES marts.dim_client(client_id)",
                "PRIMARY KEY (bureau_id)",
            ]

    def test_all_is_readable_by_its_owner_alone(self, backups: Path) -> None:
        modes = {
            stat.S_IMODE((backups / path).stat().st_mode) for path in files(backups)
        }
        assert modes == {0o600}
        assert stat.S_IMODE((backups / "base").stat().st_mode) == 0o700

    def test_whatever_holds_data_is_encrypted(self, backups: Path) -> None:
        sealed = [path for path in files(backups) if path.suffix == ".age"]
        assert {path.parts[0] for path in sealed} == {"base", "dump", "wal"}
        for path in sealed:
            assert (backups / path).read_bytes().startswith(b"age-encryption.org/v1")
        others = {path.suffix for path in files(backups) if path not in sealed}
        assert others == {".json", ""}

    def test_the_key_alone_opens_it_without_this_program(self, base: Path) -> None:
        assert KEY.identity is not None
        compressed = pyrage.decrypt(base.read_bytes(), [KEY.identity])
        plain = zstandard.ZstdDecompressor().stream_reader(compressed).read()
        with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
            assert {"PG_VERSION", "backup_manifest"} <= set(archive.getnames())

    def test_the_server_never_has_the_secret_key(
        self, full_house: House, backups: Path
    ) -> None:
        assert (full_house.directory / "server/archiver/settings.json").exists()
        secrets = f"{SECRET}|{SIGNING.secret.hex()}"
        found = subprocess.run(
            ["grep", "--recursive", "--files-with-matches", "-E", secrets, "."],
            cwd=full_house.directory,
            capture_output=True,
        )
        assert (found.returncode, found.stdout) == (1, b"")
        of_log = full_house.directory / "server/archiver/signing-key"
        assert stat.S_IMODE(of_log.stat().st_mode) == 0o600
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if (process / "cwd").readlink() == full_house.data:
                    assert SECRET.encode() not in (process / "environ").read_bytes()
            except OSError:
                continue

    def test_nothing_plain_or_half_done_stays(
        self, full_house: House, backups: Path
    ) -> None:
        assert not [path for path in files(backups) if "partial" in str(path)]
        assert not list(full_house.directory.glob("scratch-*"))

    def test_without_a_key_it_refuses(self, full_house: House, backups: Path) -> None:
        before = files(backups)
        result = full_house.run("backup")
        assert result.returncode == 1
        assert "BACKUP_KEY is unset" in result.stderr
        result = full_house.run("backup", BACKUP_KEY=SECRET, BACKUP_SIGNING_KEY="")
        assert result.returncode == 1
        assert "BACKUP_SIGNING_KEY is unset" in result.stderr
        assert files(backups) == before

    def test_a_printed_key_is_a_key(self, full_house: House) -> None:
        public, *keys = full_house.done("backup-key").splitlines()
        (name, secret), (signing_name, signing) = (key.split("=") for key in keys)
        assert (name, signing_name) == ("BACKUP_KEY", "BACKUP_SIGNING_KEY")
        assert printed(read_signing_key(signing)) == signing
        assert public.endswith(parse_key(secret).public)
        with pytest.raises(ConfigurationError, match="is no age key") as caught:
            parse_key(secret[:-1])
        assert secret[:-1] not in str(caught.value)
        with pytest.raises(ConfigurationError, match="is no signing key") as caught:
            read_signing_key(signing[:-1])
        assert signing[:-1] not in str(caught.value)

    def test_the_public_half_writes_and_cannot_read(
        self, full_house: House, tmp_path: Path
    ) -> None:
        place = {"BACKUP_DIR": str(tmp_path / "backups")}
        said = full_house.done("backup", "--dump", BACKUP_KEY=KEY.public, **place)
        assert "public half" in said
        assert "never" in full_house.done("backups", **place)
        with pytest.raises(ConfigurationError, match="holds only the public half"):
            reading_identity(parse_key(KEY.public), KEY.public)
        full_house.done("verify", BACKUP_KEY=SECRET, **place)
        assert "never" in full_house.done("backups", **place)
        full_house.done("verify", "--note", BACKUP_KEY=SECRET, **place)
        assert "never" not in full_house.done("backups", **place)
        # What was noted is signed as well.
        (noted,) = Vault(tmp_path / "backups").backups()
        Keys(signing=SIGNING).check(noted.manifest_path, noted.told)

    def test_a_stopped_server_is_a_clear_error(self, make_house: MakeHouse) -> None:
        house = make_house()
        result = house.run("backup", BACKUP_KEY=SECRET)
        assert result.returncode == 1
        assert "python -m database start" in result.stderr
        assert not house.backups.exists()

    def test_a_full_disk_is_a_clear_error_and_leaves_nothing(
        self, full_house: House, backups: Path
    ) -> None:
        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

        before = files(backups / "base") | files(backups / "dump")
        result = subprocess.run(
            full_house.command("backup", "--base"),
            cwd=REPOSITORY,
            env=full_house.environment(BACKUP_KEY=SECRET),
            capture_output=True,
            text=True,
            preexec_fn=limit,
        )
        assert result.returncode == 1
        assert "BACKUP_DIR" in result.stderr
        assert files(backups / "base") | files(backups / "dump") == before

    def test_whoever_ends_it_leaves_nothing_half_done(
        self, new_house: House, backup_place: Path
    ) -> None:
        command = new_house.launch(
            "backup", "--base", BACKUP_KEY=SECRET, BACKUP_DIR=str(backup_place)
        )
        wait_for(lambda: any(backup_place.glob("base/*.partial/*.age")))
        command.terminate()
        command.communicate()
        assert command.returncode == 128 + signal.SIGTERM
        assert not list(backup_place.glob("base/*"))

    def test_one_command_copies_or_drills_at_a_time(
        self, full_house: House, backups: Path
    ) -> None:
        """A drill removes what it takes for the rest of another, and its archive."""
        with (full_house.directory / "copying").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            commands = [
                full_house.launch(word, BACKUP_KEY=SECRET, PYTHONUNBUFFERED="1")
                for word in ("backup", "verify", "drill")
            ]
            for command in commands:
                assert command.stdout is not None
                assert "Waiting for another command" in command.stdout.readline()
                command.kill()
                command.communicate()

    def test_a_torn_manifest_stops_no_new_backup(
        self, full_house: House, tmp_path: Path
    ) -> None:
        torn = tmp_path / "backups/dump/20260101T000000Z.dump.age.json"
        torn.parent.mkdir(parents=True)
        torn.write_text("{")
        place = {"BACKUP_DIR": str(tmp_path / "backups")}
        full_house.done("backup", "--dump", BACKUP_KEY=SECRET, **place)
        said = full_house.run("backups", **place).stderr
        assert f"{torn} cannot be read" in said
        assert "move that backup out of the folder" in said

    def test_a_load_is_waited_for_without_holding_it_up(
        self, full_house: House
    ) -> None:
        """Whoever waits holding locks can be one half of a deadlock."""
        waiting = "select count(*) from pg_locks where mode = 'ShareLock'"
        waiting += " and not granted and relation is not null"
        with (
            closing(full_house.connect("loader")) as load,
            load.cursor() as cursor,
            ThreadPoolExecutor(1) as worker,
        ):
            cursor.execute("lock table raw.empty")
            parameters = full_house.parameters("administrator")
            moment = worker.submit(lambda: next(iter_moment(parameters)))
            for _ in range(20):
                assert full_house.query("administrator", waiting) == [(0,)]
            assert not moment.done()
            load.rollback()
            assert moment.result(timeout=60)

    def test_a_place_that_cannot_be_made_is_a_clear_error(
        self, full_house: House
    ) -> None:
        result = full_house.run(
            "backup", BACKUP_KEY=SECRET, BACKUP_DIR="/dev/null/backups"
        )
        assert result.returncode == 1
        assert "/dev/null/backups: Not a directory" in result.stderr


class TestDeleting:
    @pytest.fixture
    def vault(self, backups: Path, tmp_path: Path) -> Vault:
        for kind in ("base", "dump"):
            shutil.copytree(backups / kind, tmp_path / kind)
        return Vault(tmp_path)

    def test_half_of_a_base_backup_is_none_and_goes(
        self, vault: Vault, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr("shutil.rmtree", killed)
            with pytest.raises(KeyboardInterrupt):
                delete(vault.bases()[0])
        assert len(vault.bases()) == len(list(vault.base.glob("*Z")))
        vault.clear_up()
        assert not list(vault.base.glob("*.partial"))

    def test_half_of_a_dump_is_deleted_again(
        self, vault: Vault, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        dump = vault.dumps()[0]
        with monkeypatch.context() as patch:
            patch.setattr(Path, "unlink", killed)
            with pytest.raises(KeyboardInterrupt):
                delete(dump)
        assert not dump.path.exists()
        delete(dump)
        assert not list(vault.dump.glob(f"{dump.name}*"))

    def test_the_archive_stays_on_while_its_program_is_exchanged(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("old", "new"):
            (tmp_path / name / "package").mkdir(parents=True)
            (tmp_path / name / "settings.json").write_text(name)
            (tmp_path / name / "archiver.py").touch()
        program = tmp_path / "old"
        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", killed)
            with pytest.raises(KeyboardInterrupt):
                put_in_place(tmp_path / "new", program)
        assert (program / "settings.json").read_text() == "old"
        put_in_place(tmp_path / "new", program)
        assert (program / "settings.json").read_text() == "new"
        assert files(program) == {Path("archiver.py"), Path("settings.json")}


@pytest.mark.parametrize("name", ["../outside", "/outside", "link"])
def test_only_files_of_a_server_are_unpacked(tmp_path: Path, name: str) -> None:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        member = tarfile.TarInfo(name)
        if name == "link":
            member.type, member.linkname = tarfile.SYMTYPE, "/etc"
        archive.addfile(member)
    plain.seek(0)
    with (
        tarfile.open(fileobj=plain, mode="r|") as archive,
        pytest.raises(tarfile.TarError, match=f"{name} is no file of a server"),
    ):
        unpack_all(archive, tmp_path / "target", None)
    assert not list(tmp_path.iterdir())


class TestSigning:
    """age takes the public half alone to write, so it cannot tell who wrote."""

    def test_one_changed_field_is_one_too_many(self) -> None:
        told = {"rows": 1, "tables": {"raw.bureau": "é"}}
        signed = {**told, "signature": SIGNING.sign(told)}
        assert SIGNING.has_signed(dict(reversed(signed.items())))
        assert not SIGNING.has_signed({**signed, "rows": 2})
        assert not SIGNING.has_signed({**signed, "more": None})
        assert not SIGNING.has_signed(told)

    def test_the_key_of_a_log_signs_for_that_log_alone(self) -> None:
        of_log = SIGNING.of_log("1")
        signed = {"rows": 1, "signature": of_log.sign({"rows": 1})}
        assert SIGNING.of_log("1").has_signed(signed)
        assert not SIGNING.of_log("2").has_signed(signed)
        assert not SIGNING.has_signed(signed)

    def test_a_forged_dump_is_refused_whatever_the_public_half_can_encrypt(
        self, full_house: House, dump: Path
    ) -> None:
        manifest = dump.with_name(f"{dump.name}.json")
        told = json.loads(manifest.read_text())
        forged = pyrage.encrypt(b"drop all", [KEY.recipient])
        told |= {"sha256": hashlib.sha256(forged).hexdigest()}
        with changed(dump, forged), changed(manifest, json.dumps(told).encode()):
            for words in (["verify", dump.name], ["restore", str(dump), "--into", "x"]):
                result = full_house.run(*words, "--unsigned", BACKUP_KEY=SECRET)
                assert result.returncode == 1
                assert f"{manifest} is not as it was signed" in result.stderr
        assert "x" not in databases(full_house)

    @pytest.mark.parametrize("of_log", [False, True], ids=["backup", "log"])
    def test_what_cannot_be_checked_is_refused_unless_that_is_said(
        self, backups: Path, of_log: bool
    ) -> None:
        plan = make_plan(Vault(backups), Target())
        check_signatures(plan, Keys(signing=SIGNING))
        for signing, says in (
            (None, "BACKUP_SIGNING_KEY is unset"),
            (SigningKey.new(), "BACKUP_SIGNING_KEY is key"),
        ):
            with pytest.raises(DatabaseError, match=says):
                check_signatures(plan, Keys(signing=signing))
        if of_log:
            segments = tuple(replace(found, told={}) for found in plan.segments)
            old = replace(plan, segments=segments)
        else:
            old = replace(plan, base=plan.base.model_copy(update={"told": {}}))
        with pytest.raises(DatabaseError, match="carries no signature"):
            check_signatures(old, Keys(signing=SIGNING))
        check_signatures(old, Keys(signing=SIGNING, accepts_unsigned=True))
        check_signatures(plan, Keys(accepts_unsigned=True))

    def test_an_old_dump_is_restored_when_its_place_is_trusted(
        self, full_house: House, dump: Path
    ) -> None:
        manifest = dump.with_name(f"{dump.name}.json")
        told = json.loads(manifest.read_text())
        del told["signature"]
        words = ["restore", str(dump), "--into", "from before"]
        with changed(manifest, json.dumps(told).encode()):
            refused = full_house.run(*words, BACKUP_KEY=SECRET)
            assert "carries no signature" in refused.stderr
            assert "--unsigned" in refused.stderr
            full_house.done(*words, "--unsigned", BACKUP_KEY=SECRET)


class TestVerifying:
    def test_sound_backups_are_verified(self, full_house: House, backups: Path) -> None:
        said = full_house.done("verify", BACKUP_KEY=SECRET)
        assert "Verified" in said
        assert "files of the write-ahead log have their checksum" in said

    def test_a_copy_that_can_only_be_read_is_verified_where_no_warehouse_is(
        self, make_house: MakeHouse, backups: Path
    ) -> None:
        """Root may write everywhere, so what is left untouched tells."""
        before = states(backups)
        house = make_house()
        said = house.done("verify", BACKUP_KEY=SECRET, BACKUP_DIR=str(backups))
        assert "Verified" in said
        assert states(backups) == before
        assert not house.directory.exists()

    def test_a_damaged_byte_is_found_anywhere(
        self, full_house: House, backups: Path
    ) -> None:
        for path in sorted(path for path in files(backups) if path.suffix == ".age"):
            damaged = backups / path
            with changed(damaged, with_one_bit_flipped(damaged)):
                result = full_house.run("verify", BACKUP_KEY=SECRET)
                assert result.returncode == 1
                assert f"{damaged} is damaged" in result.stderr
            if path.parts[0] == "wal":
                break

    def test_what_pg_basebackup_wrote_is_checked_file_by_file(
        self, full_house: House, base: Path
    ) -> None:
        """A base backup that was exchanged for another with a matching checksum."""
        assert KEY.identity is not None
        compressed = pyrage.decrypt(base.read_bytes(), [KEY.identity])
        plain = bytearray(zstandard.ZstdDecompressor().stream_reader(compressed).read())
        with tarfile.open(fileobj=io.BytesIO(bytes(plain))) as archive:
            member = archive.getmember("global/pg_control")
        plain[member.offset_data + 40] ^= 1
        sealed = pyrage.encrypt(
            zstandard.ZstdCompressor().compress(bytes(plain)), [KEY.recipient]
        )
        manifest = base.with_name("manifest.json")
        told = json.loads(manifest.read_text())
        told["sha256"] = hashlib.sha256(sealed).hexdigest()
        told["signature"] = SIGNING.sign(told)
        with changed(base, sealed), changed(manifest, json.dumps(told).encode()):
            result = full_house.run("verify", base.parent.name, BACKUP_KEY=SECRET)
        assert result.returncode == 1
        assert "global/pg_control" in result.stderr
        assert not list(full_house.directory.glob("scratch-*"))


class TestRestoringADump:
    def test_a_database_in_use_is_not_replaced(
        self, new_house: House, dump: Path
    ) -> None:
        with closing(new_house.connect("advisor")):
            result = new_house.run("restore", str(dump), BACKUP_KEY=SECRET)
            assert "in use" in result.stderr
        assert databases(new_house) == {"postgres", "home_credit"}

    def test_a_new_warehouse_gets_every_row_back(
        self, full_house: House, dump: Path, new_house: House
    ) -> None:
        new_house.done("restore", "--dump", str(dump), BACKUP_KEY=SECRET)
        expected = fingerprint(full_house, "home_credit")
        assert {"raw.bureau", "marts.fct_bureau", "ops.decision_log"} <= set(expected)
        assert fingerprint(new_house, "home_credit") == expected
        # The roles work on it as before.
        new_house.query("scorer", DECISION)
        new_house.query("transformer", "drop table marts.fct_bureau")

    def test_another_name_stands_beside_the_first(
        self, full_house: House, dump: Path
    ) -> None:
        words = ["restore", str(dump), "--into", "Second copy"]
        full_house.done(*words, BACKUP_KEY=SECRET)
        assert fingerprint(full_house, "Second copy") == fingerprint(
            full_house, "home_credit"
        )
        assert full_house.run(*words, BACKUP_KEY=SECRET).returncode == 1

    def test_a_database_with_rows_is_never_replaced(
        self, full_house: House, dump: Path
    ) -> None:
        before = fingerprint(full_house, "home_credit")
        result = full_house.run("restore", str(dump), BACKUP_KEY=SECRET)
        assert result.returncode == 1
        assert "not empty" in result.stderr
        assert "--into" in result.stderr
        assert fingerprint(full_house, "home_credit") == before

    def test_a_log_with_rows_is_not_empty(self, new_house: House, dump: Path) -> None:
        result = new_house.run("restore", str(dump), BACKUP_KEY=SECRET)
        assert "not empty" in result.stderr

    @pytest.mark.parametrize(
        ("secret", "said"),
        [(OTHER_SECRET, "but BACKUP_KEY is the key of"), ("", "BACKUP_KEY is unset")],
        # A key is another one in each process that collects the tests.
        ids=["another", "none"],
    )
    def test_another_key_or_none_is_refused(
        self, full_house: House, dump: Path, secret: str, said: str
    ) -> None:
        result = full_house.run(
            "restore", str(dump), "--into", "third", BACKUP_KEY=secret
        )
        assert result.returncode == 1
        assert said in result.stderr
        assert "third" not in str(databases(full_house))

    def test_damage_is_refused_and_leaves_nothing(
        self, full_house: House, dump: Path
    ) -> None:
        words = ["restore", str(dump), "--into", "third"]
        for content in (with_one_bit_flipped(dump), dump.read_bytes()[:-2000]):
            with changed(dump, content):
                result = full_house.run(*words, BACKUP_KEY=SECRET)
            assert result.returncode == 1
            assert f"{dump} is damaged" in result.stderr
            assert "third" not in str(databases(full_house))

    def test_a_dump_without_its_manifest_is_refused(
        self, full_house: House, dump: Path, tmp_path: Path
    ) -> None:
        alone = tmp_path / dump.name
        shutil.copyfile(dump, alone)
        result = full_house.run("restore", str(alone), BACKUP_KEY=SECRET)
        assert result.returncode == 1
        assert f"{alone.name}.json is missing" in result.stderr

    def test_one_thing_at_a_time(self, dump: Path) -> None:
        for file, other, at in (
            (None, None, None),
            (dump, None, "latest"),
            (dump, dump, None),
        ):
            with pytest.raises(ConfigurationError, match="Say what to restore"):
                restore(file, other, at)


class TestRetention:
    """Last: it deletes what the others use."""

    def test_the_newest_are_kept_and_never_the_last_good_one_lost(
        self, full_house: House, base: Path, dump: Path
    ) -> None:
        """The newest dump could not be read back: so the one before stays as well."""
        first = {path.name for path in full_house.backups.glob("wal/*/*.age")}
        full_house.done("backup", "--dump", "--keep", "1", BACKUP_KEY=KEY.public)
        assert len(list(full_house.backups.glob("dump/*.age"))) == 2
        assert dump.exists()
        full_house.done("backup", BACKUP_KEY=SECRET, BACKUP_KEEP="1")
        (kept,) = full_house.backups.glob("dump/*.age")
        assert kept != dump
        (kept,) = full_house.backups.glob("base/*/manifest.json")
        assert kept.parent != base.parent
        # The log that only the first base backup needed is gone, the rest is there.
        start = json.loads(kept.read_text())["wal"]["start"]
        log = sorted(path.name[:24] for path in full_house.backups.glob("wal/*/*.age"))
        assert first - set(log)
        assert int(log[0][-2:], 16) <= int(start.split("/")[1], 16) >> 24
        assert "Verified" in full_house.done("verify", BACKUP_KEY=SECRET)
