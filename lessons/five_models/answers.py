# Right and wrong answers to the sheet of `five_models`. `says` is a part of what the check must reply.

# %% exercise="loss_verdicts" right="capital letters, numbers as floats"
loss_verdicts = {"a": "Learns on", "b": "OVERFITS", "c": "learned nothing.", "d": " not fresh "}
loss_verdicts |= {"fewer_right": "No", "stops_after": 2.0, "goes_back_to": 1.0}

# %% exercise="loss_verdicts" right="the epochs computed with NumPy"
import numpy as np

validation = np.array([0.48, 0.52, 0.61])
loss_verdicts = dict(zip("abcd", ["learns on", "overfits", "learned nothing", "not fresh"]))
loss_verdicts["fewer_right"] = "no" if 0.79 >= 0.77 else "yes"
loss_verdicts["goes_back_to"] = validation.argmin() + 1
loss_verdicts["stops_after"] = validation.argmin() + 2

# %% exercise="loss_verdicts" wrong="a taken for overfitting" says="a validation loss that rises"
loss_verdicts = {"a": "overfits", "b": "learns on", "c": "learned nothing", "d": "not fresh"}
loss_verdicts |= {"fewer_right": "no", "stops_after": 2, "goes_back_to": 1}

# %% exercise="loss_verdicts" wrong="the lowest training loss taken for overfitting" says="which began anew"
loss_verdicts = {"a": "learns on", "b": "not fresh", "c": "learned nothing", "d": "overfits"}
loss_verdicts |= {"fewer_right": "no", "stops_after": 2, "goes_back_to": 1}

# %% exercise="loss_verdicts" wrong="b and d both overfit" says="What is strange about its first training loss"
loss_verdicts = {"a": "learns on", "b": "overfits", "c": "learned nothing", "d": "overfits"}
loss_verdicts |= {"fewer_right": "no", "stops_after": 2, "goes_back_to": 1}

# %% exercise="loss_verdicts" wrong="only the training loss is read" says="Which way does its validation loss go"
loss_verdicts = {"a": "learns on", "b": "learns on", "c": "learned nothing", "d": "not fresh"}
loss_verdicts |= {"fewer_right": "no", "stops_after": 2, "goes_back_to": 1}

# %% exercise="loss_verdicts" wrong="c and d changed" says="a model that guesses between two labels"
loss_verdicts = {"a": "learns on", "b": "overfits", "c": "not fresh", "d": "learned nothing"}
loss_verdicts |= {"fewer_right": "no", "stops_after": 2, "goes_back_to": 1}

# %% exercise="loss_verdicts" wrong="a higher loss, so fewer right answers" says="which column counts right answers"
loss_verdicts = {"a": "learns on", "b": "overfits", "c": "learned nothing", "d": "not fresh"}
loss_verdicts |= {"fewer_right": "yes", "stops_after": 2, "goes_back_to": 1}

# %% exercise="loss_verdicts" wrong="it stops at the best" says="one worse evaluation"
loss_verdicts = {"a": "learns on", "b": "overfits", "c": "learned nothing", "d": "not fresh"}
loss_verdicts |= {"fewer_right": "no", "stops_after": 1, "goes_back_to": 1}

# %% exercise="loss_verdicts" wrong="it waits for two" says="how many worse evaluations"
loss_verdicts = {"a": "learns on", "b": "overfits", "c": "learned nothing", "d": "not fresh"}
loss_verdicts |= {"fewer_right": "no", "stops_after": 3, "goes_back_to": 1}

# %% exercise="loss_verdicts" wrong="epochs from zero" says="counted from one"
loss_verdicts = {"a": "learns on", "b": "overfits", "c": "learned nothing", "d": "not fresh"}
loss_verdicts |= {"fewer_right": "no", "stops_after": 0, "goes_back_to": 0}

# %% exercise="loss_verdicts" wrong="it keeps the last model" says="the validation loss was worse already"
loss_verdicts = {"a": "learns on", "b": "overfits", "c": "learned nothing", "d": "not fresh"}
loss_verdicts |= {"fewer_right": "no", "stops_after": 2, "goes_back_to": 2}

# %% exercise="loss_verdicts" wrong="back to the highest accuracy" says="the lowest validation loss"
loss_verdicts = {"a": "learns on", "b": "overfits", "c": "learned nothing", "d": "not fresh"}
loss_verdicts |= {"fewer_right": "no", "stops_after": 2, "goes_back_to": 3}

