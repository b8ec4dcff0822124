"""What is said where a word is defined and the model in use does not read the glossary."""

from __future__ import annotations

NOT_READ = "The model starter does not use the glossary; the others do: see sqloop model list."


def reads_glossary(model: str) -> bool:
    """Whether the model of that name is shown what words mean: the starter is too small for that.

    >>> reads_glossary("starter"), reads_glossary("qwen2.5-coder-0.5b")
    (False, True)
    """
    return model != "starter"
