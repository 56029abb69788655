# Right and wrong answers to the sheet of `serve_and_scale`. `says` is a part of what the check must reply.

# %% exercise="answer_by_length" right="rows put to their places"
def answer_by_length(answer, texts, size):
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    result = [None] * len(texts)
    for first in range(0, len(order), size):
        part = order[first : first + size]
        for row, made in zip(part, answer([texts[row] for row in part])):
            result[row] = made
    return result


# %% exercise="answer_by_length" right="an empty array, the longest first"
def answer_by_length(answer, texts, size):
    order = np.argsort([-len(text) for text in texts], kind="stable")
    found = np.concatenate([answer([texts[n] for n in order[at : at + size]]) for at in range(0, len(order), size)])
    result = np.empty_like(found)
    result[order] = found
    return result


# %% exercise="answer_by_length" right="with pandas"
def answer_by_length(answer, texts, size):
    import pandas as pd

    column = pd.Series(texts)
    column = column.iloc[column.str.len().argsort()]
    rows = [row for at in range(0, len(column), size) for row in answer(column.iloc[at : at + size].tolist()).tolist()]
    return pd.DataFrame(rows, index=column.index).sort_index().to_numpy()


# %% exercise="answer_by_length" right="with torch"
def answer_by_length(answer, texts, size):
    import torch

    order = torch.tensor([len(text) for text in texts]).argsort()
    found = torch.cat([torch.as_tensor(answer([texts[row] for row in part])) for part in order.split(size)])
    return found[torch.argsort(order)]


# %% exercise="answer_by_length" right="lists of numbers" old="return found[order.argsort()]" new="return found[order.argsort()].tolist()"

# %% exercise="answer_by_length" wrong="as it was" says="with more it does not"
def answer_by_length(answer, texts, size):
    order = np.argsort([len(text) for text in texts])
    cut = [order[first : first + size] for first in range(0, len(order), size)]
    return np.concatenate([answer([texts[row] for row in part]) for part in cut])[order]


# %% exercise="answer_by_length" wrong="turned twice" says="with more it does not" old="order.argsort()" new="order.argsort().argsort()"

# %% exercise="answer_by_length" wrong="left in order" says="in the order of the lengths" old="found[order.argsort()]" new="found"

# %% exercise="answer_by_length" wrong="turned round" says="I do not recognise this slip" old="found[order.argsort()]" new="found[order[::-1]]"

# %% exercise="answer_by_length" wrong="no sorting at all" says="cut before they are sorted" old="np.argsort([len(text) for text in texts])" new="np.arange(len(texts))"

# %% exercise="answer_by_length" wrong="sorted in each batch" says="cut before they are sorted"
def answer_by_length(answer, texts, size):
    rows = []
    for first in range(0, len(texts), size):
        part = texts[first : first + size]
        order = np.argsort([len(text) for text in part])
        rows.append(answer([part[row] for row in order])[order.argsort()])
    return np.concatenate(rows)


# %% exercise="answer_by_length" wrong="one at a time" says="one text at a time"
def answer_by_length(answer, texts, size):
    return np.concatenate([answer([text]) for text in texts])


# %% exercise="answer_by_length" wrong="all at once" says="all at once"
def answer_by_length(answer, texts, size):
    return answer(texts)


# %% exercise="answer_by_length" wrong="sorts the list of the caller" says="something changes `texts` itself"
def answer_by_length(answer, texts, size):
    order = np.argsort([len(text) for text in texts])
    texts.sort(key=len)
    return np.concatenate([answer(texts[at : at + size]) for at in range(0, len(texts), size)])[order.argsort()]


# %% exercise="answer_by_length" wrong="a dictionary by text asks each text once too few" says="each entry of the list asked once"
def answer_by_length(answer, texts, size):
    known = {}
    single = sorted(set(texts), key=len)
    for at in range(0, len(single), size):
        known.update(zip(single[at : at + size], answer(single[at : at + size])))
    return [known[text] for text in texts]


