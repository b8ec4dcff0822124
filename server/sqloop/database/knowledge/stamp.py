"""Whether what was kept of a database still holds: a cheap look at it, compared with the look back then."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stamp:
    """``identity`` says which database it is, as whom; ``structure`` and ``contents`` change when it does.

    ``grace`` is how many seconds changed contents do not matter, ``life`` how many anything is trusted: an
    engine that tells exactly needs no grace and sets no end.
    """

    identity: str
    structure: str
    contents: str
    grace: float = 0.0
    life: float = float("inf")

    def trusts(self, structure: str, contents: str, age: float) -> bool:
        """Whether what was kept ``age`` seconds ago, under those two, may be used.

        >>> now = Stamp("shop", "s1", "c2", grace=300, life=86_400)
        >>> [now.trusts("s1", "c1", 200), now.trusts("s1", "c1", 400), now.trusts("s0", "c2", 1)]
        [True, False, False]
        """
        if self.structure != structure or not 0 <= age < self.life:
            return False
        return contents == self.contents or age < self.grace
