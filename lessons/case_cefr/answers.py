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

# %% exercise="four_raters" wrong="nothing is right, so kappa is zero" says="how large is each error?"
four_raters = {"a": [1, 3, "zero"], "b": [0, 6, "zero"], "c": [4, 4, "below"], "d": [0, 2, "zero"]}

# %% exercise="four_raters" wrong="kappa cannot be below zero" says="as often near as luck"
four_raters = {"a": [1, 3, "zero"], "b": [0, 6, "above"], "c": [4, 4, "below"], "d": [0, 2, "zero"]}

# %% exercise="four_raters" wrong="the constant answer is half right" says="could luck do as well?"
four_raters = {"a": [1, 3, "above"], "b": [0, 6, "above"], "c": [4, 4, "below"], "d": [0, 2, "below"]}

# %% exercise="four_raters" wrong="shares for counts" says="divide nothing"
four_raters = {
    "a": [1 / 6, 1 / 2, "zero"],
    "b": [0, 1, "above"],
    "c": [2 / 3, 2 / 3, "below"],
    "d": [0, 1 / 3, "below"],
}

# %% exercise="four_raters" wrong="kappa as a number" says="as the third thing of"
four_raters = {"a": [1, 3, 0], "b": [0, 6, 0.83], "c": [4, 4, -0.43], "d": [0, 2, -1]}

# %% exercise="four_raters" wrong="the middle of the upside-down rater missed" says="I do not recognise this slip"
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


# %% exercise="question_rows" wrong="True and False" says="the loss cannot use True and False"
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


# %% exercise="question_rows" wrong="always five questions" says="always five questions?"
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


# %% exercise="level_names" wrong="numbers of the levels" says="such as B1"
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


# %% exercise="table_kappa" wrong="shares of each row" says="I do not recognise this slip"
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


# %% exercise="may_answer" wrong="it always answers" says="when does your rule say no?"
def may_answer(probabilities):
    return True


# %% exercise="may_answer" wrong="it never answers" says="silent about each clear text"
def may_answer(probabilities):
    return False


# %% exercise="may_answer" wrong="a slice that begins at minus one" says="does a slice begin at -1?"
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


# %% exercise="four_raters" right="a table of numbers and words"
four_raters = dict(zip("abcd", zip([1, 0, 4, 0], [3, 6, 4, 2], ["Zero", "ABOVE", " below ", "below"])))

# %% exercise="four_raters" right="floats, one more key"
four_raters = {"e": [6, 6, "above"], "a": [1.0, 3.0, "zero"], "b": [0.0, 6.0, "above"]}
four_raters |= {"c": [4.0, 4.0, "below"], "d": (0, 2, "below")}

# %% exercise="four_raters" wrong="the counts exchanged" says="exact levels come first"
four_raters = {"a": [3, 1, "zero"], "b": [6, 0, "above"], "c": [4, 4, "below"], "d": [2, 0, "below"]}

# %% exercise="four_raters" wrong="two levels off are counted" says="two levels off are counted"
four_raters = {"a": [1, 5, "zero"], "b": [0, 6, "above"], "c": [4, 4, "below"], "d": [0, 2, "below"]}

# %% exercise="four_raters" wrong="one count of exact levels" says="I do not recognise this slip"
four_raters = {"a": [1, 3, "zero"], "b": [0, 6, "above"], "c": [3, 4, "below"], "d": [0, 2, "below"]}

# %% exercise="four_raters" wrong="two errors, so luck does as well" says="Are the squares of these two errors larger"
four_raters = {"a": [1, 3, "zero"], "b": [0, 6, "above"], "c": [4, 4, "zero"], "d": [0, 2, "below"]}

# %% exercise="four_raters" wrong="one rater left out" says='with the keys'
four_raters = {"a": [1, 3, "zero"], "b": [0, 6, "above"], "c": [4, 4, "below"]}

# %% exercise="four_raters" wrong="only two things" says="3 entries"
four_raters = {"a": [1, 3], "b": [0, 6], "c": [4, 4], "d": [0, 2]}

# %% exercise="four_raters" wrong="dots for one rater" says="replace the dots for d"
four_raters = {"a": [1, 3, "zero"], "b": [0, 6, "above"], "c": [4, 4, "below"], "d": ...}

# %% exercise="four_raters" wrong="another word" says='one of "below", "zero", "above"'
four_raters = {"a": [1, 3, "negative"], "b": [0, 6, "above"], "c": [4, 4, "below"], "d": [0, 2, "below"]}


