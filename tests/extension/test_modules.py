"""Modules of the extension that need no editor, run by Node: files, sheets of rows, addresses, insertions."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

EXTENSION = Path(__file__).parents[2] / "extension"
ESBUILD = EXTENSION / "node_modules/.bin/esbuild"

ENTRY = """
export * from "{src}/csv"; export * from "{src}/sheet"; export * from "{src}/connections";
export * from "{src}/text"; export * from "{src}/results"; export * as vscode from "vscode";
"""

VSCODE = """
module.exports = {
  window: {}, workspace: {}, env: {}, commands: { executeCommand: async () => undefined },
  Uri: { joinPath: () => "" },
  CancellationTokenSource: class { token = {}; cancel() {} dispose() {} },
};
"""

SERVER = """
// A server that keeps one result: of `rows`, forgotten where `forgets` says so.
function serve(rows, forgets = () => false, columns = ["n"]) {
  const server = { asked: [], number: 0, status: {} };
  server.request = async (_, { sql, result, offset = 0, count = 100, limit = 1000 }) => {
    if (!result || forgets(server)) server.number += 1;
    server.asked.push({ sql, limit });
    const all = rows.slice(0, limit);
    return { status: "ok", sql, result: `r${server.number}`, columns, headings: columns, offset,
      rows: all.slice(offset, offset + count), rowCount: all.length, truncated: false };
  };
  return server;
}
"""

Run = Callable[[str], Any]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """What the body of an async function gives that has the modules as ``m``."""
    if shutil.which("node") is None or not ESBUILD.exists():
        pytest.skip("the extension's packages are not installed (npm ci in extension)")
    folder = tmp_path_factory.mktemp("modules")
    (folder / "vscode.cjs").write_text(VSCODE)
    (folder / "entry.mjs").write_text(ENTRY.replace("{src}", str(EXTENSION / "src")))
    if not (EXTENSION / "src/protocol.ts").exists():
        subprocess.run(["node", "protocol.mjs"], cwd=EXTENSION, check=True)
    made = ["--bundle", "--platform=node", "--format=cjs", f"--alias:vscode={folder / 'vscode.cjs'}"]
    bundle = folder / "modules.cjs"
    subprocess.run(
        [ESBUILD, folder / "entry.mjs", *made, f"--outfile={bundle}", "--log-level=error"], check=True
    )

    def run(body: str) -> Any:
        text = f"const m = require({json.dumps(str(bundle))});\n{SERVER}\n(async () => {{ {body} }})()"
        shown = f"{text}.then((found) => console.log(JSON.stringify(found)))"
        done = subprocess.run(["node", "-e", shown], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_a_line_of_a_csv_file_is_never_empty_and_runs_nothing(run: Run) -> None:
    columns: list[tuple[list[object], list[str]]] = [
        (
            ["=1+1", "@x", "-5", "+1 (555) 12-34", "-Infinity"],
            ["'=1+1", "'@x", "-5", "+1 (555) 12-34", "-Infinity"],
        ),
        ([None, "", "a"], ['""', '""', "a"]),
        (['5" disk', "a,b"], ['"5"" disk"', '"a,b"']),
        ([True, 1.5, -3], ["true", "1.5", "-3"]),
    ]
    given = json.dumps([[[value] for value in values] for values, _ in columns])
    made = run(f"return {given}.map((rows) => m.toCsv(['n'], rows))")
    assert [each.split("\r\n")[1:-1] for each in made] == [lines for _, lines in columns]


def test_json_keeps_the_order_of_columns_and_every_one_of_them(run: Run) -> None:
    made = run("return m.toJson(['name', '2024', '2023', 'name', '__proto__'], [['Ann', 1, null, 'x', 2]])")
    assert list(json.loads(made)[0].items()) == [
        ("name", "Ann"),
        ("2024", 1),
        ("2023", None),
        ("name_2", "x"),
        ("__proto__", 2),
    ]


def test_a_value_that_begins_with_a_quote_stays_in_its_cell_of_a_spreadsheet(run: Run) -> None:
    found = run("""return m.toTabs([['"a', 'b"'], ['x\\ty\\r\\nz', '=1']])""")
    assert found == '"""a"\tb"\nx y z\t\'=1'


def test_all_rows_of_a_result_that_was_forgotten_come_from_one_run_under_the_same_limit(run: Run) -> None:
    count, asked = run("""
        const server = serve([...Array(12000).keys()].map((n) => [n]), ({ asked }) => asked.length === 2);
        const sheet = await m.Sheet.run(server, { sql: 'q', limit: 50000 });
        const rows = await sheet.all();
        if (rows.some(([n], at) => n !== at)) throw new Error('mixed');
        return [rows.length, server.asked.map(({ limit }) => limit)];
    """)
    assert count == 12_000
    assert set(asked) == {50_000}


def test_rows_are_fetched_once_for_all_that_is_typed_into_the_filter(run: Run) -> None:
    found = run("""
        const server = serve([['Ann'], ['Anna'], ['Bob']]);
        const sheet = await m.Sheet.run(server, { sql: 'q' });
        const filtered = await (await sheet.filtered('a')).filtered('anna');
        return [(await filtered.page(0)).rows, server.asked.length];
    """)
    assert found == [[["Anna"]], 2]


