"""Sizes as people read them."""

from __future__ import annotations


def size_text(size: int) -> str:
    """``size`` bytes in the unit that fits, powers of ten as disks and downloads are sold.

    >>> size_text(1_117_320_768), size_text(491_400_064), size_text(300_000)
    ('1.1 GB', '491 MB', '0.3 MB')
    """
    if size >= 999_500_000:
        return f"{size / 1e9:,.1f} GB"
    return f"{size / 1e6:.0f} MB" if size >= 9_950_000 else f"{size / 1e6:.1f} MB"
