"""`sqloop/schema`: the tables, and one of them with everything; lazy, for there may be thousands."""

from __future__ import annotations

from sqloop.database.identifiers import quote_name
from sqloop.database.schema import Dialect, Table
from sqloop.lsp.protocol import ColumnDetail, SchemaParams, SchemaResult, TableDetail, TableSummary
from sqloop.lsp.server import Server


async def schema(ls: Server, params: SchemaParams) -> SchemaResult:
    """All tables, or the one that was asked for."""
    read = await ls.backend.read_schema(refresh=params.refresh)
    found = read.table(params.table) if params.table else None
    every = () if params.table else read.tables
    return SchemaResult(
        connection=ls.backend.configuration.connection,
        dialect=read.dialect,
        fingerprint=read.fingerprint,
        tables=tuple(
            TableSummary(
                each.name,
                len(each.columns),
                each.rows,
                each.comment,
                quote_name(each.name, read.dialect),
            )
            for each in every
        ),
        table=_detail(found, read.dialect) if found else None,
    )


def _detail(table: Table, dialect: Dialect) -> TableDetail:
    references = {
        own: f"{key.referred_table}.{other}"
        for key in table.foreign_keys
        for own, other in zip(key.columns, key.referred_columns, strict=False)
    }
    return TableDetail(
        name=table.name,
        rows=table.rows,
        comment=table.comment,
        columns=tuple(
            ColumnDetail(
                each.name,
                each.type,
                each.kind,
                each.nullable,
                each.name in table.primary_key,
                references.get(each.name),
                each.comment,
                each.samples,
                quote_name(each.name, dialect),
            )
            for each in table.columns
        ),
    )
