"""From a lesson's folder to what students open: rendering, cleaning, nbgrader's metadata and releases."""
