# Right and wrong answers to the sheet of `case_textbook`. `says` is a part of what the check must reply.

# %% exercise="two_tokenizers" right="NumPy, and a capital letter"
two_tokenizers = {
    "per_token_pieces": np.mean([6, 8, 2, 4, 5]),
    "per_token_new": np.mean([10, 14]),
    "per_term_pieces": np.mean([6 + 8, 2 + 4 + 5]),
    "per_term_new": np.float32(12),
    "easier_when_new": "Levain",
    "fertility": (44 + 3 * 2 + 2 * 3 + 2) / 50,
    "tokens_after": np.int64(44 + 3 + 2 + 2),
}

# %% exercise="two_tokenizers" right="tensors, a point at the end of the word, one key too many"
two_tokenizers = {"per_token_pieces": torch.tensor(5.0), "per_token_new": torch.tensor([12])}
two_tokenizers |= {"per_term_pieces": 12.5, "per_term_new": 12.0, "easier_when_new": " levain."}
two_tokenizers |= {"fertility": 1.16, "tokens_after": 51.0, "remark": "levains stays torn"}

# %% exercise="two_tokenizers" right="computed from lists of losses"
columns = {"pieces": [[6, 8], [2, 4, 5]], "new": [[10], [14]]}
two_tokenizers = {}
for name, column in columns.items():
    total = sum(map(sum, column))
    two_tokenizers[f"per_token_{name}"] = total / sum(map(len, column))
    two_tokenizers[f"per_term_{name}"] = total / len(column)
better = [sum(old) > sum(new) for old, new in zip(*columns.values())]
two_tokenizers["easier_when_new"] = {(True, False): "levain", (False, True): "retrogradation"}[tuple(better)]
two_tokenizers |= {"fertility": 116 / 100, "tokens_after": 58 - 3 - 4}

# %% exercise="two_tokenizers" right="fractions, in another order"
from fractions import Fraction

two_tokenizers = {"tokens_after": 51, "fertility": Fraction(58, 50), "easier_when_new": "LEVAIN"}
two_tokenizers |= {"per_term_new": Fraction(24, 2), "per_term_pieces": Fraction(25, 2)}
two_tokenizers |= {"per_token_new": Fraction(24, 2), "per_token_pieces": Fraction(25, 5)}

# %% exercise="two_tokenizers" wrong="sums" says="by how many must the sum be divided?" old="25 / 5" new="25"
# %% exercise="two_tokenizers" wrong="per token and per term exchanged" says="that is per term" old="25 / 5" new="25 / 2"
# %% exercise="two_tokenizers" wrong="a mean of means" says="a mean of two means" old="25 / 5" new="(7 + 11 / 3) / 2"
# %% exercise="two_tokenizers" wrong="the new losses divided by the pieces" says="each term is one token" old='"per_token_new": 24 / 2' new='"per_token_new": 24 / 5'
# %% exercise="two_tokenizers" wrong="the sum of the new losses" says="by how many must the sum be divided?" old='"per_term_new": 24 / 2' new='"per_term_new": 24'
# %% exercise="two_tokenizers" wrong="per token once more" says="a term costs the sum of its pieces" old='"per_term_pieces": 25 / 2' new='"per_term_pieces": 5'
# %% exercise="two_tokenizers" wrong="means inside the terms" says="The pieces of a term are added up" old='"per_term_pieces": 25 / 2' new='"per_term_pieces": (7 + 11 / 3) / 2'
# %% exercise="two_tokenizers" wrong="new tokens look worse" says="than a single piece" old='"levain"' new='"neither"'
# %% exercise="two_tokenizers" wrong="the mean is better, so both" says="look at each term" old='"levain"' new='"both"'
# %% exercise="two_tokenizers" wrong="the other term" says="compare the whole term" old='"levain"' new='"retrogradation"'
# %% exercise="two_tokenizers" wrong="a term of one's own" says="one of" old='"levain"' new='"bread"'
# %% exercise="two_tokenizers" wrong="words for one token" says="the other way round" old="58 / 50" new="50 / 58"
# %% exercise="two_tokenizers" wrong="the count of tokens" says="divide by the words" old="58 / 50" new="58"
# %% exercise="two_tokenizers" wrong="only the torn words" says="The other words have tokens, too" old="58 / 50" new="14 / 6"
# %% exercise="two_tokenizers" wrong="pieces on top of the words" says="in place of their word" old="58 / 50" new="64 / 50"
# %% exercise="two_tokenizers" wrong="levains taken for whole" says="is torn, too" old="58 / 50" new="57 / 50"
# %% exercise="two_tokenizers" wrong="rounded" says="I do not recognise this slip" old="58 / 50" new="1.2"
# %% exercise="two_tokenizers" wrong="levains is a new token as well" says="Which one is no new token?" old='"tokens_after": 51' new='"tokens_after": 50'
# %% exercise="two_tokenizers" wrong="the plural left out" says="left out?" old='"tokens_after": 51' new='"tokens_after": 49'
# %% exercise="two_tokenizers" wrong="the first tokenizer" says="that is the first tokenizer" old='"tokens_after": 51' new='"tokens_after": 58'
# %% exercise="two_tokenizers" wrong="a share in place of a count" says="something is counted here" old='"tokens_after": 51' new='"tokens_after": 1.02'
# %% exercise="two_tokenizers" wrong="a number in quotes" says="without quotes" old="58 / 50" new='"1.16"'
# %% exercise="two_tokenizers" wrong="a part left out" says="a dict with the keys" old='    "tokens_after": 51,' new=""


