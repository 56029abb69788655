# Right and wrong answers to the sheet of `trainer`. `says` is a part of what the check must reply.

# %% exercise="evaluated_after" right="ranges and tuples"
evaluated_after = {"steps": 21.0, "a": (8, 16, 21), "b": range(4, 13, 4), "c": (21,), "d": (7, 10)}

# %% exercise="evaluated_after" right="computed, as arrays"
import math

import numpy as np

epoch = math.ceil(100 / 16)
evaluated_after = {
    "steps": np.int64(3 * epoch),
    "a": np.array([8, 16, 3 * epoch]),
    "b": np.arange(1, 4) * math.ceil(epoch / 2),
    "c": [3 * epoch],
    "d": [epoch, 10],
}

# %% exercise="evaluated_after" wrong="the small batch forgotten" says="is a batch, too"
evaluated_after = {"steps": 18, "a": [8, 16, 18], "b": [3, 6, 9], "c": [18], "d": [6, 10]}

# %% exercise="evaluated_after" wrong="rounded once, at the end" says="round up in each epoch"
evaluated_after = {"steps": 19, "a": [8, 16, 19], "b": [4, 8, 12], "c": [19], "d": [7, 10]}

# %% exercise="evaluated_after" wrong="no evaluation at the end" says="at its very last step"
evaluated_after = {"steps": 21, "a": [8, 16], "b": [4, 8, 12], "c": [21], "d": [7, 10]}

# %% exercise="evaluated_after" wrong="accumulation forgotten" says="two batches make one step"
evaluated_after = {"steps": 21, "a": [8, 16, 21], "b": [7, 14, 21], "c": [21], "d": [7, 10]}

# %% exercise="evaluated_after" wrong="it never evaluates" says="nothing on the way, true"
evaluated_after = {"steps": 21, "a": [8, 16, 21], "b": [4, 8, 12], "c": [], "d": [7, 10]}

# %% exercise="evaluated_after" wrong="epochs win over max_steps" says="`max_steps` wins"
evaluated_after = {"steps": 21, "a": [8, 16, 21], "b": [4, 8, 12], "c": [21], "d": [7, 14, 21]}

# %% exercise="evaluated_after" wrong="how often, not when" says="a list"
evaluated_after = {"steps": 21, "a": 3, "b": 3, "c": 1, "d": 2}

# %% exercise="evaluated_after" wrong="epochs in place of steps" says="steps are counted"
evaluated_after = {"steps": 21, "a": [8, 16, 21], "b": [1, 2, 3], "c": [21], "d": [1, 2]}

# %% exercise="page_settings" right="everything once an epoch"
page_settings = {
    "num_train_epochs": 3,
    "per_device_train_batch_size": 8,
    "eval_strategy": "epoch",
    "save_strategy": "epoch",
    "warmup_steps": 0.1,
    "train_sampling_strategy": "group_by_length",
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}

# %% exercise="page_settings" right="shares of all steps, and the best is saved"
page_settings = dict(
    num_train_epochs=3.0,
    per_device_train_batch_size=8,
    eval_strategy="steps",
    eval_steps=0.25,
    save_strategy="best",
    warmup_steps=2,
    train_sampling_strategy="group_by_length",
    load_best_model_at_end=True,
    metric_for_best_model="eval_accuracy",
    output_dir="page",
)

# %% exercise="page_settings" right="the names changed in place, the smallest steps"
today = {"evaluation_strategy": "eval_strategy", "warmup_ratio": "warmup_steps"}
page_settings = {"num_train_epochs": 3, "per_device_train_batch_size": 8, "evaluation_strategy": "steps"}
page_settings |= {"warmup_ratio": 0.1, "load_best_model_at_end": True, "metric_for_best_model": "accuracy"}
page_settings = {today.get(name, name): value for name, value in page_settings.items()}
page_settings["train_sampling_strategy"] = "group_by_length"
page_settings["eval_steps"], page_settings["save_steps"] = 2, 4

# %% exercise="page_settings" wrong="only the names mended" says="compare with the number of steps"
page_settings = {
    "num_train_epochs": 3,
    "per_device_train_batch_size": 8,
    "eval_strategy": "steps",
    "eval_steps": 500,
    "save_steps": 500,
    "warmup_steps": 0.1,
    "train_sampling_strategy": "group_by_length",
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}

# %% exercise="page_settings" wrong="the gone lines deleted" says="must match"
page_settings = {
    "num_train_epochs": 3,
    "per_device_train_batch_size": 8,
    "eval_steps": 6,
    "save_steps": 6,
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}

