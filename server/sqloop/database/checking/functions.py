"""Functions that a query may not call: they wait, lock, write, or reach outside the database."""

from __future__ import annotations

_NAMES = frozenset(
    {
        "sleep",
        "benchmark",
        "get_lock",
        "release_lock",
        "release_all_locks",
        "is_free_lock",
        "is_used_lock",
        "service_get_read_locks",
        "service_get_write_locks",
        "service_release_locks",
        "load_file",
        "load_extension",
        "readfile",
        "writefile",
        "edit",
        "fsdir",
        "eval",
        "sqlite_log",
        "fts3_tokenizer",
        "zipfile",
        "master_pos_wait",
        "master_gtid_wait",
        "source_pos_wait",
        "wait_for_executed_gtid_set",
        "wait_until_sql_thread_after_gtids",
        "wsrep_sync_wait_upto_gtid",
        "nextval",
        "setval",
        "lastval",
        "sys_exec",
        "sys_eval",
        "sys_get",
        "sys_set",
        "sys_bineval",
        "mroonga_command",
    }
)

_PREFIXES = (
    "pragma_",
    "lib_mysqludf",
    "spider_",
    "group_replication_",
    "asynchronous_connection_failover_",
    "keyring_",
    "audit_log_",
    "version_tokens_",
    "mysql_firewall_",
    "set_firewall_",
)


def is_denied(name: str) -> bool:
    """Whether a function of that name is refused, on either engine and in any case.

    >>> is_denied("Sleep"), is_denied("count")
    (True, False)
    """
    name = name.lower()
    return name in _NAMES or name.startswith(_PREFIXES)
