"""From a question to SQL texts: prompt forms, grammars, the model and the process it lives in."""
