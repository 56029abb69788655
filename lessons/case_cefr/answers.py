# Right and wrong answers to the sheet of `case_cefr`. `says` is a part of what the check must reply.

# %% exercise="four_raters" right="tuples, capitals, NumPy counts"
four_raters = {
    "a": (np.int64(1), np.int64(3), "at zero"),
    "b": (0, 6, "Above"),
    "c": (4, 4, "below zero"),
    "d": (0, 2, "Below"),
}

# %% exercise="four_raters" right="computed"
answers = {"d": [5, 4, 3, 2, 1, 0], "c": [5, 1, 2, 3, 4, 0], "b": [1, 0, 3, 2, 5, 4], "a": [2] * 6}
four_raters = {}
for rater, said in answers.items():
    off = abs(np.array(said) - truth)
    luck = np.mean([(one - two) ** 2 for one in range(6) for two in said])
    error = np.mean(off**2)
    side = "above" if error < luck - 1e-9 else "below" if error > luck + 1e-9 else "zero"
    four_raters[rater] = [(off == 0).sum(), (off <= 1).sum(), side]

# %% exercise="four_raters" wrong="an exact level is not counted as within one" says="an exact level is within one, too"
four_raters = {"a": [1, 2, "zero"], "b": [0, 6, "above"], "c": [4, 0, "below"], "d": [0, 2, "below"]}

# %% exercise="four_raters" wrong="most are right, so kappa is high" says="how many levels is each off"
four_raters = {"a": [1, 3, "zero"], "b": [0, 6, "above"], "c": [4, 4, "above"], "d": [0, 2, "below"]}

# %% exercise="four_raters" wrong="nothing is right, so kappa is zero" says="how large is each of them"
four_raters = {"a": [1, 3, "zero"], "b": [0, 6, "zero"], "c": [4, 4, "below"], "d": [0, 2, "zero"]}

# %% exercise="four_raters" wrong="kappa cannot be below zero" says="as often near as luck"
four_raters = {"a": [1, 3, "zero"], "b": [0, 6, "above"], "c": [4, 4, "below"], "d": [0, 2, "zero"]}

# %% exercise="four_raters" wrong="the constant answer is half right" says="the same of every text"
four_raters = {"a": [1, 3, "above"], "b": [0, 6, "above"], "c": [4, 4, "below"], "d": [0, 2, "below"]}

# %% exercise="four_raters" wrong="shares for counts" says="divide nothing"
four_raters = {
    "a": [1 / 6, 1 / 2, "zero"],
    "b": [0, 1, "above"],
    "c": [2 / 3, 2 / 3, "below"],
    "d": [0, 1 / 3, "below"],
}

# %% exercise="four_raters" wrong="kappa as a number" says="a word, not a number"
four_raters = {"a": [1, 3, 0], "b": [0, 6, 0.83], "c": [4, 4, -0.43], "d": [0, 2, -1]}

# %% exercise="four_raters" wrong="the middle of the upside-down rater missed" says="0 or 1 level off"
four_raters = {"a": [1, 3, "zero"], "b": [0, 6, "above"], "c": [4, 4, "below"], "d": [0, 1, "below"]}

# %% exercise="four_raters" wrong="only the exact ones counted as within" says="Their neighbours count"
four_raters = {"a": [1, 1, "zero"], "b": [0, 0, "above"], "c": [4, 4, "below"], "d": [0, 0, "below"]}


# %% exercise="question_rows" right="with NumPy, in float32"
def question_rows(names, scale):
    places = np.array([scale.index(name) for name in names])
    return (places[:, None] > np.arange(len(scale) - 1)).astype(np.float32)


# %% exercise="question_rows" right="ones and zeros, as a tensor"
def question_rows(names, scale):
    import torch

    places = {name: place for place, name in enumerate(scale)}
    return torch.tensor([[1.0] * places[n] + [0.0] * (len(scale) - 1 - places[n]) for n in names])


