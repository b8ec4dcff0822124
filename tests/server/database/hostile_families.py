"""What `hostile` is made of: statements, calls and settings that do harm, and what to put around them.

`{0}` stands for what does harm, `{folder}` for a folder that must stay empty; escapes as in `attacks.txt`.
"""

from __future__ import annotations

WRITES = """
INSERT INTO items VALUES (9, 9, 1, 1)
INSERT INTO items SELECT 9, 9, 1, 1
REPLACE INTO items VALUES (1, 1, 1, 99)
UPDATE items SET quantity = 0
UPDATE items SET quantity = 0 WHERE 1 = 1 RETURNING *
DELETE FROM items
DELETE FROM items WHERE line = 1 RETURNING quantity
DROP TABLE items
DROP VIEW rome
CREATE TABLE loot (a INT)
CREATE TABLE loot AS SELECT * FROM customers
CREATE TEMPORARY TABLE loot (a INT)
CREATE VIEW loot AS SELECT 1
CREATE INDEX loot ON items (quantity)
ALTER TABLE items ADD COLUMN loot INT
ALTER TABLE items RENAME TO loot
"""
WRITES_OF: dict[str, str] = {
    "sqlite": """
INSERT OR REPLACE INTO items VALUES (1, 1, 1, 99)
INSERT INTO items VALUES (1, 1, 1, 1) ON CONFLICT DO UPDATE SET quantity = 99
ATTACH '{folder}/loot' AS loot
VACUUM INTO '{folder}/loot'
PRAGMA user_version = 9
PRAGMA writable_schema = ON
CREATE VIRTUAL TABLE loot USING fts5(a)
""",
    "mysql": """
TRUNCATE TABLE items
SELECT 1 INTO OUTFILE '{folder}/loot'
SELECT 1 INTO DUMPFILE '{folder}/loot'
SELECT quantity FROM items LIMIT 1 INTO @x
LOAD DATA INFILE '/etc/passwd' INTO TABLE items
CALL wipe()
SET GLOBAL max_connections = 11
SET tx_read_only = 0
LOCK TABLES items WRITE
GRANT ALL ON *.* TO eve
EXECUTE IMMEDIATE 'DELETE FROM items'
DO RELEASE_ALL_LOCKS()
""",
}
AROUND_WRITES = """
{0}
({0})
(({0}))
;{0}
SELECT 1; {0}
SELECT 1;\\n{0};
SELECT 1; ; {0}
SELECT ';' ; {0}
SELECT 1 -- '\\n; {0}
SELECT 1 /* ; */ ; {0}
SELECT 1 /* ' */ ; {0} -- '
{0}; SELECT 1
/* SELECT 1 */ {0}
-- SELECT 1\\n{0}
/*! {0} */
/*!50000 {0} */
/*M!100100 {0} */
SELECT 1 /*!; {0} */
SELECT 1 /*!99999 ; {0} */
WITH d AS ({0}) SELECT * FROM d
WITH d AS (SELECT 1) {0}
WITH d AS (SELECT 1), e AS ({0}) SELECT * FROM e
SELECT * FROM ({0}) AS d
SELECT ({0})
SELECT 1 WHERE EXISTS ({0})
SELECT 1 WHERE 1 IN ({0})
SELECT CASE WHEN 1 THEN ({0}) END
SELECT 1 ORDER BY ({0})
SELECT 1 UNION {0}
SELECT 1 UNION ALL ({0})
VALUES (1) UNION {0}
{0} UNION SELECT 1
EXPLAIN {0}
EXPLAIN EXTENDED {0}
EXPLAIN QUERY PLAN {0}
ANALYZE FORMAT=JSON {0}
DESCRIBE {0}
BEGIN; {0}; COMMIT
BEGIN NOT ATOMIC {0}; END
START TRANSACTION; {0}
SET STATEMENT max_statement_time = 0 FOR {0}
PREPARE s FROM '{0}'
EXECUTE IMMEDIATE "{0}"
IF 1 THEN {0}; END IF
CREATE TRIGGER t AFTER INSERT ON orders BEGIN {0}; END
CREATE PROCEDURE p() {0}
CREATE EVENT e ON SCHEDULE EVERY 1 SECOND DO {0}
SELECT 1 \\u0000; {0}
\\u0000{0}
\\ufeff{0}
\\u200b{0}
SELECT 1\\uff1b {0}
SELECT 1;\\u00a0{0}
SELECT 1;\\u000b{0}
DELIMITER // {0} //
SELECT 1 \\\\g {0}
"""

CALLS: dict[str, str] = {
    "sqlite": """
load_extension('{folder}/loot.so')
readfile('/etc/passwd')
writefile('{folder}/loot', 'x')
edit('x', 'touch {folder}/loot')
fts3_tokenizer('simple', x'4141414141414141')
sleep(9)
eval('DELETE FROM items')
sqlite_log(1, 'x')
zipfile('{folder}/loot', 'x')
sys_exec('touch {folder}/loot')
""",
    "mysql": """
SLEEP(9)
BENCHMARK(1000000000000, SHA2('x', 512))
GET_LOCK('a', 9)
RELEASE_ALL_LOCKS()
LOAD_FILE('/etc/passwd')
MASTER_POS_WAIT('x', 4, 9)
MASTER_GTID_WAIT('0-1-1', 9)
NEXTVAL(tickets)
SETVAL(tickets, 99)
LASTVAL(tickets)
spoil()
shop.spoil()
sys_eval('id')
""",
}
REFUSED_BY_NAME = """
SFORMAT('{{:>100000000}}', 'x')
ENCRYPT('x', '$6$rounds=300000000$abcdefgh')
REPEAT('x', 1000000000)
REPEAT(REPEAT('x', 9999), 9999)
LPAD('x', 1000000000, 'y')
RPAD('x', 1000000000, 'y')
SPACE(1000000000)
"""
"""MariaDB's functions that wall 1 alone can bound: KILL does not end them, or they fill its memory."""

