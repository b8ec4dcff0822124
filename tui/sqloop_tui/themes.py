"""The two looks of the console, dark and light; widgets name colours by their role only."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="sqloop-dark",
    primary="#7cacf8",
    secondary="#8f9bb3",
    accent="#f2b26b",
    success="#85cf8f",
    warning="#e6c372",
    error="#f0808a",
    foreground="#d9dee7",
    background="#12151b",
    surface="#181c24",
    panel="#272d39",
    dark=True,
    variables={"footer-key-foreground": "#f2b26b", "input-selection-background": "#7cacf8 35%"},
)

LIGHT = Theme(
    name="sqloop-light",
    primary="#1d5fbf",
    secondary="#5c6575",
    accent="#a65300",
    success="#237a3c",
    warning="#8a6100",
    error="#b3263a",
    foreground="#22262e",
    background="#fbfaf8",
    surface="#f3f1ec",
    panel="#dcd8ce",
    dark=False,
    variables={"footer-key-foreground": "#a65300", "input-selection-background": "#1d5fbf 25%"},
)