# %% exercise="question_rows" right="a DataFrame with the questions as columns"
def question_rows(names, scale):
    import pandas as pd

    places = pd.Series([scale.index(name) for name in names])
    return pd.DataFrame({f"above {border}": (places > k) * 1.0 for k, border in enumerate(scale[:-1])})


# %% exercise="question_rows" wrong="above or equal" says="> or >="
def question_rows(names, scale):
    return [[float(scale.index(name) >= border) for border in range(len(scale) - 1)] for name in names]


# %% exercise="question_rows" wrong="one column for each level" says="one column too many"
def question_rows(names, scale):
    return [[float(scale.index(name) > border) for border in range(len(scale))] for name in names]


# %% exercise="question_rows" wrong="one column for each level, reached" says="How many borders"
def question_rows(names, scale):
    return [[float(scale.index(name) >= border) for border in range(len(scale))] for name in names]


# %% exercise="question_rows" wrong="one-hot" says="that marks one level"
def question_rows(names, scale):
    return np.eye(len(scale))[[scale.index(name) for name in names]]


# %% exercise="question_rows" wrong="whole numbers" says="the loss cannot use whole numbers"
def question_rows(names, scale):
    return [[int(scale.index(name) > border) for border in range(len(scale) - 1)] for name in names]


# %% exercise="question_rows" wrong="True and False" says="the loss cannot use whole numbers"
def question_rows(names, scale):
    places = np.array([scale.index(name) for name in names])
    return places[:, None] > np.arange(len(scale) - 1)


# %% exercise="question_rows" wrong="compared as texts" says="order of the alphabet"
def question_rows(names, scale):
    ordered = sorted(scale)
    return [[float(ordered.index(name) > border) for border in range(len(scale) - 1)] for name in names]


# %% exercise="question_rows" wrong="names compared with names" says="by the alphabet"
def question_rows(names, scale):
    return [[float(name > border) for border in scale[:-1]] for name in names]


# %% exercise="question_rows" wrong="always five questions" says="how many questions does a scale"
def question_rows(names, scale):
    return [[float(scale.index(name) > border) for border in range(5)] for name in names]


# %% exercise="question_rows" wrong="only places" says="now ask the questions"
def question_rows(names, scale):
    return [scale.index(name) for name in names]


# %% exercise="question_rows" wrong="is it below?" says="yes and no are exchanged"
def question_rows(names, scale):
    return [[float(scale.index(name) <= border) for border in range(len(scale) - 1)] for name in names]


# %% exercise="level_names" right="plain Python"
def level_names(outputs):
    return [LEVELS[min(5, max(0, round(number + 2.5)))] for number in outputs]


# %% exercise="level_names" right="the smallest distance"
def level_names(outputs):
    distances = abs(np.asarray(outputs)[:, None] + 2.5 - np.arange(6))
    return np.array(LEVELS)[distances.argmin(axis=1)]


# %% exercise="level_names" right="cut first, at the taught ends"
def level_names(outputs):
    import pandas as pd

    return pd.Series(outputs).clip(-2.5, 2.5).add(2.5).round().astype(int).map(dict(enumerate(LEVELS)))


# %% exercise="level_names" wrong="the sign thrown away" says="turns a negative number around"
def level_names(outputs):
    return [LEVELS[min(5, abs(round(number + 2.5)))] for number in outputs]


# %% exercise="level_names" wrong="only the low end mended" says="two ends"
def level_names(outputs):
    return [LEVELS[max(0, round(number + 2.5))] for number in outputs]


# %% exercise="level_names" wrong="as it was" says="which entry of a list has the number -1"
def level_names(outputs):
    return [LEVELS[round(number + 2.5)] for number in outputs]


# %% exercise="level_names" wrong="only the high end mended" says="which entry of a list has the number -1"
def level_names(outputs):
    return [LEVELS[max(-6, min(5, round(number + 2.5)))] for number in outputs]


# %% exercise="level_names" wrong="cut off the decimals" says="rounded down"
def level_names(outputs):
    return [LEVELS[int(np.clip(number + 2.5, 0, 5))] for number in outputs]


