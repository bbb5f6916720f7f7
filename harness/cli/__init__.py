"""The `oots` command: thin, one module a group of commands."""
