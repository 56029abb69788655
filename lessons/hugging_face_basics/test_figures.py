"""The figure of this lesson: the family of tools, and a pipeline."""

from functools import partial

from lessons.hugging_face_basics.figures import family
from tests.figures import check_picture

VERSIONS = {"datasets": "5.2", "transformers": "6.1", "evaluate": "0.4"}


def test_each_library_is_told_with_what_it_takes_from_the_hub():
    check_picture(
        partial(family, VERSIONS, "Family."),
        "Family a dataset load_dataset datasets 5.2 a model from_pretrained transformers 6.1 a metric evaluate.load "
        "evaluate 0.4 Trainer pipeline text tokenizer model probabilities",
    )