# %% exercise="level_names" wrong="modulo" says="A scale is no circle"
def level_names(outputs):
    return [LEVELS[round(number + 2.5) % 6] for number in outputs]


# %% exercise="level_names" wrong="clipped before the middle is added" says="cut before 2.5 is added"
def level_names(outputs):
    return [LEVELS[round(float(np.clip(number, 0, 5)) + 2.5)] for number in outputs]


# %% exercise="level_names" wrong="strange outputs left out" says="none is left out"
def level_names(outputs):
    return [LEVELS[round(number + 2.5)] for number in outputs if -2.5 <= number <= 2.5]


# %% exercise="level_names" wrong="numbers of the levels" says="a name such as B1"
def level_names(outputs):
    return np.clip(np.rint(np.asarray(outputs) + 2.5), 0, 5).astype(int)


# %% exercise="level_names" wrong="2.5 forgotten" says="level minus 2.5"
def level_names(outputs):
    return [LEVELS[min(5, max(0, round(number)))] for number in outputs]


# %% exercise="level_names" wrong="a text such as Tom's made A1 by hand" says="two ends"
def level_names(outputs):
    return ["A1" if number < -3 else LEVELS[round(number + 2.5)] for number in outputs]


# %% exercise="table_kappa" right="the answers made again, and the lesson's formula"
def table_kappa(table):
    rows, columns = np.indices(table.shape)
    truth, level = np.repeat(rows.ravel(), table.ravel()), np.repeat(columns.ravel(), table.ravel())
    return 1 - np.mean((truth - level) ** 2) / np.mean((truth[:, None] - level[None, :]) ** 2)


# %% exercise="table_kappa" right="two loops"
def table_kappa(table):
    made, luck, n = 0, 0, len(table)
    for i in range(n):
        for j in range(n):
            made += (i - j) ** 2 * table[i][j]
            luck += (i - j) ** 2 * sum(table[i]) * sum(row[j] for row in table) / sum(map(sum, table))
    return 1 - made / luck


# %% exercise="table_kappa" right="the library, told of all levels"
def table_kappa(table):
    pairs = [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]
    return cohen_kappa_score(*zip(*pairs), labels=list(range(len(table))), weights="quadratic")


# %% exercise="table_kappa" wrong="the library, not told of the empty level" says="the empty level is lost"
def table_kappa(table):
    rows, columns = np.indices(table.shape)
    truth, level = np.repeat(rows.ravel(), table.ravel()), np.repeat(columns.ravel(), table.ravel())
    return cohen_kappa_score(truth, level, weights="quadratic")


# %% exercise="table_kappa" wrong="distances, not squared" says="What does quadratic mean"
def table_kappa(table):
    places = np.arange(len(table))
    weights = abs(places[:, None] - places)
    by_luck = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    return 1 - (weights * table).sum() / (weights * by_luck).sum()


# %% exercise="table_kappa" wrong="plain kappa" says="all errors weigh the same"
def table_kappa(table):
    seen = np.trace(table) / table.sum()
    luck = (table.sum(axis=0) * table.sum(axis=1)).sum() / table.sum() ** 2
    return (seen - luck) / (1 - luck)


# %% exercise="table_kappa" wrong="margins not divided" says="divide them by the number of texts"
def table_kappa(table):
    places = np.arange(len(table))
    squares = (places[:, None] - places) ** 2
    by_luck = np.outer(table.sum(axis=1), table.sum(axis=0))
    return 1 - (squares * table).sum() / (squares * by_luck).sum()


# %% exercise="table_kappa" wrong="the same margin twice" says="two different margins"
def table_kappa(table):
    places = np.arange(len(table))
    squares = (places[:, None] - places) ** 2
    by_luck = np.outer(table.sum(axis=1), table.sum(axis=1)) / table.sum()
    return 1 - (squares * table).sum() / (squares * by_luck).sum()


# %% exercise="table_kappa" wrong="one minus forgotten" says="the fraction alone"
def table_kappa(table):
    places = np.arange(len(table))
    squares = (places[:, None] - places) ** 2
    by_luck = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    return (squares * table).sum() / (squares * by_luck).sum()


