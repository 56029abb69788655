"""Other numbers for the card "What do the losses say?", for an exam."""

import random

GIVEN = {
    "a": ([0.66, 0.51, 0.42], [0.55, 0.47, 0.42], [0.72, 0.79, 0.82]),
    "b": ([0.58, 0.31, 0.12], [0.48, 0.52, 0.61], [0.77, 0.78, 0.79]),
    "c": ([0.70, 0.69, 0.69], [0.69, 0.69, 0.69], [0.51, 0.49, 0.51]),
    "d": ([0.09, 0.06, 0.04], [0.66, 0.65, 0.65], [0.78, 0.79, 0.78]),
}
NUMBERS = {3: "three", 4: "four", 5: "five"}
CARD = """\
Four trainings, all with the same task and two labels. After each of {epochs} epochs somebody wrote down:

| training | training loss | validation loss | validation accuracy |
|---|---|---|---|
{rows}

Under each letter write the verdict that fits best: `"learns on"` (more epochs may help),
`"overfits"`, `"learned nothing"` or `"not fresh"` (the model was trained before). Each verdict fits one training.

Then three questions about `{asked}`:

- `fewer_right`: has it fewer right answers after the last epoch than after the first? `"yes"` or `"no"`
- `stops_after`: with early stopping on the validation loss, patience 1, after which epoch would it stop?
- `goes_back_to`: and to the end of which epoch would it go back?"""


def draw(chance: random.Random) -> dict:
    """Return four other trainings, of the same four kinds, in another order."""
    epochs = chance.choice([4, 5])
    kinds = [_learns(chance, epochs), _overfits(chance, epochs), _nothing(chance, epochs), _not_fresh(chance, epochs)]
    chance.shuffle(kinds)
    return dict(zip("abcd", kinds, strict=True))


def _learns(chance: random.Random, epochs: int) -> tuple:
    down = [round(0.03 + chance.random() * 0.06, 2) for _ in range(epochs)]
    training = _walk(0.68, [-2 * step for step in down][1:])
    return training, _walk(0.60, [-step for step in down][1:]), _walk(0.70, [step / 2 for step in down][1:])


def _overfits(chance: random.Random, epochs: int) -> tuple:
    best = chance.randint(1, epochs - 2)  # so that one evaluation more is worse, and one more is left
    steps = [-0.04 if epoch < best else 0.03 + chance.random() * 0.06 for epoch in range(1, epochs)]
    accuracy = _walk(0.76, [chance.choice([-1, 1]) * 0.01 for _ in range(epochs - 2)])
    accuracy.append(round(accuracy[0] + chance.choice([-0.02, 0.02]), 2))
    training = _walk(0.60, [-0.13 - chance.random() * 0.03 for _ in range(epochs - 1)])
    return [max(loss, 0.03) for loss in training], _walk(0.52, steps), accuracy


def _nothing(chance: random.Random, epochs: int) -> tuple:
    flat = [[round(0.69 + chance.choice([0, 0, 0.01]), 2) for _ in range(epochs)] for _ in range(2)]
    return *flat, [round(0.5 + chance.choice([-0.01, 0.01]), 2) for _ in range(epochs)]


def _not_fresh(chance: random.Random, epochs: int) -> tuple:
    training = _walk(0.10, [-0.02] * (epochs - 1))
    level, share = chance.choice([0.62, 0.66, 0.70]), chance.choice([0.76, 0.78, 0.80])
    flat = [[round(each + chance.choice([0, 0.01]), 2) for _ in range(epochs)] for each in (level, share)]
    return training, *flat


def _walk(start: float, steps: list[float]) -> list[float]:
    values = [start]
    for step in steps:
        values.append(round(values[-1] + step, 2))
    return values


def card(given: dict) -> str:
    """Return the text of the card."""
    rows = (
        f"| `{name}` | {' | '.join(', '.join(f'{each:.2f}' for each in column) for column in columns)} |"
        for name, columns in given.items()
    )
    return CARD.format(epochs=NUMBERS[len(given["a"][0])], rows="\n".join(rows), asked=_asked(given))


def answers(given: dict) -> dict[str, object]:
    """Return the right answers."""
    _, losses, accuracy = given[_asked(given)]
    stops = next(epoch for epoch in range(1, len(losses)) if losses[epoch] >= min(losses[:epoch]))
    return {
        **{name: _verdict(*columns) for name, columns in given.items()},
        "fewer_right": "yes" if accuracy[-1] < accuracy[0] else "no",
        "stops_after": stops + 1,
        "goes_back_to": losses.index(min(losses[:stops])) + 1,
    }


def _asked(given: dict) -> str:
    return next(name for name, columns in given.items() if _verdict(*columns) == "overfits")


def _verdict(training: list[float], validation: list[float], accuracy: list[float]) -> str:
    if training[0] < 0.3:  # two labels and no training: ln(2), about 0.69
        return "not fresh"
    if max(training) - min(training) < 0.05:
        return "learned nothing"
    return "overfits" if validation[-1] > min(validation) else "learns on"
