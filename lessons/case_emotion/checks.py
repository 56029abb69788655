"""The checks of `case_emotion`'s sheet."""

import re
from collections.abc import Mapping
from functools import partial

from course_utils.checks.cases import judge, unchanged
from course_utils.checks.same import near
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_choice, as_function, as_list, as_tensor, as_text, call, predict, suspect
from course_utils.checks.wrong import Said, WrongAnswer, WrongForm

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
    parts = {
        "most_right": (
            "modest",
            {"it is the surest, but is its fourth answer right?": "sure", "is its fourth answer right?": "careful"},
        ),
        "lowest_loss": (
            "careful",
            {
                "three tiny losses and one of 4.61: what is the mean?": "sure",
                "it is always right, and never sure. Compare its mean loss with the others'": "modest",
            },
        ),
        "highest_loss": (
            "sure",
            {
                "0.92 four times. Is there a model with a higher mean?": "modest",
                "compute its mean: 0.51 three times, 1.20 once": "careful",
            },
        ),
        "softer_accuracy": (
            "same",
            {
                "does the wrong answer become right? The order in each row stays": "up",
                "does a right answer become wrong? The order in each row stays": "down",
            },
        ),
        "softer_loss": (
            "down",
            {
                "three losses rise by little. What happens to the one of 4.61?": "up",
                "only the order stays the same. The chances do not": "same",
            },
        ),
    }
    models, ways = (
        partial(as_choice, choices=each) for each in (("sure", "modest", "careful"), ("up", "down", "same"))
    )
    wanted = {key: Part(*part, ways if "softer" in key else models) for key, part in parts.items()}
    predict(sure_or_right, "sure_or_right", wanted)
    return "The most accurate model, and the one with the best chances, need not be the same one."


TRAIN = [
    "Finally home!",
    "I miss my old flat so much today",
    "What a lovely quiet evening",
    "Rain, again, and no bus",
    "Home   at\nlast, alone. ",  # four words, whatever stands between them
    "Don't touch my half-eaten cake",
    "Finally home!",
    "We waited for two hours in the rain and then nobody came to us",
    "",
    "So tired",
]
CHOOSE = ["We lost the game and I could scream at everyone", "So glad", "Tomorrow will be better, I am sure of it"]
JUDGE = ["No words", "They cancelled the last train and nobody told us anything", "Best soup ever", "My dog is ill"]


def _posts(texts: dict[str, list[str]]):
    """Return the parts with text, label and one more column."""
    from datasets import Dataset, DatasetDict

    return DatasetDict(
        {
            name: Dataset.from_dict(
                {
                    "text": part,
                    "label": [number % 4 for number in range(len(part))],
                    "id": [*range(100, 100 + len(part))],
                }
            )
            for name, part in texts.items()
        }
    )


def _drawn_texts(hidden: bool) -> dict[str, list[str]]:
    """Return parts of uneven sizes, with texts of 1 to 9 words; the longest text has 40 letters and few words."""
    import numpy as np

    random = np.random.default_rng(6 if hidden else 5)
    words = ["rain", "sun", "again", "and", "no", "bus", "today", "unbelievably", "internationalization"]
    sizes = {"train": 11, "validation": 6, "test": 8}
    return {
        name: [" ".join(random.choice(words, random.integers(1, 10))) for _ in range(size)]
        for name, size in sizes.items()
    }


def _rows(part: object, name: str, columns: list[str]) -> list[tuple]:
    """Return the rows of a part as tuples."""
    try:
        found = [as_list(part[column], f'parts["{name}"]["{column}"]') for column in columns]
        if set(getattr(part, "column_names", part)) == set(columns):
            return list(zip(*found, strict=True))
    except Exception:
        pass  # it is no dataset, or lacks a column
    raise WrongForm(f"a dataset with the columns {', '.join(columns)} under {name!r}, and no other", part)


