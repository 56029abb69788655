"""The checks of `case_emotion`'s sheet."""

import re
from collections.abc import Mapping

from course_utils.checks.sheet import Sheet
from course_utils.checks.values import as_choice, as_function, as_list, as_tensor, as_text, call, suspect
from course_utils.checks.wrong import Said, WrongAnswer

sheet = Sheet("case_emotion")


@sheet.exercise(
    section="How good is no model, and how good is counting?",
    hints=[
        "Accuracy asks one thing only: has the first number of the row won? By how much does not matter.",
        "Log-loss: the card gives the loss of each first number. Take the mean of the four posts.",
        "A temperature of 2 makes every row softer: the order stays. Which loss of `sure` changes most, and how?",
    ],
)
def sure_or_right(sure_or_right) -> str:
    keys = ("most_right", "lowest_loss", "highest_loss", "softer_accuracy", "softer_loss")
    if not isinstance(sure_or_right, dict) or not set(keys) <= set(sure_or_right):
        raise WrongAnswer(f"a dict with the keys {', '.join(keys)}", sure_or_right, "keep all five keys of the card")
    right = {"most_right": "modest", "lowest_loss": "careful", "highest_loss": "sure"}
    right |= {"softer_accuracy": "same", "softer_loss": "down"}
    slips = {
        ("most_right", "sure"): "it is the surest, but is its fourth answer right?",
        ("most_right", "careful"): "is its fourth answer right?",
        ("lowest_loss", "sure"): "three tiny losses and one of 4.61: what is the mean?",
        ("lowest_loss", "modest"): "it is always right, and never sure. Compare its mean loss with the others'",
        ("highest_loss", "modest"): "0.92 four times. Is there a model with a higher mean?",
        ("highest_loss", "careful"): "compute its mean: 0.51 three times, 1.20 once",
        ("softer_accuracy", "up"): "does the wrong answer become right? The order in each row stays",
        ("softer_accuracy", "down"): "does a right answer become wrong? The order in each row stays",
        ("softer_loss", "up"): "three losses rise by little. What happens to the one of 4.61?",
        ("softer_loss", "same"): "only the order stays the same. The chances do not",
    }
    for key in keys:
        choices = ["up", "down", "same"] if "softer" in key else ["sure", "modest", "careful"]
        found = as_choice(sure_or_right[key], key, choices)
        if found != right[key]:
            raise WrongAnswer(f"another answer in `{key}`", found, slips[key, found])
    return "The most accurate model, and the one with the best chances, need not be the same one."


TRAIN = ["Finally home!", "I miss my old flat so much today", "What a lovely quiet evening", "Rain, again, and no bus"]
CHOOSE = ["We lost the game and I could scream at everyone", "So glad", "Tomorrow will be better, I am sure of it"]
JUDGE = ["No words", "They cancelled the last train and nobody told us anything", "Best soup ever", "My dog is ill"]
LIMIT = 5


def _posts(hidden: bool):
    from datasets import Dataset, DatasetDict

    parts = {"train": TRAIN, "validation": CHOOSE, "test": JUDGE}
    if hidden:
        parts = {"train": [*JUDGE, *CHOOSE], "validation": TRAIN, "test": [*CHOOSE, *TRAIN[:2]]}
    return DatasetDict(
        {
            name: Dataset.from_dict({"text": texts, "label": [number % 4 for number in range(len(texts))]})
            for name, texts in parts.items()
        }
    )


def _rows(part: object, name: str) -> list[tuple]:
    try:
        columns = part["text"], part["label"]
    except Exception:
        raise WrongAnswer(f"a dataset with the columns text and label in {name!r}", part) from None
    texts = as_list(columns[0], f'parts["{name}"]["text"]', of=str)
    return list(zip(texts, as_list(columns[1], f'parts["{name}"]["label"]', length=len(texts)), strict=True))


@sheet.exercise(
    section="Assumption and sceptic",
    hints=[
        "Print how many posts each part has, before and after. For whom are the three parts made?",
        "Nobody filters what people will send you. Which of the three parts may lose a post?",
        "`posts.filter` works on all parts at once. `posts[name].filter` works on one. Put the parts into a new dict.",
    ],
)
def ready_parts(ready_parts, hidden=False) -> str:
    as_function(ready_parts, "ready_parts")
    posts = _posts(hidden)
    before = {name: _rows(part, name) for name, part in posts.items()}
    made = call(ready_parts, posts, LIMIT)
    if not isinstance(made, Mapping) or not set(before) <= set(made):
        slip = "return all three parts, with their names" if not isinstance(made, str) else ""
        raise WrongAnswer('a DatasetDict or a dict with the keys "train", "validation" and "test"', made, slip)
    if {name: _rows(part, name) for name, part in posts.items()} != before:
        slip = "an assignment to `posts[...]` changes what others use: make a new dict first"
        raise WrongAnswer("that the parts which came in stay as they are", Said("they are changed"), slip)
    found = {name: _rows(made[name], name) for name in before}
    for name in ("test", "validation"):
        if found[name] != before[name]:
            raise WrongAnswer(_wanted(name), _counted(found, before), _slip_of(name, found, before))
    short = [row for row in before["train"] if len(row[0].split()) <= LIMIT]
    if found["train"] != short:
        slips = {
            "nothing is filtered now. The training part may stay short, as before": before["train"],
            f"a post of exactly {LIMIT} words stays: <= and not <": [
                row for row in short if len(row[0].split()) < LIMIT
            ],
            "the long posts are kept, and the short ones are gone": [
                row for row in before["train"] if row not in short
            ],
            "the limit counts words, not characters": [row for row in before["train"] if len(row[0]) <= LIMIT],
        }
        slip = suspect(found["train"], slips) or "keep the rows of at most so many words, whole and in their order"
        raise WrongAnswer(f"the training posts of at most {LIMIT} words", _counted(found, before), slip)
    return "A filter is a choice for training. Whoever chooses or judges must see what people really send."