# %% exercise="page_settings" wrong="only the first name mended" says="a share of all steps"
page_settings = {
    "num_train_epochs": 3,
    "per_device_train_batch_size": 8,
    "eval_strategy": "steps",
    "eval_steps": 6,
    "save_steps": 6,
    "warmup_ratio": 0.1,
    "group_by_length": True,
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}

# %% exercise="page_settings" wrong="the warmup deleted" says="the warmup of the page is lost"
page_settings = {
    "num_train_epochs": 3,
    "per_device_train_batch_size": 8,
    "eval_strategy": "steps",
    "eval_steps": 6,
    "save_steps": 6,
    "train_sampling_strategy": "group_by_length",
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}

# %% exercise="page_settings" wrong="ten percent as ten steps" says="a share of all steps is below 1"
page_settings = {
    "num_train_epochs": 3,
    "per_device_train_batch_size": 8,
    "eval_strategy": "steps",
    "eval_steps": 6,
    "save_steps": 6,
    "warmup_steps": 10,
    "train_sampling_strategy": "group_by_length",
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}

# %% exercise="page_settings" wrong="the grouping deleted" says="the grouping by length is lost"
page_settings = {
    "num_train_epochs": 3,
    "per_device_train_batch_size": 8,
    "eval_strategy": "steps",
    "eval_steps": 6,
    "save_steps": 6,
    "warmup_steps": 0.1,
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}

# %% exercise="page_settings" wrong="one evaluation on the way, one at the end" says="[10]"
page_settings = {
    "num_train_epochs": 3,
    "per_device_train_batch_size": 8,
    "eval_strategy": "steps",
    "eval_steps": 10,
    "save_steps": 10,
    "warmup_steps": 0.1,
    "train_sampling_strategy": "group_by_length",
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}

# %% exercise="page_settings" wrong="saves at another pace" says="must match"
page_settings = {
    "num_train_epochs": 3,
    "per_device_train_batch_size": 8,
    "eval_strategy": "steps",
    "eval_steps": 4,
    "save_steps": 6,
    "warmup_steps": 0.1,
    "train_sampling_strategy": "group_by_length",
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}

# %% exercise="page_settings" wrong="more epochs, so that step 500 comes" says="three epochs"
page_settings = {
    "num_train_epochs": 300,
    "per_device_train_batch_size": 8,
    "eval_strategy": "steps",
    "eval_steps": 500,
    "save_steps": 500,
    "warmup_steps": 0.1,
    "train_sampling_strategy": "group_by_length",
    "load_best_model_at_end": True,
    "metric_for_best_model": "accuracy",
}


# %% exercise="upright" right="divided, and filtered at the end"
def upright(raw):
    rows = raw.map(lambda tweet: {"label": tweet["sentiment"] / 4}, remove_columns="sentiment")
    rows = rows.filter(lambda tweet: tweet["label"] != 0.5)
    rows = rows.map(lambda tweet: {"label": int(tweet["label"])}, features=None)
    return rows.cast_column("label", ClassLabel(num_classes=2, names=["negative", "positive"]))


# %% exercise="upright" right="with pandas"
def upright(raw):
    table = raw.to_pandas()
    table = table[table["sentiment"] != 2].sort_values("text")
    rows = {"text": table["text"].tolist(), "label": (table["sentiment"] == 4).astype(int).tolist()}
    return Dataset.from_dict(rows).cast_column("label", ClassLabel(names=["negative", "positive"]))


# %% exercise="upright" wrong="neutral becomes negative" says="a neutral tweet became"
def upright(raw):
    labelled = raw.map(lambda tweet: {"label": 1 if tweet["sentiment"] == 4 else 0})
    names = ClassLabel(names=["negative", "positive"])
    return labelled.remove_columns("sentiment").cast_column("label", names)


# %% exercise="upright" wrong="the names changed to fit" says="the names were changed"
def upright(raw):
    clear = raw.filter(lambda tweet: tweet["sentiment"] != 2)
    labelled = clear.map(lambda tweet: {"label": 0 if tweet["sentiment"] == 4 else 1})
    names = ClassLabel(names=["positive", "negative"])
    return labelled.remove_columns("sentiment").cast_column("label", names)


# %% exercise="upright" wrong="only the neutral ones dropped" says="which number does your line give"
def upright(raw):
    clear = raw.filter(lambda tweet: tweet["sentiment"] != 2)
    labelled = clear.map(lambda tweet: {"label": 0 if tweet["sentiment"] == 4 else 1})
    names = ClassLabel(names=["negative", "positive"])
    return labelled.remove_columns("sentiment").cast_column("label", names)