@sheet.exercise(
    section="Assumption and sceptic",
    hints=[
        "Print how many posts each part has, before and after. For whom are the three parts made?",
        "Nobody filters what people will send you. Which of the three parts may lose a post?",
        "`posts.filter` works on all parts at once. `posts[name].filter` works on one. Put the parts into a new dict.",
    ],
    form_point=False,
)
def ready_parts(ready_parts, hidden=False) -> str:
    as_function(ready_parts, "ready_parts")
    texts = {"train": TRAIN, "validation": CHOOSE, "test": JUDGE}
    if hidden:
        texts = {"train": [*JUDGE, *CHOOSE, *TRAIN[4:]], "validation": TRAIN, "test": [*CHOOSE, *TRAIN[:2]]}
    drawn = _drawn_texts(hidden)
    for parts, limit in ((texts, 5), (texts, 2), (drawn, 4), (drawn, 7), (drawn, 100)):
        _judge_parts(ready_parts, _posts(parts), limit)
    return "A filter is a choice for training. Whoever chooses or judges must see what people really send."


def _judge_parts(ready_parts, posts, limit: int) -> None:
    columns, given = posts["train"].column_names, f"ready_parts(posts, {limit})"
    before, original = {name: _rows(part, name, columns) for name, part in posts.items()}, dict(posts)
    made = call(ready_parts, posts, limit, name="ready_parts")
    unchanged(original, dict(posts), "ready_parts", "posts")
    if not isinstance(made, Mapping) or not set(before) <= set(made):
        expected = 'a DatasetDict or a dict with the keys "train", "validation" and "test"'
        raise WrongForm(expected, made, "return all three parts, with their names", given=given)
    found = {name: _rows(made[name], name, columns) for name in before}
    for name in ("test", "validation"):
        if found[name] != before[name]:
            expected = f"a {name} part that stands for what people will send"
            raise WrongAnswer(expected, _counted(found, before), _slip_of(name, found, before, limit), given=given)
    short = [row for row in before["train"] if len(row[0].split()) <= limit]
    if found["train"] != short:
        slip = suspect(found["train"], _of_training(before["train"], limit))
        raise WrongAnswer(f"the training posts of at most {limit} words", _counted(found, before), slip, given=given)


def _of_training(rows: list[tuple], limit: int) -> dict[str, list[tuple]]:
    """Return slip -> the rows that it leaves to the training."""

    def kept(is_kept) -> list[tuple]:
        return [row for row in rows if is_kept(row[0])]

    words = {row: len(row[0].split()) for row in rows}
    short, long = ([row for row in rows if (words[row] <= limit) == wanted] for wanted in (True, False))
    first_of_text = {row[0]: row for row in reversed(short)}
    return {
        "nothing is filtered now. Training stays with short posts, as the card says": rows,
        "a post of exactly so many words stays: <= and not <": kept(lambda text: len(text.split()) < limit),
        "the long posts are kept, and the short ones are gone": long,
        "the limit counts words, not characters": kept(lambda text: len(text) <= limit),
        "only the first ones? All posts of at most so many words": rows[:limit],
        "always at most 12 words? The limit is handed over": kept(lambda text: len(text.split()) <= 12),
        "count words as before: `split()`, with nothing in the brackets": kept(
            lambda text: len(text.split(" ")) <= limit
        ),
        "a post that comes twice stays twice": [row for row in short if first_of_text[row[0]] == row],
        "a post without a word has at most so many words, too": kept(lambda text: 0 < len(text.split()) <= limit),
        "does the loop end at the first long post?": rows[: rows.index(long[0]) if long else None],
    }


def _counted(found: dict, before: dict) -> Said:
    return Said(", ".join(f"{name}: {len(rows)} of {len(before[name])} posts" for name, rows in found.items()))


def _slip_of(name: str, found: dict, before: dict, limit: int) -> str:
    short = [row for row in before[name] if len(row[0].split()) <= limit]
    if len(found[name]) == len(before[name]):
        return "the number of posts is right; are the texts whole, with their labels, and in their order?"
    if found[name] != short:
        return ""
    if name == "validation":
        return "validation chooses for the test part. Should it see easier posts than the test part?"
    if found["train"] == before["train"]:
        return "the test part is filtered, and the training part is not: the other way round?"
    return "posts are missing here. Who decided that they need not be judged?"


BETWEEN = r"(?<=[a-z])(?=[A-Z])"


