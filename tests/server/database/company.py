"""A company in PostgreSQL: two schemas, every kind of table, column and type."""

from __future__ import annotations

COMPANY = (
    "CREATE SCHEMA sales",
    "CREATE SCHEMA hr",
    "CREATE TYPE sales.state AS ENUM ('open', 'paid', 'lost')",
    "CREATE DOMAIN sales.percent AS numeric(5, 2) CHECK (value BETWEEN 0 AND 100)",
    "CREATE TABLE hr.person (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, "
    "code uuid, tags text[], notes jsonb, hired timestamptz, shift time, born date)",
    "COMMENT ON TABLE hr.person IS 'Who works here'",
    "COMMENT ON COLUMN hr.person.code IS 'of the badge'",
    "CREATE TABLE sales.orders (id bigserial, placed timestamp(3), state sales.state, "
    "discount sales.percent, amount numeric(12, 2), "
    "gross numeric GENERATED ALWAYS AS (amount * 1.19) STORED, paid boolean, "
    'seller integer REFERENCES hr.person, picture bytea, weight double precision, "Odd Name" varchar(20), '
    "price money, took interval, size char(2), valid daterange, PRIMARY KEY (id, placed)) "
    "PARTITION BY RANGE (placed)",
    *(
        f"CREATE TABLE sales.orders_{year} PARTITION OF sales.orders "
        f"FOR VALUES FROM ('{year}-01-01') TO ('{year + 1}-01-01')"
        for year in (2024, 2025)
    ),
    "CREATE TABLE public.branch (name text PRIMARY KEY)",
    "CREATE TABLE sales.branch (name text PRIMARY KEY)",
    'CREATE TABLE public."Mixed" (id integer PRIMARY KEY, "Name" text)',
    'CREATE TABLE public."do.t" (id integer)',
    "CREATE VIEW sales.totals AS SELECT state, SUM(amount) AS total FROM sales.orders GROUP BY state",
    "CREATE MATERIALIZED VIEW sales.kept AS SELECT COUNT(*) AS n FROM sales.orders",
    "INSERT INTO hr.person (name, code, tags, notes, hired) VALUES ('Ann', "
    "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{a,b}', '{\"x\": 1}', '2024-03-01 10:00+02'), ('Bob', NULL, "
    "NULL, NULL, NULL)",
    'INSERT INTO sales.orders (placed, state, discount, amount, paid, seller, picture, weight, "Odd Name", '
    "price, took, size, valid) VALUES ('2024-05-01 12:00', 'paid', 12.5, 1234567890.25, true, 1, "
    "'\\xff00', 1.5, 'x', 3.5, '90 minutes', 'L', '[2024-01-01,2024-02-01)'), "
    "('2025-05-01', 'open', NULL, 10, false, 2, NULL, 'NaN', NULL, NULL, NULL, NULL, NULL)",
    "INSERT INTO branch VALUES ('here')",
    "INSERT INTO sales.branch VALUES ('there')",
    "INSERT INTO \"Mixed\" VALUES (1, 'm')",
)