# %% exercise="loss_per_word" right="a dict with a key for each word"
def loss_per_word(losses, words):
    from collections import defaultdict

    sums = defaultdict(float)
    for number in range(len(losses)):
        for place, word in enumerate(words[number]):
            if word is None:
                continue
            sums[number, word] += losses[number][place]
    return sum(sums.values()) / len(sums)


# %% exercise="loss_per_word" right="pandas"
def loss_per_word(losses, words):
    import pandas as pd

    rows = [(t, w, x) for t, (xs, ws) in enumerate(zip(losses, words)) for x, w in zip(xs, ws)]
    table = pd.DataFrame(rows, columns=["text", "word", "loss"]).dropna()
    return table.groupby(["text", "word"])["loss"].sum().mean()


# %% exercise="loss_per_word" right="NumPy, a new word where the number changes"
def loss_per_word(losses, words):
    total, count = 0.0, 0
    for text, owners in zip(losses, words):
        owners = np.array([-1 if word is None else word for word in owners])
        inside = owners >= 0
        total += np.array(text)[inside].sum() if inside.any() else 0
        count += len(np.unique(owners[inside]))
    return np.float64(total / count)


# %% exercise="loss_per_word" right="a tensor of one number"
def loss_per_word(losses, words):
    sums = []
    for text, owners in zip(losses, words):
        for word in dict.fromkeys(owners):
            if word is not None:
                sums.append(sum(x for x, w in zip(text, owners) if w == word))
    return torch.tensor(sums, dtype=torch.float64).mean()


# %% exercise="loss_per_word" right="itertools.groupby"
def loss_per_word(losses, words):
    from itertools import groupby

    sums = []
    for text, owners in zip(losses, words):
        for word, some in groupby(zip(owners, text), key=lambda pair: pair[0]):
            if word is not None:
                sums.append(sum(loss for _, loss in some))
    return sum(sums) / len(sums)


# %% exercise="loss_per_word" wrong="per token" says="that is per token" old="len(set(owners) - {None})" new="sum(word is not None for word in owners)"
# %% exercise="loss_per_word" wrong="all tokens" says="and `[CLS]` and `[SEP]` with it"
def loss_per_word(losses, words):
    return np.mean([loss for text in losses for loss in text])


# %% exercise="loss_per_word" wrong="a mean over the texts" says="A text with more words counts more"
def loss_per_word(losses, words):
    means = []
    for text, owners in zip(losses, words):
        inside = [x for x, w in zip(text, owners) if w is not None]
        if inside:
            means.append(sum(inside) / len(set(owners) - {None}))
    return sum(means) / len(means)


