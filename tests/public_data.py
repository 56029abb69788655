"""The public datasets beside the checkout, for tests that check what a lesson says about them."""

import pytest

from course_tools.project import ROOT

PUBLIC = ROOT.parent / "shared" / "hub"
needs_public = pytest.mark.skipif(
    not (PUBLIC / "datasets").is_dir(), reason="the public datasets are not beside this checkout (../shared/hub)"
)
