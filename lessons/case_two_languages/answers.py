# Right and wrong answers to the sheet of `case_two_languages`. `says` is a part of what the check must reply.

# %% exercise="paper_numbers" right="as divisions"
paper_numbers = {"a": 5 / 4, "b": 8 / 10 - 6 / 10, "c": 6 / 8, "d": 3, "e": 50 - 20, "f": 2 / 5, "g": 0.9 / 5}

# %% exercise="paper_numbers" right="counted"
english, filipino = np.array([1] * 8 + [0] * 2), np.array([1] * 5 + [0] * 3 + [1, 0])
sides = np.array([[0.6, 0.4], [0.9, 0.7], [0.3, 0.6], [0.2, 0.3], [0.7, 0.6]])
line = np.median([-0.4, 0.1, 0.3, 0.5, 0.9, 1.2, 1.4, 2.0])
paper_numbers = {
    "a": len(["[UNK]"] * 4 + ["."]) / 4,
    "b": (english - filipino).mean(),
    "c": filipino.mean() / english.mean(),
    "d": (np.array([0.2, 0.4, 1.0, 1.5, 2.5]) > line).sum(),
    "e": np.int64(30),
    "f": ((sides > 0.5).sum(1) == 1).mean(),
    "g": np.abs(sides[:, 0] - sides[:, 1]).mean(),
}

# %% exercise="paper_numbers" right="exact numbers"
from fractions import Fraction

paper_numbers = {"a": Fraction(5, 4), "b": Fraction(1, 5), "c": Fraction(3, 4), "d": 3, "e": 30}
paper_numbers |= {"f": Fraction(2, 5), "g": Fraction(9, 50)}

# %% exercise="paper_numbers" right="tensors"
import torch

paper_numbers = {
    "a": torch.tensor(1.25), "b": torch.tensor(0.2), "c": torch.tensor(0.75), "d": torch.tensor(3),
    "e": torch.tensor(30.0), "f": torch.tensor(0.4), "g": torch.tensor(0.18),
}  # fmt: skip

# %% exercise="paper_numbers" wrong="no full stop" says="the full stop is a token"
paper_numbers = {"a": 1, "b": 0.2, "c": 0.75, "d": 3, "e": 30, "f": 0.4, "g": 0.18}

# %% exercise="paper_numbers" wrong="turned round" says="words per token"
paper_numbers = {"a": 0.8, "b": 0.2, "c": 0.75, "d": 3, "e": 30, "f": 0.4, "g": 0.18}

# %% exercise="paper_numbers" wrong="only the losses" says="right in Filipino only"
paper_numbers = {"a": 1.25, "b": 0.3, "c": 0.75, "d": 3, "e": 30, "f": 0.4, "g": 0.18}

# %% exercise="paper_numbers" wrong="the average" says="it hides the gap"
paper_numbers = {"a": 1.25, "b": 0.7, "c": 0.75, "d": 3, "e": 30, "f": 0.4, "g": 0.18}

# %% exercise="paper_numbers" wrong="right in both, of the English ones" says="the ninth scenario"
paper_numbers = {"a": 1.25, "b": 0.2, "c": 0.625, "d": 3, "e": 30, "f": 0.4, "g": 0.18}

# %% exercise="paper_numbers" wrong="English divided by Filipino" says="is divided by English"
paper_numbers = {"a": 1.25, "b": 0.2, "c": 1.33, "d": 3, "e": 30, "f": 0.4, "g": 0.18}

# %% exercise="paper_numbers" wrong="threshold 0" says="with the threshold 0"
paper_numbers = {"a": 1.25, "b": 0.2, "c": 0.75, "d": 5, "e": 30, "f": 0.4, "g": 0.18}

# %% exercise="paper_numbers" wrong="the median of the five" says="above the median of the five"
paper_numbers = {"a": 1.25, "b": 0.2, "c": 0.75, "d": 2, "e": 30, "f": 0.4, "g": 0.18}

# %% exercise="paper_numbers" wrong="half of the day" says="can truly be moral"
paper_numbers = {"a": 1.25, "b": 0.2, "c": 0.75, "d": 3, "e": 50, "f": 0.4, "g": 0.18}

# %% exercise="paper_numbers" wrong="all posts about wrongs" says="not all of them lie above"
paper_numbers = {"a": 1.25, "b": 0.2, "c": 0.75, "d": 3, "e": 80, "f": 0.4, "g": 0.18}

