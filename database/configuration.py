"""The server's configuration files, written anew at every start."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from database.account import Account
from database.files import write_file
from database.roles import ADMINISTRATOR, DEFAULT_DATABASE, LOGIN_ROLES
from database.warehouse import HOST, Warehouse

_HEADER = (
    "# Written by `python -m database start`; changes here are lost.\n"
    "# Use ALTER SYSTEM for settings of your own.\n"
)
ARCHIVE_TIMEOUT = "60s"
"""What was committed longer ago is in the archive, however quiet the server."""

_SMALL_SHARED_MEMORY = 512 * 1024 * 1024

Settings = Mapping[str, str | int | float]

# Two cores and 4 GiB, of which dbt, training and the two servers need their share.
RESOURCES: Settings = {
    # The roles' own limits add up to 55 (sql/010_roles.sql): the scorer has the rest.
    "max_connections": 100,
    "shared_buffers": "512MB",
    "effective_cache_size": "2GB",
    # Few sessions with large aggregates, rather than many small ones.
    "work_mem": "32MB",
    # Primary and foreign keys on millions of rows are built after the load.
    "maintenance_work_mem": "256MB",
    "autovacuum_work_mem": "64MB",
    # A leader and one worker occupy both cores.
    "max_worker_processes": 4,
    "max_parallel_workers": 2,
    "max_parallel_workers_per_gather": 1,
    "max_parallel_maintenance_workers": 1,
    # Solid-state disks: a random page costs little more than the next one.
    "random_page_cost": 1.1,
    # Bulk loads: few checkpoints, spread out, and less to write at each.
    "max_wal_size": "4GB",
    "min_wal_size": "256MB",
    "checkpoint_timeout": "15min",
    # An index build logs whole pages; pglz ("on") would take more than half its time.
    "wal_compression": "lz4",
    "wal_buffers": "16MB",
    # Compiling a plan costs more than it saves on queries of milliseconds.
    "jit": "off",
    # A program that was killed leaves no query running for nobody.
    "client_connection_check_interval": "1s",
}

# Nothing acknowledged is ever lost; these are the defaults, stated so that a change
# is seen in review.
DURABILITY: Settings = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
}

SECURITY: Settings = {
    "ssl": "on",
    "ssl_min_protocol_version": "TLSv1.2",
    "password_encryption": "scram-sha-256",
    # Administration goes over TLS like everything else.
    "unix_socket_directories": "",
}

# A statement, its parameters and the detail of an error can carry client data or a
# password's verifier: the log has who, when and which error, not what was in it.
LOGGING: Settings = {
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": 0,
    "log_line_prefix": "%m [%p] %q%u@%d %a ",
    "log_connections": "on",
    "log_lock_waits": "on",
    "log_statement": "none",
    "log_min_duration_statement": -1,
    "log_min_error_statement": "panic",
    "log_parameter_max_length": 0,
    "log_parameter_max_length_on_error": 0,
    "log_error_verbosity": "terse",
}

# GMT is the one zone that needs no zone files, which small images lack.
LOCALE: Settings = {
    "timezone": "GMT",
    "log_timezone": "GMT",
    "datestyle": "iso, ymd",
    "lc_messages": "C",
    "default_text_search_config": "pg_catalog.simple",
}


def write_configuration(warehouse: Warehouse, port: int, account: Account) -> None:
    """Write `postgresql.conf` and `pg_hba.conf` into the data directory."""
    files = {
        "postgresql.conf": server_configuration(warehouse, port),
        "pg_hba.conf": access_rules(),
    }
    for name, text in files.items():
        write_file(warehouse.data / name, text, 0o600, account)


def server_configuration(warehouse: Warehouse, port: int) -> str:
    """Return the text of `postgresql.conf`."""
    place: Settings = {
        "listen_addresses": HOST,
        "port": port,
        "cluster_name": "credit-scoring",
        "ssl_cert_file": os.fspath(warehouse.tls / "server.crt"),
        "ssl_key_file": os.fspath(warehouse.tls / "server.key"),
        "log_directory": os.fspath(warehouse.log),
        "dynamic_shared_memory_type": _shared_memory_type(),
    }
    archiving = _archiving(warehouse)
    groups = (place, SECURITY, DURABILITY, archiving, RESOURCES, LOGGING, LOCALE)
    lines = [
        f"{name} = {_quoted(value)}"
        for group in groups
        for name, value in group.items()
    ]
    return _HEADER + "\n".join(lines) + "\n"


def access_rules() -> str:
    """Return the text of `pg_hba.conf`: who may connect to which database.

    Each login role reaches the warehouse's database and no other; the administrator
    reaches all, and copies the server. From this machine, over TLS, with a password.
    """
    allowed = [(DEFAULT_DATABASE, role) for role in LOGIN_ROLES]
    allowed += [("all", ADMINISTRATOR), ("replication", ADMINISTRATOR)]
    lines = [
        f"hostssl {database} {role} {HOST}/32 scram-sha-256"
        for database, role in allowed
    ]
    lines += [
        f"{origin} reject"
        for database in ("all", "replication")
        for origin in (f"local {database} all", f"host {database} all all")
    ]
    return _HEADER + "\n".join(lines) + "\n"


def _archiving(warehouse: Warehouse) -> Settings:
    """Archive the write-ahead log once a backup has made an archive.

    The mode is on from the start, because turning it on takes a restart.
    """
    try:
        described = json.loads((warehouse.archiver / "settings.json").read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return {"archive_mode": "on", "archive_command": "/bin/true"}
    return {
        "archive_mode": "on",
        "archive_command": f"{described['command'].replace('%', '%%')} %p %f",
        "archive_timeout": ARCHIVE_TIMEOUT,
    }


def _shared_memory_type() -> str:
    """Containers often give /dev/shm 64 MB, too little for parallel hash joins."""
    shared_memory = Path("/dev/shm")
    if not shared_memory.is_dir():
        return "posix"
    size = os.statvfs(shared_memory)
    return "posix" if size.f_blocks * size.f_frsize >= _SMALL_SHARED_MEMORY else "mmap"


def _quoted(value: str | int | float) -> str:
    text = str(value).replace("\\", "\\\\").replace("'", "''")
    return f"'{text}'"