# %% exercise="loss_per_word" wrong="a mean over the texts, also of no word" says="And a text may have no word"
def loss_per_word(losses, words):
    means = []
    for text, owners in zip(losses, words):
        inside = [x for x, w in zip(text, owners) if w is not None]
        means.append(sum(inside) / len(set(owners) - {None}))
    return sum(means) / len(means)


# %% exercise="loss_per_word" wrong="the largest number plus one, also of no word" says="Or it may have no word"
def loss_per_word(losses, words):
    total, count = 0, 0
    for text, owners in zip(losses, words):
        owned = [w for w in owners if w is not None]
        total += sum(x for x, w in zip(text, owners) if w is not None)
        count += max(owned) + 1
    return total / count


# %% exercise="loss_per_word" wrong="the ends cut off" says="look for `None`"
def loss_per_word(losses, words):
    total, count = 0, 0
    for text, owners in zip(losses, words):
        total += sum(text[1:-1])
        count += len(set(owners) - {None})
    return total / count


# %% exercise="loss_per_word" wrong="the ends cut off in both lists" says="are the first and the last token cut off?"
def loss_per_word(losses, words):
    total, count = 0, 0
    for text, owners in zip(losses, words):
        total += sum(text[1:-1])
        count += len(set(owners[1:-1]) - {None})
    return total / count


# %% exercise="loss_per_word" wrong="two digits" says="rounded to two digits?" old="total / count" new="round(total / count, 2)"
# %% exercise="loss_per_word" wrong="a mean inside the words" says="The loss of a word is their sum"
def loss_per_word(losses, words):
    found = {}
    for number, (text, owners) in enumerate(zip(losses, words)):
        for loss, word in zip(text, owners):
            if word is not None:
                found.setdefault((number, word), []).append(loss)
    return np.mean([np.mean(each) for each in found.values()])


# %% exercise="loss_per_word" wrong="the losses of the special tokens" says="so their losses do not count" old=" if word is not None" new=""
# %% exercise="loss_per_word" wrong="None is a word" says="is counted as a word" old=" - {None}" new=""
# %% exercise="loss_per_word" wrong="the numbers of all texts in one set" says="have the same numbers"
def loss_per_word(losses, words):
    pairs = [(x, w) for text, owners in zip(losses, words) for x, w in zip(text, owners) if w is not None]
    return sum(x for x, _ in pairs) / len({w for _, w in pairs})


# %% exercise="loss_per_word" wrong="the sum" says="A mean loss is asked for" old="return total / count" new="return total"
# %% exercise="loss_per_word" wrong="the last number plus one" says="begin with a higher number" old="len(set(owners) - {None})" new="max([w + 1 for w in owners if w is not None], default=0)"
# %% exercise="loss_per_word" wrong="divided by the texts" says="by the number of texts" old="total / count" new="total / len(losses)"
# %% exercise="loss_per_word" wrong="if word" says="`if word` is False for 0"
def loss_per_word(losses, words):
    total, count = 0, 0
    for text, owners in zip(losses, words):
        total += sum(loss for loss, word in zip(text, owners) if word)
        count += len({word for word in owners if word})
    return total / count


# %% exercise="loss_per_word" wrong="if word, in the sum only" says="I do not recognise this slip" old="word is not None" new="word"
# %% exercise="loss_per_word" wrong="a dict forgets the pieces" says="only the last piece"
def loss_per_word(losses, words):
    kept = {}
    for number, (text, owners) in enumerate(zip(losses, words)):
        for loss, word in zip(text, owners):
            if word is not None:
                kept[number, word] = loss
    return sum(kept.values()) / len(kept)


# %% exercise="loss_per_word" wrong="only the first piece" says="only the first piece"
def loss_per_word(losses, words):
    kept = {}
    for number, (text, owners) in enumerate(zip(losses, words)):
        for loss, word in zip(text, owners):
            if word is not None:
                kept.setdefault((number, word), loss)
    return sum(kept.values()) / len(kept)