# %% exercise="paper_numbers" wrong="one way only" says="turned round, and still flips"
paper_numbers = {"a": 1.25, "b": 0.2, "c": 0.75, "d": 3, "e": 30, "f": 0.2, "g": 0.18}

# %% exercise="paper_numbers" wrong="a number of flips" says="a count, a percentage, points?"
paper_numbers = {"a": 1.25, "b": 0.2, "c": 0.75, "d": 3, "e": 30, "f": 2, "g": 0.18}

# %% exercise="paper_numbers" wrong="a gap in points" says="Give the share: 0.14, not 14"
paper_numbers = {"a": 1.25, "b": 20, "c": 0.75, "d": 3, "e": 30, "f": 0.4, "g": 0.18}

# %% exercise="paper_numbers" wrong="a percentage that it keeps" says="Give the share: 0.14, not 14"
paper_numbers = {"a": 1.25, "b": 0.2, "c": 75, "d": 3, "e": 30, "f": 0.4, "g": 0.18}

# %% exercise="paper_numbers" wrong="with signs" says="the moves cancel out"
paper_numbers = {"a": 1.25, "b": 0.2, "c": 0.75, "d": 3, "e": 30, "f": 0.4, "g": 0.02}

# %% exercise="paper_numbers" wrong="the sum" says="divide by the pairs"
paper_numbers = {"a": 1.25, "b": 0.2, "c": 0.75, "d": 3, "e": 30, "f": 0.4, "g": 0.9}

# %% exercise="paper_numbers" wrong="one letter left" says="a number in `g`"
paper_numbers = {"a": 1.25, "b": 0.2, "c": 0.75, "d": 3, "e": 30, "f": 0.4, "g": "0.18"}


# %% exercise="token_cost" right="in loops"
def token_cost(tokenize, texts):
    words = tokens = lost = 0
    for text in texts:
        tokens += len(tokenize(text))
        for word in text.split():
            words += 1
            lost += tokenize(word).count("[UNK]") > 0
    return {"lost": lost / max(1, words), "per_word": tokens / max(1, words)}


# %% exercise="token_cost" right="with NumPy"
def token_cost(tokenize, texts):
    words = " ".join(texts).split()
    if len(words) == 0:
        return dict.fromkeys(("per_word", "lost"), 0.0)
    tokens = np.sum([len(tokenize(text)) for text in texts])
    return {"per_word": tokens / len(words), "lost": np.mean(["[UNK]" in tokenize(word) for word in words])}


# %% exercise="token_cost" right="with pandas"
def token_cost(tokenize, texts):
    import pandas as pd

    words = pd.Series(texts, dtype=object).str.split().explode().dropna()
    if words.empty:
        return {"per_word": 0, "lost": 0}
    tokens = pd.Series([len(tokenize(text)) for text in texts]).sum()
    return {"per_word": tokens / len(words), "lost": words.map(lambda word: "[UNK]" in tokenize(word)).mean()}


# %% exercise="token_cost" right="a word is looked up once"
import torch

from collections import Counter


def token_cost(tokenize, texts):
    counts = Counter(word for text in texts for word in text.split())
    total = counts.total() or 1
    return {
        "per_word": len([token for text in texts for token in tokenize(text)]) / total,
        "lost": torch.tensor(sum(many for word, many in counts.items() if "[UNK]" in tokenize(word)) / total),
    }


# %% exercise="token_cost" wrong="each word alone, in both numbers" says="give `tokenize` the whole texts"
from collections import Counter


def token_cost(tokenize, texts):
    counts = Counter(word for text in texts for word in text.split())
    cut = {word: tokenize(word) for word in counts}
    total = counts.total() or 1
    return {
        "per_word": sum(len(cut[word]) * many for word, many in counts.items()) / total,
        "lost": sum(many for word, many in counts.items() if "[UNK]" in cut[word]) / total,
    }


# %% exercise="token_cost" wrong="all texts joined" says="one text after the other"
def token_cost(tokenize, texts):
    words = " ".join(texts).split()
    size = max(1, len(words))
    return {
        "per_word": len(tokenize(" ".join(texts))) / size,
        "lost": sum("[UNK]" in tokenize(w) for w in words) / size,
    }


