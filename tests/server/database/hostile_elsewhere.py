"""What `hostile` is made of for PostgreSQL and DuckDB; see `hostile_families`."""

from __future__ import annotations

WRITES_OF: dict[str, str] = {
    "postgres": """
INSERT INTO items VALUES (1, 1, 1, 1) ON CONFLICT (order_id, line) DO UPDATE SET quantity = 99
MERGE INTO items USING orders ON order_id = orders.id WHEN MATCHED THEN DELETE
TRUNCATE items
SELECT * INTO loot FROM items
COPY items TO '{folder}/loot'
COPY (SELECT 1) TO PROGRAM 'touch {folder}/loot'
COPY items FROM '/etc/passwd'
CALL wipe()
DO 'BEGIN DELETE FROM items; END'
NOTIFY loot
LOCK TABLE items
SET default_transaction_read_only = off
EXPLAIN ANALYZE WITH d AS (DELETE FROM items RETURNING *) SELECT * FROM d
VACUUM FULL items
ALTER SYSTEM SET port = 1
GRANT ALL ON items TO PUBLIC
""",
    "duckdb": """
COPY items TO '{folder}/loot'
COPY (SELECT 1) TO '{folder}/loot' (FORMAT parquet)
EXPORT DATABASE '{folder}/loot'
ATTACH '{folder}/loot' AS loot
INSTALL httpfs
LOAD httpfs
CREATE MACRO loot() AS 1
CREATE SECRET loot (TYPE s3)
SET threads = 1
SET enable_external_access = true
RESET lock_configuration
PRAGMA memory_limit = '9GB'
FORCE CHECKPOINT
CALL pragma_table_info('items')
TRUNCATE items
USE temp
""",
}
CALLS: dict[str, str] = {
    "postgres": """
pg_read_file('/etc/passwd')
pg_read_binary_file('/etc/passwd')
pg_ls_dir('/')
pg_stat_file('/etc/passwd')
lo_import('/etc/passwd')
lo_export(1, '{folder}/loot')
lo_create(7)
lo_from_bytea(7, 'x')
lo_unlink(7)
dblink('dbname=shop', 'DELETE FROM items')
dblink_exec('dbname=shop', 'DELETE FROM items')
pg_sleep(9)
pg_sleep_for('9 s')
pg_terminate_backend(pg_backend_pid())
pg_cancel_backend(pg_backend_pid())
pg_reload_conf()
pg_rotate_logfile()
set_config('transaction_read_only', 'off', false)
pg_advisory_lock(7)
pg_advisory_xact_lock(7)
pg_try_advisory_lock(7)
nextval('tickets')
setval('tickets', 99)
pg_notify('a', 'b')
pg_logical_emit_message(false, 'a', 'b')
pg_export_snapshot()
txid_current()
query_to_xml('DELETE FROM items', true, true, '')
database_to_xml(true, true, '')
ts_stat('DELETE FROM items')
pg_create_physical_replication_slot('a')
pg_switch_wal()
repeat('x', 1000000000)
lpad('x', 1000000000)
repeat(repeat('x', 9999), 9999)
array_fill(1, ARRAY[100000000])
spoil()
public.spoil()
pg_stat_reset()
currval('tickets')
""",
    "duckdb": """
read_csv('/etc/passwd')
read_csv_auto('/etc/passwd')
read_text('/etc/passwd')
read_blob('/etc/passwd')
read_json('/etc/passwd')
read_parquet('/etc/passwd')
parquet_scan('/etc/passwd')
glob('/etc/*')
sniff_csv('/etc/passwd')
getenv('HOME')
query('DELETE FROM items')
query_table('/etc/passwd')
nextval('tickets')
currval('tickets')
sleep_ms(9000)
duckdb_settings()
duckdb_secrets()
pragma_database_size()
which_secret('a', 's3')
current_setting('memory_limit')
write_log('x')
enable_logging()
force_checkpoint()
checkpoint('shop')
sqlite_scan('/etc/passwd', 'a')
postgres_scan('a', 'b', 'c')
iceberg_scan('a')
read_xlsx('a.xlsx')
json_execute_serialized_sql('{}')
from_substrait('x')
python_map_function(1)
spoil()
main.spoil()
read_duckdb('/etc/passwd')
parquet_metadata('/etc/passwd')
storage_info('items')
""",
}
SPELLINGS: dict[str, tuple[str, ...]] = {
    "postgres": ("{0}({1})", "{0} ({1})", "{0}/**/({1})", "{0}\n({1})", '"{0}"({1})', "pg_catalog.{0}({1})"),
    "duckdb": ("{0}({1})", "{0} ({1})", "{0}/**/({1})", "{0}\n({1})", '"{0}"({1})', "system.main.{0}({1})"),
}
FILES = """/etc/passwd x.csv ./x.csv ../secret.csv *.csv http://127.0.0.1/x.csv s3://a/x.parquet x.json
x.ndjson x.parquet x.tsv.gz x.db file:///etc/passwd /proc/self/environ""".split()
AROUND_FILES = """
SELECT * FROM '{0}'
FROM '{0}'
SELECT * FROM "{0}"
SELECT * FROM items JOIN '{0}' ON true
SELECT * FROM items, '{0}'
WITH d AS (FROM '{0}') SELECT * FROM d
SELECT (SELECT COUNT(*) FROM '{0}')
SELECT 1 UNION ALL SELECT 1 FROM '{0}'
SELECT * FROM (FROM '{0}') d
DESCRIBE SELECT * FROM '{0}'
"""
SETTINGS: dict[str, list[str]] = {
    "postgres": """default_transaction_read_only transaction_read_only statement_timeout work_mem search_path
role session_authorization standard_conforming_strings temp_file_limit lock_timeout""".split(),
    "duckdb": """enable_external_access lock_configuration memory_limit threads temp_directory allowed_paths
allow_unsigned_extensions autoload_known_extensions home_directory access_mode""".split(),
}
AROUND_SETTINGS = """
SET {0} = 0
SET SESSION {0} = DEFAULT
SET LOCAL {0} = 0
SET GLOBAL {0} = 0
RESET {0}
PRAGMA {0} = 0
SHOW {0}
SELECT 1; SET {0} = 0
SELECT set_config('{0}', '0', false)
ALTER ROLE owner SET {0} = 0
"""
GREEDY: dict[str, str] = {
    "postgres": """
(WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n > 0) SELECT COUNT(*) FROM r)
(SELECT COUNT(*) FROM generate_series(1, 1000000000000))
(SELECT COUNT(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b)
(SELECT length(string_agg(repeat('x', 9999), '')) FROM generate_series(1, 100000000))
(SELECT COUNT(*) FROM generate_series(1, 30) WHERE repeat('a', 9999) ~ '((a|aa)+)\\1$')
(SELECT length(jsonb_agg(a)::text) FROM generate_series(1, 100000000) a)
""",
    "duckdb": """
(WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n > 0) SELECT COUNT(*) FROM r)
(SELECT COUNT(*) FROM range(1000000) a, range(1000000) b)
length(repeat('a', 4000000000))
len(range(1000000000))
(SELECT length(string_agg(repeat('a', 1000), '')) FROM range(100000000))
levenshtein(repeat('a', 200000), repeat('b', 200000))
""",
}