def _tidy(text: str, name=r"(?<!\w)@\w+", user="@user", row=r"@user(\s+@user\b)+", tag=r"(?<!\w)#(\w+)", split=BETWEEN):
    text = re.sub(row, user, re.sub(name, user, text)) if row else re.sub(name, user, text)
    return _plain(re.sub(tag, lambda found: re.sub(split, " ", found[1]), text))


def _plain(text: str) -> str:
    """Return a text without the spaces that do not matter: more than one, or beside a mark or a bracket."""
    return re.sub(r"\s+([,.!?:;)])|(\()\s+", r"\1\2", " ".join(text.split()))


NO_MATCH = r"(?!)()"
TIDY_SLIPS = {
    "nothing was changed at all": _plain,
    "the names are untouched": partial(_tidy, name=NO_MATCH),
    "the hashtags are untouched": partial(_tidy, tag=NO_MATCH),
    "two names in a row become one `@user`": partial(_tidy, row=""),
    "an address is no name: what stands before its `@`?": partial(_tidy, name=r"@\w+"),
    "a name may hold digits and `_`, too": partial(_tidy, name=r"(?<!\w)@[A-Za-z]+", row=r"@user(\s+@user)+"),
    "a name may hold `_`, too": partial(_tidy, name=r"(?<!\w)@[A-Za-z0-9]+", row=r"@user(\s+@user)+"),
    "a name may hold digits, too": partial(_tidy, name=r"(?<!\w)@[A-Za-z_]+", row=r"@user(\s+@user)+"),
    "a comma between two names: then they are no row": partial(_tidy, row=r"@user([\s,]+@user\b)+"),
    "more than two names may stand in a row": partial(_tidy, row=r"@user\s+@user\b"),
    "only one space between two names? There may be more": partial(_tidy, row=r"@user( @user\b)+"),
    "a single `@` is no name: something must stand behind it": partial(_tidy, name=r"(?<!\w)@\w*"),
    "a bracket may stand before a name, too": partial(_tidy, name=r"(?<!\S)@\w+", tag=r"(?<!\S)#(\w+)"),
    "a `#` with nothing behind it is no hashtag": lambda text: _plain(_tidy(text).replace("#", "")),
    "a hashtag may begin with a digit": partial(_tidy, tag=r"(?<!\w)#([A-Za-z]\w*)"),
    "a capital after a capital: there comes no space": partial(
        _tidy, split=r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"
    ),
    "a name ends before a comma or an exclamation mark": partial(_tidy, name=r"(?<!\w)@\S+"),
    "names were removed: a reader still wants to know that somebody is spoken to": partial(_tidy, user=""),
    "the hashtag is removed with its words; only the `#` goes": lambda text: _plain(
        re.sub(r"#\w+", "", _tidy(text, tag=NO_MATCH))
    ),
    "the words inside a hashtag still stick together": partial(_tidy, split=NO_MATCH),
    "the words inside a hashtag still stick together; and a single `#` is no hashtag": lambda text: _plain(
        _tidy(text, split=NO_MATCH).replace("#", "")
    ),
    "only after a small letter comes a space: capitals in a row belong together": partial(_tidy, split=r"(?=[A-Z])"),
    "only after a small letter: a digit is none": partial(_tidy, split=r"(?<=[a-z0-9])(?=[A-Z])"),
    "the capitals inside other words are cut, too": lambda text: re.sub(BETWEEN, " ", _tidy(text)),
    "the capitals inside other words are cut, too; and a single `#` is no hashtag": lambda text: re.sub(
        BETWEEN, " ", _plain(_tidy(text).replace("#", ""))
    ),
    "the letters became small: the tokenizer does that itself": lambda text: _tidy(text).lower(),
    "the `#` is still there": lambda text: _plain(
        re.sub(r"(?<!\w)#(\w+)", lambda f: "#" + re.sub(BETWEEN, " ", f[1]), _tidy(text, tag=NO_MATCH))
    ),
}
SHOWN = [
    "@ann_k see you soon",
    "my iPhone is gone #sad",
    "write to me@home.org",
    "what a day #BestDayEver",
    "thanks @Ben99, and thanks @cleo!",
    "nothing to change here, right?",
    "#LoveNYC and #NewYork, again",
    "@ann @Ben99 @cleo so proud of you, @di, @ed",
    "@ann   @Ben99 lunch @ noon?",
    "we (@ann, @anna and all) ran for (#ParkRun)",
    "#1Fan of C# and #NYCMarathon, number # 7",
]
HIDDEN = [
    "eBay is #down",
    "who@work.net or @max2",
    "so angry, @K_9 @lea! #NeverAgain",
    "#NASA and #TeamUSA with @Zoe",
    "@ed  @lea and @leaf: now @ home (@max #NYCPizza)",
    "#2Late for A# or # 1 #x",
]