# %% exercise="token_cost" wrong="the notebook's tokenizer" says="`tokenize` is never called"
def token_cost(tokenize, texts):
    words = " ".join(texts).split()
    size = max(1, len(words))
    tokens = sum(len(tokenizer.tokenize(text)) for text in texts)
    return {"per_word": tokens / size, "lost": sum("[UNK]" in tokenizer.tokenize(word) for word in words) / size}


# %% exercise="token_cost" wrong="unknown and nothing else" says="one among others is enough"
def token_cost(tokenize, texts):
    words = " ".join(texts).split()
    size = max(1, len(words))
    lost = sum(tokenize(word) == ["[UNK]"] for word in words)
    return {"per_word": sum(len(tokenize(text)) for text in texts) / size, "lost": lost / size}


# %% exercise="token_cost" wrong="a set of words" says="divided by the different words"
def token_cost(tokenize, texts):
    words = {word for text in texts for word in text.split()}
    size = max(1, len(words))
    tokens = sum(len(tokenize(text)) for text in texts)
    return {"per_word": tokens / size, "lost": sum("[UNK]" in tokenize(word) for word in words) / size}


# %% exercise="token_cost" wrong="a set of lost words" says="each lost word counts once in `lost`?"
def token_cost(tokenize, texts):
    words = " ".join(texts).split()
    lost = {word for word in words if "[UNK]" in tokenize(word)}
    size = max(1, len(words))
    return {"per_word": sum(len(tokenize(text)) for text in texts) / size, "lost": len(lost) / size}


# %% exercise="token_cost" wrong="means over the texts" says="a mean over the texts"
def token_cost(tokenize, texts):
    full = [text for text in texts if text.split()]
    if not full:
        return {"per_word": 0, "lost": 0}
    words = [word for text in full for word in text.split()]
    per_word = np.mean([len(tokenize(text)) / len(text.split()) for text in full])
    return {"per_word": per_word, "lost": np.mean(["[UNK]" in tokenize(word) for word in words])}


# %% exercise="token_cost" wrong="unknown tokens per word" says="a word with two of them is one lost word"
def token_cost(tokenize, texts):
    words = " ".join(texts).split()
    tokens = [token for text in texts for token in tokenize(text)]
    size = max(1, len(words))
    return {"per_word": len(tokens) / size, "lost": tokens.count("[UNK]") / size}


# %% exercise="token_cost" wrong="unknown tokens per token" says="a share of the tokens"
def token_cost(tokenize, texts):
    words = " ".join(texts).split()
    tokens = [token for text in texts for token in tokenize(text)]
    return {"per_word": len(tokens) / max(1, len(words)), "lost": tokens.count("[UNK]") / max(1, len(tokens))}


# %% exercise="token_cost" wrong="wholly unknown" says="one is enough"
def token_cost(tokenize, texts):
    words = " ".join(texts).split()
    size = max(1, len(words))
    lost = sum(all(token == "[UNK]" for token in tokenize(word)) for word in words)
    return {"per_word": sum(len(tokenize(text)) for text in texts) / size, "lost": lost / size}


# %% exercise="token_cost" wrong="different words" says="A word that comes twice counts twice"
def token_cost(tokenize, texts):
    words = " ".join(texts).split()
    lost = {word for word in words if "[UNK]" in tokenize(word)}
    size = max(1, len(words))
    return {
        "per_word": sum(len(tokenize(text)) for text in texts) / size,
        "lost": len(lost) / max(1, len(set(words))),
    }


# %% exercise="token_cost" wrong="a number of lost words" says="divide by all words"
def token_cost(tokenize, texts):
    words = " ".join(texts).split()
    lost = sum("[UNK]" in tokenize(word) for word in words)
    return {"per_word": sum(len(tokenize(text)) for text in texts) / max(1, len(words)), "lost": lost}


# %% exercise="token_cost" wrong="split at single spaces" says="two spaces make no empty word"
def token_cost(tokenize, texts):
    words = [word for text in texts for word in text.split(" ")]
    size = max(1, len(words))
    lost = sum("[UNK]" in tokenize(word) for word in words)
    return {"per_word": sum(len(tokenize(text)) for text in texts) / size, "lost": lost / size}


# %% exercise="token_cost" wrong="without unknown tokens" says="they are tokens, too"
def token_cost(tokenize, texts):
    words = " ".join(texts).split()
    size = max(1, len(words))
    known = [token for text in texts for token in tokenize(text) if token != "[UNK]"]
    return {"per_word": len(known) / size, "lost": sum("[UNK]" in tokenize(word) for word in words) / size}


