"""Source files and notebooks come in; diagnoses go out, without running or importing any of them. `command.main` is `whygrad check`."""