def _wanted(name: str) -> str:
    return f"a {name} part that stands for what people will send"


def _counted(found: dict, before: dict) -> Said:
    return Said(", ".join(f"{name}: {len(rows)} of {len(before[name])} posts" for name, rows in found.items()))


def _slip_of(name: str, found: dict, before: dict) -> str:
    if len(found[name]) == len(before[name]):
        return "the number of posts is right; are the texts whole, with their labels, and in their order?"
    if name == "validation":
        return "validation chooses for the test part. Should it see easier posts than the test part?"
    if found["train"] == before["train"]:
        return "the test part is filtered, and the training part is not: the other way round?"
    return "posts are missing here. Who decided that they need not be judged?"


def _tidy(text: str, name=r"(?<!\w)@\w+", user="@user", row=r"@user(\s+@user\b)+", tag=r"(?<!\w)#(\w+)", split=None):
    text = re.sub(row, user, re.sub(name, user, text)) if row else re.sub(name, user, text)
    return re.sub(tag, lambda found: re.sub(split or r"(?<=[a-z])(?=[A-Z])", " ", found[1]), text)


def _suspects(text: str) -> dict[str, str]:
    """Return slip -> what the text becomes by it."""
    split = r"(?<=[a-z])(?=[A-Z])"
    return {
        "nothing was changed at all": text,
        "the names are untouched": _tidy(text, name=r"(?!)"),
        "the hashtags are untouched": _tidy(text, tag=r"(?!)()"),
        "two names in a row become one `@user`": _tidy(text, row=""),
        "an address is no name: what stands before its `@`?": _tidy(text, name=r"@\w+"),
        "a name may hold digits and `_`, too": _tidy(text, name=r"(?<!\w)@[A-Za-z]+"),
        "a name may hold `_`, too": _tidy(text, name=r"(?<!\w)@[A-Za-z0-9]+"),
        "a comma between two names: then they are no row": _tidy(text, row=r"@user([\s,]+@user\b)+"),
        "a name ends before a comma or an exclamation mark": _tidy(text, name=r"(?<!\w)@\S+"),
        "names were removed: a reader still wants to know that somebody is spoken to": _tidy(text, user=""),
        "the hashtag is removed with its words; only the `#` goes": re.sub(r"#\w+", "", _tidy(text, tag=r"(?!)()")),
        "the words inside a hashtag still stick together": _tidy(text, split=r"(?!)"),
        "only after a small letter comes a space: capitals in a row belong together": _tidy(text, split=r"(?=[A-Z])"),
        "the capitals inside other words are cut, too": re.sub(split, " ", _tidy(text)),
        "the letters became small: the tokenizer does that itself": _tidy(text).lower(),
        "the `#` is still there": re.sub(
            r"(?<!\w)#(\w+)", lambda f: "#" + re.sub(split, " ", f[1]), _tidy(text, tag=r"(?!)()")
        ),
    }


@sheet.exercise(
    section="What does the tokenizer not understand?",
    hints=[
        r"`re.sub(pattern, new, text)` replaces. `\w` is a letter, a digit or `_`. What is the pattern for one name?",
        r"`(?<!\w)` in front of a pattern says: no letter, digit or `_` stands before it. Then an address is safe.",
        r"In `re.sub`, the new text may be a function: it gets the match. `match[1]` is what the brackets caught.",
        r"`(?<=[a-z])(?=[A-Z])` is a place, not a letter: behind a small one, before a capital one.",
    ],
)
def tidied(tidied, hidden=False) -> str:
    as_function(tidied, "tidied")
    texts = ["@ann_k see you soon", "thanks @Ben99, and thanks @cleo!", "@ann @Ben99 @cleo so proud of you, @di, @ed"]
    texts += [
        "what a day #BestDayEver",
        "my iPhone is gone #sad",
        "write to me@home.org",
        "#LoveNYC and #NewYork, again",
    ]
    if hidden:
        texts = [
            "so angry, @K_9 @lea! #NeverAgain",
            "who@work.net or @max2",
            "#NASA and #TeamUSA with @Zoe",
            "eBay is #down",
        ]
    for text in [*texts, "nothing to change here, right?"]:
        found = as_text(call(tidied, text), "tidied(text)")
        wanted = _tidy(text)
        if found.split() == wanted.split():
            continue
        suspects = {words: value.split() for words, value in _suspects(text).items() if value.split() != wanted.split()}
        slip = suspect(found.split(), suspects) or "compare it with the rules on the card, one word after the other"
        raise WrongAnswer(f"{text!r}, with both rules of the card", found, slip)
    return "Names lose the person, hashtags become words, and an address stays an address."