def _drawn_posts(hidden: bool) -> list[str]:
    """Return posts made of pieces, drawn from a seed."""
    import numpy as np

    random = np.random.default_rng(9 if hidden else 8)
    pieces = ["@ann", "@Ben_99", "@x1", "@username", "#GoTeam", "#MyNewPC", "#so_sad", "#Top10Hits", "a@b.org", "iPad"]
    return [" ".join(random.choice([*pieces, "well,", "fine", "oh!"], size)) for size in (2, 4, 7, 9, 12)]


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
    cases = [(text,) for text in [*(HIDDEN if hidden else SHOWN), *_drawn_posts(hidden)]]
    judge(tidied, "tidied", cases, _tidy, slips=TIDY_SLIPS, read=lambda made: _plain(as_text(made, "tidied(text)")))
    return "Names lose the person, hashtags become words, and an address stays an address."


def _models(seed: int, how_many: int, width: int, rows: int):
    """Return models with dropout on, and inputs. The random state of the student is left alone."""
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        models = []
        for _ in range(how_many):
            body = torch.nn.Linear(width, 8), torch.nn.Tanh(), torch.nn.Dropout(0.5)
            model = torch.nn.Sequential(*body, torch.nn.Linear(8, 4))
            with torch.no_grad():
                for weights in model.parameters():
                    weights.mul_(4)
            models.append(model.train())
        return models, torch.randn(rows, width)


@sheet.exercise(
    section="Which weights?",
    hints=[
        "Ask each model for its logits. What makes chances out of one row of logits? And along which axis?",
        "First chances, then their mean: `torch.stack` makes one tensor of several.",
        "Dropout makes each answer a little different. Which call switches it off?",
    ],
)
def mean_chances(mean_chances, hidden=False) -> str:
    as_function(mean_chances, "mean_chances")
    sizes = [(2, 6, 1), (3, 6, 5), (1, 3, 4), (5, 9, 2)] if not hidden else [(2, 6, 7), (4, 2, 3), (3, 5, 1)]
    cases = [_models(31 + 10 * hidden + number, *size) for number, size in enumerate(sizes)]
    found = [_chances(mean_chances, models, inputs) for models, inputs in cases]
    for (models, inputs), made in zip(cases, found, strict=True):
        wanted = _tables(models, inputs)[""]
        if not near(made, wanted, 1e-4):
            given = f"mean_chances({len(models)} models, inputs for {len(inputs)} posts)"
            expected = Said(f"{_row(wanted)} for the first post")
            raise WrongAnswer(expected, Said(f"{_row(made)} for the first post"), _mean_slip(found, cases), given=given)
    return "Each model speaks in chances, and none of them is heard louder than another."


def _chances(mean_chances, models, inputs):
    """Return what the answer gives for fresh copies of the models: the same in two calls, and no weight moved."""
    import copy

    import torch

    rows = len(inputs)
    given = f"mean_chances({len(models)} models, inputs for {rows} posts)"
    of_models = "one table for each model: their mean is asked for"
    of_posts = "the mean over the posts? The mean over the models is asked for"
    slips = {(len(models), 4): of_posts, (4,): of_posts, (len(models), rows, 4): of_models}
    slips |= {(rows,): "only the labels, or only the highest chance? All four chances are asked for"}
    copies, handed = copy.deepcopy(models), inputs.clone()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        made = []
        for _ in range(2):
            try:
                made.append(call(mean_chances, copies, handed, name="mean_chances"))
            except WrongForm as wrong:
                wrong.given = given  # the models themselves are no reading
                raise
            _left_alone(models, copies, given)
    unchanged(inputs, handed, "mean_chances", "inputs")
    first, again = (as_tensor(each, "mean_chances(...)", shape=(rows, 4), slips=slips).double() for each in made)
    if not torch.allclose(first, again, atol=1e-5):
        said = Said(f"{_row(first)} for the first post, then {_row(again)}")
        slip = "dropout is on: which call switches it off?"
        raise WrongAnswer("the same chances when the same models get the same posts", said, slip, given=given)
    return first