# %% exercise="answer_by_length" wrong="the last batch lost" says="received" old="range(0, len(order), size)" new="range(0, len(order) - size + 1, size)"

# %% exercise="answer_by_length" wrong="always two" says="the sorted list in batches of" old="order[first : first + size] for first in range(0, len(order), size)" new="order[first : first + 2] for first in range(0, len(order), 2)"

# %% exercise="answer_by_length" wrong="the texts of the notebook" says="received" old="order = np" new="texts = small; order = np"

# %% exercise="answer_by_length" wrong="printed, not returned" says="does it end with `return`" old="return found[order.argsort()]" new="print(found[order.argsort()])"

# %% exercise="in_the_queue" right="computed"
planned = [0, 10, 20, 30, 200]
free, times = 0, []
for moment in planned:
    free = max(free, moment) + 40
    times.append(free - moment)
ordered = sorted(times)
in_the_queue = {"a": times[3], "b": times[4], "c": ordered[2], "d": ordered[-1], "e": 40, "f": 60 + 60 - 30, "g": 2}

# %% exercise="in_the_queue" right="floats"
in_the_queue = {"a": 130.0, "b": 40.0, "c": 70.0, "d": 130.0, "e": 40.0, "f": 90.0, "g": 2.0}

# %% exercise="in_the_queue" right="with NumPy"
import numpy as np

times = np.array([40, 70, 100, 130, 40])
in_the_queue = {"a": times[3], "b": times[4], "c": np.sort(times)[2], "d": times.max(), "e": times.min()}
in_the_queue |= {"f": np.int64(90), "g": np.array(2)}

# %% exercise="in_the_queue" right="one more key, for oneself"
in_the_queue = {"a": 130, "b": 40, "c": 70, "d": 130, "e": 40, "f": 90, "g": 2, "note": "p50 is number 3"}

# %% exercise="in_the_queue" wrong="moments" says="that is the moment of the answer"
in_the_queue = {"a": 160, "b": 240, "c": 70, "d": 240, "e": 40, "f": 120, "g": 2}

# %% exercise="in_the_queue" wrong="no queue" says="how long did it wait before"
in_the_queue = {"a": 40, "b": 40, "c": 40, "d": 40, "e": 40, "f": 60, "g": 0}

# %% exercise="in_the_queue" wrong="only the queue" says="only the time in the queue"
in_the_queue = {"a": 90, "b": 0, "c": 30, "d": 90, "e": 0, "f": 30, "g": 2}

# %% exercise="in_the_queue" wrong="the mean" says="p50 is one of the times"
in_the_queue = {"a": 130, "b": 40, "c": 76, "d": 130, "e": 40, "f": 90, "g": 2}

# %% exercise="in_the_queue" wrong="in the order of coming" says="Put the times in order first"
in_the_queue = {"a": 130, "b": 40, "c": 100, "d": 40, "e": 40, "f": 90, "g": 2}

# %% exercise="in_the_queue" wrong="between two times" says="p99 is one of the times"
in_the_queue = {"a": 130, "b": 40, "c": 70, "d": 128.8, "e": 40, "f": 90, "g": 2}

# %% exercise="in_the_queue" wrong="the polite program counts from the plan" says="counts from the sending"
in_the_queue = {"a": 130, "b": 40, "c": 70, "d": 130, "e": 130, "f": 90, "g": 2}

# %% exercise="in_the_queue" wrong="shared by none" says="share the next one"
in_the_queue = {"a": 130, "b": 40, "c": 70, "d": 130, "e": 40, "f": 210, "g": 2}

# %% exercise="in_the_queue" wrong="who is in a pass counts" says="the first one leaves the queue at once"
in_the_queue = {"a": 130, "b": 40, "c": 70, "d": 130, "e": 40, "f": 90, "g": 3}

# %% exercise="in_the_queue" wrong="one is turned away" says="free again at 30 ms"
in_the_queue = {"a": 130, "b": 40, "c": 70, "d": 130, "e": 40, "f": 90, "g": 1}

