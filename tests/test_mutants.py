"""The mutants: each differs from the solution, in one of the ways that the design names."""

import pytest

from tests.mutants import CHANGED, FROZEN, IGNORED, FirstSeen, Spoil, mutants, solution_in

SOLUTION = '''\
def share(texts, limit, axis=None):
    """Return the share of long texts."""
    count = 0
    for text in texts:
        if len(text) > limit:
            count += 1
    return count / np.array(texts).size(axis=0)


share(["a", "b"], 3)
'''


def changes(code: str, kind: str) -> list[str]:
    return [mutant.change for mutant in mutants(code) if mutant.kind == kind]


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("comparison", "- if len(text) > limit:\n+ if len(text) >= limit:"),
        ("comparison", "- if len(text) > limit:\n+ if len(text) < limit:"),
        ("off by one", "- count = 0\n+ count = 1"),
        ("sign", "- count += 1\n+ count -= 1"),
        ("swapped", "- return count / np.array(texts).size(axis=0)\n+ return np.array(texts).size(axis=0) / count"),
        ("axis", "- return count / np.array(texts).size(axis=0)\n+ return count / np.array(texts).size(axis=1)"),
        ("dropped", "- count += 1\n+ pass"),
        ("header dropped", "- if len(text) > limit:\n- count += 1\n+ count += 1"),
        ("return in the loop", "+ return count / np.array(texts).size(axis=0)"),
        (IGNORED, "+ share takes the first `limit` that it has ever got"),
        (CHANGED, "+ share changes `texts` in place, when its work is done"),
        (FROZEN, "- if len(text) > limit:\n+ if _first_seen('len(text)', len(text)) > limit:"),
        ("no return", "- return count / np.array(texts).size(axis=0)\n+ pass"),
    ],
)
def test_a_slip_is_made(kind, change):
    assert change in changes(SOLUTION, kind)


def test_a_prediction_is_made_wrong_in_each_part():
    code = 'answer = {"a": 3, "b": "up", "c": [1, 2]}'
    made = [mutant.code for mutant in mutants(code)]
    for wrong in ("{'a': 4, ", "{'a': 2, ", "'b': 'upx'", "'c': [2, 1]", "{'a': 'up', 'b': 3, ", "{'b': 'up', "):
        assert any(wrong in each for each in made), wrong


def test_each_is_another_one_and_none_is_the_solution():
    codes = [mutant.code for mutant in mutants(SOLUTION)]
    assert len(set(codes)) == len(codes) > 20
    assert all("share(['a'" not in code for code in codes), "the line that shows something is no part of it"


def test_the_stub_before_the_solution_is_left_out():
    cell = "x = ...\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION\nx"
    assert solution_in(cell) == "x = 1"
    assert [mutant.change for mutant in mutants(cell)] == ["- x = 1\n+ x = 2", "- x = 1\n+ x = 0"]


def test_the_first_value_stays():
    first, value = FirstSeen(), [1]
    assert first("a", value) == [1]
    value.append(2)
    assert (first("a", value), first("b", 3)) == ([1], 3)


def test_what_can_be_changed_is_changed():
    import torch

    values = [[1, 2], {"a": 1}, torch.ones(2), torch.nn.Linear(1, 1)]
    spoil = Spoil()
    spoil(3)
    assert not spoil.done
    for value in values:
        spoil(value)
    assert spoil.done
    assert values[:2] == [[1], {}]
    assert values[2].tolist() == [-1, -1]
    assert not values[3].training