def test_any_query_can_be_sorted(run: Run) -> None:
    wrapped = "SELECT * FROM (\n{}\n) AS answer ORDER BY 1"
    cases = [
        ("SELECT 1 AS n; -- note", ["n"], wrapped.format("SELECT 1 AS n")),
        ("SELECT 1 -- note", ["n"], wrapped.format("SELECT 1 -- note")),
        ("SELECT ';--'", ["n"], wrapped.format("SELECT ';--'")),
        ("q;", ["Id", "id"], "WITH answer (c1, c2) AS (\nq\n) SELECT * FROM answer ORDER BY 1"),
    ]
    given = json.dumps([each[:2] for each in cases])
    found = run(f"""
        return Promise.all({given}.map(async ([sql, columns]) => {{
          const server = serve([[1, 2]], undefined, columns);
          const sorted = await (await m.Sheet.run(server, {{ sql }})).sorted(0);
          return [sorted.sql, sorted.result.columns, server.asked.at(-1).sql];
        }}));
    """)
    assert found == [list(each) for each in cases]


def test_what_is_typed_while_rows_are_fetched_is_the_filter_in_the_end(run: Run) -> None:
    found = run("""
        const server = serve([...Array(200).keys()].map((n) => [`row ${n}`]));
        const panel = new m.ResultsPanel('', server);
        let hear, last;
        panel.resolveWebviewView({ onDidDispose() {}, webview: {
          asWebviewUri: () => '', onDidReceiveMessage: (listener) => (hear = listener),
          postMessage: (message) => (last = message),
        } });
        await panel.run({ sql: 'q' });
        const quick = server.request, wait = () => new Promise((then) => setTimeout(then, 50));
        server.request = async (...given) => (await wait(), quick(...given));
        await Promise.all(['row 1', 'row 19'].map((text) => hear({ kind: 'filter', text })));
        return [last.filter, last.page.rowCount];
    """)
    assert found == ["row 19", 11]


def test_no_part_of_a_password_stays_in_an_address(run: Run) -> None:
    cases = [
        ("postgresql://ann:a/b@host/shop", "postgresql://ann@host/shop", "a/b"),
        ("mysql+pymysql://ann:50%off@host/shop", "mysql+pymysql://ann@host/shop", "50%off"),
        ("mysql+pymysql://ann:p%40ss@host/shop", "mysql+pymysql://ann@host/shop", "p@ss"),
        ("postgresql+psycopg2://ann:x@host/shop", "postgresql+psycopg2://ann@host/shop", "x"),
        ("postgresql://host/shop?a=b:c@d", "postgresql://host/shop?a=b:c@d", ""),
        ("sqlite:////home/a:b@c/shop.db", "sqlite:////home/a:b@c/shop.db", ""),
        ("sqlite:///C:/a@b/shop.db", "sqlite:///C:/a@b/shop.db", ""),
    ]
    found = run(f"return {json.dumps([given for given, _, _ in cases])}.map(m.split)")
    assert found == [{"url": url, "password": password} for _, url, password in cases]


def test_a_query_is_inserted_where_it_parts_nothing(run: Run) -> None:
    cases = [
        ("", (0, 0), "SELECT 1", "-- how many now?\nSELECT 1;\n"),
        ("SELECT na FROM t", (0, 9), "SELECT 1;", "SELECT na FROM t\n-- how many now?\nSELECT 1;"),
        ("a\nb", (1, 0), "SELECT 1", "a\n-- how many now?\nSELECT 1;\nb"),
        ("", (0, 0), "SELECT 1 -- one", "-- how many now?\nSELECT 1 -- one\n;\n"),
    ]
    found = run(f"""
        const done = [];
        for (const [before, [row, column], sql] of {json.dumps([each[:3] for each in cases])}) {{
          const text = before.split('\\n');
          const lineAt = ({{ line }}) => ({{
            isEmptyOrWhitespace: !text[line].trim(),
            range: {{ end: {{ line, character: text[line].length }} }},
          }});
          const insert = ({{ line, character }}, put) => {{
            text[line] = text[line].slice(0, character) + put + text[line].slice(character);
          }};
          const editor = (scheme, make) => ({{
            selection: {{ active: {{ line: row, character: column }} }},
            document: {{ languageId: 'sql', uri: {{ scheme }}, lineAt }},
            edit: async (write) => (write({{ insert: make }}), true),
          }});
          const elsewhere = () => {{ throw new Error('another file'); }};
          const {{ window }} = m.vscode;
          const mine = window.activeTextEditor = editor('file', insert);
          window.visibleTextEditors = [editor('git', elsewhere), editor('file', elsewhere), mine];
          await m.insertQuery(sql, 'how many\\nnow?');
          done.push(text.join('\\n'));
        }}
        return done;
    """)
    assert found == [each[-1] for each in cases]


def test_a_file_that_cannot_be_changed_is_no_silence(run: Run) -> None:
    found = run("""
        const document = { languageId: 'sql', uri: { scheme: 'file' }, lineAt: () => ({}) };
        const selection = { active: { character: 0 } };
        m.vscode.window.activeTextEditor = { document, selection, edit: async () => false };
        m.vscode.window.visibleTextEditors = [];
        return m.insertQuery('SELECT 1').then(() => '', (error) => error.message);
    """)
    assert found == "The file cannot be changed."
