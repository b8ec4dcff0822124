"""The two looks of the console, dark and light; widgets name colours by their role only.

Text stands out from whatever is below it by 4.5 to 1 (WCAG 2, AA), also under the cursor of a list.
"""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="sqloop-dark",
    primary="#7cacf8",
    secondary="#9aa6bd",
    accent="#f2b26b",
    success="#85cf8f",
    warning="#e6c372",
    error="#f0808a",
    foreground="#d9dee7",
    background="#12151b",
    surface="#181c24",
    panel="#272d39",
    dark=True,
    variables={
        "footer-key-foreground": "#f2b26b",
        "input-selection-background": "#7cacf8 35%",
        "block-cursor-blurred-background": "#7cacf8 18%",
        "text-disabled": "#9aa6bd",
    },
)

LIGHT = Theme(
    name="sqloop-light",
    primary="#1a56ad",
    secondary="#525b6a",
    accent="#8c4600",
    success="#1c6631",
    warning="#6f4e00",
    error="#a32034",
    foreground="#22262e",
    background="#fbfaf8",
    surface="#f3f1ec",
    panel="#e4e0d7",
    dark=False,
    variables={
        "footer-key-foreground": "#8c4600",
        "input-selection-background": "#1a56ad 25%",
        "block-cursor-blurred-background": "#1a56ad 18%",
        "text-disabled": "#525b6a",
    },
)
