"""What an instructor and CI run: build, run, test, doctor. No lesson imports it."""

import sys

# nbformat imports jsonschema, and that imports an optional check of web addresses which compiles a grammar for two
# seconds, in every process. No notebook needs the check; None makes the import fail, and jsonschema goes without it.
sys.modules.setdefault("rfc3987_syntax", None)
