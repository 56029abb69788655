"""Records: how well can a laptop do on public data in five minutes? `python -m benchmarks.records --help`."""
