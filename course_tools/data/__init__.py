"""The gate over `data/`, the computed parts of its cards, and its page."""