SNARES = (
    "CREATE FUNCTION snare() RETURNS int LANGUAGE plpgsql AS "
    "'BEGIN PERFORM pg_advisory_lock(7); RAISE EXCEPTION ''CAUGHT''; END'",
    "CREATE FUNCTION part(items) RETURNS int LANGUAGE sql AS 'SELECT snare()'",
    "CREATE FUNCTION whole(anyelement) RETURNS int LANGUAGE sql AS 'SELECT snare()'",
    "CREATE FUNCTION abs(text) RETURNS int LANGUAGE sql AS 'SELECT snare()'",
    "CREATE FUNCTION state(int, text) RETURNS int LANGUAGE sql AS 'SELECT snare()'",
    "CREATE AGGREGATE sum(text) (sfunc = state, stype = int, initcond = '0')",
    "CREATE FUNCTION plus(text, text) RETURNS int LANGUAGE sql AS 'SELECT snare()'",
    "CREATE OPERATOR + (leftarg = text, rightarg = text, function = plus)",
    "CREATE FUNCTION same(text, int) RETURNS boolean LANGUAGE sql AS 'SELECT snare() = 1'",
    "CREATE OPERATOR ~~ (leftarg = text, rightarg = int, function = same)",
    "CREATE FUNCTION holds(text) RETURNS boolean LANGUAGE sql AS 'SELECT snare() = 1'",
    "CREATE DOMAIN word AS text CHECK (holds(VALUE))",
    "CREATE DOMAIN words AS word",
    "CREATE TYPE pair AS (a text, b text)",
    "CREATE FUNCTION number(pair) RETURNS int LANGUAGE sql AS 'SELECT snare()'",
    "CREATE CAST (pair AS int) WITH FUNCTION number(pair) AS IMPLICIT",
    "CREATE TABLE pairs (p pair)",
    "INSERT INTO pairs VALUES (('a', 'b'))",
    "CREATE VIEW checked AS SELECT 'a'::word AS w",
    "CREATE VIEW through AS SELECT * FROM checked",
    "CREATE VIEW parted AS SELECT items.part FROM items",
    "CREATE VIEW added AS SELECT name + name AS s FROM customers",
    "CREATE VIEW cast_pairs AS SELECT p::int AS n FROM pairs",
)
"""Functions of a database that a query reaches without their names, or by names that it may call."""

CAUGHT = """
(SELECT items.part FROM items LIMIT 1)
(SELECT (items)."part" FROM items LIMIT 1)
(SELECT i . whole FROM orders i LIMIT 1)
(SELECT abs(name) FROM customers LIMIT 1)
(SELECT "abs"(name) FROM customers LIMIT 1)
(SELECT sum(name) FROM customers)
(SELECT sum(name) FILTER (WHERE id > 0) FROM customers)
(SELECT name+/**/name FROM customers LIMIT 1)
(SELECT COUNT(*) FROM customers WHERE name LIKE id)
(SELECT length('a'::word))
(SELECT length(CAST('a' AS "word")))
(SELECT length('a'::words))
(SELECT cardinality(ARRAY['a']::word[]))
(SELECT length(x.a) FROM json_to_recordset('[{"a":"b"}]') AS x(a word))
(SELECT p::int FROM pairs LIMIT 1)
(SELECT 1 + p FROM pairs LIMIT 1)
(SELECT ROW('a', 'b')::pair + 1)
(SELECT length(w) FROM checked)
(SELECT length(w) FROM through)
(SELECT part FROM parted LIMIT 1)
(SELECT s FROM added LIMIT 1)
(SELECT n FROM cast_pairs LIMIT 1)
"""
