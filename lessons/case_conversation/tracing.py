"""What is taken out of a talk to see what an answer rests on, and the labels that came before a turn."""

from __future__ import annotations

from collections.abc import Sequence

from lessons.case_conversation.talks import Talk

TAKEN = (
    "nothing",
    "the turn before",
    "the opening",
    "the speaker's own past",
    "the others' past",
    "the whole past",
    "a stranger's past",
)


def kept(turns: Talk, i: int, taken: str, stranger: Talk) -> Talk:
    """Return turn `i` after what is left of its past. A stranger's past is as long, and of another talk."""
    mine = turns[i]["speaker"]
    stays = {
        "nothing": lambda _: True,
        "the turn before": lambda j: j != i - 1,
        "the opening": lambda j: j != 0,
        "the speaker's own past": lambda j: turns[j]["speaker"] != mine,
        "the others' past": lambda j: turns[j]["speaker"] == mine,
        "the whole past": lambda _: False,
    }
    if taken == "a stranger's past":
        return [*stranger[:i], turns[i]]
    return [*(turns[j] for j in range(i) if stays[taken](j)), turns[i]]


def short_turns(talks: Sequence[Talk], taken: str) -> list[Talk]:
    """Return a shortened talk for each short turn of all talks, in order; the stranger is the talk before it."""
    return [
        kept(turns, i, taken, talks[place - 1])
        for place, turns in enumerate(talks)
        for i, turn in enumerate(turns)
        if turn["short"]
    ]


def labels_before(talks: Sequence[Talk]) -> dict[str, list[int]]:
    """Return, for each turn, the true label of the turn before, and of its speaker's last turn; -1 where none is."""
    before, own = [], []
    for turns in talks:
        for i, turn in enumerate(turns):
            past = [earlier["label"] for earlier in turns[:i] if earlier["speaker"] == turn["speaker"]]
            before.append(turns[i - 1]["label"] if i else -1)
            own.append(past[-1] if past else -1)
    return {"turn before": before, "speaker's last turn": own}