# %% exercise="question_rows" right="a generator of rows"
def question_rows(names, scale):
    for name in names:
        yield tuple(1.0 if border in scale[: scale.index(name)] else 0.0 for border in scale[:-1])


# %% exercise="question_rows" right="a triangle, in half precision"
def question_rows(names, scale):
    import torch

    return torch.tril(torch.ones(len(scale), len(scale) - 1), -1).half()[[scale.index(name) for name in names]]


# %% exercise="question_rows" right="arrays in a list"
def question_rows(names, scale):
    steps = dict(zip(scale, np.tri(len(scale), len(scale) - 1, -1)))
    return [steps[name] for name in names]


# %% exercise="question_rows" wrong="the alphabet, in place" says="leaves `scale` as it is" old="rows = []" new="rows = []; scale.sort()"
# %% exercise="question_rows" wrong="the names used up" says="leaves `names` as it is" old="    return rows" new="    names.clear(); return rows"
# %% exercise="question_rows" wrong="the last question left out" says="I do not recognise this slip" old="len(scale) - 1" new="len(scale) - 2"
# %% exercise="question_rows" wrong="always three questions" says="always three questions?" old="len(scale) - 1" new="3"
# %% exercise="question_rows" wrong="minus one for no" says="not -1" old="float(place > border)" new="1.0 if place > border else -1.0"
# %% exercise="question_rows" wrong="from the hardest on" says="the first question is" old="    return rows" new="    return [row[::-1] for row in rows]"
# %% exercise="question_rows" wrong="turned around" says="turn it around" old="    return rows" new="    return np.transpose(rows)"
# %% exercise="question_rows" wrong="each level once" says="each level once?" old="in names" new="in dict.fromkeys(names)"
# %% exercise="question_rows" wrong="the sheet's school" says="ValueError" old="scale.index" new="school.index"
# %% exercise="question_rows" wrong="a dict of rows" says="a list in" old="    return rows" new="    return dict(zip(names, rows))"
# %% exercise="question_rows" wrong="texts" says="one number for each question" old="float(place > border)" new="str(float(place > border))"
# %% exercise="question_rows" wrong="rows of different lengths" says="one number for each question" old="[float(place > border) for border in range(len(scale) - 1)]" new="[1.0] * place"
# %% exercise="question_rows" wrong="an integer array" says="the loss cannot use whole numbers" old="    return rows" new="    return np.array(rows).astype(int)"

# %% exercise="level_names" right="the nearest one, with the scale as a dict"
def level_names(outputs):
    scale = {place - 2.5: name for place, name in enumerate(LEVELS)}
    return [scale[min(scale, key=lambda place: abs(place - output))] for output in outputs]


# %% exercise="level_names" right="counted borders"
def level_names(outputs):
    return np.array(LEVELS)[np.searchsorted([-2, -1, 0, 1, 2], np.asarray(outputs, dtype=float))].tolist()


# %% exercise="level_names" right="with torch"
def level_names(outputs):
    import torch

    places = torch.as_tensor(outputs).double().add(2.5).round().clamp(0, 5).long()
    return tuple(LEVELS[place] for place in places)


# %% exercise="level_names" wrong="an array has no truth" says="ValueError" old="numbers = np" new="numbers = [] if not outputs else np"
# %% exercise="level_names" wrong="the array changed in place" says="leaves `outputs` as it is"
def level_names(outputs):
    numbers = np.asarray(outputs)
    numbers += 2.5
    return [LEVELS[number] for number in np.clip(np.rint(numbers), 0, 5).astype(int)]


# %% exercise="level_names" wrong="the list used up" says="leaves `outputs` as it is"
def level_names(outputs):
    names, outputs_left = [], outputs if isinstance(outputs, list) else list(outputs)
    while outputs_left:
        names.append(LEVELS[min(5, max(0, round(outputs_left.pop(0) + 2.5)))])
    return names


# %% exercise="level_names" wrong="C2 is never said" says="C2 is never said" old="0, 5)" new="0, 4)"
# %% exercise="level_names" wrong="sorted" says="their order stays" old="np.asarray(outputs)" new="np.sort(outputs)"
# %% exercise="level_names" wrong="small letters" says="I do not recognise this slip" old="[LEVELS[number] for" new="[LEVELS[number].lower() for"
# %% exercise="level_names" wrong="one text with all names" says="a list" old="return [LEVELS[number] for number in numbers]" new="return ', '.join(LEVELS[number] for number in numbers)"
# %% exercise="level_names" wrong="rounded up" says="rounded up?" old="np.rint" new="np.ceil"
# %% exercise="level_names" wrong="the very low ones only" says="the scale has two ends"
def level_names(outputs):
    return [LEVELS[round(number + 2.5)] if number > -2.5 else LEVELS[0] for number in outputs]


