"""One folder an engine, behind two protocols.

`sqloop.database.engine.Engine` is a database that can be asked, `sqloop.database.checking.grammar.Grammar`
how its SQL is read. A folder has `engine.py` with `open_engine(url, limits, password_command) -> Engine`, and
`grammar.py` with `GRAMMAR`; nothing outside imports anything else of it. To add one:

- its folder, its row in `registry.py`, its name in `Dialect` (`database.schema`, `lsp.protocol`);
- what editors see of its SQL: a row each in `sqloop.lsp.text.keywords`, `tokens`, `regions` and `mistakes`;
- what models are told: a row each in `sqloop.generation.prompts.hub_forms` and `sql_grammar`;
- a row in the fixture `shop` of tests/server/database/conftest.py: the contract of all engines runs on it.
"""