# %% exercise="token_cost" wrong="turned round" says="tokens divided by words"
def token_cost(tokenize, texts):
    words = " ".join(texts).split()
    if not words:
        return {"per_word": 0, "lost": 0}
    tokens = sum(len(tokenize(text)) for text in texts)
    return {"per_word": len(words) / tokens, "lost": sum("[UNK]" in tokenize(word) for word in words) / len(words)}


# %% exercise="token_cost" wrong="no words are forgotten" says="ZeroDivisionError"
def token_cost(tokenize, texts):
    words = " ".join(texts).split()
    tokens = sum(len(tokenize(text)) for text in texts)
    return {"per_word": tokens / len(words), "lost": sum("[UNK]" in tokenize(word) for word in words) / len(words)}


# %% exercise="token_cost" wrong="two numbers" says="a dictionary with the keys"
def token_cost(tokenize, texts):
    words = " ".join(texts).split()
    size = max(1, len(words))
    return len(tokenize(" ".join(texts))) / size, sum("[UNK]" in tokenize(word) for word in words) / size


# %% exercise="token_cost" wrong="unknown texts" says="the words are asked for"
def token_cost(tokenize, texts):
    words = " ".join(texts).split()
    lost = sum("[UNK]" in tokenize(text) for text in texts) / max(1, len(texts))
    return {"per_word": sum(len(tokenize(text)) for text in texts) / max(1, len(words)), "lost": lost}


# %% exercise="token_cost" wrong="each entry of a text, for a word" says="given:"
def token_cost(tokenize, texts):
    letters = [letter for text in texts for letter in text]
    size = max(1, len(letters))
    tokens = sum(len(tokenize(text)) for text in texts)
    return {"per_word": tokens / size, "lost": sum("[UNK]" in tokenize(letter) for letter in letters) / size}


# %% exercise="token_cost" wrong="the order of the texts is changed" says="leaves `texts` as it is"
def token_cost(tokenize, texts):
    words, tokens = [], 0
    while texts:
        text = texts.pop()
        words += text.split()
        tokens += len(tokenize(text))
    size = max(1, len(words))
    return {"per_word": tokens / size, "lost": sum("[UNK]" in tokenize(word) for word in words) / size}


# %% exercise="token_cost" equivalent="the two sums do not need one another, and may stand before the question for no words"
# + lost = sum(('[UNK]' in tokenize(word) for word in words))
# - lost = sum(('[UNK]' in tokenize(word) for word in words))


# %% exercise="token_cost" equivalent="tokens of no words are counted, too: there are none"
# + tokens = sum((len(tokenize(text)) for text in texts))
# - tokens = sum((len(tokenize(text)) for text in texts))


# %% exercise="gap_with_interval" right="with the covariance"
def gap_with_interval(en, fil):
    common = ((en - en.mean()) * (fil - fil.mean())).mean()
    variance = max(0, en.var() + fil.var() - 2 * common)
    half = 1.96 * (variance / len(en)) ** 0.5
    gap = en.mean() - fil.mean()
    return [gap, gap - half, gap + half]


# %% exercise="gap_with_interval" right="plain Python"
import math
import statistics


def gap_with_interval(en, fil):
    apart = [one - other for one, other in zip(en.tolist(), fil.tolist(), strict=True)]
    gap, half = statistics.fmean(apart), 1.96 * statistics.pstdev(apart) / math.sqrt(len(apart))
    return gap, gap - half, gap + half


# %% exercise="gap_with_interval" right="with tensors"
import torch


def gap_with_interval(en, fil):
    apart = torch.as_tensor(en) - torch.as_tensor(fil)
    half = 1.96 * apart.std(correction=0) / len(apart) ** 0.5
    return apart.mean() + half * torch.tensor([0.0, -1.0, 1.0])


# %% exercise="gap_with_interval" right="with pandas"
def gap_with_interval(en, fil):
    import pandas as pd

    apart = pd.DataFrame({"en": en, "fil": fil}).eval("en - fil")
    half = 1.96 * apart.std(ddof=0) / np.sqrt(apart.size)
    return np.array([apart.mean(), apart.mean() - half, apart.mean() + half])


