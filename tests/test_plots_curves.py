"""Figures about many trainings: a picture for those who see it, and the same numbers in words."""

import base64

import pytest

from course_utils.plots import curves


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (
            curves.loss_panels({"A": ([0.6, 0.3], [0.5, 0.55]), "B": ([0.7], [0.6])}, "Two trainings"),
            "Two trainings: A, training 0.60, 0.30, validation 0.50, 0.55; B, training 0.70, validation 0.60.",
        ),
        (
            curves.seed_dots({"A": [0.8, 0.9], "B": [0.85]}, "Seeds"),
            "Seeds, accuracy: A 80.0%, 90.0%, mean 85.0%; B 85.0%, mean 85.0%.",
        ),
        (
            curves.learning_curve({"A": {40: (0.7, 0.6, 0.8), 160: (0.8, 0.75, 0.85)}}, "More rows."),
            "A 40: 70.0% (60.0% to 80.0%), 160: 80.0% (75.0% to 85.0%).",
        ),
    ],
)
def test_a_picture_has_a_text_alternative(picture, words):
    data, metadata = picture._repr_mimebundle_()
    assert words in data["text/plain"]
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert 0 < metadata["image/png"]["width"] < 900


def test_a_panel_without_a_training_is_not_drawn():
    picture = curves.loss_panels({str(number): ([1.0], [1.0]) for number in range(5)}, "Five")
    assert [axes.get_visible() for axes in picture.figure.axes] == [True] * 5 + [False]
