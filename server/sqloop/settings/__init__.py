"""What is set: flags before `SQLOOP_*` variables before a folder's `sqloop.toml` before the user's own.

The folder's is searched from the working directory upwards; the user's own lies where the system keeps
settings (`~/.config/sqloop/sqloop.toml`):

```toml
k = 8

[limits]
seconds = 10

[connections]
shop = "sqlite:///shop.db"                # relative to the folder of sqloop.toml
sales = "data/*.csv"                      # each file a table

[connections.live]
url = "mysql+pymysql://reader@db.example.org/shop"
password_command = "pass show shop"
```

What a folder's file may do before its user trusts it stands in `sqloop.trust`. A setting that is unknown or
malformed is one `SettingsError` that names the file, the line and the key. Nothing connects, loads a model or
asks for a password here.
"""

from sqloop.settings.everything import SAMPLE, Settings
from sqloop.settings.loading import load_settings
from sqloop.settings.sections import (
    Cache,
    Connection,
    ExecutionLimits,
    FeedbackSettings,
    MemorySettings,
    Term,
)

__all__ = [
    "SAMPLE",
    "Cache",
    "Connection",
    "ExecutionLimits",
    "FeedbackSettings",
    "MemorySettings",
    "Settings",
    "Term",
    "load_settings",
]