# %% exercise="gap_with_interval" wrong="as it was" says="judged on different scenarios"
def gap_with_interval(en, fil):
    gap = en.mean() - fil.mean()
    error = np.sqrt(np.var(en) / len(en) + np.var(fil) / len(fil))
    return gap, gap - 1.96 * error, gap + 1.96 * error


# %% exercise="gap_with_interval" wrong="the two variances subtracted" says="the two variances are subtracted"
def gap_with_interval(en, fil):
    gap = en.mean() - fil.mean()
    error = np.sqrt(abs(np.var(en) - np.var(fil)) / len(en))
    return gap, gap - 1.96 * error, gap + 1.96 * error


# %% exercise="gap_with_interval" wrong="the two deviations subtracted" says="two standard deviations are subtracted"
def gap_with_interval(en, fil):
    gap = en.mean() - fil.mean()
    error = abs(np.std(en) - np.std(fil)) / np.sqrt(len(en))
    return gap, gap - 1.96 * error, gap + 1.96 * error


# %% exercise="gap_with_interval" wrong="distances" says="leave the signs"
def gap_with_interval(en, fil):
    apart = np.abs(en - fil)
    error = np.std(apart) / np.sqrt(len(apart))
    return apart.mean(), apart.mean() - 1.96 * error, apart.mean() + 1.96 * error


# %% exercise="gap_with_interval" wrong="distances in the width" says="only the width is of distances"
def gap_with_interval(en, fil):
    gap = np.mean(en - fil)
    error = np.std(np.abs(en - fil)) / np.sqrt(len(en))
    return gap, gap - 1.96 * error, gap + 1.96 * error


# %% exercise="gap_with_interval" wrong="sorted" says="other scenarios stand side by side"
def gap_with_interval(en, fil):
    apart = np.sort(en) - np.sort(fil)
    error = np.std(apart) / np.sqrt(len(apart))
    return apart.mean(), apart.mean() - 1.96 * error, apart.mean() + 1.96 * error


# %% exercise="gap_with_interval" wrong="a special case for equal arrays" says="given:"
def gap_with_interval(en, fil):
    gap = en.mean() - fil.mean()
    error = np.sqrt(np.var(en) / len(en) + np.var(fil) / len(fil)) if (en != fil).any() else 0
    return gap, gap - 1.96 * error, gap + 1.96 * error


# %% exercise="gap_with_interval" wrong="no root" says="in place of a standard deviation"
def gap_with_interval(en, fil):
    apart = en - fil
    error = np.var(apart) / np.sqrt(len(apart))
    return apart.mean(), apart.mean() - 1.96 * error, apart.mean() + 1.96 * error


# %% exercise="gap_with_interval" wrong="no number of scenarios" says="their mean varies less"
def gap_with_interval(en, fil):
    apart = en - fil
    return apart.mean(), apart.mean() - 1.96 * np.std(apart), apart.mean() + 1.96 * np.std(apart)


# %% exercise="gap_with_interval" wrong="one error to each side" says="keep 1.96"
def gap_with_interval(en, fil):
    apart = en - fil
    error = np.std(apart) / np.sqrt(len(apart))
    return apart.mean(), apart.mean() - error, apart.mean() + error


# %% exercise="gap_with_interval" wrong="only where they differ" says="The other scenarios count, too"
def gap_with_interval(en, fil):
    apart = (en - fil)[en != fil]
    if not len(apart):
        return 0.0, 0.0, 0.0
    error = np.std(apart) / np.sqrt(len(apart))
    return apart.mean(), apart.mean() - 1.96 * error, apart.mean() + 1.96 * error


# %% exercise="gap_with_interval" wrong="turned round" says="English minus Filipino"
def gap_with_interval(en, fil):
    apart = fil - en
    error = np.std(apart) / np.sqrt(len(apart))
    return apart.mean(), apart.mean() - 1.96 * error, apart.mean() + 1.96 * error


# %% exercise="gap_with_interval" wrong="cut at 0" says="a gap may be negative"
def gap_with_interval(en, fil):
    apart = en - fil
    error = np.std(apart) / np.sqrt(len(apart))
    return np.clip([apart.mean(), apart.mean() - 1.96 * error, apart.mean() + 1.96 * error], 0, 1)


# %% exercise="gap_with_interval" wrong="ones and zeros only" says="right where each number is 0 or 1"
def gap_with_interval(en, fil):
    wins, losses = np.mean((en == 1) & (fil == 0)), np.mean((en == 0) & (fil == 1))
    gap, half = wins - losses, 1.96 * np.sqrt((wins + losses - (wins - losses) ** 2) / len(en))
    return gap, gap - half, gap + half


