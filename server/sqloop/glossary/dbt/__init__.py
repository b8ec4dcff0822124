"""What a dbt project says of its models, as glossary entries and descriptions.

Covered: `schema.yml` (models, sources, seeds, snapshots and their columns), semantic models and metrics, in
the layout of separate semantic models and in that of dbt 1.12, where they are part of the models. Jinja is
not run: of its calls ``ref``, ``doc``, ``Dimension``, ``TimeDimension`` and ``Entity`` are understood.
"""

from sqloop.glossary.dbt.imported import Imported
from sqloop.glossary.dbt.reading import read_dbt

__all__ = ["Imported", "read_dbt"]