SPELLINGS: dict[str, tuple[str, ...]] = {
    "sqlite": (
        "{0}({1})",
        "{0} ({1})",
        "{0}/**/({1})",
        "{0}\n({1})",
        "`{0}`({1})",
        '"{0}"({1})',
        "[{0}]({1})",
    ),
    "mysql": ("{0}({1})", "{0} ({1})", "{0}/**/({1})", "{0}\n({1})", "`{0}`({1})", "`{0}` ({1})"),
}
PLACES = """
SELECT {0}
SELECT 1 FROM items WHERE {0}
SELECT 1 FROM items WHERE 1 = 1 OR {0} IS NULL
SELECT COUNT(*) FROM items GROUP BY {0}
SELECT COUNT(*) FROM items HAVING {0}
SELECT 1 FROM items ORDER BY {0}
SELECT 1 FROM items LIMIT 1 OFFSET {0}
SELECT * FROM items JOIN orders ON {0}
SELECT (SELECT {0})
SELECT * FROM (SELECT {0} AS a) d
WITH d AS (SELECT {0} AS a) SELECT * FROM d
WITH RECURSIVE d(n) AS (SELECT 1 UNION ALL SELECT n + {0} FROM d WHERE n < 3) SELECT * FROM d
SELECT 1 UNION SELECT {0}
SELECT 1 WHERE EXISTS (SELECT {0})
SELECT CASE WHEN {0} THEN 1 END
SELECT COALESCE(NULL, {0})
SELECT SUM({0}) OVER (ORDER BY id) FROM customers
SELECT ROW_NUMBER() OVER (ORDER BY {0}) FROM customers
SELECT MAX({0}) FROM items
SELECT 1 IN (1, {0})
SELECT 1 BETWEEN 0 AND {0}
SELECT -{0}
VALUES ({0})
"""

PRAGMAS = """journal_mode user_version application_id query_only wal_checkpoint table_info incremental_vacuum
optimize hard_heap_limit temp_store_directory trusted_schema schema_version locking_mode synchronous
data_store_directory secure_delete auto_vacuum page_size mmap_size cache_size foreign_keys recursive_triggers
cell_size_check defer_foreign_keys ignore_check_constraints legacy_alter_table temp_store threads
max_page_count""".split()
AROUND_PRAGMAS = """
PRAGMA {0}
PRAGMA {0} = 1
PRAGMA {0}(1)
PRAGMA main.{0} = 1
SELECT 1; PRAGMA {0} = 1
SELECT * FROM pragma_{0}
SELECT * FROM pragma_{0}('items')
WITH p AS (SELECT * FROM pragma_{0}) SELECT * FROM p
SELECT (SELECT 1 FROM pragma_{0})
EXPLAIN PRAGMA {0} = 1
"""

QUERIES = """
SELECT * FROM items
SELECT * FROM items i JOIN orders o ON o.id = i.order_id
SELECT 1 UNION SELECT 2
(SELECT 1)
WITH d AS (SELECT 1) SELECT * FROM d
SELECT * FROM (SELECT 1) d
"""
AFTER_QUERIES = """
FOR UPDATE
FOR UPDATE NOWAIT
FOR UPDATE SKIP LOCKED
FOR UPDATE WAIT 5
FOR SHARE
LOCK IN SHARE MODE
INTO OUTFILE '{folder}/loot'
INTO DUMPFILE '{folder}/loot'
INTO OUTFILE '{folder}/loot' FIELDS TERMINATED BY ','
INTO @x
INTO loot
PROCEDURE ANALYSE()
/*! INTO OUTFILE '{folder}/loot' */
/* /* */ INTO OUTFILE '{folder}/loot' -- */
-- x\\n INTO OUTFILE '{folder}/loot'
# x\\n INTO OUTFILE '{folder}/loot'
\\u00a0INTO OUTFILE '{folder}/loot'
iNtO\\noUtFiLe '{folder}/loot'
"""
SETTINGS = """tx_read_only transaction_read_only sql_mode max_statement_time sql_log_bin foreign_key_checks
autocommit optimizer_switch character_set_client big_tables max_allowed_packet sql_safe_updates""".split()
AROUND_SETTINGS = """
SET {0} = 0
SET SESSION {0} = DEFAULT
SET GLOBAL {0} = 0
SET @@session.{0} = 0
SELECT @@{0} := 0
SELECT 1; SET {0} = 0
SET STATEMENT {0} = 0 FOR SELECT SLEEP(1)
SELECT /*! @@{0} := */ 1
SELECT @{0} := 1
SELECT 1 INTO @@{0}
"""