# %% exercise="upright" wrong="the names as well as the numbers turned" says="which name stands for the number 1"
def upright(raw):
    clear = raw.filter(lambda tweet: tweet["sentiment"] != 2)
    labelled = clear.map(lambda tweet: {"label": tweet["sentiment"] // 4})
    names = ClassLabel(names=["positive", "negative"])
    return labelled.remove_columns("sentiment").cast_column("label", names)


# %% exercise="upright" wrong="no names" says="the numbers have no names"
def upright(raw):
    clear = raw.filter(lambda tweet: tweet["sentiment"] != 2)
    labelled = clear.map(lambda tweet: {"label": tweet["sentiment"] // 4})
    return labelled.remove_columns("sentiment")


# %% exercise="upright" wrong="halved: 0 and 2" says="two classes left"
def upright(raw):
    clear = raw.filter(lambda tweet: tweet["sentiment"] != 2)
    labelled = clear.map(lambda tweet: {"label": tweet["sentiment"] // 2})
    names = ClassLabel(names=["negative", "positive"])
    return labelled.remove_columns("sentiment").cast_column("label", names)


# %% exercise="upright" wrong="compared with True" says="your line makes both kinds positive"
def upright(raw):
    clear = raw.filter(lambda tweet: tweet["sentiment"] != 2)
    labelled = clear.map(lambda tweet: {"label": 1 if tweet["sentiment"] == 4 or 0 else 1})
    names = ClassLabel(names=["negative", "positive"])
    return labelled.remove_columns("sentiment").cast_column("label", names)


# %% exercise="upright" wrong="only the positive ones kept" says="only neutral tweets are dropped"
def upright(raw):
    clear = raw.filter(lambda tweet: tweet["sentiment"] // 4)
    labelled = clear.map(lambda tweet: {"label": 1})
    names = ClassLabel(names=["negative", "positive"])
    return labelled.remove_columns("sentiment").cast_column("label", names)


# %% exercise="upright" wrong="the old column kept" says="remove the old column"
def upright(raw):
    clear = raw.filter(lambda tweet: tweet["sentiment"] != 2)
    labelled = clear.map(lambda tweet: {"label": tweet["sentiment"] // 4})
    return labelled.cast_column("label", ClassLabel(names=["negative", "positive"]))


# %% exercise="fair_scores" right="loaded once, copied deeply"
def fair_scores(load, recipes, score):
    import copy

    fresh = load()
    scores = {}
    for name, train in recipes.items():
        model = copy.deepcopy(fresh)
        train(model)
        scores[name] = score(model)
    return {"before": score(fresh)} | scores


# %% exercise="fair_scores" right="a Series, before as a recipe that does nothing"
def fair_scores(load, recipes, score):
    import pandas as pd

    scores = {}
    for name, train in {"before": lambda model: None, **recipes}.items():
        model = load()
        train(model)
        scores[name] = score(model)
    return pd.Series(scores)


# %% exercise="fair_scores" right="one model, its weights put back"
def fair_scores(load, recipes, score):
    import copy

    model = load()
    kept = copy.deepcopy(model.state_dict())
    scores = {"before": score(model)}
    for name, train in recipes.items():
        model.load_state_dict(kept)
        train(model)
        scores[name] = score(model)
    return scores


# %% exercise="fair_scores" wrong="only before is mended" says="goes on where another one ended"
def fair_scores(load, recipes, score):
    model = load()
    scores = {"before": score(model)}
    for name, train in recipes.items():
        train(model)
        scores[name] = score(model)
    return scores


# %% exercise="fair_scores" wrong="fresh models, but before comes last" says="`before` was measured on"
def fair_scores(load, recipes, score):
    scores = {}
    for name, train in recipes.items():
        model = load()
        train(model)
        scores[name] = score(model)
    scores["before"] = score(model)
    return scores


# %% exercise="fair_scores" wrong="a second name for a copy" says="a name is no copy"
def fair_scores(load, recipes, score):
    model = load()
    start = model
    scores = {}
    for name, train in recipes.items():
        model = load()
        train(start)
        scores[name] = score(start)
    scores["before"] = score(start)
    return scores


# %% exercise="fair_scores" wrong="a shallow copy" says="the weights are still shared"
def fair_scores(load, recipes, score):
    import copy

    fresh = load()
    scores = {"before": score(fresh)}
    for name, train in recipes.items():
        model = copy.copy(fresh)
        train(model)
        scores[name] = score(model)
    return scores


# %% exercise="fair_scores" wrong="the weights put back were never copied" says="the weights are still shared"
def fair_scores(load, recipes, score):
    model = load()
    kept = model.state_dict()
    scores = {"before": score(model)}
    for name, train in recipes.items():
        model.load_state_dict(kept)
        train(model)
        scores[name] = score(model)
    return scores


# %% exercise="fair_scores" wrong="scores what train returns" says="what a recipe returns"
def fair_scores(load, recipes, score):
    scores = {"before": score(load())}
    for name, train in recipes.items():
        model = train(load())
        scores[name] = score(model)
    return scores


# %% exercise="fair_scores" wrong="a fresh model is scored" says="is it the trained model"
def fair_scores(load, recipes, score):
    scores = {"before": score(load())}
    for name, train in recipes.items():
        train(load())
        scores[name] = score(load())
    return scores


# %% exercise="fair_scores" wrong="before is forgotten" says="is missing"
def fair_scores(load, recipes, score):
    scores = {}
    for name, train in recipes.items():
        model = load()
        train(model)
        scores[name] = score(model)
    return scores


# %% exercise="apart_by_text" right="train first, then what is left of the texts"
def apart_by_text(rows, n_train, n_test, seed):
    mixed = rows.shuffle(seed=seed)
    train = mixed.select(range(n_train))
    seen = set(train["text"])
    test = mixed.filter(lambda row: row["text"] not in seen).select(range(n_test))
    return train, test


# %% exercise="apart_by_text" right="with pandas"
def apart_by_text(rows, n_train, n_test, seed):
    table = rows.to_pandas().drop_duplicates("text").sample(n_train + n_test, random_state=seed)
    return table[:n_train], table[n_train:]


# %% exercise="apart_by_text" right="with NumPy, as a list"
def apart_by_text(rows, n_train, n_test, seed):
    import numpy as np

    _, places = np.unique(rows["text"][:], return_index=True)
    places = np.random.default_rng(seed).permutation(places)
    return [rows.select(places[:n_train]), rows.select(places[n_train : n_train + n_test])]


# %% exercise="apart_by_text" wrong="two draws, two seeds" says="Draw once"
def apart_by_text(rows, n_train, n_test, seed):
    first = rows.shuffle(seed=seed).select(range(n_train))
    return first, rows.shuffle(seed=seed + 1).select(range(n_test))


# %% exercise="apart_by_text" wrong="two draws from single texts" says="Draw once"
def apart_by_text(rows, n_train, n_test, seed):
    places = {text: place for place, text in enumerate(rows["text"])}
    single = rows.select(list(places.values()))
    first = single.shuffle(seed=seed).select(range(n_train))
    return first, single.shuffle(seed=seed + 1).select(range(n_test))


# %% exercise="apart_by_text" wrong="rows are kept apart, texts are not" says="one row here, one row there"
def apart_by_text(rows, n_train, n_test, seed):
    parts = rows.train_test_split(train_size=n_train, test_size=n_test, seed=seed)
    return parts["train"], parts["test"]


# %% exercise="apart_by_text" wrong="copies taken out of the test afterwards" says="taken away after the draw"
def apart_by_text(rows, n_train, n_test, seed):
    parts = rows.train_test_split(train_size=n_train, test_size=n_test, seed=seed)
    seen = set(parts["train"]["text"])
    return parts["train"], parts["test"].filter(lambda row: row["text"] not in seen)


# %% exercise="apart_by_text" wrong="cut without shuffling" says="shuffle first"
def apart_by_text(rows, n_train, n_test, seed):
    places = {text: place for place, text in enumerate(rows["text"])}
    single = rows.select(list(places.values()))
    return single.select(range(n_train)), single.select(range(n_train, n_train + n_test))


# %% exercise="apart_by_text" wrong="the seed is not used" says="a seed of its own"
def apart_by_text(rows, n_train, n_test, seed):
    places = {text: place for place, text in enumerate(rows["text"])}
    single = rows.select(list(places.values()))
    parts = single.train_test_split(train_size=n_train, test_size=n_test, seed=42)
    return parts["train"], parts["test"]


# %% exercise="apart_by_text" wrong="no seed at all" says="where does your draw get `seed`"
def apart_by_text(rows, n_train, n_test, seed):
    places = {text: place for place, text in enumerate(rows["text"])}
    single = rows.select(list(places.values()))
    parts = single.train_test_split(train_size=n_train, test_size=n_test)
    return parts["train"], parts["test"]


# %% exercise="apart_by_text" wrong="the parts in a DatasetDict" says="return the two parts themselves"
def apart_by_text(rows, n_train, n_test, seed):
    places = {text: place for place, text in enumerate(rows["text"])}
    single = rows.select(list(places.values()))
    return single.train_test_split(train_size=n_train, test_size=n_test, seed=seed)


# %% exercise="apart_by_text" wrong="the test part first" says="the training part comes first"
def apart_by_text(rows, n_train, n_test, seed):
    places = {text: place for place, text in enumerate(rows["text"])}
    single = rows.select(list(places.values()))
    parts = single.train_test_split(train_size=n_train, test_size=n_test, seed=seed)
    return parts["test"], parts["train"]
