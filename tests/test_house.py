"""What `make check` holds of the whole house: no imports in circles, no folder too full to be looked over."""

from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path

import grimp

PACKAGES = ("sqloop", "sqloop_trainer", "sqloop_tui")
MOST_MODULES = 20
ROOT = Path(__file__).parents[1]


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = grimp.build_graph(*PACKAGES)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert sum(map(len, imports.values())) > 1000
    TopologicalSorter(imports).prepare()  # raises CycleError, which names the circle


def test_no_folder_has_more_modules_than_one_can_look_over() -> None:
    folders = Counter(
        path.parent.relative_to(ROOT)
        for top in ("server", "trainer", "tui", "tests/benchmarks")
        for path in (ROOT / top).rglob("*.py")
    )
    assert len(folders) > 20
    assert not {str(folder): count for folder, count in folders.items() if count > MOST_MODULES}