def _models(hidden: bool):
    """Return models with dropout on, and inputs. The random state of the student is left alone."""
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(31 + hidden)
        models = []
        for _ in range(2 if hidden else 3):
            body = torch.nn.Linear(6, 8), torch.nn.Tanh(), torch.nn.Dropout(0.5)
            model = torch.nn.Sequential(*body, torch.nn.Linear(8, 4))
            with torch.no_grad():
                for weights in model.parameters():
                    weights.mul_(4)
            models.append(model.train())
        return models, torch.randn(7 if hidden else 5, 6)


@sheet.exercise(
    section="Which weights?",
    hints=[
        "Ask each model for its logits. What makes chances out of one row of logits? And along which axis?",
        "First chances, then their mean: `torch.stack` makes one tensor of several.",
        "Dropout makes each answer a little different. Which call switches it off?",
    ],
)
def mean_chances(mean_chances, hidden=False) -> str:
    import copy

    import torch

    as_function(mean_chances, "mean_chances")
    models, inputs = _models(hidden)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        made = [call(mean_chances, copy.deepcopy(models), inputs.clone()) for _ in range(2)]
    rows, slips = len(inputs), {(len(models), len(inputs), 4): "one table for each model: their mean is asked for"}
    slips |= {(rows,): "only the labels, or only the highest chance? All four chances are asked for"}
    slips |= {(4,): "the mean over the posts? The mean over the models is asked for"}
    slips |= {(len(models), 4): "the mean over the posts? The mean over the models is asked for"}
    first, again = (as_tensor(each, "mean_chances(...)", shape=(rows, 4), slips=slips).double() for each in made)
    if not torch.allclose(first, again, atol=1e-5):
        raise WrongAnswer(
            "the same chances when the same models get the same posts",
            Said(f"{_row(first)} for the first post, then {_row(again)}"),
            "dropout is on: which call switches it off?",
        )
    logits = torch.stack([model.eval()(inputs) for model in models]).detach().double()
    wanted = logits.softmax(-1).mean(0)
    if torch.allclose(first, wanted, atol=1e-4):
        return "Each model speaks in chances, and none of them is heard louder than another."
    slip = next((words for words, value in _other_means(models, inputs, logits).items() if _same(first, value)), "")
    if not slip and not torch.allclose(first.sum(-1), torch.ones(rows, dtype=torch.double), atol=1e-3):
        slip = "the four chances of a post must have the sum 1"
    raise WrongAnswer(
        f"the mean chances of {len(models)} models for {rows} posts",
        Said(f"{_row(first)} for the first post"),
        slip or "the softmax of each model, over the labels; then the plain mean over the models",
    )


def _other_means(models, inputs, logits) -> dict:
    """Return slip -> the table that it gives. The logits are those of all models, without dropout."""
    import copy

    import torch
    from torch.nn.functional import one_hot

    chances, soup = logits.softmax(-1), copy.deepcopy(models[0])
    with torch.no_grad():
        for target, *parts in zip(soup.parameters(), *(model.parameters() for model in models), strict=True):
            target.copy_(torch.stack(parts).mean(0))
    return {
        "these are logits, not chances": logits.mean(0),
        "the mean of the logits, and then the softmax: a very sure model is heard louder": logits.mean(0).softmax(-1),
        "the mean of the weights: that is the lesson's way. Here, ask each model": soup(inputs).detach().softmax(-1),
        "the sum: divide by the number of models": chances.sum(0),
        "the softmax runs over the posts: it must run over the labels": logits.softmax(1).mean(0),
        "the softmax runs over the models: it must run over the labels": logits.softmax(0).mean(0),
        "softmax twice": chances.mean(0).softmax(-1),
        "only the first model is asked": chances[0],
        "only the last model is asked": chances[-1],
        "the models vote: their chances are asked for": one_hot(logits.argmax(-1), 4).double().mean(0),
        "the mean over one model too few": chances[:-1].mean(0),
    }


def _same(one, other) -> bool:
    import torch

    return torch.allclose(one.double(), other.double(), atol=1e-4)


def _row(table) -> str:
    return ", ".join(f"{chance:.3f}" for chance in table[0].tolist())