# %% exercise="level_names" wrong="each level once" says="I do not recognise this slip" old="return [LEVELS[number] for number in numbers]" new="return [LEVELS[number] for number in sorted(set(numbers))]"

# %% exercise="level_names" equivalent="the larger of 0 and a number, then the smaller of that and 5: it has no order"
# - numbers = np.clip(np.rint(np.asarray(outputs) + 2.5), 0, 5).astype(int)
# + numbers = np.clip(0, np.rint(np.asarray(outputs) + 2.5), 5).astype(int)

# %% exercise="table_kappa" right="weights as scikit-learn counts them"
def table_kappa(table):
    table = table / table.sum()
    far = np.linspace(0, 1, len(table))
    weights = (far[:, None] - far) ** 2
    return 1 - np.vdot(weights, table) / (table.sum(axis=1) @ weights @ table.sum(axis=0))


# %% exercise="table_kappa" right="means and variances of the two margins"
def table_kappa(table):
    places, total = np.arange(len(table)), table.sum()
    rows, columns = table.sum(axis=1) / total, table.sum(axis=0) / total
    mean_row, mean_column = rows @ places, columns @ places
    together = places @ (table / total) @ places - mean_row * mean_column
    spread = rows @ (places - mean_row) ** 2 + columns @ (places - mean_column) ** 2
    return 2 * together / (spread + (mean_row - mean_column) ** 2)


# %% exercise="table_kappa" right="with torch, as a tensor of one number"
def table_kappa(table):
    import torch

    table = torch.as_tensor(table).double()
    n = torch.arange(len(table)).double()
    squares = (n[:, None] - n).square()
    return 1 - (squares * table).sum() * table.sum() / (squares * torch.outer(table.sum(1), table.sum(0))).sum()


# %% exercise="table_kappa" wrong="the table made into shares in place" says="leaves `table` as it is" old="    return 1" new="    table[:] = 0 * table; return 1"
# %% exercise="table_kappa" wrong="only tables with four levels" says="ValueError" old="len(table)" new="4"
# %% exercise="table_kappa" wrong="rounded" says="rounded to 2 digits?" old="return 1 - (squares * table).sum() / (squares * by_luck).sum()" new="return round(1 - (squares * table).sum() / (squares * by_luck).sum(), 2)"
# %% exercise="table_kappa" wrong="upside down" says="upside down" old="(squares * table).sum() / (squares * by_luck).sum()" new="(squares * by_luck).sum() / (squares * table).sum()"
# %% exercise="table_kappa" wrong="never below zero" says="it does not stop there" old="return 1 - (squares * table).sum() / (squares * by_luck).sum()" new="return max(0, 1 - (squares * table).sum() / (squares * by_luck).sum())"
# %% exercise="table_kappa" wrong="the labels twice" says="luck combines the labels with the labels" old="table.sum(axis=0)" new="table.sum(axis=1)"
# %% exercise="table_kappa" wrong="the answers twice" says="luck combines the answers with the answers" old="table.sum(axis=1)" new="table.sum(axis=0)"
# %% exercise="table_kappa" wrong="a percentage" says="a percentage?" old="return 1 - (squares * table).sum() / (squares * by_luck).sum()" new="return 100 - 100 * (squares * table).sum() / (squares * by_luck).sum()"
# %% exercise="table_kappa" wrong="shares of each row, empty ones left at 0" says="forget how many texts" old="places = " new="table = table / np.maximum(table.sum(axis=1, keepdims=True), 1); places = "
# %% exercise="table_kappa" wrong="a kappa for each level" says="many values" old="return 1 - (squares * table).sum() / (squares * by_luck).sum()" new="return 1 - (squares * table).sum(axis=1) / (squares * by_luck).sum(axis=1)"
# %% exercise="table_kappa" wrong="the correlation" says="that is the correlation"
def table_kappa(table):
    rows, columns = np.indices(table.shape)
    return np.cov(rows.ravel(), columns.ravel(), fweights=table.ravel())[0, 1] / np.sqrt(
        np.cov(rows.ravel(), fweights=table.ravel()) * np.cov(columns.ravel(), fweights=table.ravel()) + 1e-12
    )


# %% exercise="table_kappa" equivalent="two lines that do not need each other"
# + by_luck = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
# - by_luck = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()