# %% exercise="loss_verdicts" wrong="a verdict of one's own" says="one of"
loss_verdicts = {"a": "fine", "b": "overfits", "c": "learned nothing", "d": "not fresh"}
loss_verdicts |= {"fewer_right": "no", "stops_after": 2, "goes_back_to": 1}

# %% exercise="loss_verdicts" wrong="the questions about b left out" says="a dict with the keys"
loss_verdicts = {"a": "learns on", "b": "overfits", "c": "learned nothing", "d": "not fresh"}


# %% exercise="possible_batches" right="a loop, math.ceil"
def possible_batches(rows, epochs, steps, sizes):
    import math

    found = []
    for size in sizes:
        if math.ceil(rows / size) * epochs == steps:
            found.append(size)
    return found


# %% exercise="possible_batches" right="as a NumPy array"
def possible_batches(rows, epochs, steps, sizes):
    import numpy as np

    sizes = np.array(sizes)
    return sizes[np.ceil(rows / sizes) * epochs == steps]


# %% exercise="possible_batches" right="the batches counted one by one"
def possible_batches(rows, epochs, steps, sizes):
    def batches(size):
        return len(range(0, rows, size))

    return tuple(filter(lambda size: batches(size) * epochs == steps, sizes))


# %% exercise="possible_batches" right="a generator"
def possible_batches(rows, epochs, steps, sizes):
    for size in sizes:
        whole, rest = divmod(rows, size)
        if (whole + bool(rest)) * epochs == steps:
            yield size


