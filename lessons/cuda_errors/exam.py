"""Other numbers for the card "Which line gets the blame?", for an exam."""

import random

# A call is the GPU ("new", "same" as in the call before, or "blocking"), a token and a label.
GIVEN = {
    "rows": 100,
    "classes": 4,
    "calls": [
        ("new", 7, 4),
        ("same", 7, 3),
        ("new", 7, 3),
        ("blocking", 7, 4),
        ("new", 100, 3),
        ("blocking", 100, 4),
    ],
}
NUMBERS = {3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight"}
CARD = """\
Here is a very small imitation of a GPU. It notes an order and goes on. It works only when somebody waits. After an
error it is broken.

```python
class SmallGPU:
    def __init__(self, blocking=False):
        self.orders, self.blocking, self.broken = [], blocking, False

    def order(self, work, *values):
        self.orders.append((work, values))
        if self.blocking or self.broken:
            self.wait()

    def wait(self):
        if self.broken:
            raise RuntimeError("this GPU no longer answers")
        self.broken = True  # until all orders went well
        while self.orders:
            work, values = self.orders.pop(0)
            result = work(*values)
        self.broken = False
        return result


table, logits = torch.nn.Embedding({rows}, 8), torch.zeros(1, {classes})


def program(gpu, token, label):
    gpu.order(table, torch.tensor([token]))  # line 1
    gpu.order(torch.nn.functional.cross_entropy, logits, torch.tensor([label]))  # 2
    gpu.order(torch.argmax, logits)  # line 3
    print("everything is ordered")  # line 4
    print("the answer:", gpu.wait())  # line 5
```

The table has the rows 0 to {last}. There are {number} classes. The program is run six times. Which line of `program`
raises the error? Write 1 to 5, or 0 where there is no error.

{calls}"""


def draw(chance: random.Random) -> dict:
    """Return six other calls in another order: some without an error, some with one fault and one with two."""
    rows, classes = chance.choice([50, 80, 120, 200, 300]), chance.choice([3, 5, 6, 7, 8])
    good, bad_label = (chance.randint(2, rows - 2), classes - 1), classes
    both = [("new", good[0], bad_label), ("same", *good)], [("new", *good), ("same", rows, good[1])]
    groups = [
        chance.choice(both),
        [("new", *good)],
        [("blocking", good[0], bad_label)],
        [("blocking", rows, chance.choice([good[1], bad_label]))],
        [chance.choice([("new", rows, good[1]), ("new", good[0], bad_label)])],
    ]
    chance.shuffle(groups)
    return {"rows": rows, "classes": classes, "calls": [call for group in groups for call in group]}


def card(given: dict) -> str:
    """Return the text of the card."""
    lines = []
    for letter, (gpu, token, label), follows in zip("abcdef", given["calls"], _followed(given["calls"]), strict=True):
        made = f"SmallGPU({'blocking=True' if gpu == 'blocking' else ''})"
        if gpu == "same":
            lines.append(f"- `{letter}`: the same `gpu` once more: `program(gpu, {token}, {label})`")
        elif follows:
            lines.append(f"- `{letter}`: `gpu = {made}`, then `program(gpu, {token}, {label})`")
        else:
            lines.append(f"- `{letter}`: `program({made}, {token}, {label})`")
    rows, classes = given["rows"], given["classes"]
    text = CARD.replace("{rows}", str(rows)).replace("{classes}", str(classes)).replace("{last}", str(rows - 1))
    return text.replace("{number}", NUMBERS[classes]).replace("{calls}", "\n".join(lines))


def _followed(calls: list[tuple]) -> list[bool]:
    return [other[0] == "same" for other in calls[1:]] + [False]


def answers(given: dict) -> dict[str, object]:
    """Return the right answers."""
    found, is_broken = {}, False
    for letter, (gpu, token, label) in zip("abcdef", given["calls"], strict=True):
        is_broken = is_broken and gpu == "same"
        faults = [line for line, is_fault in ((1, token >= given["rows"]), (2, label >= given["classes"])) if is_fault]
        if is_broken:
            found[letter] = 1  # it refuses the first order
        elif not faults:
            found[letter] = 0
        else:
            found[letter], is_broken = faults[0] if gpu == "blocking" else 5, True
    return found
