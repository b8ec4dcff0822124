"""The starter model's tokenizer: its own language as whole tokens, English as byte-level pairs."""

from __future__ import annotations

from collections.abc import Iterable

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from sqloop.generation.prompts.starter_tokens import special_tokens, token
from sqloop_trainer.synthesis.corpus import TrainingScene

VOCABULARY = 6_000


def train_tokenizer(scenes: Iterable[TrainingScene]) -> PreTrainedTokenizerFast:
    """A tokenizer of `VOCABULARY` tokens, the special ones first, from the words of ``scenes``."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=special_tokens(),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
        min_frequency=3,
    )
    texts = (text for scene in scenes for text in (scene.prefix, *(suffix for suffix, _ in scene.items)))
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, eos_token=token("eos"), pad_token=token("pad"), model_max_length=4096
    )