# %% exercise="loss_per_word" wrong="a loss for each word" says="many values" old="total / count" new="np.array([total, count])"
# %% exercise="loss_per_word" wrong="rounded" says="All digits are asked for" old="total / count" new="round(total / count, 1)"
# %% exercise="loss_per_word" wrong="the first text only" says="I do not recognise this slip" old="    return total / count" new="        return total / count"
# %% exercise="loss_per_word" wrong="printed" says="does it end with `return`" old="return total / count" new="print(total / count)"
# %% exercise="loss_per_word" wrong="None taken out of the list that was handed over" says="leaves `words` as it is"
def loss_per_word(losses, words):
    total, count = 0, 0
    for text, owners in zip(losses, words):
        total += sum(loss for loss, word in zip(text, owners) if word is not None)
        while None in owners:
            owners.remove(None)
        count += len(set(owners))
    return total / count


# %% exercise="learn_new_rows" right="the new rows are a parameter of their own"
def learn_new_rows(table, old, wanted, steps):
    new = torch.nn.Parameter(table[old:].clone())
    optimizer = torch.optim.AdamW([new], lr=0.1, weight_decay=0.0)
    for _ in range(steps):
        optimizer.zero_grad()
        (new - wanted).pow(2).sum().backward()
        optimizer.step()
    return torch.cat([table[:old], new])


# %% exercise="learn_new_rows" right="the old rows put back at the end, so the new ones decay"
def learn_new_rows(table, old, wanted, steps):
    rows = torch.nn.Parameter(table.clone())
    optimizer = torch.optim.AdamW([rows], lr=0.1)
    for _ in range(steps):
        loss = (rows[old:] - wanted).square().sum()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    learned = rows.detach()
    learned[:old] = table[:old]
    return learned


# %% exercise="learn_new_rows" right="the old rows put back after each step"
def learn_new_rows(table, old, wanted, steps):
    rows = torch.nn.Parameter(table.clone())
    optimizer = torch.optim.AdamW([rows], lr=0.1)
    for _ in range(steps):
        loss = (rows[old:] - wanted).square().sum()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        with torch.no_grad():
            rows[:old] = table[:old]
    return rows