# %% exercise="table_kappa" equivalent="the square of a difference has no order"
# - squares = (places[:, None] - places) ** 2
# + squares = (places - places[:, None]) ** 2

# %% exercise="table_kappa" equivalent="the weights are the same on both sides of the diagonal, so luck may be turned around"
# - by_luck = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
# + by_luck = np.outer(table.sum(axis=0), table.sum(axis=1)) / table.sum()

# %% exercise="may_answer" right="the two best are neighbours, and hold more than half"
def may_answer(probabilities):
    best = np.argsort(probabilities)[-2:]
    return abs(best[0] - best[1]) == 1 and probabilities[best].sum() > 0.6


# %% exercise="may_answer" right="the best pair of neighbours"
def may_answer(probabilities):
    return np.max(probabilities[:-1] + probabilities[1:]) > 0.6


# %% exercise="may_answer" right="the second best taken from a copy, as a tensor"
def may_answer(probabilities):
    import torch

    rest = torch.tensor(probabilities)
    best = int(rest.argmax())
    rest[max(0, best - 1) : best + 2] = 0
    return rest.sum() < 0.3


# %% exercise="may_answer" wrong="the best one is set to zero, in place" says="leaves `probabilities` as it is"
def may_answer(probabilities):
    best = probabilities.argmax()
    first = probabilities[best]
    probabilities[best] = 0
    second = probabilities.argmax()
    return first + probabilities[second] > 0.6 and abs(second - best) == 1


# %% exercise="may_answer" wrong="the two largest are neighbours" says="when does your rule say no?"
def may_answer(probabilities):
    best = np.argsort(probabilities)[-2:]
    return abs(best[0] - best[1]) == 1


# %% exercise="may_answer" wrong="the best and the one above" says="only the neighbour above is looked at" old="max(0, level - 1) : level + 2" new="level : level + 2"
# %% exercise="may_answer" wrong="the spread is bounded below" says="other way round" old=">= 0.75" new="< 0.75"
# %% exercise="may_answer" wrong="entropy" says="know which levels are neighbours"
def may_answer(probabilities):
    return -(probabilities * np.log(probabilities)).sum() < 0.5


# %% exercise="may_answer" wrong="a softer entropy" says="like two neighbours for your rule"
def may_answer(probabilities):
    return -(probabilities * np.log(probabilities)).sum() < 1.2


# %% exercise="may_answer" wrong="everything up to the best one" says="like two neighbours for your rule" old="max(0, level - 1) : level + 2" new=": level + 2"
# %% exercise="may_answer" wrong="only the middle of the scale" says="I do not recognise this slip" old="around >= 0.75" new="around >= 0.75 and 0 < level < 5"
# %% exercise="may_answer" wrong="the level in place of a decision" says="True or False" old="return around >= 0.75" new="return level"
# %% exercise="may_answer" wrong="nothing is returned" says="does it end with `return`?" old="return around >= 0.75" new="around >= 0.75"

# %% exercise="may_answer" equivalent="another fair limit: no text has exactly 0.75"
# - return around >= 0.75
# + return around > 0.75

# %% exercise="may_answer" equivalent="the larger of two numbers has no order"
# - around = probabilities[max(0, level - 1):level + 2].sum()
# + around = probabilities[max(level - 1, 0):level + 2].sum()

# %% exercise="may_answer" equivalent="the rule is free: this one takes two levels above, and grants all wishes of the card"
# - around = probabilities[max(0, level - 1):level + 2].sum()
# + around = probabilities[max(0, level - 1):level + 3].sum()


# %% exercise="may_answer" wrong="a right rule, but something has spoiled the probabilities" says="run the cell below the card again"
tables = {"validation": tables["validation"] * (tables["validation"] < 0.5)}


def may_answer(probabilities):
    return np.max(probabilities[:-1] + probabilities[1:]) > 0.6


# %% exercise="table_kappa" wrong="small numbers, as in the lesson" says="I do not recognise this slip" old="places = " new="table = table.astype('int8'); places = "
# %% exercise="table_kappa" wrong="squares only up to 9" says="I do not recognise this slip" old="(places[:, None] - places) ** 2" new="np.minimum((places[:, None] - places) ** 2, 9)"
# %% exercise="may_answer" wrong="A1 and C2 as a special case" says="too bold"
def may_answer(probabilities):
    if probabilities[0] > 0.4 and probabilities[5] > 0.4:
        return False
    return probabilities.max() > 0.2