# %% exercise="in_the_queue" wrong="a share" says="a whole number"
in_the_queue = {"a": 130, "b": 40, "c": 70, "d": 130, "e": 40, "f": 90, "g": 0.4}

# %% exercise="in_the_queue" wrong="waits for one pass too many" says="who waits at 60 ms"
in_the_queue = {"a": 130, "b": 40, "c": 70, "d": 130, "e": 40, "f": 150, "g": 2}

# %% exercise="in_the_queue" wrong="in seconds" says="I do not recognise this slip"
in_the_queue = {"a": 0.13, "b": 0.04, "c": 0.07, "d": 0.13, "e": 0.04, "f": 0.09, "g": 2}


# %% exercise="answered_within" right="plain Python"
def answered_within(due, sent, done, codes, q):
    taken = []
    for moment, reply, code in zip(due, done, codes):
        taken.append(float(reply - moment) if code == 200 else float("inf"))
    taken.sort()
    return taken[-(-q * len(taken) // 100) - 1]


# %% exercise="answered_within" right="NumPy's inverted_cdf"
def answered_within(due, sent, done, codes, q):
    taken = done - due
    taken[codes != 200] = np.inf
    return np.percentile(taken, q, method="inverted_cdf")


# %% exercise="answered_within" right="with pandas"
def answered_within(due, sent, done, codes, q):
    import pandas as pd

    taken = pd.Series(done - due).where(codes == 200, np.inf).sort_values(ignore_index=True)
    enough = (np.arange(len(taken)) + 1) * 100 >= q * len(taken)
    return taken[enough].iloc[0]


# %% exercise="answered_within" right="with torch"
def answered_within(due, sent, done, codes, q):
    import torch

    taken = torch.tensor(done - due).masked_fill(torch.tensor(codes) != 200, float("inf"))
    return taken.kthvalue(-(-q * len(taken) // 100)).values


# %% exercise="answered_within" right="only the answered, and a look at the rank"
def answered_within(due, sent, done, codes, q):
    import math

    kept = np.sort((done - due)[codes == 200])
    rank = math.ceil(q * len(due) / 100)
    return kept[rank - 1] if rank <= len(kept) else math.inf


# %% exercise="answered_within" wrong="from the sending" says="counted from the sending?" old="done - due" new="done - sent"

# %% exercise="answered_within" wrong="codes ignored" says="a 503 counts as a fast answer" old="np.where(codes == 200, done - due, np.inf)" new="done - due"

# %% exercise="answered_within" wrong="from the sending, codes ignored" says="and a 503 counts as an answer" old="np.where(codes == 200, done - due, np.inf)" new="done - sent"

# %% exercise="answered_within" wrong="only the answered" says="are left out"
def answered_within(due, sent, done, codes, q):
    taken = np.sort((done - due)[codes == 200])
    return taken[int(np.ceil(q * len(taken) / 100)) - 1] if len(taken) else np.inf


# %% exercise="answered_within" wrong="between two" says="Return one of the times"
def answered_within(due, sent, done, codes, q):
    return np.percentile(np.where(codes == 200, done - due, np.inf), q)


# %% exercise="answered_within" wrong="one too far" says="received" old="[rank - 1]" new="[min(rank, len(taken) - 1)]"

# %% exercise="answered_within" wrong="past the end" says="IndexError" old="[rank - 1]" new="[rank]"

# %% exercise="answered_within" wrong="rounded down" says="rounded down" old="int(np.ceil(q * len(taken) / 100))" new="max(1, int(q * len(taken) / 100))"

# %% exercise="answered_within" wrong="not in order" says="in the order of coming" old="sorted(taken)" new="taken"

# %% exercise="answered_within" wrong="the slowest first" says="the fastest first" old="sorted(taken)" new="sorted(taken, reverse=True)"

# %% exercise="answered_within" wrong="moments" says="subtract the planned moment" old="done - due" new="done"

# %% exercise="answered_within" wrong="in ms" says="milliseconds?" old="return sorted(taken)[rank - 1]" new="return 1000 * sorted(taken)[rank - 1]"

# %% exercise="answered_within" wrong="always p99" says="always p99" old="q * len" new="99 * len"

# %% exercise="answered_within" wrong="always the slowest" says="always the slowest" old="return sorted(taken)[rank - 1]" new="return max(taken)"

# %% exercise="answered_within" wrong="infinity written into the argument" says="something changes `done` itself"
def answered_within(due, sent, done, codes, q):
    done[codes != 200] = np.inf
    return np.sort(done - due)[int(np.ceil(q * len(due) / 100)) - 1]


# %% exercise="answered_within" wrong="nothing where there is no answer" says="returns something" old="return sorted(taken)[rank - 1]" new="return sorted(taken)[rank - 1] if np.isfinite(sorted(taken)[rank - 1]) else None"

# %% exercise="answered_within" wrong="only 503 fails" says="I do not recognise this slip" old="codes == 200" new="codes != 503"

# %% exercise="answered_within" wrong="all times" says="many values" old="return sorted(taken)[rank - 1]" new="return np.sort(np.concatenate([taken, taken]))"

# %% exercise="answered_within" equivalent="the card asks to count from the plan: the moments of sending are not needed"
# + answered_within takes the first `sent` that it has ever got


# %% exercise="batches" right="one request after the other"
def batches(arrivals, work, wait, most):
    made, closes, free = [], None, 0
    for number, moment in enumerate(arrivals):
        if made and len(made[-1]) < most and moment <= closes:
            made[-1].append(number)
        else:
            opened = max(free, moment)
            made.append([number])
            closes = opened + wait
        begins = max(opened, moment) if len(made[-1]) == most else closes
        free = begins + work
    return made


# %% exercise="batches" right="millisecond by millisecond"
def batches(arrivals, work, wait, most):
    made, group, queue, free, end, now = [], [], list(enumerate(arrivals)), 0, 0, 0
    while queue or group:
        while queue and queue[0][1] <= now and now >= free and len(group) < most:
            if not group:
                end = now + wait
            group.append(queue.pop(0)[0])
        if group and (len(group) == most or now >= end):
            made.append(group)
            group, free = [], now + work
        else:
            now += 1
    return made


# %% exercise="batches" right="with bisect, tuples"
def batches(arrivals, work, wait, most):
    from bisect import bisect_right

    made, free, first = [], 0, 0
    while first != len(arrivals):
        opened = max(free, arrivals[first])
        last = min(bisect_right(arrivals, opened + wait), first + most)
        made.append(tuple(range(first, last)))
        free = work + (max(opened, arrivals[last - 1]) if last - first == most else opened + wait)
        first = last
    return tuple(made)


# %% exercise="batches" right="with NumPy, arrays"
def batches(arrivals, work, wait, most):
    import numpy as np

    moments, made, free, first = np.array(arrivals, dtype=int), [], 0, 0
    while first < len(moments):
        opened = max(free, moments[first])
        last = min(np.searchsorted(moments, opened + wait, side="right"), first + most)
        made.append(np.arange(first, last))
        begins = max(opened, moments[last - 1]) if last - first == most else opened + wait
        free, first = begins + work, last
    return made


# %% exercise="batches" right="it calls itself"
def batches(arrivals, work, wait, most, free=0, first=0):
    if first >= len(arrivals):
        return []
    opened = max(free, arrivals[first])
    group = [n for n, each in enumerate(arrivals) if n >= first and each <= opened + wait][:most]
    begins = max(opened, arrivals[group[-1]]) if len(group) == most else opened + wait
    return [group, *batches(arrivals, work, wait, most, begins + work, first + len(group))]


# %% exercise="batches" wrong="never busy" says="the service is not free" old="opened = max(free, arrivals[first])" new="opened = arrivals[first]"

# %% exercise="batches" wrong="the wait of the first one" says="not when its first request comes" old="end = opened + wait" new="end = max(opened, arrivals[first] + wait)"

# %% exercise="batches" wrong="the end left out" says="exactly at the end" old="arrivals[number] <= end" new="(arrivals[number] < end or arrivals[number] <= opened)"

# %% exercise="batches" wrong="a full one waits" says="a full batch does not wait" old="(max(opened, arrivals[group[-1]]) if full else end)" new="end"

# %% exercise="batches" wrong="begins at the opening" says="not when it opens" old="(max(opened, arrivals[group[-1]]) if full else end)" new="opened"

# %% exercise="batches" wrong="begins with the last one" says="it does not know that nobody comes" old="(max(opened, arrivals[group[-1]]) if full else end)" new="max(opened, arrivals[group[-1]])"

# %% exercise="batches" wrong="a full one begins before it opens" says="not before the batch opens" old="max(opened, arrivals[group[-1]])" new="arrivals[group[-1]]"

# %% exercise="batches" wrong="the wait grows" says="each newcomer makes the wait longer"
def batches(arrivals, work, wait, most):
    made, free, first = [], 0, 0
    while first < len(arrivals):
        opened = max(free, arrivals[first])
        group, end = [first], opened + wait
        while len(group) < most and group[-1] + 1 < len(arrivals) and arrivals[group[-1] + 1] <= end:
            group.append(group[-1] + 1)
            end = max(opened, arrivals[group[-1]]) + wait
        free = work + (max(opened, arrivals[group[-1]]) if len(group) == most else end)
        made.append(group)
        first += len(group)
    return made


# %% exercise="batches" wrong="no most" says="is `most` used?" old="made, free, first = [], 0, 0" new="made, free, first, most = [], 0, 0, 10**9"

# %% exercise="batches" wrong="no cut" says="received" old="[:most]" new=""

# %% exercise="batches" wrong="one too many" says="I do not recognise this slip" old="[:most]" new="[: most + 1]"

# %% exercise="batches" wrong="no wait" says="is `wait` used?" old="end = opened + wait" new="end = opened"

# %% exercise="batches" wrong="cut by number" says="cut by number alone"
def batches(arrivals, work, wait, most):
    numbers = list(range(len(arrivals)))
    return [numbers[first : first + most] for first in range(0, len(numbers), most)]


# %% exercise="batches" wrong="moments" says="those are moments" old="made.append(group)" new="made.append([arrivals[number] for number in group])"

# %% exercise="batches" wrong="from one" says="has the number 0" old="made.append(group)" new="made.append([number + 1 for number in group])"

# %% exercise="batches" wrong="one list" says="put each batch into a list of its own" old="made.append(group)" new="made.extend(group)"

# %% exercise="batches" wrong="each alone" says="who shares a pass?" old="[:most]" new="[:1]"

# %% exercise="batches" wrong="the last one lost" says="the last batch is lost" old="return made" new="return made[:-1]"

# %% exercise="batches" wrong="an empty list breaks it" says="IndexError" old="while first < len(arrivals):" new="arrivals[0]\n    while first < len(arrivals):"

# %% exercise="batches" wrong="takes from the list of the caller" says="something changes `arrivals` itself" old="return made" new="arrivals.clear(); return made"

# %% exercise="batches" wrong="a generator of nothing" says="returns something" old="return made" new="print(made)"


# %% exercise="step_gradient" right="np.average"
def step_gradient(means, rows):
    took = rows > 0
    return np.average(means[took], axis=0, weights=rows[took])


# %% exercise="step_gradient" right="plain Python"
def step_gradient(means, rows):
    total = [0.0] * means.shape[1]
    for line, count in zip(means.tolist(), rows.tolist()):
        if count:
            total = [have + count * more for have, more in zip(total, line)]
    return [each / sum(rows.tolist()) for each in total]


# %% exercise="step_gradient" right="nan_to_num and broadcasting"
def step_gradient(means, rows):
    return (np.nan_to_num(means) * rows[:, None]).sum(axis=0) / rows.sum()


# %% exercise="step_gradient" right="nansum"
def step_gradient(means, rows):
    return np.nansum(means * (rows / rows.sum())[:, np.newaxis], axis=0)


# %% exercise="step_gradient" right="with torch"
def step_gradient(means, rows):
    import torch

    weights = torch.tensor(rows, dtype=torch.float64) / rows.sum()
    return (torch.tensor(means).nan_to_num() * weights.unsqueeze(1)).sum(0)


# %% exercise="step_gradient" right="each row by itself"
def step_gradient(means, rows):
    return np.repeat(means, rows, axis=0).mean(axis=0)


# %% exercise="step_gradient" wrong="a plain mean" says="one with more rows must count more"
def step_gradient(means, rows):
    return np.nanmean(means, axis=0)


# %% exercise="step_gradient" wrong="a plain mean, nan and all" says="a mean with `nan` is `nan`"
def step_gradient(means, rows):
    return means.mean(axis=0)


# %% exercise="step_gradient" wrong="a plain mean over all processes" says="count as 0"
def step_gradient(means, rows):
    return np.nan_to_num(means).mean(axis=0)


# %% exercise="step_gradient" wrong="a sum of the means" says="a sum over the processes?"
def step_gradient(means, rows):
    return np.nansum(means, axis=0)


# %% exercise="step_gradient" wrong="nan kept" says="0 times `nan`" old="rows[took] @ means[took]" new="rows @ means"

# %% exercise="step_gradient" wrong="a sum over the rows" says="divide by their number" old=" / rows.sum()" new=""

# %% exercise="step_gradient" wrong="divided by the processes" says="divided by the number of processes" old="rows.sum()" new="len(rows)"

# %% exercise="step_gradient" wrong="the rarer counts more" says="I do not recognise this slip"
def step_gradient(means, rows):
    took = rows > 0
    return np.average(means[took], axis=0, weights=1 / rows[took])


# %% exercise="step_gradient" wrong="one row does not count" says="with one row counts, too" old="rows > 0" new="rows > 1"

# %% exercise="step_gradient" wrong="a table" says="one line too many" old="return rows[took] @ means[took] / rows.sum()" new="return (rows[took] @ means[took] / rows.sum())[None]"

# %% exercise="step_gradient" wrong="a mean for each process" says="received" old="return rows[took] @ means[took] / rows.sum()" new="return means[took].mean(1)"

# %% exercise="step_gradient" wrong="written into the argument" says="something changes `means` itself"
def step_gradient(means, rows):
    means[rows == 0] = 0
    return rows @ means / rows.sum()


# %% exercise="step_gradient" wrong="rounded" says="I do not recognise this slip" old="return rows[took] @ means[took] / rows.sum()" new="return np.round(rows[took] @ means[took] / rows.sum(), 2)"

# %% exercise="step_gradient" wrong="one number" says="received" old="return rows[took] @ means[took] / rows.sum()" new="return (rows[took] @ means[took] / rows.sum()).mean()"

# %% exercise="batches" equivalent="two lines that do not need each other, in the other order"
# + rest = range(first, len(arrivals))
# - rest = range(first, len(arrivals))

# + made.append(group)
# - made.append(group)

# + first += len(group)
# - first += len(group)

# %% exercise="batches" equivalent="no request comes before 0, so it makes no difference that the service is free earlier"
# - made, free, first = ([], 0, 0)
# + made, free, first = ([], -1, 0)

# %% exercise="batches" equivalent="the later one of two numbers, whichever is named first"
# - opened = max(free, arrivals[first])
# + opened = max(arrivals[first], free)

# - free = work + (max(opened, arrivals[group[-1]]) if full else end)
# + free = work + (max(arrivals[group[-1]], opened) if full else end)