# %% exercise="learn_new_rows" right="Adam, which has no decay of its own, and a NumPy array"
def learn_new_rows(table, old, wanted, steps):
    rows = torch.nn.Parameter(table.clone())
    optimizer = torch.optim.Adam([rows], lr=0.1)
    for _ in range(steps):
        loss = ((wanted - rows[old:]) ** 2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return rows.detach().numpy()


# %% exercise="learn_new_rows" right="a group for the new rows alone, in double precision"
def learn_new_rows(table, old, wanted, steps):
    new = table[old:].double().requires_grad_(True)
    groups = [{"params": [new], "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        (new - wanted.double()).square().sum().backward()
        optimizer.step()
    return torch.vstack([table[:old].double(), new.detach()])


# %% exercise="learn_new_rows" wrong="the colleague's own" says="the old rows have moved" old=", weight_decay=0" new=""
# %% exercise="learn_new_rows" wrong="a mask for a gradient that is zero anyway" says="the old rows have moved"
def learn_new_rows(table, old, wanted, steps):
    rows = torch.nn.Parameter(table.clone())
    rows.register_hook(lambda gradient: gradient * (torch.arange(len(rows)) >= old)[:, None])
    optimizer = torch.optim.AdamW([rows], lr=0.1)
    for _ in range(steps):
        loss = (rows[old:] - wanted).square().sum()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return rows.detach()


# %% exercise="learn_new_rows" wrong="more decay" says="the weight decay is another one now" old="weight_decay=0" new="weight_decay=0.1"
# %% exercise="learn_new_rows" wrong="nothing learns" says="nothing has learned" old="return rows.detach()" new="return table.clone()"
# %% exercise="learn_new_rows" wrong="the table itself is trained" says="leaves `table` as it is" old="table.clone()" new="table"
# %% exercise="learn_new_rows" wrong="the new rows only" says="a table of the new rows alone?" old="return rows.detach()" new="return rows[old:].detach()"
# %% exercise="learn_new_rows" wrong="the colleague's, and the new rows only" says="a table of the new rows alone?"
def learn_new_rows(table, old, wanted, steps):
    rows = torch.nn.Parameter(table.clone())
    optimizer = torch.optim.AdamW([rows], lr=0.1)
    for _ in range(steps):
        loss = (rows[old:] - wanted).square().sum()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return rows[old:].detach()


# %% exercise="learn_new_rows" wrong="one step less" says="one step is missing" old="range(steps)" new="range(1, steps)"
# %% exercise="learn_new_rows" wrong="one step more" says="one step too many" old="range(steps)" new="range(steps + 1)"
# %% exercise="learn_new_rows" wrong="set, not learned" says="They should learn, in so many steps"
def learn_new_rows(table, old, wanted, steps):
    return torch.cat([table[:old], wanted])


# %% exercise="learn_new_rows" wrong="plain gradient descent" says="another optimizer"
def learn_new_rows(table, old, wanted, steps):
    rows = torch.nn.Parameter(table.clone())
    optimizer = torch.optim.SGD([rows], lr=0.1)
    for _ in range(steps):
        loss = (rows[old:] - wanted).square().sum()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return rows.detach()


# %% exercise="learn_new_rows" wrong="a very small rate, to move less" says="I do not recognise this slip" old="lr=0.1, weight_decay=0" new="lr=0.0001"
# %% exercise="learn_new_rows" wrong="a very small decay" says="some have moved by a little" old="weight_decay=0" new="weight_decay=1e-6"
# %% exercise="learn_new_rows" wrong="frozen rows" says="RuntimeError" old="table.clone())" new="table.clone(), requires_grad=False)"
# %% exercise="learn_new_rows" wrong="the gradients are never set to zero" says="I do not recognise this slip" old="        optimizer.zero_grad()" new=""
# %% exercise="learn_new_rows" wrong="a mean over columns" says="a tensor with rows" old="return rows.detach()" new="return rows.detach().mean(dim=1)"
# %% exercise="learn_new_rows" wrong="nothing returned" says="does it end with `return`" old="return rows.detach()" new="rows.detach()"
# %% exercise="learn_new_rows" wrong="return in the loop" says="I do not recognise this slip" old="    return rows.detach()" new="        return rows.detach()"

# %% exercise="learn_new_rows" equivalent="AdamW divides by the size of the gradient, so the mean and the sum lead to the same rows"
# - loss = (rows[old:] - wanted).square().sum()
# + loss = (rows[old:] - wanted).square().mean()

# %% exercise="learn_new_rows" equivalent="the square of a difference has no order"
# - loss = (rows[old:] - wanted).square().sum()
# + loss = (wanted - rows[old:]).square().sum()


# %% exercise="graded_alone" right="sorted, with the ties looked at"
def graded_alone(confidence, is_right, goal, least):
    rows = sorted(zip(confidence, is_right), reverse=True)
    most = hits = 0
    for n, (value, right) in enumerate(rows, start=1):
        hits += right
        last_of_its_kind = n == len(rows) or rows[n][0] < value
        if last_of_its_kind and n >= least and hits / n >= goal:
            most = n
    return most


# %% exercise="graded_alone" right="NumPy, the lowest threshold first"
def graded_alone(confidence, is_right, goal, least):
    confidence, is_right = np.array(confidence), np.array(is_right)
    for threshold in np.unique(confidence):
        alone = confidence >= threshold
        if alone.sum() >= least and is_right[alone].mean() >= goal:
            return alone.sum()
    return 0


# %% exercise="graded_alone" right="pandas, groups of the same confidence"
def graded_alone(confidence, is_right, goal, least):
    import pandas as pd

    table = pd.DataFrame({"sure": confidence, "right": is_right}).astype(float)
    groups = table.groupby("sure")["right"].agg(["size", "sum"]).sort_index(ascending=False).cumsum()
    good = groups[(groups["size"] >= least) & (groups["sum"] >= goal * groups["size"])]
    return 0 if good.empty else good["size"].max()


# %% exercise="graded_alone" right="tensors, a generator in max"
def graded_alone(confidence, is_right, goal, least):
    sure, right = torch.tensor(confidence), torch.tensor(is_right).float()
    masks = [sure >= value for value in sure]
    found = (m.sum() for m in masks if m.sum() >= least and right[m].mean() >= goal)
    return max(found, default=torch.tensor(0))


# %% exercise="graded_alone" right="a float"
def graded_alone(confidence, is_right, goal, least):
    sizes = [0.0]
    for limit in set(confidence):
        places = [k for k, value in enumerate(confidence) if not value < limit]
        wrong = sum(not is_right[k] for k in places)
        if len(places) >= least and 1 - wrong / len(places) >= goal:
            sizes.append(float(len(places)))
    return max(sizes)


# %% exercise="graded_alone" wrong="one by one, as in the lesson" says="stay together"
def graded_alone(confidence, is_right, goal, least):
    order = np.argsort(-np.array(confidence), kind="stable")
    good = np.array(is_right, dtype=float)[order]
    return max([n for n in range(least, len(order) + 1) if good[:n].mean() >= goal], default=0)


# %% exercise="graded_alone" wrong="one by one, argsort as in the lesson" says="stay together"
def graded_alone(confidence, is_right, goal, least):
    order = np.argsort(-np.array(confidence))
    good = np.array(is_right, dtype=float)[order]
    return max([n for n in range(least, len(order) + 1) if good[:n].mean() >= goal], default=0)


# %% exercise="graded_alone" wrong="one by one, sorted pairs" says="stay together"
def graded_alone(confidence, is_right, goal, least):
    pairs = sorted(zip(confidence, is_right), reverse=True)
    most = hits = 0
    for n, (_, right) in enumerate(pairs, start=1):
        hits += right
        if n >= least and hits / n >= goal:
            most = n
    return most


# %% exercise="graded_alone" wrong="the lesson's two steps" says="is the share still enough?"
def graded_alone(confidence, is_right, goal, least):
    sure, good = np.array(confidence), np.array(is_right)
    order = np.argsort(-sure)
    kept = {n: good[order[:n]].mean() for n in range(least, len(order) + 1)}
    enough = [n for n, share in kept.items() if share >= goal]
    threshold = sure[order[max(enough) - 1]] if enough else None
    return (sure >= threshold).sum() if enough else 0


# %% exercise="graded_alone" wrong="the two steps, sorted pairs" says="is the share still enough?"
def graded_alone(confidence, is_right, goal, least):
    pairs = sorted(zip(confidence, is_right), reverse=True)
    threshold = None
    for n in range(least, len(pairs) + 1):
        if sum(right for _, right in pairs[:n]) / n >= goal:
            threshold = pairs[n - 1][0]
    return 0 if threshold is None else sum(value >= threshold for value in confidence)


# %% exercise="graded_alone" wrong="hundredths" says="may lie between two of its steps" old="for threshold in confidence" new="for threshold in np.linspace(0, 1, 101)"
# %% exercise="graded_alone" wrong="hundredths, by division" says="may lie between two of its steps" old="for threshold in confidence" new="for threshold in [k / 100 for k in range(101)]"
# %% exercise="graded_alone" wrong="above the threshold only" says="exactly on it" old="if value >= threshold" new="if value > threshold"
# %% exercise="graded_alone" wrong="it stops at the first that fails" says="may be good enough again"
def graded_alone(confidence, is_right, goal, least):
    most = 0
    for threshold in sorted(set(confidence), reverse=True):
        alone = [right for value, right in zip(confidence, is_right) if value >= threshold]
        if len(alone) < least:
            continue
        if sum(alone) / len(alone) < goal:
            break
        most = len(alone)
    return most


# %% exercise="graded_alone" wrong="the highest threshold" says="The most work is asked for"
def graded_alone(confidence, is_right, goal, least):
    for threshold in sorted(set(confidence), reverse=True):
        alone = [right for value, right in zip(confidence, is_right) if value >= threshold]
        if len(alone) >= least and sum(alone) / len(alone) >= goal:
            return len(alone)
    return 0


# %% exercise="graded_alone" wrong="the share of all" says="a share of its own" old="sum(alone) / len(alone)" new="sum(alone) / len(confidence)"
# %% exercise="graded_alone" wrong="least forgotten" says="`least` is not looked at" old="len(alone) >= least and " new=""
# %% exercise="graded_alone" wrong="goal forgotten" says="`goal` is not looked at" old=" and sum(alone) / len(alone) >= goal" new=""
# %% exercise="graded_alone" wrong="more than least" says="exactly `least` answers" old="len(alone) >= least" new="len(alone) > least"
# %% exercise="graded_alone" wrong="more than the goal" says="exactly the share `goal`" old="len(alone) >= goal" new="len(alone) > goal"
# %% exercise="graded_alone" wrong="the right ones counted" says="the right ones alone" old="max(most, len(alone))" new="max(most, sum(alone))"
# %% exercise="graded_alone" wrong="the least sure first" says="turn the order round" old="value >= threshold" new="value <= threshold"
# %% exercise="graded_alone" wrong="least counts right answers" says="the wrong ones, too" old="len(alone) >= least" new="sum(alone) >= least"
# %% exercise="graded_alone" wrong="the last one that is good enough" says="I do not recognise this slip" old="max(most, len(alone))" new="len(alone)"
# %% exercise="graded_alone" wrong="a share of all answers" says="whole number" old="return most" new="return most / max(1, len(confidence))"
# %% exercise="graded_alone" wrong="True or False" says="a number" old="return most" new="return most > 0"
# %% exercise="graded_alone" wrong="None where none is good enough" says="does it end with `return`" old="return most" new="return most or None"
# %% exercise="graded_alone" wrong="an empty list is not thought of" says="max()"
def graded_alone(confidence, is_right, goal, least):
    sizes = []
    for threshold in confidence:
        alone = [right for value, right in zip(confidence, is_right) if value >= threshold]
        good = len(alone) >= least and sum(alone) / len(alone) >= goal
        sizes.append(len(alone) if good else 0)
    return max(sizes)


# %% exercise="graded_alone" wrong="sorted in place" says="leaves `confidence` as it is"
def graded_alone(confidence, is_right, goal, least):
    pairs = sorted(zip(confidence, is_right), reverse=True)
    confidence.sort()
    sizes = [sum(value >= limit for value, _ in pairs) for limit in confidence]
    hits = [sum(right for value, right in pairs if value >= limit) for limit in confidence]
    return max([n for n, h in zip(sizes, hits) if n >= least and h / n >= goal], default=0)


# %% exercise="graded_alone" wrong="a fixed grid of thresholds" says="I do not recognise this slip" old="for threshold in confidence" new="for threshold in (0.5, 0.6, 0.7, 0.8, 0.9)"
# %% exercise="graded_alone" wrong="all or nothing" says="a share of its own" old="for threshold in confidence" new="for threshold in confidence and [min(confidence)]"

# %% exercise="loss_per_word" equivalent="both lists have the same lengths, as the card says"
# - for text, owners in zip(losses, words, strict=True):
# + for text, owners in zip(losses, words):

# - for text, owners in zip(losses, words, strict=True):
# + for text, owners in zip(losses, words, strict=False):

# - pairs = zip(text, owners, strict=True)
# + pairs = zip(text, owners)

# - pairs = zip(text, owners, strict=True)
# + pairs = zip(text, owners, strict=False)

# %% exercise="graded_alone" equivalent="both lists have the same length, as the card says"
# - pairs = zip(confidence, is_right, strict=True)
# + pairs = zip(confidence, is_right)

# - pairs = zip(confidence, is_right, strict=True)
# + pairs = zip(confidence, is_right, strict=False)

# %% exercise="graded_alone" equivalent="the larger of two numbers has no order"
# - most = max(most, len(alone))
# + most = max(len(alone), most)

# %% exercise="loss_per_word" equivalent="two lines that do not need each other"
# + count += len(set(owners) - {None})
# - count += len(set(owners) - {None})
