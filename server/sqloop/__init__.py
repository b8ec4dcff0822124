"""SQLoop: questions to SQL that has already been run."""
