"""The checks of `recipe`'s sheet."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from course_utils.checks.cases import judge
from course_utils.checks.sheet import Sheet
from course_utils.checks.values import Part, as_function, as_list, as_number, as_tensor, call, predict, suspect
from course_utils.checks.wrong import Said, WrongAnswer, WrongForm

sheet = Sheet("recipe")


@sheet.exercise(
    section="How loud is luck?",
    hints=[
        "Put the numbers into `2 * spread * sqrt(2 / k)`. For `b`, k is four times that of `a`: what does the root do?",
        "For `c`, turn the line round: which k makes it 1? The square of the rest is needed.",
        "For `e`, write the eight cells down, such as 000 and 100. Which pairs differ in the first place only?",
        "For `f`, count four recipes. For `g`: an honest 95% interval misses the truth one time in twenty.",
    ],
)
def seed_budget(seed_budget) -> str:
    shares = "points are asked for, not shares: the spread is 3"
    both = "both means vary with their seeds: that is the 2 below the root"
    twice = "the 2 in front of the line got lost"
    root = "the limit does not shrink as fast as the seeds grow: there is a root"
    whole = "all combinations: each factor doubles the number of cells"
    parts = {
        "a": (6, {both: 3 * math.sqrt(2), "is that with one seed?": 6 * math.sqrt(2), twice: 3, shares: 0.06}),
        "b": (3, {root: 1.5, "more seeds make smaller differences visible": 6, both: 6 / math.sqrt(8), shares: 0.03}),
        "c": (
            72,
            {
                both: 36,
                twice: 18,
                root: 24,
                "that is for both recipes together; how many for each?": 144,
                "the square is missing: the k stands below a root": 6 * math.sqrt(2),
                "to halve the limit, twice the seeds? You need four times as many": 48,
            },
        ),
        "d": (16, {"and each cell has more than one seed": 8, whole: 12, "how many levels has each factor?": 18}),
        "e": (
            8,
            {
                "those are the pairs of cells; each has its seeds": 4,
                "those are the runs; a difference needs two of them": 16,
                "only one pair of cells? The other factors may stand anywhere, if they are equal in both twins": 2,
                "only one pair of runs? Count all cells, and all seeds": 1,
            },
        ),
        "f": (
            32,
            {
                "the base recipe must be trained, too": 24,
                "the base runs may serve all three changes": 48,
                "that is the factorial. How many runs does each difference need here?": 16,
                "those are the recipes; each needs its seeds": 4,
            },
        ),
        "g": (
            1 / 2,
            {
                "that is for one interval: here are ten": 1 / 20,
                "5 of a hundred. And of ten?": 5,
                "that is how many hold zero": 19 / 2,
                "an honest 95% interval misses the truth now and then, also where the truth is zero": 0,
                "that is how often one or more of the ten are clear. How many, in the mean?": 1 - 0.95**10,
                "a mean need not be a whole number": 1,
            },
        ),
    }
    number = partial(as_number, low=0)
    read = {key: Part(right, slips, number, 0.006) for key, (right, slips) in parts.items()}
    predict(seed_budget, "seed_budget", read)
    return "Sixteen trainings tell as much of each factor as thirty-two. And seeds are dear: the root sees to that."


def _tables(seeds: int, posts: int, random, number: int = 2) -> list:
    """Return tables of right answers, seeds x posts. Equal seeds are alike, and so are equal posts."""
    luck, easy = random.normal(0, 0.2, (seeds, 1)), random.normal(0.5, 0.15, (1, posts))
    lean = random.normal(0, 0.15, number)
    return [(random.random((seeds, posts)) < easy + luck + each).astype(int) for each in lean]


def _pairs(hidden: bool) -> list[tuple]:
    """Return tables of two recipes: few seeds and many, few posts and many, with and without a difference."""
    import numpy as np

    small = [
        ([[1, 1, 0], [1, 0, 0]], [[0, 1, 0], [1, 0, 1]]),
        ([[1, 0], [0, 0], [1, 1]], [[0, 0], [0, 1], [1, 0]]),
        ([[0, 0, 1, 0]] * 2, [[1, 1, 1, 0]] * 2),
    ]
    random = np.random.default_rng(28 if hidden else 17)
    sizes = [(4, 9), (9, 4), (6, 60), (2, 200)] if not hidden else [(3, 8), (8, 5), (5, 90), (12, 30)]
    cases = [tuple(np.array(table) for table in pair) for pair in small[hidden:]]
    return cases + [tuple(_tables(*size, random)) for size in sizes]


def _three(half: Callable, middle: Callable = lambda d: d.mean()) -> Callable:
    """Return (changed, base) -> mean, low and high end. Both arguments get the table of the differences."""
    return lambda changed, base: [float(middle(d := changed - base) + way * half(d)) for way in (0, -1, 1)]


def _honest(d) -> float:
    return 2 * d.mean(1).std(ddof=1) / len(d) ** 0.5


def _student(d) -> float:
    from scipy.stats import t

    return _honest(d) / 2 * t.ppf(0.975, len(d) - 1)


def _torn(changed, base) -> list[float]:
    """Return the interval of two recipes whose seeds have nothing to do with each other."""
    both = [table.mean(1) for table in (changed, base)]
    half = 2 * (sum(each.var(ddof=1) for each in both) / len(changed)) ** 0.5
    return [both[0].mean() - both[1].mean() + way * half for way in (0, -1, 1)]


_effect = _three(_honest)
HALVES = {
    "each answer still counts as a training of its own. How often was something trained?": lambda d: (
        2 * d.std(ddof=1) / d.size**0.5
    ),
    "the n is mended, the spread is not: it is that of single answers": lambda d: 2 * d.std(ddof=1) / len(d) ** 0.5,
    "the spread is mended, the n is not: how many numbers have this spread?": lambda d: (
        2 * d.mean(1).std(ddof=1) / d.size**0.5
    ),
    "one number for each post? Then the luck of the seeds is not counted. Which axis are the posts?": lambda d: (
        2 * d.mean(0).std(ddof=1) / d.shape[1] ** 0.5
    ),
    "without `ddof=1`, the spread of few numbers is too small": lambda d: 2 * d.mean(1).std() / len(d) ** 0.5,
    "the spread, without the root of n below it": lambda d: _honest(d) * len(d) ** 0.5,
    "divided by n? The rule has a root": lambda d: _honest(d) / len(d) ** 0.5,
    "a pair of runs gives one difference: n counts the seeds once": lambda d: _honest(d) / 2**0.5,
    "one time the spread? The rule has a 2": lambda d: _honest(d) / 2,
    "1.96 in place of 2? The rule has a 2": lambda d: 0.98 * _honest(d),
    "Student's t in place of 2? A good thought, but keep the rule: it has a 2": _student,
    "is the 6 fixed? Other tables have other numbers of seeds": lambda d: _honest(d) * (len(d) / 6) ** 0.5,
}
EFFECT_SLIPS = {words: _three(half) for words, half in HALVES.items()} | {
    "the pairs are torn apart: lines with the same seed belong together. Subtract first": _torn,
    "the sign is turned round: it is `changed` minus `base`": _three(_honest, lambda d: -d.mean()),
    "points in place of shares?": _three(lambda d: 100 * _honest(d), lambda d: 100 * d.mean()),
    "the low end comes before the high one": _three(lambda d: -_honest(d)),
}


@sheet.exercise(
    section="Can we trust this test?",
    hints=[
        "How large is n in the code? And how many trainings are in the table?",
        "A thousand posts judged by one model share the luck of its seed. They are no thousand independent trials.",
        "First one number for each seed: the mean difference of its line. Then the rule, on these few numbers.",
    ],
    form_point=False,
)
def effect(effect, hidden=False) -> str:
    def read(made) -> list[float]:
        return [as_number(each, "effect(...)") for each in as_list(made, "effect(...)", length=3)]

    judge(effect, "effect", _pairs(hidden), _effect, slips=EFFECT_SLIPS, read=read)
    return "A seed is one throw of the dice, however many posts it is judged on."


def _factorials(hidden: bool) -> list[tuple]:
    """Return cells and a place: one factor to four, the cells in any order."""
    import numpy as np

    random = np.random.default_rng(91 if hidden else 90)
    kinds = [(1, 0, 1, 2), (2, 1, 2, 3), (2, 0, 2, 1), (3, 0, 2, 5), (3, 1, 3, 4), (3, 2, 1, 6), (4, 1, 2, 3)]
    kinds = [*kinds[1:-1], (4, 2, 3, 3), (5, 3, 2, 2)] if hidden else kinds
    cases = []
    for factors, place, seeds, posts in kinds:
        keys = [tuple(number >> at & 1 for at in range(factors)) for number in random.permutation(2**factors).tolist()]
        cases.append((dict(zip(keys, _tables(seeds, posts, random, len(keys)), strict=True)), place))
    return cases


def _levels(cells: Mapping, place: int, level: int) -> list:
    return [table for key, table in cells.items() if key[place] == level]


def _main(cells: Mapping, place: int):
    return sum(_levels(cells, place, 1)) / (len(cells) / 2) - sum(_levels(cells, place, 0)) / (len(cells) / 2)


def _twins(others: int) -> Callable:
    """Return what compares one pair of cells only: all other factors at this level."""

    def slip(cells, place):
        key = [others] * len(next(iter(cells)))
        up, down = (cells[(*key[:place], level, *key[place + 1 :])] for level in (1, 0))
        return up - down

    return slip


MAIN_SLIPS = {
    "one pair of cells only, with the other factors at 0. Each pair of twins has a voice": _twins(0),
    "one pair of cells only, with the other factors at 1. Each pair of twins has a voice": _twins(1),
    "all factors change at once: that is the confound": lambda c, p: c[max(c)] - c[min(c)],
    "the sign is turned round: 1 minus 0": lambda c, p: -_main(c, p),
    "the sum of the pairs, not their mean": lambda c, p: _main(c, p) * len(c) / 2,
    "half of it: compared with the mean of all cells, or divided by their number?": lambda c, p: _main(c, p) / 2,
    "is the first factor number 1? It is number 0": lambda c, p: _main(c, p - 1),
    "the factors are counted from the right": lambda c, p: _main(c, -1 - p),
    "only the cells where the factor is 1": lambda c, p: sum(_levels(c, p, 1)) / (len(c) / 2),
    "one number? With a table, an interval can be computed": lambda c, p: _main(c, p).mean(),
    "one number for each seed? Keep the posts: the table has two axes": lambda c, p: _main(c, p).mean(1),
    "one number for each post? Keep the seeds: the table has two axes": lambda c, p: _main(c, p).mean(0),
    "rounded? Take the mean as it comes": lambda c, p: _main(c, p).round(2),
}


@sheet.exercise(
    section="Three changes at once: which one did it?",
    hints=[
        "Loop over `cells.items()`. The key tells the levels: `key[place]` is that of the factor in question.",
        "Make two lists of tables: those of the cells where the factor is 1, and those where it is 0.",
        "`np.mean(tables, axis=0)` is the mean of a list of tables, and is a table itself.",
    ],
)
def main_effect(main_effect, hidden=False) -> str:
    def read(made):
        return as_tensor(made, "main_effect(...)").numpy()

    try:
        judge(main_effect, "main_effect", _factorials(hidden), _main, slips=MAIN_SLIPS, read=read)
    except WrongForm as wrong:
        if wrong.received.startswith("KeyError"):
            wrong.perhaps = "no such cell: there may be one factor, or many. Loop over `cells.items()`"
        raise
    return "Every run speaks for every factor: that is what makes a factorial cheap."


HEADS = ["bert.pooler.dense.weight", "classifier.bias", "pre_classifier.weight", "vocab_layer_norm.bias"]
PREFIXES = ["bert.encoder", "distilbert.transformer", "roberta.encoder", "encoder"]


def _named(hidden: bool) -> list[tuple]:
    """Return names of weights, a rate and a fade: models with one layer, a few, and more than ten, in any order."""
    import numpy as np

    random = np.random.default_rng(52 if hidden else 51)
    kinds = [(1, 1, 2.0, 0.5), (2, 1, 1, 0.3), (3, 2, 0.5, 0.9), (12, 3, 2, 0.8), (4, 2, 5e-5, 0.7), (2, 2, 1, 1)]
    if hidden:
        kinds = [(2, 2, 1.0, 0.4), (1, 1, 3, 0.2), (11, 4, 1.0, 0.9), (24, 1, 4.0, 0.95), (6, 2, 2e-5, 1.2)]
    cases = []
    for layers, each, rate, fade in kinds:
        prefix = PREFIXES[layers % len(PREFIXES)]
        own = ["attention.self.query.weight", "output.dense.bias", "rel_embeddings.weight", "ffn.lin1.weight"][:each]
        names = [f"{prefix}.layer.{number}.{end}" for number in range(layers) for end in own]
        start = prefix.removesuffix("encoder").removesuffix("transformer")
        names += [f"{start}embeddings.{end}" for end in ("word_embeddings.weight", "LayerNorm.bias")][:each]
        names += [HEADS[(layers + at) % len(HEADS)] for at in range(min(each, 2))]
        cases.append(([names[at] for at in random.permutation(len(names)).tolist()], rate, fade))
    return cases


def _number(name: str) -> int | None:
    return int(name.split(".layer.")[1].split(".")[0]) if ".layer." in name else None


def _digit(name: str) -> int | None:
    return int(name.split(".layer.")[1][0]) if ".layer." in name else None


def _faded(
    deep: Callable, lowest: int = 2, head: int = 0, top_of: Callable = max, number_of: Callable = _number
) -> Callable:
    """Return (names, rate, fade) -> rates.

    `deep` gets the numbers of a layer and of the top, and gives the layer's depth. `lowest` is what the embeddings
    have more than the top's number; -1 puts them beside the head.
    """

    def slip(names, rate, fade):
        top = top_of(number for number in map(number_of, names) if number is not None)
        depths = {name: number_of(name) for name in names}
        for name, number in depths.items():
            other = (top + lowest) * (lowest >= 0) if "embeddings" in name else head
            depths[name] = other if number is None else deep(number, top)
        return {name: rate * fade**depth for name, depth in depths.items()}

    return slip


def _deep(number: int, top: int) -> int:
    return top - number + 1


_rates = _faded(_deep)


def _embedded(names, rate, fade) -> dict[str, float]:
    """Return the rates of whoever asks for embeddings first, and for layers second."""
    found = _rates(names, rate, fade)
    lowest = rate * fade ** (max(number for number in map(_number, names) if number is not None) + 2)
    return found | {name: lowest for name in names if "embeddings" in name}


RATE_SLIPS = {
    "the layers are counted from below: the top gets `rate * fade`": _faded(lambda n, top: n + 1),
    "all is counted from below: the head and the top have the larger rates": _faded(lambda n, top: n + 1, lowest=-1),
    "the top layer gets the rate of the head": _faded(lambda n, top: top - n, lowest=1),
    "the head gets the full rate, without `fade`": _faded(lambda n, top: top - n + 2, lowest=3, head=1),
    "the embeddings are no part of the head: they lie below layer 0": _faded(_deep, lowest=-1),
    "the embeddings lie below layer 0: one `fade` more": _faded(_deep, lowest=1),
    "as a text, 9 comes after 10: make numbers first": _faded(_deep, top_of=lambda found: int(max(map(str, found)))),
    "each layer further down needs one `fade` more": _faded(lambda n, top: 1, lowest=2),
    "layer 10 is read as layer 1: take all up to the next point": _faded(_deep, number_of=_digit),
    "is the number of layers fixed at 12? Look for the largest number in `names`": _faded(_deep, top_of=lambda _: 11),
    "is the number of layers fixed at 6? Look for the largest number in `names`": _faded(_deep, top_of=lambda _: 5),
    "any **other** name with `embeddings`: one with `.layer.` belongs to its layer": _embedded,
    "divided by `fade`: deeper layers get the smaller rates": lambda names, rate, fade: _rates(names, rate, 1 / fade),
    "`rate` is not used": lambda names, rate, fade: _rates(names, 1.0, fade),
}


def _as_rates(made) -> dict[str, float]:
    """Return name -> number. Raises WrongForm for what is no dictionary."""
    if not isinstance(made, Mapping):
        grouped = isinstance(made, list) and made and isinstance(made[0], Mapping)
        slip = "those are groups for an optimizer: here, one entry for each name" if grouped else ""
        raise WrongForm("a dictionary, name -> rate", made, slip)
    return {name: as_number(rate, "layer_rates(...)") for name, rate in made.items()}


@sheet.exercise(
    section="When seeds fail",
    hints=[
        'Which number stands in a name? `name.split(".layer.")[1].split(".")[0]` is a text; `int` makes it a number.',
        "First find the largest number of all names: that is the top. Only then can you say how deep a layer lies.",
        "Count the steps down from the head: the top is one step down. Then each rate is `rate * fade**steps`.",
        "For the embeddings, count the steps of layer 0, and one more.",
    ],
)
def layer_rates(layer_rates, hidden=False) -> str:
    try:
        judge(layer_rates, "layer_rates", _named(hidden), _rates, slips=RATE_SLIPS, read=_as_rates, tolerance=1e-9)
    except WrongForm as wrong:
        if "invalid literal for int()" in wrong.received:
            wrong.perhaps = "not every model has the number in the same place: cut each name at `.layer.`"
        raise
    return "Bold where nothing was learned yet, gentle where pretraining has left what it learned."


@dataclass
class Run:
    """A call of `search`, the functions that it is given, what it asked them, and what it returned."""

    low: float
    high: float
    budget: int
    seed: int
    validated: list[float] = field(default_factory=list)
    tested: list[float] = field(default_factory=list)
    found: tuple[float, float] = (0.0, 0.0)

    def validate(self, rate) -> float:
        """Score a rate: the nearer to a good one, the higher. Many rates have the same score, and all are negative."""
        self.validated.append(float(rate))
        return self.score(float(rate))

    def test(self, rate) -> float:
        """Score a rate in another way: what is best here is rarely best on validation."""
        if rate is None:
            raise ValueError("no winner. Scores may be negative, so do not start at 0")
        self.tested.append(float(rate))
        return self.test_score(float(rate))

    def place(self, rate: float) -> float:
        """Return where a rate lies between low and high, 0 to 1, if equal factors are equal steps."""
        return math.log(rate / self.low) / math.log(self.high / self.low)

    def score(self, rate: float) -> float:
        return -0.1 - round(abs(self.place(rate) - 0.6) * 5) / 10 if rate > 0 else -9.0

    def test_score(self, rate: float) -> float:
        return 0.5 + math.cos(9 * self.place(rate)) / 3 if rate > 0 else -9.0

    @property
    def winner(self) -> float:
        return max(self.validated, key=self.score)

    def shown(self) -> str:
        return f"search(validate, test, {self.low:g}, {self.high:g}, {self.budget}, {self.seed})"


BUDGET_SLIPS = {
    "one trial too many, or the winner trained once more? Keep the scores": lambda run: run.budget + 1,
    "one trial too few: is the last one forgotten?": lambda run: run.budget - 1,
    "each rate is trained twice: keep the score of the first time": lambda run: 2 * run.budget,
    "nothing is validated: who decides?": lambda run: 0,
}
WINNER_SLIPS = {
    "the lowest score wins here: higher is better": lambda run: min(run.validated, key=run.score),
    "with equal scores, the last one wins, not the first one": lambda run: max(run.validated[::-1], key=run.score),
    "with equal scores, the larger rate wins here: compare the scores alone": lambda run: max(
        run.validated, key=lambda rate: (run.score(rate), rate)
    ),
    "the largest rate wins here, whatever its score is": lambda run: max(run.validated),
    "a score in place of the rate: which rate has it?": lambda run: run.score(run.winner),
    "that is the place of the winner in the list: return its rate": lambda run: run.validated.index(run.winner),
    "no winner: scores may be negative, so do not start at 0": lambda run: 0,
    "the rate comes first, then its test score": lambda run: run.test_score(run.winner),
}


@sheet.exercise(
    section="A search as a procedure",
    hints=[
        "Draw all rates first, in a list. Then score them, in a second list. Both have `budget` entries.",
        "Log-uniform: a uniform number u between 0 and 1 becomes `low * (high / low) ** u`.",
        "`np.random.default_rng(seed)` makes a generator that belongs to this seed. Make it once, in the function.",
        "`np.argmax` gives the place of the highest score; of equal ones, the first. `test` comes only after that.",
    ],
)
def search(search, hidden=False) -> str:
    as_function(search, "search")
    cases = [(0.01, 100.0, 4, 1), (1e-5, 1e-3, 9, 2), (1e-5, 1e-1, 400, 3), (0.5, 5000.0, 400, 4)]
    if hidden:
        cases = [(0.1, 1000.0, 6, 11), (1e-6, 1e-3, 12, 12), (1e-4, 1.0, 400, 13), (2.0, 2e5, 500, 14)]
    runs = [_run(search, *case) for case in cases]
    _follow_the_rules(runs)
    _is_log_uniform(runs[-2])
    _is_log_uniform(runs[-1])
    _belongs_to_its_seed(search, runs[:2])
    _follow_the_rules([_run(search, 1e-4, 1e-2, 1, 20 + hidden)])
    return "A space, a budget, validation, one test: whoever reads that can believe the winner."


def _run(search: Callable, *case) -> Run:
    run = Run(*case)
    try:
        made = call(search, run.validate, run.test, *case, name="search")
        pair = as_list(made, "search(...)", length=2)
        run.found = as_number(pair[0], "the winner's rate"), as_number(pair[1], "its test score")
    except WrongForm as wrong:
        wrong.given = run.shown()
        raise
    return run


def _follow_the_rules(runs: list[Run]) -> None:
    for rule in (_keeps_the_budget, _stays_in_the_space, _tests_once, _validation_decides):
        for run in runs:
            rule(run, runs)


def _keeps_the_budget(run: Run, runs: list[Run]) -> None:
    calls = len(run.validated)
    if calls != run.budget:
        slips = BUDGET_SLIPS.items()
        slip = next((words for words, count in slips if all(len(r.validated) == count(r) for r in runs)), "")
        if len({len(each.validated) for each in runs}) == 1 and calls:
            slip = f"always {calls} trials: is `budget` used?"
        raise WrongAnswer(f"{run.budget} calls of `validate`", Said(f"{calls} calls"), slip, given=run.shown())
    if len(set(run.validated)) < 0.9 * run.budget:
        slip = "one rate, scored again and again: draw anew for each trial" if len(set(run.validated)) == 1 else ""
        raise WrongAnswer(f"{run.budget} different rates", Said(f"{len(set(run.validated))}"), slip, given=run.shown())


def _stays_in_the_space(run: Run, runs: list[Run]) -> None:
    edge = 1e-6
    outside = [rate for rate in run.validated if not run.low * (1 - edge) <= rate <= run.high * (1 + edge)]
    if outside:
        slip = "a rate is positive: is that a logarithm? A power makes a rate of it" if outside[0] <= 0 else ""
        expected = f"rates between {run.low:g} and {run.high:g}"
        raise WrongAnswer(expected, Said(f"{outside[0]:.3g} is given to `validate`"), slip, given=run.shown())


def _tests_once(run: Run, runs: list[Run]) -> None:
    if len(run.tested) != 1:
        slips = {
            "who tests all rates has made a second validation of the test": len(run.tested) >= run.budget > 1,
            "the winner must meet the test": not run.tested,
            "keep the score of the first time": len(set(run.tested)) == 1,
        }
        said = Said(f"{len(run.tested)} calls")
        raise WrongAnswer("one call of `test`", said, suspect(True, slips), given=run.shown())


def _validation_decides(run: Run, runs: list[Run]) -> None:
    rate, tested = run.found
    if not math.isclose(rate, run.winner, rel_tol=1e-5):
        slips = WINNER_SLIPS.items()
        slip = next((words for words, one in slips if all(_same(r.found[0], one(r)) for r in runs)), "")
        expected = f"the rate of the winner, first of the two: {run.winner:.4g}"
        raise WrongAnswer(expected, Said(f"{rate:.4g}"), slip, given=run.shown())
    if not _same(run.tested[0], run.winner):
        expected = f"that `test` gets the winner, {run.winner:.4g}"
        raise WrongAnswer(expected, Said(f"{run.tested[0]:.4g}"), given=run.shown())
    if not math.isclose(tested, run.test_score(run.winner), abs_tol=1e-5):
        curse = "the validation score of a winner is too high by luck: return its test score"
        slip = suspect(tested, {curse: run.score(run.winner)})
        raise WrongAnswer(f"its test score, {run.test_score(run.winner):.4f}", tested, slip, given=run.shown())


def _same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-5)


def _is_log_uniform(run: Run) -> None:
    """Raise WrongAnswer where the rates are not spread evenly over the factors. Four standard errors are allowed."""
    places = [run.place(rate) for rate in run.validated]
    shares = [sum(quarter <= 4 * place < quarter + 1 for place in places) / run.budget for quarter in range(4)]
    middle = math.sqrt(run.low * run.high)
    if not all(abs(share - 0.25) < 0.09 for share in shares):
        plain = sum(rate < (run.low + run.high) / 2 for rate in run.validated) / run.budget
        slip = "uniform: nearly all rates are large. Draw the exponent" if 0.4 < plain < 0.6 else ""
        below = sum(rate < middle for rate in run.validated) / run.budget
        expected = f"about half of the rates below {middle:.2g}, and a quarter in each quarter of the exponents"
        raise WrongAnswer(expected, Said(f"{below:.0%} are below"), slip, given=run.shown())


def _belongs_to_its_seed(search: Callable, runs: list[Run]) -> None:
    import random

    import numpy as np

    for run in runs:
        random.random(), np.random.random()  # others draw, too
        case = [run.low, run.high, run.budget]
        again, other = _run(search, *case, run.seed), _run(search, *case, run.seed + 1)
        if again.validated != run.validated:
            slip = "where does your draw get `seed`? A generator that lives outside of the function goes on drawing"
            raise WrongAnswer("the same rates for the same seed", Said("other rates"), slip, given=run.shown())
        if {f"{rate:.9g}" for rate in other.validated} & {f"{rate:.9g}" for rate in run.validated}:
            alike = sorted(other.validated) == sorted(run.validated)
            slip = "a fixed list of rates, or `seed` is not used?" if alike else ""
            raise WrongAnswer("other rates for another seed", Said("some are the same"), slip, given=other.shown())