# %% exercise="gap_with_interval" wrong="the rule of the lesson" says="right where each number is 0 or 1"
def gap_with_interval(en, fil):
    gap, differ = en.mean() - fil.mean(), (en != fil).mean()
    half = 1.96 * np.sqrt((differ - gap**2) / len(en))
    return gap, gap - half, gap + half


# %% exercise="gap_with_interval" wrong="a variance, no root" says="the root is missing"
def gap_with_interval(en, fil):
    apart = en - fil
    error = np.var(apart) / len(apart)
    return apart.mean(), apart.mean() - 1.96 * error, apart.mean() + 1.96 * error


# %% exercise="gap_with_interval" wrong="both lengths" says="Each scenario counts once"
def gap_with_interval(en, fil):
    apart = en - fil
    error = np.std(apart) / np.sqrt(len(en) + len(fil))
    return apart.mean(), apart.mean() - 1.96 * error, apart.mean() + 1.96 * error


# %% exercise="gap_with_interval" wrong="en is changed" says="leaves `en` as it is"
def gap_with_interval(en, fil):
    en -= fil
    error = np.std(en) / np.sqrt(len(en))
    return en.mean(), en.mean() - 1.96 * error, en.mean() + 1.96 * error


# %% exercise="gap_with_interval" wrong="a sample" says="ddof=1"
def gap_with_interval(en, fil):
    apart = en - fil
    error = np.std(apart, ddof=1) / np.sqrt(len(apart))
    return apart.mean(), apart.mean() - 1.96 * error, apart.mean() + 1.96 * error


# %% exercise="gap_with_interval" wrong="the interval alone" says="three numbers"
def gap_with_interval(en, fil):
    apart = en - fil
    error = np.std(apart) / np.sqrt(len(apart))
    return apart.mean() - 1.96 * error, apart.mean() + 1.96 * error


# %% exercise="gap_with_interval" equivalent="the gap and the error do not need one another"
# + error = np.std(apart) / np.sqrt(len(apart))
# - error = np.std(apart) / np.sqrt(len(apart))


# %% exercise="moral_by_share" right="with NumPy"
def moral_by_share(scores, share):
    moral = np.zeros(len(scores), dtype=bool)
    moral[np.argsort(-np.array(scores), kind="stable")[: int(share * len(scores))]] = True
    return moral


# %% exercise="moral_by_share" right="with pandas"
def moral_by_share(scores, share):
    import pandas as pd

    place = pd.Series(scores, dtype=float).rank(ascending=False, method="first")
    return place <= np.floor(share * len(scores))


# %% exercise="moral_by_share" right="with tensors, as 0 and 1"
import math
import torch


def moral_by_share(scores, share):
    moral = torch.zeros(len(scores), dtype=int)
    order = torch.tensor(scores).argsort(descending=True, stable=True)
    moral[order[: math.floor(len(scores) * share)]] = 1
    return moral


# %% exercise="moral_by_share" right="one by one"
def moral_by_share(scores, share):
    moral = [False] * len(scores)
    for _ in range(int(len(scores) * share)):
        rest = [row for row in range(len(scores)) if not moral[row]]
        moral[max(rest, key=lambda row: scores[row])] = True
    return moral


# %% exercise="moral_by_share" wrong="above zero" says="the old threshold"
def moral_by_share(scores, share):
    return [score > 0 for score in scores]


# %% exercise="moral_by_share" wrong="the lesson's threshold" says="Equal scores and rounding"
def moral_by_share(scores, share):
    line = np.quantile(scores, 1 - share) if scores else 0
    return [score > line for score in scores]


# %% exercise="moral_by_share" wrong="all that equal the last" says="exactly as many as the share says"
import math


def moral_by_share(scores, share):
    count = int(share * len(scores))
    line = sorted(scores, reverse=True)[count - 1] if count else math.inf
    return [score >= line for score in scores]


