"""Other numbers for the card "Two tokenizers, one page", for an exam."""

import random

GIVEN = {
    "losses": {"levain": ([6, 8], 10), "retrogradation": ([2, 4, 5], 14)},
    "words": 50,
    "times": {"levain": 3, "retrogradation": 2, "levains": 1},
}
PIECES = {"levain": 2, "retrogradation": 3, "levains": 2}
NUMBERS = ["no", "one", "two", "three", "four", "five", "six"]
CARD = """\
A tokenizer tears three words: *levain* is `lev ##ain`, *levains* is `lev ##ains`, and
*retrogradation* is `retro ##grad ##ation`. A wider tokenizer has two new tokens, *levain* and *retrogradation*.
They were added with `single_word=True`. For each tokenizer, a model guessed both terms, each term once. These are
the losses:

| term | its pieces | one new token |
|---|---|---|
{rows}

Write a number, not rounded, for each of these:

- `per_token_pieces`, `per_token_new`: the mean loss of a token, in each of the two columns;
- `per_term_pieces`, `per_term_new`: the mean loss of a term, in each of the two columns.

Then a word. `easier_when_new`: which term does the model find more likely as one new token than in pieces? Write
`"levain"`, `"retrogradation"`, `"both"` or `"neither"`.

Last, a page of {words} words. {levain} of them are *levain*, {retrogradation} are *retrogradation*, {levains}
*levains*. The other {others} words are one token each, with both tokenizers. There is no punctuation, and `[CLS]` and
`[SEP]` are left out.

- `fertility`: that of the page, with the first tokenizer;
- `tokens_after`: how many tokens the page has with the wider one."""


def draw(chance: random.Random) -> dict:
    """Return other losses and another page. Each new token looks worse than a piece, whatever is right of its term."""
    while True:
        losses = {term: ([chance.randint(2, 9) for _ in range(PIECES[term])], chance.randint(9, 20)) for term in PIECES}
        del losses["levains"]
        given = {
            "losses": losses,
            "words": chance.choice([20, 40, 50, 80]),
            "times": {word: chance.randint(1, 5) for word in ("levain", "retrogradation", "levains")},
        }
        if _is_clear(given):
            return given


def _is_clear(given: dict) -> bool:
    right, losses, times = answers(given), given["losses"], given["times"]
    is_worse = all(new > max(pieces) and new != sum(pieces) for pieces, new in losses.values())
    of_terms = [sum(pieces) / len(pieces) for pieces, _ in losses.values()]
    means = {right["per_token_pieces"], right["per_term_pieces"], right["per_term_new"], sum(of_terms) / 2}
    more = times["levain"] + 2 * times["retrogradation"]
    is_short = right["per_token_pieces"] * 10 % 1 == 0 and len({*times.values()}) == 3 and more != times["levains"]
    return is_worse and is_short and len(means) == 4


def card(given: dict) -> str:
    """Return the text of the card."""
    rows = (f"| {term} | {', '.join(map(str, pieces))} | {new} |" for term, (pieces, new) in given["losses"].items())
    times = {word: NUMBERS[many] for word, many in given["times"].items()}
    times["levain"] = times["levain"].capitalize()
    times["levains"] = f"{times['levains']} {'is' if given['times']['levains'] == 1 else 'are'}"
    others = given["words"] - sum(given["times"].values())
    return CARD.format(rows="\n".join(rows), words=given["words"], others=others, **times)


def answers(given: dict) -> dict[str, object]:
    """Return the right answers."""
    losses, words, times = given["losses"], given["words"], given["times"]
    in_pieces = sum(sum(pieces) for pieces, _ in losses.values())
    when_new = sum(new for _, new in losses.values())
    easier = [term for term, (pieces, new) in losses.items() if new < sum(pieces)]
    torn = sum(many * (PIECES[word] - 1) for word, many in times.items())
    return {
        "per_token_pieces": in_pieces / sum(len(pieces) for pieces, _ in losses.values()),
        "per_token_new": when_new / len(losses),
        "per_term_pieces": in_pieces / len(losses),
        "per_term_new": when_new / len(losses),
        "easier_when_new": {0: "neither", 1: "".join(easier), 2: "both"}[len(easier)],
        "fertility": (words + torn) / words,
        "tokens_after": words + times["levains"] * (PIECES["levains"] - 1),
    }