# %% exercise="table_kappa" wrong="luck the same everywhere" says="how often each level occurs"
def table_kappa(table):
    places = np.arange(len(table))
    squares = (places[:, None] - places) ** 2
    return 1 - (squares * table).sum() / (squares * table.mean()).sum()


# %% exercise="table_kappa" wrong="the accuracy" says="that is the accuracy"
def table_kappa(table):
    return np.diag(table).sum() / table.sum()


# %% exercise="table_kappa" wrong="shares of each row" says="forget how many texts"
def table_kappa(table):
    table = table / table.sum(axis=1, keepdims=True)
    places = np.arange(len(table))
    squares = (places[:, None] - places) ** 2
    by_luck = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    return 1 - (squares * table).sum() / (squares * by_luck).sum()


# %% exercise="may_answer" right="the spread on the scale"
def may_answer(probabilities):
    places = np.arange(6)
    mean = (probabilities * places).sum()
    return np.sqrt((probabilities * (places - mean) ** 2).sum()) < 1.2


# %% exercise="may_answer" right="the expected distance, in plain Python"
def may_answer(probabilities):
    probabilities = list(probabilities)
    level = probabilities.index(max(probabilities))
    if sum(probability * abs(place - level) for place, probability in enumerate(probabilities)) < 1:
        return True
    return False


# %% exercise="may_answer" right="what lies far away, as 1 or 0"
def may_answer(probabilities):
    level = int(np.argmax(probabilities))
    far = sum(probabilities[place] for place in range(6) if abs(place - level) > 1)
    return int(far < 0.28)


# %% exercise="may_answer" wrong="the largest probability, as in the lesson" says="A1 and C2 are like two neighbours"
def may_answer(probabilities):
    return probabilities.max() >= 0.45


# %% exercise="may_answer" wrong="a high threshold for the largest probability" says="know which levels are neighbours"
def may_answer(probabilities):
    return probabilities.max() >= 0.6


# %% exercise="may_answer" wrong="the gap between the best two" says="know which levels are neighbours"
def may_answer(probabilities):
    second, first = np.sort(probabilities)[-2:]
    return first - second > 0.2


# %% exercise="may_answer" wrong="it always answers" says="ever say no"
def may_answer(probabilities):
    return True


# %% exercise="may_answer" wrong="it never answers" says="as clear as"
def may_answer(probabilities):
    return False


# %% exercise="may_answer" wrong="a slice that begins at minus one" says="what does your slice take"
def may_answer(probabilities):
    level = probabilities.argmax()
    return probabilities[level - 1 : level + 2].sum() >= 0.75


# %% exercise="may_answer" wrong="True where it is not sure" says="the other way round"
def may_answer(probabilities):
    level = probabilities.argmax()
    return probabilities[max(0, level - 1) : level + 2].sum() < 0.75


# %% exercise="may_answer" wrong="a threshold that is too high" says="too careful: move"
def may_answer(probabilities):
    level = probabilities.argmax()
    return probabilities[max(0, level - 1) : level + 2].sum() >= 0.93


# %% exercise="may_answer" wrong="a threshold that is too low" says="too bold"
def may_answer(probabilities):
    level = probabilities.argmax()
    return probabilities[max(0, level - 1) : level + 2].sum() >= 0.52


# %% exercise="may_answer" wrong="the sum, not compared" says="compare it with a threshold"
def may_answer(probabilities):
    level = probabilities.argmax()
    return probabilities[max(0, level - 1) : level + 2].sum()


# %% exercise="may_answer" wrong="the name of the level, or not sure" says="a text is not a decision"
def may_answer(probabilities):
    return LEVELS[probabilities.argmax()] if probabilities.max() > 0.5 else "I am not sure"


# %% exercise="may_answer" wrong="one decision for each probability" says="one decision for the six probabilities"
def may_answer(probabilities):
    return probabilities > 0.5
