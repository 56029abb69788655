# Right and wrong answers to the sheet of `distillation`. `says` is a part of what the check must reply.

# %% exercise="step_numbers" right="rounded, with decimals"
step_numbers = {"a": 0.40, "b": 0.20, "c": -0.10, "d": 0.0, "e": 0.75, "f": 1.50, "g": 3.0}

# %% exercise="step_numbers" right="with NumPy"
step_numbers = {"a": np.float32(0.4), "b": np.array(0.2), "c": np.float64(-0.1), "d": np.int64(0)}
step_numbers |= {"e": np.array([0.75]), "f": np.float32(1.5), "g": np.int32(3)}

# %% exercise="step_numbers" right="computed"
half, rate = 0.5, 0.2
step_numbers = {"a": rate * half * 4, "b": rate * (0.75 - half) * 4, "c": rate * half * (2 - 4) / 2, "d": 451 - 451}
step_numbers |= {"e": (70 - 40) / (80 - 40), "f": 30 / 20, "g": 1 + 400 * 32 // (3 * 1500 - 4)}

# %% exercise="step_numbers" right="with fractions"
from fractions import Fraction

step_numbers = {"a": Fraction(2, 5), "b": Fraction(1, 5), "c": Fraction(-1, 10), "d": 0, "e": Fraction(3, 4)}
step_numbers |= {"f": Fraction(3, 2), "g": 3}

# %% exercise="step_numbers" wrong="the chance taken for zero" says="the chance is not 0" old="\"a\": 0.4" new="\"a\": 0.8"

# %% exercise="step_numbers" wrong="no rate" says="and the rate?" old="\"a\": 0.4" new="\"a\": 2"

# %% exercise="step_numbers" wrong="the wrong way" says="towards its own sample" old="\"a\": 0.4" new="\"a\": -0.4"

# %% exercise="step_numbers" wrong="the label is hard" says="with a hard label" old="\"b\": 0.2" new="\"b\": 0.4"

# %% exercise="step_numbers" wrong="label times sample" says="from the chance first" old="\"b\": 0.2" new="\"b\": 0.6"

# %% exercise="step_numbers" wrong="the sum" says="The loss is a mean" old="\"c\": -0.1" new="\"c\": -0.2"

# %% exercise="step_numbers" wrong="the first sample alone" says="What does the second one do" old="\"c\": -0.1" new="\"c\": 0.1"

# %% exercise="step_numbers" wrong="both pull the same way" says="has the other sign" old="\"c\": -0.1" new="\"c\": 0.3"

# %% exercise="step_numbers" wrong="all answers change" says="Which label is first then" old="\"d\": 0" new="\"d\": 451"

# %% exercise="step_numbers" wrong="the ratio" says="where does guessing begin" old="\"e\": 0.75" new="\"e\": 0.875"

# %% exercise="step_numbers" wrong="points" says="divide by those of all rows" old="\"e\": 0.75" new="\"e\": 0.3"

# %% exercise="step_numbers" wrong="a percentage" says="a percentage" old="\"e\": 0.75" new="\"e\": 75"

# %% exercise="step_numbers" wrong="how many more" says="how many times as many" old="\"f\": 1.5" new="\"f\": 0.5"

# %% exercise="step_numbers" wrong="one training too early" says="2 x 4,500" old="\"g\": 3" new="\"g\": 2"

# %% exercise="step_numbers" wrong="one epoch" says="reads them three times" old="\"g\": 3" new="\"g\": 9"

# %% exercise="step_numbers" wrong="not whole" says="trainings are whole" old="\"g\": 3" new="\"g\": 2.85"

# %% exercise="step_numbers" wrong="divided, with decimals" says="trainings are whole" old="\"g\": 3" new="\"g\": 400 * 32 / 4496"

# %% exercise="step_numbers" wrong="neither the mean nor the first number" says="four times too far" old="\"c\": -0.1" new="\"c\": -0.4"

# %% exercise="step_numbers" wrong="another number" says="I do not recognise this slip" old="\"b\": 0.2" new="\"b\": 7"

# %% exercise="step_numbers" wrong="a list" says="a dict"
step_numbers = [0.4, 0.2, -0.1, 0, 0.75, 1.5, 3]

# %% exercise="step_numbers" wrong="one letter left" says="replace the dots for g" old="\"g\": 3" new="\"g\": ..."


# %% exercise="samples_for" right="NumPy"
def samples_for(head, rate):
    table = head.numpy().astype(float)
    return (table - table.mean(axis=0, keepdims=True)) / rate * table.shape[0]


# %% exercise="samples_for" right="line by line, lists"
def samples_for(head, rate):
    lines = head.tolist()
    mean = [sum(column) / len(lines) for column in zip(*lines)]
    return [[len(lines) * (one - other) / rate for one, other in zip(line, mean)] for line in lines]


# %% exercise="samples_for" right="solved as equations"
def samples_for(head, rate):
    count = len(head)
    step = (torch.eye(count) - 1 / count) * rate / count
    return torch.linalg.pinv(step) @ head


# %% exercise="samples_for" right="centred afterwards, in pandas"
def samples_for(head, rate):
    import pandas as pd

    table = pd.DataFrame(head.numpy()) * len(head) / rate
    return table - table.mean()


# %% exercise="samples_for" right="weights that remember gradients"
def samples_for(head, rate):
    made = torch.nn.Parameter(len(head) / rate * head)
    return made - made.mean(dim=0)


# %% exercise="samples_for" wrong="not centred" says="the samples have the mean zero"
def samples_for(head, rate):
    return head * len(head) / rate


# %% exercise="samples_for" wrong="the mean of each line" says="one number for each column"
def samples_for(head, rate):
    return (head - head.mean(1, keepdim=True)) * len(head) / rate


# %% exercise="samples_for" wrong="one mean for all" says="given:"
def samples_for(head, rate):
    return (head - head.mean()) * len(head) / rate


# %% exercise="samples_for" wrong="the number of samples forgotten" says="a mean over the samples"
def samples_for(head, rate):
    return (head - head.mean(0)) / rate


# %% exercise="samples_for" wrong="divided by the number of samples" says="to undo this"
def samples_for(head, rate):
    return (head - head.mean(0)) / len(head) / rate


# %% exercise="samples_for" wrong="no rate" says="the rate is missing"
def samples_for(head, rate):
    return (head - head.mean(0)) * len(head)


# %% exercise="samples_for" wrong="times the rate" says="small samples"
def samples_for(head, rate):
    return (head - head.mean(0)) * len(head) * rate


# %% exercise="samples_for" wrong="four labels" says="four labels, as in the lesson"
def samples_for(head, rate):
    return 4 * (head - head.mean(0)) / rate


# %% exercise="samples_for" wrong="the wrong sign" says="the sign is turned round"
def samples_for(head, rate):
    return len(head) * (head.mean(0) - head) / rate


# %% exercise="samples_for" wrong="the head itself" says="make one step on it"
def samples_for(head, rate):
    return head


# %% exercise="samples_for" wrong="the head, centred" says="make one step on it"
def samples_for(head, rate):
    return head - head.mean(0)


# %% exercise="samples_for" wrong="columns counted" says="the number of columns"
def samples_for(head, rate):
    return (head - head.mean(0)) * head.shape[1] / rate


# %% exercise="samples_for" wrong="two labels only" says="given:"
def samples_for(head, rate):
    return 2 * (head - head.mean(0)) / rate


# %% exercise="samples_for" wrong="the head is changed" says="leaves `head` as it is"
def samples_for(head, rate):
    head -= head.mean(0)
    return head * len(head) / rate


# %% exercise="samples_for" wrong="the other way round in the table" says="given:"
def samples_for(head, rate):
    return ((head - head.mean(0)) * len(head) / rate).T


# %% exercise="samples_for" wrong="the last line as zero" says="given:"
def samples_for(head, rate):
    return (head - head[-1]) * len(head) / rate


# %% exercise="samples_for" wrong="the first sample only" says="given:"
def samples_for(head, rate):
    return (head - head.mean(0))[0] * len(head) / rate


# %% exercise="samples_for" wrong="printed" says="does it end with `return`?"
def samples_for(head, rate):
    print((head - head.mean(0)) * len(head) / rate)


# %% exercise="sample_slope" right="a step by autograd, with its graph"
def sample_slope(samples, labels, weights, rate, points, answers):
    moving = samples.clone().requires_grad_()
    before = weights.clone().requires_grad_()
    loss = cross_entropy(moving @ before.T, labels)
    [gradient] = torch.autograd.grad(loss, before, create_graph=True)
    later = cross_entropy(points @ (before - rate * gradient).T, answers)
    return torch.autograd.grad(later, moving)[0]


# %% exercise="sample_slope" right="torch.func"
def sample_slope(samples, labels, weights, rate, points, answers):
    def later(moving):
        inner = torch.func.grad(lambda head: cross_entropy(moving @ head.T, labels))
        return cross_entropy(points @ (weights - rate * inner(weights)).T, answers)

    return torch.func.grad(later)(samples)


# %% exercise="sample_slope" right="backward, and the step of the sheet"
def sample_slope(samples, labels, weights, rate, points, answers):
    moving = torch.nn.Parameter(samples.clone())
    cross_entropy(points @ one_step(weights, moving, labels, rate).T, answers).backward()
    return moving.grad


# %% exercise="sample_slope" right="pushes in double precision"
def sample_slope(samples, labels, weights, rate, points, answers):
    def later(moved):
        head = one_step(weights.double(), moved, labels.double(), rate)
        return cross_entropy(points.double() @ head.T, answers).item()

    slope = np.zeros(tuple(samples.shape))
    for place in np.ndindex(*samples.shape):
        push = torch.zeros_like(samples.double())
        push[place] = 1e-5
        slope[place] = (later(samples.double() + push) - later(samples.double() - push)) / 2e-5
    return slope


# %% exercise="sample_slope" right="by hand"
def sample_slope(samples, labels, weights, rate, points, answers):
    chances = (samples @ weights.T).softmax(1)
    gap = chances - labels
    head = weights - rate * gap.T @ samples / len(samples)
    wrong = (points @ head.T).softmax(1) - torch.eye(len(weights))[answers]
    inner = -rate / len(samples) * (wrong.T @ points / len(points))
    back = samples @ inner.T
    through = chances * (back - (chances * back).sum(1, keepdim=True))
    return gap @ inner + through @ weights


# %% exercise="sample_slope" wrong="as it was" says="that way is still cut"
def sample_slope(samples, labels, weights, rate, points, answers):
    moving = samples.clone().requires_grad_()
    with torch.no_grad():
        chances = (moving @ weights.T).softmax(1)
    after = weights - rate * (chances - labels).T @ moving / len(moving)
    return torch.autograd.grad(cross_entropy(points @ after.T, answers), moving)[0]


# %% exercise="sample_slope" wrong="detached in place of no_grad" says="that way is still cut" old="softmax(1)" new="softmax(1).detach()"

# %% exercise="sample_slope" wrong="the other factor cut" says="the way through the vectors" old=").T @ moving" new=").T @ moving.detach()"

# %% exercise="sample_slope" wrong="the largest label only" says="soft labels are chances" old="chances - labels" new="chances - torch.eye(labels.shape[1])[labels.argmax(1)]"

# %% exercise="sample_slope" wrong="only the chances from zeros" says="I do not recognise this slip" old="moving @ weights.T" new="moving @ (0 * weights).T"

# %% exercise="sample_slope" wrong="from zeros, in both places" says="where does the step begin"
def sample_slope(samples, labels, weights, rate, points, answers):
    moving = samples.clone().requires_grad_()
    after = one_step(torch.zeros_like(weights), moving, labels, rate)
    return torch.autograd.grad(cross_entropy(points @ after.T, answers), moving)[0]


# %% exercise="sample_slope" wrong="the loss before the step" says="the loss on the samples"
def sample_slope(samples, labels, weights, rate, points, answers):
    moving = samples.clone().requires_grad_()
    return torch.autograd.grad(cross_entropy(moving @ weights.T, labels), moving)[0]


# %% exercise="sample_slope" wrong="the step goes up" says="the step goes up" old="weights - rate * gradient" new="weights + rate * gradient"

# %% exercise="sample_slope" wrong="a sum over samples" says="a mean over the samples" old=" / len(moving)" new=""

# %% exercise="sample_slope" wrong="a sum over points" says="a mean, not a sum" old="after.T, answers)" new="after.T, answers, reduction='sum')"

# %% exercise="sample_slope" wrong="the sign turned" says="the sign is turned round" old="return slope" new="return -slope"

# %% exercise="sample_slope" wrong="the rate of the card" says="the rate of the step is an argument" old="rate * gradient" new="1.0 * gradient"

# %% exercise="sample_slope" wrong="no gradient at all" says="RuntimeError" old="chances - labels).T @ moving" new="chances - labels).detach().T @ moving.detach()"

# %% exercise="sample_slope" wrong="the whole tuple" says="a tensor of numbers" old="[slope] = " new="slope = "

# %% exercise="sample_slope" wrong="only where it moves the last number" says="given:"
def sample_slope(samples, labels, weights, rate, points, answers):
    moving = samples.clone().requires_grad_()
    after = one_step(weights, moving, labels, rate)
    slope = torch.autograd.grad(cross_entropy(points @ after.T, answers), moving)[0]
    return slope[-1, -1]


# %% exercise="sample_slope" wrong="the points of the notebook" says="received:"
def sample_slope(samples, labels, weights, rate, points, answers):
    moving = samples.clone().requires_grad_()
    after = one_step(weights, moving, labels, rate)
    loss = cross_entropy(globals()["points"] @ after.T, side)
    return torch.autograd.grad(loss, moving)[0]


# %% exercise="sample_slope" wrong="gradient for the points" says="the samples shall move"
def sample_slope(samples, labels, weights, rate, points, answers):
    moving = points.clone().requires_grad_()
    after = one_step(weights, samples, labels, rate)
    return torch.autograd.grad(cross_entropy(moving @ after.T, answers), moving)[0]


# %% exercise="sample_slope" wrong="no return" says="does it end with `return`?"
def sample_slope(samples, labels, weights, rate, points, answers):
    moving = samples.clone().requires_grad_()
    after = one_step(weights, moving, labels, rate)
    cross_entropy(points @ after.T, answers).backward()


# %% exercise="closest_rows" right="normalize and argmax"
def closest_rows(samples, vectors):
    from torch.nn.functional import normalize

    cosines = normalize(samples) @ normalize(vectors).T
    rows = cosines.argmax(1)
    return [(row, cosines[place, row]) for place, row in enumerate(rows)]


# %% exercise="closest_rows" right="cosine_similarity, one by one"
def closest_rows(samples, vectors):
    pairs = []
    for sample in samples:
        cosines = torch.cosine_similarity(sample[None], vectors)
        best = cosines.argmax().item()
        pairs.append([best, cosines[best].item()])
    return pairs


# %% exercise="closest_rows" right="scikit-learn"
def closest_rows(samples, vectors):
    from sklearn.metrics.pairwise import cosine_similarity

    table = cosine_similarity(samples.numpy(), vectors.numpy())
    return list(zip(table.argmax(axis=1), table.max(axis=1)))


# %% exercise="closest_rows" right="plain Python, an array of pairs"
def closest_rows(samples, vectors):
    def cosine(one, other):
        lengths = sum(x * x for x in one) ** 0.5 * sum(x * x for x in other) ** 0.5
        return sum(x * y for x, y in zip(one, other)) / lengths

    found, rows = [], vectors.tolist()
    for sample in samples.tolist():
        cosines = [cosine(sample, row) for row in rows]
        found.append((cosines.index(max(cosines)), max(cosines)))
    return np.array(found)


# %% exercise="closest_rows" right="the distance of lines with length 1"
def closest_rows(samples, vectors):
    one, many = (table.double() / table.double().norm(dim=1, keepdim=True) for table in (samples, vectors))
    distance, rows = torch.cdist(one, many, compute_mode="donot_use_mm_for_euclid_dist").min(1)
    return zip(rows.tolist(), (1 - distance**2 / 2).tolist())


# %% exercise="closest_rows" wrong="dot products" says="grows with the length"
def closest_rows(samples, vectors):
    numbers, rows = (samples @ vectors.T).max(dim=1)
    return list(zip(rows.tolist(), numbers.tolist()))


# %% exercise="closest_rows" wrong="the row by the dot product, then the cosine" says="the row is chosen by the dot product"
def closest_rows(samples, vectors):
    rows = (samples @ vectors.T).argmax(1)
    return list(zip(rows.tolist(), torch.cosine_similarity(samples, vectors[rows]).tolist()))


# %% exercise="closest_rows" wrong="only the vectors have the length 1" says="the samples have a length, too" old="samples / samples.norm(dim=1, keepdim=True)" new="samples"

# %% exercise="closest_rows" wrong="only the samples have the length 1" says="a long line is not closer" old="vectors / vectors.norm(dim=1, keepdim=True)" new="vectors"

# %% exercise="closest_rows" wrong="the distance" says="chosen by the distance"
def closest_rows(samples, vectors):
    rows = torch.cdist(samples, vectors).argmin(1)
    return list(zip(rows.tolist(), torch.cosine_similarity(samples, vectors[rows]).tolist()))


# %% exercise="closest_rows" wrong="distances told" says="that is a distance"
def closest_rows(samples, vectors):
    distances, rows = torch.cdist(samples, vectors).min(1)
    return list(zip(rows.tolist(), distances.tolist()))


# %% exercise="closest_rows" wrong="the sign lost" says="keep the sign" old="(one @ many.T)" new="(one @ many.T).abs()"

# %% exercise="closest_rows" wrong="for each post" says="one pair for each sample" old="one @ many.T" new="many @ one.T"

# %% exercise="closest_rows" wrong="counted from 1" says="counted from 0" old="rows.tolist()" new="(rows + 1).tolist()"

# %% exercise="closest_rows" wrong="the cosine first" says="the row comes first" old="zip(rows.tolist(), cosines.tolist(), strict=True)" new="zip(cosines.tolist(), rows.tolist(), strict=True)"

# %% exercise="closest_rows" wrong="the last of equals" says="take the first"
def closest_rows(samples, vectors):
    one = samples / samples.norm(dim=1, keepdim=True)
    many = vectors.flip(0) / vectors.flip(0).norm(dim=1, keepdim=True)
    cosines, rows = (one @ many.T).max(dim=1)
    return list(zip((len(many) - 1 - rows).tolist(), cosines.tolist()))


# %% exercise="closest_rows" wrong="two lists" says="a pair for each sample" old="list(zip(rows.tolist(), cosines.tolist(), strict=True))" new="rows.tolist(), cosines.tolist()"

# %% exercise="closest_rows" wrong="numbers alone" says="a pair for each sample" old="list(zip(rows.tolist(), cosines.tolist(), strict=True))" new="rows.tolist()"

# %% exercise="closest_rows" wrong="rounded" says="rounded?" old="cosines.tolist()" new="[round(each, 2) for each in cosines.tolist()]"

# %% exercise="closest_rows" wrong="the length of a column" says="given:" old="samples.norm(dim=1, keepdim=True)" new="samples.norm(dim=0, keepdim=True)"

# %% exercise="closest_rows" wrong="the posts of the notebook" says="RuntimeError" old="vectors / vectors.norm(dim=1, keepdim=True)" new="X"

# %% exercise="closest_rows" wrong="the least similar" says="farthest away" old=".max(dim=1)" new=".min(dim=1)"

# %% exercise="closest_rows" wrong="nothing returned" says="does it end with `return`?" old="return list" new="list"


# %% exercise="kept_share" right="one draw after the other"
def kept_share(distilled, full, lazy, draws):
    shares, left_out = [], 0
    for draw in draws:
        d, f, z = distilled[draw].mean(), full[draw].mean(), lazy[draw].mean()
        if f > z:
            shares.append((d - z) / (f - z))
        else:
            left_out += 1
    share = (distilled.mean() - lazy.mean()) / (full.mean() - lazy.mean())
    low, high = np.quantile(shares, [0.025, 0.975])
    return {"share": share, "low": low, "high": high, "left_out": left_out}


# %% exercise="kept_share" right="counts in place of means"
def kept_share(distilled, full, lazy, draws):
    d, f, z = (each[draws].sum(1) for each in (distilled, full, lazy))
    shares = (d - z)[f > z] / (f - z)[f > z]
    whole = (distilled.sum() - lazy.sum()) / (full.sum() - lazy.sum())
    ends = np.percentile(shares, (97.5, 2.5))
    return {"left_out": sum(f <= z), "high": ends[0], "low": ends[1], "share": whole}


# %% exercise="kept_share" right="pandas"
def kept_share(distilled, full, lazy, draws):
    import pandas as pd

    table = pd.DataFrame({"d": distilled, "f": full, "z": lazy})
    means = pd.DataFrame([table.iloc[draw].mean() for draw in draws])
    use = means[means.f > means.z]
    shares = (use.d - use.z) / (use.f - use.z)
    whole = table.mean()
    return {
        "share": (whole.d - whole.z) / (whole.f - whole.z),
        "low": shares.quantile(0.025),
        "high": shares.quantile(0.975),
        "left_out": len(means) - len(use),
    }


# %% exercise="kept_share" right="torch"
def kept_share(distilled, full, lazy, draws):
    table = torch.as_tensor(np.stack([distilled, full, lazy]))
    d, f, z = table[:, torch.as_tensor(draws)].sum(2)
    shares = ((d - z) / (f - z))[f > z]
    low, high = torch.quantile(shares, torch.tensor([0.025, 0.975], dtype=shares.dtype))
    one, two, three = table.mean(1)
    return {"share": (one - three) / (two - three), "low": low, "high": high, "left_out": (f <= z).sum()}


# %% exercise="kept_share" right="plain Python, nan for what is left out"
def kept_share(distilled, full, lazy, draws):
    def one(places):
        above, most = (sum(each[p] - lazy[p] for p in places) for each in (distilled, full))
        return above / most if most > 0 else float("nan")

    shares = np.array([one(draw) for draw in draws.tolist()])
    low, high = np.nanpercentile(shares, [2.5, 97.5])
    return dict(share=one(range(len(full))), low=low, high=high, left_out=int(np.isnan(shares).sum()))


# %% exercise="kept_share" wrong="the ratio" says="the ratio of accuracies"
def kept_share(distilled, full, lazy, draws):
    d, f, z = (each[draws].mean(1) for each in (distilled, full, lazy))
    low, high = np.percentile(d[f > z] / f[f > z], [2.5, 97.5])
    return {"share": distilled.mean() / full.mean(), "low": low, "high": high, "left_out": (f <= z).sum()}


# %% exercise="kept_share" wrong="the ratio in place of the share" says="`share` is the ratio" old="above.mean() / most.mean()" new="distilled.mean() / full.mean()"

# %% exercise="kept_share" wrong="all draws" says="given:" old="bottoms > 0" new="bottoms > -9"

# %% exercise="kept_share" wrong="only draws without a number left out" says="worse than lazy" old="bottoms > 0" new="bottoms != 0"

# %% exercise="kept_share" wrong="draws where the distilled are worse left out" says="its share is 0, or below" old="bottoms > 0" new="(bottoms > 0) & (tops > 0)"

# %% exercise="kept_share" wrong="negative shares left out, not counted" says="given:" old="np.percentile(tops[use] / bottoms[use]" new="np.percentile(np.abs(tops[use] / bottoms[use])"

# %% exercise="kept_share" wrong="the mean of the draws" says="not the mean of the draws" old="above.mean() / most.mean()" new="(tops[use] / bottoms[use]).mean()"

# %% exercise="kept_share" wrong="percentiles 5 and 95" says="5 and 95" old="[2.5, 97.5]" new="[5, 95]"

# %% exercise="kept_share" wrong="only the distilled are drawn" says="all three kinds"
def kept_share(distilled, full, lazy, draws):
    shares = (distilled[draws].mean(1) - lazy.mean()) / (full.mean() - lazy.mean())
    low, high = np.percentile(shares, [2.5, 97.5])
    share = (distilled.mean() - lazy.mean()) / (full.mean() - lazy.mean())
    return {"share": share, "low": low, "high": high, "left_out": 0}


# %% exercise="kept_share" wrong="below the line nothing is drawn" says="given:" old="tops[use] / bottoms[use]" new="tops[use] / most.mean()"

# %% exercise="kept_share" wrong="the ends changed" says="which end is `low`" old="low, high = " new="high, low = "

# %% exercise="kept_share" wrong="how many are used" says="not the others" old="len(draws) - use.sum()" new="use.sum()"

# %% exercise="kept_share" wrong="percentages" says="percentages?"
def kept_share(distilled, full, lazy, draws):
    above, most = distilled - lazy, full - lazy
    tops, bottoms = above[draws].mean(axis=1), most[draws].mean(axis=1)
    low, high = 100 * np.percentile((tops / bottoms)[bottoms > 0], [2.5, 97.5])
    share = 100 * above.mean() / most.mean()
    return {"share": share, "low": low, "high": high, "left_out": (bottoms <= 0).sum()}


# %% exercise="kept_share" wrong="points" says="points above lazy"
def kept_share(distilled, full, lazy, draws):
    above, most = distilled - lazy, full - lazy
    tops, bottoms = above[draws].mean(axis=1), most[draws].mean(axis=1)
    low, high = np.percentile(tops[bottoms > 0], [2.5, 97.5])
    return {"share": above.mean(), "low": low, "high": high, "left_out": (bottoms <= 0).sum()}


# %% exercise="kept_share" wrong="lazy only above the line" says="below the line, too"
def kept_share(distilled, full, lazy, draws):
    d, f, z = (each[draws].mean(1) for each in (distilled, full, lazy))
    low, high = np.percentile(((d - z) / f)[f > z], [2.5, 97.5])
    share = (distilled.mean() - lazy.mean()) / full.mean()
    return {"share": share, "low": low, "high": high, "left_out": (f <= z).sum()}


# %% exercise="kept_share" wrong="the share that is lost" says="the share that is lost"
def kept_share(distilled, full, lazy, draws):
    gap, most = full - distilled, full - lazy
    tops, bottoms = gap[draws].mean(axis=1), most[draws].mean(axis=1)
    low, high = np.percentile((tops / bottoms)[bottoms > 0], [2.5, 97.5])
    return {"share": gap.mean() / most.mean(), "low": low, "high": high, "left_out": (bottoms <= 0).sum()}


# %% exercise="kept_share" wrong="a tuple" says="a dictionary with"
def kept_share(distilled, full, lazy, draws):
    above, most = distilled - lazy, full - lazy
    tops, bottoms = above[draws].mean(axis=1), most[draws].mean(axis=1)
    low, high = np.percentile((tops / bottoms)[bottoms > 0], [2.5, 97.5])
    return above.mean() / most.mean(), low, high, (bottoms <= 0).sum()


# %% exercise="kept_share" wrong="rounded" says="rounded?"
def kept_share(distilled, full, lazy, draws):
    above, most = distilled - lazy, full - lazy
    tops, bottoms = above[draws].mean(axis=1), most[draws].mean(axis=1)
    low, high = np.percentile((tops / bottoms)[bottoms > 0], [2.5, 97.5])
    share = above.mean() / most.mean()
    return dict(share=round(share, 2), low=round(low, 2), high=round(high, 2), left_out=(bottoms <= 0).sum())


# %% exercise="kept_share" wrong="each draw anew" says="given:"
def kept_share(distilled, full, lazy, draws):
    rng = np.random.default_rng(0)
    above, most = distilled - lazy, full - lazy
    draws = rng.integers(len(full), size=draws.shape)
    tops, bottoms = above[draws].mean(axis=1), most[draws].mean(axis=1)
    shares = (tops / np.where(bottoms > 0, bottoms, np.nan))
    low, high = np.nanpercentile(shares, [2.5, 97.5])
    return {"share": above.mean() / most.mean(), "low": low, "high": high, "left_out": (bottoms <= 0).sum()}

# %% exercise="closest_rows" equivalent="the two lines do not need each other"
# + many = vectors / vectors.norm(dim=1, keepdim=True)
# - many = vectors / vectors.norm(dim=1, keepdim=True)

# %% exercise="closest_rows" equivalent="both always have the same length"
# - return list(zip(rows.tolist(), cosines.tolist(), strict=True))
# + return list(zip(rows.tolist(), cosines.tolist()))

# - return list(zip(rows.tolist(), cosines.tolist(), strict=True))
# + return list(zip(rows.tolist(), cosines.tolist(), strict=False))