# %% exercise="level_names" wrong="outside of the scale it is always A1" says="A high one is far from it"
def level_names(outputs):
    numbers = np.rint(np.asarray(outputs) + 2.5)
    return [LEVELS[int(number)] if 0 <= number <= 5 else "A1" for number in numbers]


# %% exercise="question_rows" wrong="the order in which the names come" says="I do not recognise this slip" old="rows = []" new="rows, scale = [], list(dict.fromkeys(names))"
# %% exercise="question_rows" wrong="1.0 and 0" says="cannot use whole numbers" old="float(place > border)" new="1.0 if place > border else 0"
# %% exercise="question_rows" wrong="floats in the first row only" says="cannot use whole numbers" old="float(place > border)" new="(int if rows else float)(place > border)"
# %% exercise="question_rows" wrong="looked up in one long text" says="I do not recognise this slip"
def question_rows(names, scale):
    line = " ".join(scale)
    return [[float(line.find(name) > line.find(border)) for border in scale[:-1]] for name in names]


# %% exercise="question_rows" wrong="it asks whether a level is below" says="ask whether it is above" old="place > border" new="place < border"
# %% exercise="question_rows" wrong="the rows sorted" says="another order than the pieces" old="return rows" new="return sorted(rows)"
# %% exercise="question_rows" wrong="return in the loop" says="stand inside the loop?" old="    return rows" new="        return rows"
# %% exercise="question_rows" wrong="one list, many times" says="is each row the same list?"
def question_rows(names, scale):
    rows = [[0.0] * (len(scale) - 1)] * len(names)
    for row, name in zip(rows, names):
        for border in range(scale.index(name)):
            row[border] = 1.0
    return rows


# %% exercise="question_rows" right="a triangle, a row of it for each name"
def question_rows(names, scale):
    triangle = np.tri(len(scale), k=-1)[:, :-1]
    return triangle[[scale.index(name) for name in names]]


# %% exercise="question_rows" right="recursion, with tensors in a list"
def question_rows(names, scale):
    import torch

    if not names:
        return []
    first = torch.tensor([float(names[0] in scale[border:]) for border in range(1, len(scale))])
    return [first, *question_rows(names[1:], scale)]


# %% exercise="level_names" wrong="a small type of number" says="I do not recognise this slip"
def level_names(outputs):
    places = np.rint(np.asarray(outputs) + 2.5).astype(np.int8)
    return [LEVELS[place] for place in places.clip(0, 5)]


# %% exercise="level_names" wrong="a longer list of levels" says="IndexError"
def level_names(outputs):
    longer = ["A1"] * 100 + LEVELS + ["C2"] * 100
    return [longer[round(number + 2.5) + 100] for number in outputs]


# %% exercise="level_names" right="the borders, with bisect, in a generator"
def level_names(outputs):
    import bisect

    for number in outputs:
        yield LEVELS[bisect.bisect([-2, -1, 0, 1, 2], number)]


# %% exercise="table_kappa" wrong="rounded to four digits" says="rounded to 4 digits?" old="return 1 - (squares * table).sum() / (squares * by_luck).sum()" new="return round(1 - (squares * table).sum() / (squares * by_luck).sum(), 4)"
# %% exercise="table_kappa" wrong="without its sign" says="it keeps its sign" old="return 1 - (squares * table).sum() / (squares * by_luck).sum()" new="return abs(1 - (squares * table).sum() / (squares * by_luck).sum())"
# %% exercise="table_kappa" wrong="each error in one direction only" says="I do not recognise this slip" old="(places[:, None] - places) ** 2" new="np.tril(places[:, None] - places) ** 2"
# %% exercise="table_kappa" right="scikit-learn, each cell a row with a weight"
def table_kappa(table):
    from sklearn.metrics import cohen_kappa_score

    labels, answers = np.indices(table.shape)
    return cohen_kappa_score(labels.ravel(), answers.ravel(), weights="quadratic", sample_weight=table.ravel())


# %% exercise="may_answer" wrong="the best and the one below" says="only the neighbour below is looked at" old="level + 2" new="level + 1"
# %% exercise="may_answer" wrong="it changes what it gets" says="something changes `probabilities` itself"
def may_answer(probabilities):
    best = probabilities.argmax()
    sure = probabilities[best]
    probabilities[best] = 0
    second = probabilities.argmax()
    return sure > 0.75 or (abs(best - second) == 1 and sure + probabilities[second] > 0.65)


# %% exercise="may_answer" right="where the middle 70% lie"
def may_answer(probabilities):
    low, high = np.searchsorted(probabilities.cumsum(), [0.15, 0.85])
    return high - low <= 2
