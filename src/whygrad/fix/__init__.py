"""A program comes in; repairs that were tried out by running it go out. `command.fix_command` is `whygrad fix`."""
