"""A pytest plugin: nbval compares fresh outputs after the same cleaning that the stored ones went through.

Without it, a progress bar would count as an output that the stored notebook lacks.
"""

from nbval.plugin import IPyNbCell

from course_tools.clean import clean_outputs

compare_as_they_are = IPyNbCell.compare_outputs


def compare_cleaned(self, test, ref, skip_compare=None):
    """Clean the fresh outputs of one cell, then let nbval compare."""
    return compare_as_they_are(self, clean_outputs(test), ref, skip_compare)


IPyNbCell.compare_outputs = compare_cleaned