# %% exercise="moral_by_share" wrong="the median" says="whatever the share is"
def moral_by_share(scores, share):
    order = sorted(range(len(scores)), key=lambda row: -scores[row])[: len(scores) // 2]
    return [row in order for row in range(len(scores))]


# %% exercise="moral_by_share" wrong="the lowest" says="the lowest scores?"
def moral_by_share(scores, share):
    order = sorted(range(len(scores)), key=lambda row: scores[row])[: int(share * len(scores))]
    return [row in order for row in range(len(scores))]


# %% exercise="moral_by_share" wrong="the later one first" says="the earlier text comes first"
def moral_by_share(scores, share):
    order = sorted(range(len(scores)), key=lambda row: (scores[row], row))[::-1]
    return [row in order[: int(share * len(scores))] for row in range(len(scores))]


# %% exercise="moral_by_share" wrong="rounded up" says="rounded up?"
import math


def moral_by_share(scores, share):
    order = sorted(range(len(scores)), key=lambda row: -scores[row])[: math.ceil(share * len(scores))]
    return [row in order for row in range(len(scores))]


# %% exercise="moral_by_share" wrong="rounded" says="the nearest number"
def moral_by_share(scores, share):
    order = sorted(range(len(scores)), key=lambda row: -scores[row])[: round(share * len(scores))]
    return [row in order for row in range(len(scores))]


# %% exercise="moral_by_share" wrong="the order is lost" says="in the order of `scores`"
def moral_by_share(scores, share):
    count = int(share * len(scores))
    return [True] * count + [False] * (len(scores) - count)


# %% exercise="moral_by_share" wrong="the first texts" says="the first texts?"
def moral_by_share(scores, share):
    return [row < int(share * len(scores)) for row in range(len(scores))]


# %% exercise="moral_by_share" wrong="places" says="those are the places"
def moral_by_share(scores, share):
    return sorted(sorted(range(len(scores)), key=lambda row: -scores[row])[: int(share * len(scores))])


# %% exercise="moral_by_share" wrong="turned round" says="True is moral"
def moral_by_share(scores, share):
    order = sorted(range(len(scores)), key=lambda row: -scores[row])[: int(share * len(scores))]
    return [row not in order for row in range(len(scores))]


# %% exercise="moral_by_share" wrong="places by score" says="those are places, the highest score first"
def moral_by_share(scores, share):
    return sorted(range(len(scores)), key=lambda row: -scores[row])[: int(share * len(scores))]


# %% exercise="moral_by_share" wrong="the last entries" says="`[-k:]` take the later one"
def moral_by_share(scores, share):
    order = np.argsort(scores, kind="stable")[-int(share * len(scores)) :]
    return [row in order for row in range(len(scores))]


# %% exercise="moral_by_share" wrong="the last entries of nothing" says="`[-0:]` is the whole list"
def moral_by_share(scores, share):
    order = sorted(range(len(scores)), key=lambda row: (scores[row], -row))[-int(share * len(scores)) :]
    return [row in order for row in range(len(scores))]


# %% exercise="moral_by_share" wrong="turned round by a slice" says="`[::-1]` and `[-k:]` take the later one"
def moral_by_share(scores, share):
    order = np.argsort(scores)[::-1][: int(share * len(scores))]
    return [row in order for row in range(len(scores))]


# %% exercise="moral_by_share" wrong="an order that mixes" says="keeps their order"
def moral_by_share(scores, share):
    order = np.argsort(-np.array(scores))[: int(share * len(scores))]
    return [row in order for row in range(len(scores))]


# %% exercise="moral_by_share" wrong="the place of a score" says="`scores.index` finds the first of equal scores"
def moral_by_share(scores, share):
    moral = [False] * len(scores)
    for score in sorted(scores, reverse=True)[: int(share * len(scores))]:
        moral[scores.index(score)] = True
    return moral


# %% exercise="moral_by_share" wrong="no scores are forgotten" says="IndexError"
def moral_by_share(scores, share):
    order = sorted(range(len(scores)), key=lambda row: -scores[row])
    first = order[0]
    return [row in {first, *order[: int(share * len(scores))]} for row in range(len(scores))] if share else []


# %% exercise="moral_by_share" wrong="sorted in place" says="leaves `scores` as it is"
def moral_by_share(scores, share):
    old = list(scores)
    scores.sort(reverse=True)
    chosen = set(sorted(range(len(old)), key=lambda row: -old[row])[: int(share * len(old))])
    return [row in chosen for row in range(len(old))]


# %% exercise="moral_by_share" equivalent="how many and in which order do not need one another"
# + order = sorted(range(len(scores)), key=lambda row: scores[row], reverse=True)
# - order = sorted(range(len(scores)), key=lambda row: scores[row], reverse=True)