def _left_alone(before: list, after: list, given: str) -> None:
    """Raise WrongAnswer where the models are not what they were, but for `eval` and `train`."""
    if len(before) != len(after):
        said = Said(f"{len(after)} models")
        slip = "something changes the list itself, and the next call has other models"
        raise WrongAnswer(f"that the list still holds {len(before)} models", said, slip, given=given)
    weights, again = ([dict(model.state_dict()) for model in models] for models in (before, after))
    if not near(weights, again, 0) or _dtypes(before) != _dtypes(after):
        raise WrongAnswer("models with the weights that they had", Said("other weights"), given=given)
    if any(weight.grad is not None for model in after for weight in model.parameters()):
        slip = "`backward` was called: nothing is trained here"
        raise WrongAnswer("models without gradients, as they were", Said("models with gradients"), slip, given=given)
    if not all(weight.requires_grad for model in after for weight in model.parameters()):
        said, slip = Said("frozen weights"), "`requires_grad` was set to False: whoever trains on will miss it"
        raise WrongAnswer("weights that can learn on, as they could", said, slip, given=given)
    rates = [[part.p for model in each for part in model if hasattr(part, "p")] for each in (before, after)]
    if rates[0] != rates[1]:
        slip = "the rate itself was changed, for ever; one call switches dropout off, and another one on again"
        raise WrongAnswer("models with the dropout that they had", Said("another dropout rate"), slip, given=given)


def _dtypes(models: list) -> list:
    return [weight.dtype for model in models for weight in model.parameters()]


def _mean_slip(found: list, cases: list) -> str:
    """Return the slip that gives all that was found."""
    tables = [_tables(models, inputs) for models, inputs in cases]
    for words in filter(None, tables[0]):
        if all(near(made, each[words], 1e-4) for made, each in zip(found, tables, strict=True)):
            return words
    return ""


def _tables(models, inputs) -> dict:
    """Return slip -> the table that it gives, without dropout; the right one under the empty name."""
    import copy

    import torch
    from torch.nn.functional import one_hot

    models = [copy.deepcopy(model).eval() for model in models]
    soup = copy.deepcopy(models[0])
    with torch.no_grad():
        for target, *parts in zip(soup.parameters(), *(model.parameters() for model in models), strict=True):
            target.copy_(torch.stack(parts).mean(0))
        logits = torch.stack([model(inputs) for model in models]).double()
        of_soup = soup(inputs).double()
    chances = logits.softmax(-1)
    return {
        "": chances.mean(0),
        "these are logits, not chances": logits.mean(0),
        "the mean of the logits, and then the softmax: a very sure model is heard louder": logits.mean(0).softmax(-1),
        "the mean of the weights: that is the lesson's way. Here, ask each model": of_soup.softmax(-1),
        "the sum: divide by the number of models": chances.sum(0),
        "percentages: chances have the sum 1": 100 * chances.mean(0),
        "divided by 2: there may be more models, or one": chances.sum(0) / 2,
        "divided by 3: there may be more models, or fewer": chances.sum(0) / 3,
        "the softmax runs over the posts: it must run over the labels": logits.softmax(1).mean(0),
        "the softmax runs over the models: it must run over the labels": logits.softmax(0).mean(0),
        "softmax twice": chances.mean(0).softmax(-1),
        "only the first model is asked": chances[0],
        "only the last model is asked": chances[-1],
        "the models vote: their chances are asked for": one_hot(logits.argmax(-1), 4).double().mean(0),
        "the median, not the mean": chances.median(0).values,
        "rounded? Give the chances as they come": (100 * chances.mean(0)).round() / 100,
    }


def _row(table) -> str:
    return ", ".join(f"{chance:.4f}" for chance in table[0].tolist())