# %% exercise="possible_batches" wrong="the smaller batch forgotten" says="at the end of an epoch is a batch, too"
def possible_batches(rows, epochs, steps, sizes):
    return [size for size in sizes if rows // size * epochs == steps]


# %% exercise="possible_batches" wrong="rounded once, at the end" says="no batch holds rows of two epochs"
def possible_batches(rows, epochs, steps, sizes):
    import math

    return [size for size in sizes if math.ceil(rows * epochs / size) == steps]


# %% exercise="possible_batches" wrong="not rounded at all" says="a batch is whole"
def possible_batches(rows, epochs, steps, sizes):
    return [size for size in sizes if rows / size * epochs == steps]


# %% exercise="possible_batches" wrong="rounded to the nearest" says="not to the nearest"
def possible_batches(rows, epochs, steps, sizes):
    return [size for size in sizes if round(rows / size) * epochs == steps]


# %% exercise="possible_batches" wrong="the epochs forgotten" says="that is one epoch"
def possible_batches(rows, epochs, steps, sizes):
    return [size for size in sizes if -(-rows // size) == steps]


# %% exercise="possible_batches" wrong="one more batch, rest or not" says="is there always a smaller batch"
def possible_batches(rows, epochs, steps, sizes):
    return [size for size in sizes if (rows // size + 1) * epochs == steps]


# %% exercise="possible_batches" wrong="the first one only" says="return them in a list"
def possible_batches(rows, epochs, steps, sizes):
    for size in sizes:
        if -(-rows // size) * epochs == steps:
            return size


# %% exercise="possible_batches" wrong="a list with the first one" says="do you stop at the first one"
def possible_batches(rows, epochs, steps, sizes):
    for size in sizes:
        if -(-rows // size) * epochs == steps:
            return [size]
    return []


# %% exercise="possible_batches" wrong="the size computed, not chosen" says="choose among the sizes"
def possible_batches(rows, epochs, steps, sizes):
    return [round(rows * epochs / steps)]


# %% exercise="possible_batches" wrong="sorted" says="in the order"
def possible_batches(rows, epochs, steps, sizes):
    return sorted((size for size in sizes if -(-rows // size) * epochs == steps), reverse=True)


# %% exercise="possible_batches" wrong="a set" says="a set has no order"
def possible_batches(rows, epochs, steps, sizes):
    return {size for size in sizes if -(-rows // size) * epochs == steps}


# %% exercise="possible_batches" wrong="at least so many steps" says="at least so many steps"
def possible_batches(rows, epochs, steps, sizes):
    return [size for size in sizes if -(-rows // size) * epochs >= steps]


# %% exercise="possible_batches" wrong="taken out of the list that was handed over" says="leaves `sizes` as it is"
def possible_batches(rows, epochs, steps, sizes):
    for size in list(sizes):
        if -(-rows // size) * epochs != steps:
            sizes.remove(size)
    return sizes


# %% exercise="possible_batches" wrong="printed" says="does it end with `return`"
def possible_batches(rows, epochs, steps, sizes):
    print([size for size in sizes if -(-rows // size) * epochs == steps])


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


# %% exercise="upright" wrong="only the neutral ones dropped" says="the wrong way round"
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


# %% exercise="apart_by_text" wrong="cut without shuffling" says="not drawn at random at all"
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


# %% exercise="loss_verdicts" right="keys in another order, one key more"
loss_verdicts = {"goes_back_to": 1, "stops_after": 2, "fewer_right": "NO", "why": "the loss rises"}
loss_verdicts |= {"d": "not fresh", "c": "learned nothing", "b": "overfits", "a": "learns on"}

# %% exercise="loss_verdicts" wrong="another epoch" says="I do not recognise this slip" old="\"stops_after\": 2" new="\"stops_after\": 7"

# %% exercise="loss_verdicts" wrong="verdicts in lists" says="one text, not several in a list" old="\"a\": \"learns on\"" new="\"a\": [\"learns on\"]"

# %% exercise="loss_verdicts" wrong="no learning taken for learning" says="do its losses move at all" old="learned nothing" new="learns on"

# %% exercise="possible_batches" wrong="at most so many steps" says="at most so many steps" old="== steps" new="<= steps"

# %% exercise="possible_batches" wrong="the sizes of the first call" says="received: a list of 4: [8, 16, 32, 64]"
def possible_batches(rows, epochs, steps, sizes):
    return [size for size in [8, 16, 32, 64] if -(-rows // size) * epochs == steps]


# %% exercise="upright" right="one label for each number, from a dict"
def upright(raw):
    mood = {0: 0, 4: 1}
    rows = [{"text": t["text"], "label": mood[t["sentiment"]]} for t in raw if t["sentiment"] in mood]
    return Dataset.from_list(rows).cast_column("label", ClassLabel(names=["negative", "positive"]))


# %% exercise="upright" wrong="pandas keeps its index" says="one column too many"
def upright(raw):
    table = raw.to_pandas()
    table = table[table.sentiment != 2].copy()
    table["label"] = table.sentiment // 4
    names = ClassLabel(names=["negative", "positive"])
    return Dataset.from_pandas(table.drop(columns="sentiment")).cast_column("label", names)


# %% exercise="upright" wrong="texts that come twice dropped" says="a text that comes twice stays twice"
def upright(raw):
    table = raw.to_pandas().drop_duplicates("text")
    table = table[table.sentiment != 2]
    rows = {"text": table.text.tolist(), "label": (table.sentiment // 4).tolist()}
    return Dataset.from_dict(rows).cast_column("label", ClassLabel(names=["negative", "positive"]))


# %% exercise="upright" wrong="capital letters" says="without capital letters" old="[\"negative\", \"positive\"]" new="[\"Negative\", \"Positive\"]"

# %% exercise="upright" wrong="the notebook's tweets" says="a variable of the notebook"
texts = ["The sun is out!", "My train is late again.", "The shop opens at nine."]
raw_of_the_notebook = Dataset.from_dict({"text": texts, "sentiment": [4, 0, 2]})


def upright(raw):
    clear = raw_of_the_notebook.filter(lambda tweet: tweet["sentiment"] != 2)
    labelled = clear.map(lambda tweet: {"label": tweet["sentiment"] // 4})
    names = ClassLabel(names=["negative", "positive"])
    return labelled.remove_columns("sentiment").cast_column("label", names)


# %% exercise="upright" equivalent="the two lines do not need each other"
# + names = ClassLabel(names=['negative', 'positive'])
# - names = ClassLabel(names=['negative', 'positive'])

# %% exercise="upright" equivalent="the order of the numbers in a tuple does not matter to in"
# - clear = raw.filter(lambda tweet: tweet['sentiment'] in (0, 4))
# + clear = raw.filter(lambda tweet: tweet['sentiment'] in (4, 0))

# %% exercise="apart_by_text" wrong="the labels of other texts" says="still have its own label"
def apart_by_text(rows, n_train, n_test, seed):
    import random

    texts = sorted(set(rows["text"]))
    random.Random(seed).shuffle(texts)
    labels, source = list(rows.shuffle(seed=seed)["label"]), rows["source"][0]

    def made(first, last):
        part = {"text": texts[first:last], "label": labels[first:last], "source": [source] * (last - first)}
        return Dataset.from_dict(part)

    return made(0, n_train), made(n_train, n_train + n_test)


# %% exercise="apart_by_text" wrong="every test label is 0" says="still have its own label"
def apart_by_text(rows, n_train, n_test, seed):
    places = {text: place for place, text in enumerate(rows["text"])}
    parts = rows.select(list(places.values())).train_test_split(train_size=n_train, test_size=n_test, seed=seed)
    return parts["train"], parts["test"].map(lambda row: {"label": 0})


# %% exercise="apart_by_text" wrong="texts without labels" says="was lost on the way"
def apart_by_text(rows, n_train, n_test, seed):
    places = {text: place for place, text in enumerate(rows["text"])}
    single = rows.select(list(places.values())).select_columns("text")
    parts = single.train_test_split(train_size=n_train, test_size=n_test, seed=seed)
    return parts["train"], parts["test"]


# %% exercise="apart_by_text" wrong="whole rows compared" says="one row here, one row there"
def apart_by_text(rows, n_train, n_test, seed):
    table = rows.to_pandas().drop_duplicates().sample(n_train + n_test, random_state=seed)
    return table[:n_train], table[n_train:]


# %% exercise="apart_by_text" wrong="the index of pandas left in" says="the index of pandas"
def apart_by_text(rows, n_train, n_test, seed):
    table = rows.to_pandas().drop_duplicates("text").sample(n_train + n_test, random_state=seed)
    return Dataset.from_pandas(table[:n_train]), Dataset.from_pandas(table[n_train:])


# %% exercise="apart_by_text" wrong="drawn with replacement" says="with replacement"
def apart_by_text(rows, n_train, n_test, seed):
    import random

    drawn = random.Random(seed).choices(range(len(rows)), k=n_train)
    seen = {rows["text"][place] for place in drawn}
    rest = [place for place in range(len(rows)) if rows["text"][place] not in seen]
    rest = list({rows["text"][place]: place for place in rest}.values())
    random.Random(seed).shuffle(rest)
    return rows.select(drawn), rows.select(rest[:n_test])


# %% exercise="apart_by_text" wrong="an even seed and an odd one" says="other rows for another seed"
def apart_by_text(rows, n_train, n_test, seed):
    places = {text: place for place, text in enumerate(rows["text"])}
    parts = rows.select(list(places.values())).train_test_split(train_size=n_train, test_size=n_test, seed=seed % 2)
    return parts["train"], parts["test"]


# %% exercise="apart_by_text" wrong="the first twenty characters compared" says="rows"
def apart_by_text(rows, n_train, n_test, seed):
    places = {text[:20]: place for place, text in enumerate(rows["text"])}
    single = rows.select(list(places.values()))
    parts = single.train_test_split(train_size=n_train, test_size=n_test, seed=seed)
    return parts["train"], parts["test"]


# %% exercise="apart_by_text" wrong="all that is left as test" says="Only so many as are asked for"
def apart_by_text(rows, n_train, n_test, seed):
    places = {text: place for place, text in enumerate(rows["text"])}
    single = rows.select(list(places.values())).shuffle(seed=seed)
    return single.select(range(n_train)), single.select(range(n_train, len(single)))


# %% exercise="apart_by_text" wrong="the box of the notebook" says="a variable of the notebook"
def apart_by_text(rows, n_train, n_test, seed):
    places = {text: place for place, text in enumerate(box["text"])}
    table = box.select(list(places.values())).map(lambda row: {"source": 0})
    parts = table.train_test_split(train_size=n_train, test_size=n_test, seed=seed)
    return parts["train"], parts["test"]


# %% exercise="loss_verdicts" wrong="a taken for an old model" says="near ln(2)" old="\"a\": \"learns on\"" new="\"a\": \"not fresh\""

# %% exercise="possible_batches" wrong="only sizes up to the number of rows" says="I do not recognise this slip" old="if -(-" new="if size <= rows and -(-"

# %% exercise="possible_batches" wrong="no list where there is none" says="does it end with" old="== steps]" new="== steps] or None"

# %% exercise="possible_batches" wrong="removed while looping over it" says="leaves `sizes` as it is"
def possible_batches(rows, epochs, steps, sizes):
    for size in sizes[:]:
        if -(-rows // size) * epochs != steps:
            sizes.remove(size)
    return sizes


# %% exercise="upright" wrong="texts stripped" says="the texts of `raw`, as they are"
def upright(raw):
    clear = raw.filter(lambda tweet: tweet["sentiment"] != 2)
    labelled = clear.map(lambda tweet: {"label": tweet["sentiment"] // 4, "text": tweet["text"].strip()})
    return labelled.remove_columns("sentiment").cast_column("label", ClassLabel(names=["negative", "positive"]))


# %% exercise="upright" wrong="an empty text dropped" says="3 tweets" old="tweet[\"sentiment\"] in (0, 4)" new="tweet[\"sentiment\"] in (0, 4) and tweet[\"text\"]"

# %% exercise="upright" wrong="names in place of numbers" says="a number in `label`"
def upright(raw):
    clear = raw.filter(lambda tweet: tweet["sentiment"] != 2)
    named = clear.map(lambda tweet: {"label": "positive" if tweet["sentiment"] == 4 else "negative"})
    return named.remove_columns("sentiment")


# %% exercise="upright" right="names first, then numbers"
def upright(raw):
    clear = raw.filter(lambda tweet: tweet["sentiment"] != 2)
    named = clear.map(lambda tweet: {"label": "positive" if tweet["sentiment"] == 4 else "negative"})
    return named.remove_columns("sentiment").class_encode_column("label")


# %% exercise="apart_by_text" right="sorted by NumPy"
def apart_by_text(rows, n_train, n_test, seed):
    _, places = np.unique(np.array(rows["text"]), return_index=True)
    places = np.random.default_rng(seed).permutation(places)
    return rows.select(places[:n_train]), rows.select(places[n_train : n_train + n_test])


# %% exercise="apart_by_text" right="a digest of seed and text"
def apart_by_text(rows, n_train, n_test, seed):
    import hashlib

    places = {text: place for place, text in enumerate(rows["text"])}
    order = sorted(places, key=lambda text: hashlib.md5(f"{seed} {text}".encode()).digest())
    drawn = [places[text] for text in order]
    return rows.select(drawn[:n_train]), rows.select(drawn[n_train : n_train + n_test])


# %% exercise="apart_by_text" right="the test first, its texts out of the rest"
def apart_by_text(rows, n_train, n_test, seed):
    rows = rows.shuffle(seed=seed)
    test = rows.select(range(n_test))
    seen = set(test["text"])
    return rows.filter(lambda row: row["text"] not in seen).select(range(n_train)), test


# %% exercise="apart_by_text" wrong="the order of a set" says="another order in each process"
def apart_by_text(rows, n_train, n_test, seed):
    import random

    texts = list(set(rows["text"]))
    random.Random(seed).shuffle(texts)
    places = {text: place for place, text in enumerate(rows["text"])}
    drawn = [places[text] for text in texts]
    return rows.select(drawn[:n_train]), rows.select(drawn[n_train : n_train + n_test])


# %% exercise="apart_by_text" wrong="the test is what comes next" says="in the test part"
def apart_by_text(rows, n_train, n_test, seed):
    single = rows.select(list({text: place for place, text in enumerate(rows["text"])}.values()))
    train = single.shuffle(seed=seed).select(range(n_train))
    seen = set(train["text"])
    return train, single.filter(lambda row: row["text"] not in seen).select(range(n_test))


# %% exercise="apart_by_text" wrong="only the training part is not drawn" says="in the training part"
def apart_by_text(rows, n_train, n_test, seed):
    single = rows.select(list({text: place for place, text in enumerate(rows["text"])}.values()))
    test = single.shuffle(seed=seed).select(range(n_test))
    seen = set(test["text"])
    return single.filter(lambda row: row["text"] not in seen).select(range(n_train)), test


# %% exercise="apart_by_text" wrong="the first rows, mixed" says="Draw both parts from all rows"
def apart_by_text(rows, n_train, n_test, seed):
    places = list({text: place for place, text in enumerate(rows["text"])}.values())[: n_train + n_test]
    parts = rows.select(places).train_test_split(train_size=n_train, test_size=n_test, seed=seed)
    return parts["train"], parts["test"]


# %% exercise="apart_by_text" wrong="a random place to begin" says="neighbours"
def apart_by_text(rows, n_train, n_test, seed):
    places = list({text: place for place, text in enumerate(rows["text"])}.values())
    start = int(np.random.default_rng(seed).integers(len(places)))
    places = places[start:] + places[:start]
    return rows.select(places[:n_train]), rows.select(places[n_train : n_train + n_test])


# %% exercise="apart_by_text" wrong="some rows in both parts" says="no text that stands in both parts"
def apart_by_text(rows, n_train, n_test, seed):
    single = rows.select(list({text: place for place, text in enumerate(rows["text"])}.values())).shuffle(seed=seed)
    return single.select(range(n_train)), single.select(range(n_train - 5, n_train + n_test - 5))


# %% exercise="apart_by_text" wrong="texts made small" says="the texts were changed"
def apart_by_text(rows, n_train, n_test, seed):
    small = rows.map(lambda row: {"text": row["text"].lower()})
    places = {text: place for place, text in enumerate(small["text"])}
    parts = small.select(list(places.values())).train_test_split(train_size=n_train, test_size=n_test, seed=seed)
    return parts["train"], parts["test"]
