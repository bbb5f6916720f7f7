"""Nothing is configured here: `harness.plugin` is registered when the project is installed."""
