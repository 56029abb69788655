# Right and wrong answers to the sheet of `hugging_face_basics`. `says` is a part of what the check must reply.

# %% exercise="what_len_counts" right="NumPy and floats"
import numpy as np

what_len_counts = {"a": np.int64(3), "b": 2.0, "c": 5, "d": np.array([12]), "e": 1}

# %% exercise="what_len_counts" right="counted"
one_file = load_dataset("csv", data_files=str(Path(course.dataset("helpdesk")[0]) / "train.csv"))
what_len_counts = {"e": len(one_file), "d": len(messages["test"]), "c": 5, "b": len(messages["train"][:5])}
what_len_counts["a"] = len(messages)

# %% exercise="what_len_counts" wrong="all rows for the DatasetDict" says="rows are counted here"
what_len_counts = {"a": 60, "b": 2, "c": 5, "d": 12, "e": 1}

# %% exercise="what_len_counts" wrong="five rows for the slice" says="but in which form"
what_len_counts = {"a": 3, "b": 5, "c": 5, "d": 12, "e": 1}

# %% exercise="what_len_counts" wrong="select as a dictionary" says="`select` gives a `Dataset`"
what_len_counts = {"a": 3, "b": 2, "c": 2, "d": 12, "e": 1}

# %% exercise="what_len_counts" wrong="columns after map" says="no dictionary of columns"
what_len_counts = {"a": 3, "b": 2, "c": 5, "d": 3, "e": 1}

# %% exercise="what_len_counts" wrong="one file is a Dataset" says="is something around it"
what_len_counts = {"a": 3, "b": 2, "c": 5, "d": 12, "e": 36}

# %% exercise="what_len_counts" wrong="texts" says="without quotes"
what_len_counts = {"a": "3", "b": "2", "c": "5", "d": "12", "e": "1"}

# %% exercise="what_len_counts" wrong="kinds, not lengths" says="without quotes"
what_len_counts = {"a": "DatasetDict", "b": "dict", "c": "Dataset", "d": "Dataset", "e": "DatasetDict"}

# %% exercise="what_len_counts" wrong="a list" says="a dict"
what_len_counts = [3, 2, 5, 12, 1]


# %% exercise="numbered_labels" right="the names written down"
def numbered_labels(rows):
    return rows.cast_column("label", ClassLabel(names=["question", "complaint", "thanks"]))


# %% exercise="numbered_labels" right="all features at once"
def numbered_labels(rows):
    return rows.cast(messages["train"].features)


# %% exercise="numbered_labels" right="map with str2int, and the features"
def numbered_labels(rows):
    label = messages["train"].features["label"]
    return rows.map(lambda row: {"label": label.str2int(row["label"])}, features=messages["train"].features)


# %% exercise="numbered_labels" right="made new, in PyTorch's format"
def numbered_labels(rows):
    from datasets import Dataset

    label = messages["test"].features["label"]
    made = {"text": rows["text"][:], "label": [label.str2int(word) for word in rows["label"]]}
    return Dataset.from_dict(made, features=messages["test"].features).with_format("torch")


# %% exercise="numbered_labels" right="encoded by the library, then aligned with the classifier"
def numbered_labels(rows):
    numbers = {"question": 0, "complaint": 1, "thanks": 2}
    return rows.class_encode_column("label").align_labels_with_mapping(numbers, "label")


# %% exercise="numbered_labels" wrong="as it was" says="order of the alphabet"
def numbered_labels(rows):
    return rows.cast_column("label", ClassLabel(names=sorted(set(rows["label"]))))


# %% exercise="numbered_labels" wrong="the library's own encoder, also by alphabet" says="order of the alphabet"
def numbered_labels(rows):
    return rows.class_encode_column("label")


# %% exercise="numbered_labels" wrong="the order of first appearance" says="first appear"
def numbered_labels(rows):
    return rows.cast_column("label", ClassLabel(names=list(dict.fromkeys(rows["label"]))))


# %% exercise="numbered_labels" wrong="only the two names exchanged, in these rows" says="only"
def numbered_labels(rows):
    names = sorted(set(rows["label"]), key=lambda name: ["question", "complaint", "thanks"].index(name))
    return rows.cast_column("label", ClassLabel(names=names))


# %% exercise="numbered_labels" wrong="numbers without names" says="their names are lost"
def numbered_labels(rows):
    numbers = {"question": 0, "complaint": 1, "thanks": 2}
    return rows.map(lambda row: {"label": numbers[row["label"]]})


# %% exercise="numbered_labels" wrong="the new dataset is not returned" says="still words"
def numbered_labels(rows):
    rows.cast_column("label", messages["train"].features["label"])
    return rows


# %% exercise="numbered_labels" wrong="only the numbers" says="a list"
def numbered_labels(rows):
    return [messages["train"].features["label"].str2int(word) for word in rows["label"]]


# %% exercise="numbered_labels" wrong="from 1" says="begin at 1"
def numbered_labels(rows):
    numbers = {"question": 1, "complaint": 2, "thanks": 3}
    return rows.map(lambda row: {"label": numbers[row["label"]]})


# %% exercise="numbered_labels" wrong="renamed on the way" says="lost, or renamed"
def numbered_labels(rows):
    return rows.cast_column("label", messages["train"].features["label"]).rename_column("label", "labels")


# %% exercise="numbered_labels" wrong="sorted by label on the way" says="I do not recognise"
def numbered_labels(rows):
    return rows.cast_column("label", messages["train"].features["label"]).sort("label")


# %% exercise="numbered_labels" wrong="always the rows of the notebook" says="'wifi password please"
def numbered_labels(rows):
    return new.cast_column("label", messages["train"].features["label"])


# %% exercise="two_parts" right="shuffled once, then two ranges"
def two_parts(rows):
    mixed, cut = rows.shuffle(seed=3), len(rows) * 3 // 4
    return [mixed.select(range(cut)), mixed.select(range(cut, len(rows)))]


# %% exercise="two_parts" right="train_test_split without stratifying"
def two_parts(rows):
    return tuple(rows.train_test_split(test_size=0.25, seed=0).values())


# %% exercise="two_parts" right="with NumPy"
def two_parts(rows):
    import numpy as np

    order = np.random.default_rng(5).permutation(len(rows))
    return rows.select(order[len(rows) // 4 :]), rows.select(order[: len(rows) // 4])


# %% exercise="two_parts" right="every fourth row of the sorted ones"
def two_parts(rows):
    places = range(len(rows))
    return rows.select([p for p in places if p % 4]), rows.select([p for p in places if p % 4 == 0])


# %% exercise="two_parts" wrong="as it was: two seeds" says="two independent draws"
def two_parts(rows):
    train = rows.shuffle(seed=1).select(range(len(rows) * 3 // 4))
    return train, rows.shuffle(seed=2).select(range(len(rows) // 4))


# %% exercise="two_parts" wrong="the same seed for both" says="which rows are left for it?"
def two_parts(rows):
    train = rows.shuffle(seed=1).select(range(len(rows) * 3 // 4))
    return train, rows.shuffle(seed=1).select(range(len(rows) // 4))


# %% exercise="two_parts" wrong="the symptom mended: common rows thrown out" says="in neither part"
def two_parts(rows):
    train = rows.shuffle(seed=1).select(range(len(rows) * 3 // 4))
    test = rows.shuffle(seed=2).select(range(len(rows) // 4))
    known = set(train["text"])
    return train, test.filter(lambda row: row["text"] not in known)


# %% exercise="two_parts" wrong="sliced without a shuffle" says="the rows lie sorted"
def two_parts(rows):
    cut = len(rows) * 3 // 4
    return rows.select(range(cut)), rows.select(range(cut, len(rows)))


# %% exercise="two_parts" wrong="the seed is forgotten" says="where does its seed come from?"
def two_parts(rows):
    parts = rows.train_test_split(test_size=0.25, stratify_by_column="label")
    return parts["train"], parts["test"]


# %% exercise="two_parts" wrong="the whole dictionary" says="take them out"
def two_parts(rows):
    return rows.train_test_split(test_size=0.25, seed=1)


# %% exercise="two_parts" wrong="the sizes exchanged" says="the larger part is the first"
def two_parts(rows):
    parts = rows.train_test_split(test_size=0.75, seed=1)
    return parts["train"], parts["test"]


# %% exercise="two_parts" wrong="a tenth for the test" says="43 rows and 5 rows"
def two_parts(rows):
    parts = rows.train_test_split(test_size=0.1, seed=1)
    return parts["train"], parts["test"]


# %% exercise="two_parts" wrong="one row too few" says="in neither part"
def two_parts(rows):
    mixed, cut = rows.shuffle(seed=3), len(rows) * 3 // 4
    return mixed.select(range(cut)), mixed.select(range(cut + 1, len(rows)))


# %% exercise="two_parts" wrong="slices, which are dictionaries" says="`select` gives a Dataset"
def two_parts(rows):
    mixed, cut = rows.shuffle(seed=3), len(rows) * 3 // 4
    return mixed[:cut], mixed[cut:]


# %% exercise="nearest_message" right="scikit-learn"
from sklearn.metrics.pairwise import cosine_similarity


def nearest_message(text, known):
    means = [np.mean(extractor(each)[0], axis=0) for each in [text, *known]]
    return known[cosine_similarity(means[:1], means[1:])[0].argmax()]


# %% exercise="nearest_message" right="tensors"
def nearest_message(text, known):
    import torch

    means = [torch.tensor(rows).mean(dim=1)[0] for rows in extractor([text] + known)]
    return max(known, key=lambda each: torch.cosine_similarity(means[0], means[1 + known.index(each)], dim=0))


# %% exercise="nearest_message" right="sums: they have the same direction"
def nearest_message(text, known):
    sums = np.stack([np.array(extractor(each)).squeeze().sum(axis=0) for each in known + [text]])
    sums /= np.linalg.norm(sums, axis=1, keepdims=True)
    return np.array(known)[np.argsort(sums[:-1] @ sums[-1])[-1]]


# %% exercise="nearest_message" right="pandas"
import pandas as pd


def nearest_message(text, known):
    one = np.mean(extractor(text)[0], axis=0)
    means = {each: np.mean(extractor(each)[0], axis=0) for each in known}
    return pd.Series({each: one @ mean / np.linalg.norm(mean) for each, mean in means.items()}).idxmax()


# %% exercise="nearest_message" right="distances of vectors of length 1"
def nearest_message(text, known):
    def unit(sentence):
        mean = np.mean(extractor(sentence)[0], axis=0)
        return mean / np.sqrt((mean**2).sum())

    return min(known, key=lambda each: np.linalg.norm(unit(each) - unit(text)))


# %% exercise="nearest_message" wrong="not normalised" says="A product of long vectors"
def nearest_message(text, known):
    one = np.mean(extractor(text)[0], axis=0)
    return max(known, key=lambda each: one @ np.mean(extractor(each)[0], axis=0))


# %% exercise="nearest_message" wrong="only the first row" says="only the first row"
def nearest_message(text, known):
    def direction(sentence):
        row = np.array(extractor(sentence)[0][0])
        return row / np.linalg.norm(row)

    asked = direction(text)
    return max(known, key=lambda each: asked @ direction(each))


# %% exercise="nearest_message" wrong="the smallest cosine" says="least similar"
def nearest_message(text, known):
    means = [np.mean(extractor(each)[0], axis=0) for each in [text, *known]]
    means = [mean / np.linalg.norm(mean) for mean in means]
    return known[np.argmin([means[0] @ mean for mean in means[1:]])]


# %% exercise="nearest_message" wrong="distances of the means" says="a distance between the means"
def nearest_message(text, known):
    one = np.mean(extractor(text)[0], axis=0)
    return min(known, key=lambda each: np.linalg.norm(one - np.mean(extractor(each)[0], axis=0)))


# %% exercise="nearest_message" wrong="sums, not normalised" says="grow with the number of rows"
def nearest_message(text, known):
    one = np.sum(extractor(text)[0], axis=0)
    return max(known, key=lambda each: one @ np.sum(extractor(each)[0], axis=0))


# %% exercise="nearest_message" wrong="the largest of each column" says="the largest number of each column"
def nearest_message(text, known):
    means = [np.max(extractor(each)[0], axis=0) for each in [text, *known]]
    means = [mean / np.linalg.norm(mean) for mean in means]
    return known[np.argmax([means[0] @ mean for mean in means[1:]])]


# %% exercise="nearest_message" wrong="common words" says="common words"
def nearest_message(text, known):
    return max(known, key=lambda each: len(set(text.lower().split()) & set(each.lower().split())))


# %% exercise="nearest_message" wrong="the place" says="a place in the list"
def nearest_message(text, known):
    means = [np.mean(extractor(each)[0], axis=0) for each in [text, *known]]
    means = [mean / np.linalg.norm(mean) for mean in means]
    return np.argmax([means[0] @ mean for mean in means[1:]])


# %% exercise="nearest_message" wrong="the similarity" says="a similarity"
def nearest_message(text, known):
    means = [np.mean(extractor(each)[0], axis=0) for each in [text, *known]]
    means = [mean / np.linalg.norm(mean) for mean in means]
    return max(means[0] @ mean for mean in means[1:])


# %% exercise="nearest_message" wrong="compared with itself, too" says="the new message itself"
def nearest_message(text, known):
    everything = [*known, text]
    means = [np.mean(extractor(each)[0], axis=0) for each in everything]
    means = [mean / np.linalg.norm(mean) for mean in means]
    return everything[np.argmax([means[-1] @ mean for mean in means])]


# %% exercise="nearest_message" wrong="the wrong axis" says="ValueError"
def nearest_message(text, known):
    one = np.mean(extractor(text)[0], axis=1)
    return max(known, key=lambda each: one @ np.mean(extractor(each)[0], axis=1))


# %% exercise="own_texts" right="a DatasetDict by hand, three labels, with validation, in another language"
from datasets import DatasetDict, Features, Value

kinds = Features({"text": Value("string"), "label": ClassLabel(names=["Frage", "Lob", "Klage"])})
asked = ["Wann fährt der Bus?", "Wo ist Halt 3", "Gilt mein Ticket noch?", "Darf mein Hund mit?"]
praised = ["Danke, toller Fahrer!", "So pünktlich wie nie", "Sauber und leise", "Weiter so, ihr seid super"]
complained = ["Schon wieder zu spät", "Der Sitz ist nass", "Es stinkt im Wagen", "Niemand sagt uns etwas"]
own_texts = DatasetDict(
    {
        split: Dataset.from_dict(
            {
                "text": [each[i] for i in places for each in (asked, praised, complained)],
                "label": [0, 1, 2] * len(places),
            },
            features=kinds,
        )
        for split, places in {"train": [0, 1], "validation": [2], "test": [3]}.items()
    }
)

# %% exercise="own_texts" right="from a CSV, encoded by the library, in PyTorch's format"
import pandas as pd

table = pd.DataFrame({"text": [f"{a} {b}" for a in ("red", "old", "big") for b in ("hat", "car", "egg", "sky", "tea")]})
table["label"] = ["clothes", "street", "food", "weather", "food"] * 3
table.to_csv("own.csv", index=False)
own_texts = load_dataset("csv", data_files="own.csv", split="train").class_encode_column("label")
own_texts = own_texts.train_test_split(test_size=5, stratify_by_column="label", seed=1)
own_texts.set_format("torch", columns=["label"])

# %% exercise="own_texts" wrong="not divided" says="which method divides it"
own_texts = Dataset.from_dict({"text": "red blue gold grey pink teal navy plum rose sand mint lime ruby".split(), "label": [0, 1] * 6 + [0]})
own_texts = own_texts.cast_column("label", ClassLabel(names=["one", "two"]))

# %% exercise="own_texts" wrong="the labels are still words" says="`cast_column` makes numbers"
own_texts = Dataset.from_dict({"text": "red blue gold grey pink teal navy plum rose sand mint lime".split(), "label": ["one", "two"] * 6})
own_texts = own_texts.train_test_split(test_size=4, seed=1)

# %% exercise="own_texts" wrong="numbers without names" says="what does 0 mean"
own_texts = Dataset.from_dict({"text": "red blue gold grey pink teal navy plum rose sand mint lime".split(), "label": [0, 1] * 6})
own_texts = own_texts.train_test_split(test_size=4, seed=1)

# %% exercise="own_texts" wrong="names that are numbers" says="a number or a single letter for a name"
own_texts = Dataset.from_dict({"text": "red blue gold grey pink teal navy plum rose sand mint lime".split(), "label": [0, 1] * 6})
own_texts = own_texts.cast_column("label", ClassLabel(num_classes=2)).train_test_split(test_size=4, seed=1)

# %% exercise="own_texts" wrong="sorted and not shuffled" says="gives each split its share of every label"
own_texts = Dataset.from_dict({"text": "red blue gold grey pink teal navy plum rose sand mint lime".split(), "label": [0] * 6 + [1] * 6})
own_texts = own_texts.cast_column("label", ClassLabel(names=["one", "two"]))
own_texts = own_texts.train_test_split(test_size=0.25, shuffle=False)

# %% exercise="own_texts" wrong="the same texts in both" says="needs no skill"
from datasets import DatasetDict

both = Dataset.from_dict({"text": "red blue gold grey pink teal navy plum rose sand mint lime".split(), "label": [0, 1] * 6})
both = both.cast_column("label", ClassLabel(names=["one", "two"]))
own_texts = DatasetDict(train=both, test=both.select(range(4)))

# %% exercise="own_texts" wrong="filled from a frame" says="makes no new text"
own_texts = Dataset.from_dict({"text": [f"Room {n} is cold!" for n in range(12)], "label": [0, 1] * 6})
own_texts = own_texts.cast_column("label", ClassLabel(names=["one", "two"])).train_test_split(test_size=4, seed=1)

# %% exercise="own_texts" wrong="the library's messages" says="write texts of your own"
own_texts = messages

# %% exercise="own_texts" wrong="too few" says="12 texts or more"
own_texts = Dataset.from_dict({"text": ["Nice", "Bad", "Great", "Awful"], "label": ["good", "bad"] * 2})
own_texts = own_texts.class_encode_column("label").train_test_split(test_size=2, stratify_by_column="label", seed=1)

# %% exercise="own_texts" wrong="no test" says="`train` and `test`"
from datasets import DatasetDict

own_texts = Dataset.from_dict({"text": "red blue gold grey pink teal navy plum rose sand mint lime".split(), "label": [0, 1] * 6})
own_texts = DatasetDict(train=own_texts.cast_column("label", ClassLabel(names=["one", "two"])), validation=own_texts)

# %% exercise="own_texts" wrong="other names in the test" says="the same names"
from datasets import DatasetDict

train = Dataset.from_dict({"text": "red blue gold grey pink teal navy plum rose sand mint lime".split(), "label": ["one", "two"] * 6})
test = Dataset.from_dict({"text": "oak elm fir yew".split(), "label": ["two", "three"] * 2})
own_texts = DatasetDict(train=train.class_encode_column("label"), test=test.class_encode_column("label"))

# %% exercise="own_texts" wrong="labels renamed" says="lost, or renamed"
own_texts = Dataset.from_dict({"text": "red blue gold grey pink teal navy plum rose sand mint lime".split(), "labels": [0, 1] * 6})
own_texts = own_texts.cast_column("labels", ClassLabel(names=["one", "two"])).train_test_split(test_size=4, seed=1)

# %% exercise="own_texts" wrong="a plain dictionary" says="`DatasetDict(...)`"
own_texts = {"train": messages["train"], "test": messages["test"]}

# %% exercise="own_texts" wrong="empty splits" says="12 texts or more"
from datasets import DatasetDict

own_texts = Dataset.from_dict({"text": [], "label": []}, features=messages["train"].features)
own_texts = DatasetDict(train=own_texts, test=own_texts)

# %% exercise="what_len_counts" right="True values of other libraries"
from fractions import Fraction

import numpy as np
import torch

what_len_counts = {"e": torch.tensor([1]), "d": Fraction(12), "c": np.array(5), "b": np.float32(2), "a": 3}

# %% exercise="what_len_counts" wrong="one row for the slice" says="not one row" old='"b": 2' new='"b": 1'

# %% exercise="what_len_counts" wrong="the rows of one split" says="only the rows of one split" old='"a": 3' new='"a": 36'

# %% exercise="what_len_counts" wrong="a row for the new column" says="adds a column" old='"d": 12' new='"d": 13'

# %% exercise="what_len_counts" wrong="three files" says="How many files are named" old='"e": 1' new='"e": 3'

# %% exercise="what_len_counts" wrong="an unknown number" says="I do not recognise" old='"c": 5' new='"c": 4'


# %% exercise="numbered_labels" wrong="the alphabet backwards" says="backwards"
def numbered_labels(rows):
    names = sorted(set(rows["label"]), reverse=True)
    return rows.cast_column("label", ClassLabel(names=names))


# %% exercise="numbered_labels" wrong="all names, in the order of the alphabet" says="the order of the alphabet; in which"
def numbered_labels(rows):
    return rows.cast_column("label", ClassLabel(names=sorted(messages["train"].features["label"].names)))


# %% exercise="numbered_labels" wrong="by way of pandas" says="where does the column `__index_level_0__` come from?"
def numbered_labels(rows):
    frame = rows.to_pandas()
    frame.index = frame.index.tolist()
    return Dataset.from_pandas(frame).cast_column("label", messages["train"].features["label"])


# %% exercise="numbered_labels" wrong="the words are kept beside" says="where does the column `word` come from?"
def numbered_labels(rows):
    kind = messages["train"].features["label"]
    return rows.add_column("word", rows["label"][:]).cast_column("label", kind)


# %% exercise="numbered_labels" wrong="rows that come twice are dropped" says="I do not recognise"
def numbered_labels(rows):
    frame = rows.to_pandas().drop_duplicates("label").reset_index(drop=True)
    return Dataset.from_pandas(frame).cast_column("label", messages["train"].features["label"])


# %% exercise="numbered_labels" wrong="a fourth name" says="names: question, complaint, thanks, other"
def numbered_labels(rows):
    return rows.cast_column("label", ClassLabel(names=["question", "complaint", "thanks", "other"]))


# %% exercise="numbered_labels" wrong="right numbers with other names" says="names: 0, 1, 2"
def numbered_labels(rows):
    numbers = {"question": 0, "complaint": 1, "thanks": 2}
    return rows.map(lambda row: {"label": numbers[row["label"]]}).cast_column("label", ClassLabel(num_classes=3))


# %% exercise="numbered_labels" wrong="the rows are given another format" says="leaves `rows` as it is"
def numbered_labels(rows):
    rows.set_format("numpy")
    return rows.cast_column("label", messages["train"].features["label"])


# %% exercise="numbered_labels" wrong="both splits" says="a Dataset with the columns"
def numbered_labels(rows):
    return messages.cast_column("label", messages["train"].features["label"])


# %% exercise="numbered_labels" wrong="no return" says="does it end with `return`?"
def numbered_labels(rows):
    rows.cast_column("label", messages["train"].features["label"])


# %% exercise="two_parts" right="label by label, with pandas"
def two_parts(rows):
    frame = rows.to_pandas()
    test = frame.groupby("label").sample(frac=0.25, random_state=1)
    more = (len(frame) + 2) // 4 - len(test)
    left = frame.drop(test.index)
    more = left.sample(max(0, more), random_state=1).index
    chosen = sorted([*test.index, *more])
    return rows.select([place for place in range(len(rows)) if place not in chosen]), rows.select(chosen)


# %% exercise="two_parts" right="scikit-learn, and datasets made anew"
def two_parts(rows):
    from sklearn.model_selection import train_test_split

    pairs = list(zip(rows["text"], rows["label"]))
    parts = train_test_split(pairs, test_size=0.25, random_state=7, shuffle=True)
    return tuple(Dataset.from_dict({"text": [t for t, _ in part], "label": [n for _, n in part]}) for part in parts)


# %% exercise="two_parts" right="by the digest of each text"
def two_parts(rows):
    from hashlib import sha256

    order = sorted(range(len(rows)), key=lambda place: sha256(rows[place]["text"].encode()).digest())
    cut = len(rows) // 4
    return rows.select(order[cut:]), rows.select(order[:cut])


# %% exercise="two_parts" right="a set, sorted before it is shuffled"
def two_parts(rows):
    import random

    texts = sorted(set(rows["text"]))
    random.Random(course.seed).shuffle(texts)
    test = set(texts[: round(len(texts) / 4)])
    return rows.filter(lambda row: row["text"] not in test), rows.filter(lambda row: row["text"] in test)


# %% exercise="two_parts" wrong="the ranges overlap by one" says="where does the second range begin?"
def two_parts(rows):
    mixed, cut = rows.shuffle(seed=3), len(rows) * 3 // 4
    return mixed.select(range(cut)), mixed.select(range(cut - 1, len(rows)))


# %% exercise="two_parts" wrong="two other seeds" says="rows of the second part are in the first one, too"
def two_parts(rows):
    train = rows.shuffle(seed=11).select(range(len(rows) * 3 // 4))
    return train, rows.shuffle(seed=12).select(range(len(rows) // 4))


# %% exercise="two_parts" wrong="the messages of the notebook" says="use the argument `rows`"
def two_parts(rows):
    return tuple(messages["train"].train_test_split(test_size=0.25, seed=1).values())


# %% exercise="two_parts" wrong="labels of other rows" says="each text with its own label"
def two_parts(rows):
    labels, mixed = rows["label"][:], rows.shuffle(seed=1)
    mixed = Dataset.from_dict({"text": mixed["text"][:], "label": labels}, features=rows.features)
    return tuple(mixed.train_test_split(test_size=0.25, seed=1).values())


# %% exercise="two_parts" wrong="the test has lost its labels" says="each text with its own label"
def two_parts(rows):
    parts = rows.train_test_split(test_size=0.25, seed=1)
    return parts["train"], parts["test"].map(lambda row: {"label": 0})


# %% exercise="two_parts" wrong="only the texts" says="is the column `label` lost"
def two_parts(rows):
    parts = rows.select_columns("text").train_test_split(test_size=0.25, seed=1)
    return parts["train"], parts["test"]


# %% exercise="two_parts" wrong="by way of pandas, with the index" says="`__index_level_0__`"
def two_parts(rows):
    frame = rows.to_pandas().sample(frac=1, random_state=1)
    cut = len(frame) * 3 // 4
    return Dataset.from_pandas(frame[:cut]), Dataset.from_pandas(frame[cut:])


# %% exercise="two_parts" wrong="drawn with replacement" says="each row once"
def two_parts(rows):
    import random

    dice, cut = random.Random(1), len(rows) * 3 // 4
    train = dice.choices(range(cut), k=cut)
    return rows.select(train), rows.select(range(cut, len(rows)))


# %% exercise="two_parts" wrong="the order of a set decides" says="a set has another order in each process"
def two_parts(rows):
    import random

    texts = list(set(rows["text"]))
    random.Random(course.seed).shuffle(texts)
    test = set(texts[: len(texts) // 4])
    return rows.filter(lambda row: row["text"] not in test), rows.filter(lambda row: row["text"] in test)


# %% exercise="two_parts" wrong="a generator outside of the function" says="each call draws anew"
import numpy as np

dice = np.random.default_rng(1)


def two_parts(rows):
    order = dice.permutation(len(rows))
    return rows.select(order[len(rows) // 4 :]), rows.select(order[: len(rows) // 4])


# %% exercise="two_parts" wrong="the size of the card's rows" says="Not yet"
def two_parts(rows):
    mixed = rows.shuffle(seed=3)
    return mixed.select(range(27)), mixed.select(range(27, 36))


# %% exercise="two_parts" wrong="a rest is lost" says="rows in neither part"
def two_parts(rows):
    mixed, quarter = rows.shuffle(seed=3), len(rows) // 4
    return mixed.select(range(3 * quarter)), mixed.select(range(3 * quarter, 4 * quarter))


# %% exercise="two_parts" wrong="halves" says="24 rows and 24 rows" old="0.25" new="0.5"

# %% exercise="two_parts" wrong="the rows are given another format" says="leaves `rows` as it is"
def two_parts(rows):
    parts = rows.train_test_split(test_size=0.25, seed=1)
    rows.set_format("numpy")
    return parts["train"], parts["test"]


# %% exercise="two_parts" wrong="three parts" says="two datasets: `return train, test`"
def two_parts(rows):
    mixed = rows.shuffle(seed=1)
    return mixed.shard(3, 0), mixed.shard(3, 1), mixed.shard(3, 2)


# %% exercise="two_parts" equivalent="a quarter is what the library takes where nothing is said"
# - parts = rows.train_test_split(test_size=0.25, stratify_by_column='label', seed=course.seed)
# + parts = rows.train_test_split(stratify_by_column='label', seed=course.seed)

# %% exercise="two_parts" equivalent="nobody asks for equal shares: each label has so many rows that it comes into both parts"
# - parts = rows.train_test_split(test_size=0.25, stratify_by_column='label', seed=course.seed)
# + parts = rows.train_test_split(test_size=0.25, seed=course.seed)


# %% exercise="nearest_message" wrong="the first one is never looked at" says="the first of `known` is never looked at"
def nearest_message(text, known):
    f = lambda t: (lambda v: v / np.linalg.norm(v))(np.array(extractor(t))[0].mean(axis=0))
    asked, rest = f(text), known[1:] or known
    return rest[np.argmax([f(k) @ asked for k in rest])]


# %% exercise="nearest_message" wrong="a loop that begins at 1, and at 0" says="None"
def nearest_message(text, known):
    f = lambda t: (lambda v: v / np.linalg.norm(v))(np.array(extractor(t))[0].mean(axis=0))
    asked, best, found = f(text), 0, None
    for i in range(1, len(known)):
        if (score := f(known[i]) @ asked) > best:
            best, found = score, known[i]
    return found


# %% exercise="nearest_message" wrong="nothing where no cosine is above 0" says="None"
def nearest_message(text, known):
    f = lambda t: (lambda v: v / np.linalg.norm(v))(np.array(extractor(t))[0].mean(axis=0))
    asked, best, found = f(text), 0, None
    for each in known:
        if (score := f(each) @ asked) > best:
            best, found = score, each
    return found


# %% exercise="nearest_message" wrong="sorts what it gets" says="leaves `known` as it is"
def nearest_message(text, known):
    f = lambda t: (lambda v: v / np.linalg.norm(v))(np.array(extractor(t))[0].mean(axis=0))
    asked = f(text)
    known.sort(key=lambda each: -f(each) @ asked)
    return known[0]


# %% exercise="nearest_message" wrong="the median" says="the median?" old="np.array(extractor(sentence)[0]).mean(axis=0)" new="np.median(extractor(sentence)[0], axis=0)"


# %% exercise="nearest_message" wrong="without the first and the last row" says="are left out?" old="extractor(sentence)[0])" new="extractor(sentence)[0][1:-1])"

# %% exercise="nearest_message" wrong="without the first row" says="Not yet" old="extractor(sentence)[0])" new="extractor(sentence)[0][1:])"

# %% exercise="nearest_message" wrong="the last row" says="only the last row" old="extractor(sentence)[0])" new="extractor(sentence)[0][-1:])"

# %% exercise="nearest_message" wrong="without its sign" says="a minus sign is lost" old="asked @ direction(each)" new="abs(asked @ direction(each))"

# %% exercise="nearest_message" wrong="the second best" says="Not yet"
def nearest_message(text, known):
    f = lambda t: (lambda v: v / np.linalg.norm(v))(np.array(extractor(t))[0].mean(axis=0))
    asked = f(text)
    return sorted(known, key=lambda each: f(each) @ asked)[-2:][0]


# %% exercise="nearest_message" wrong="the rows are divided before the mean" says="each row is divided by its length?"
def nearest_message(text, known):
    def direction(sentence):
        rows = np.array(extractor(sentence)[0])
        mean = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).mean(axis=0)
        return mean / np.linalg.norm(mean)

    asked = direction(text)
    return max(known, key=lambda each: asked @ direction(each))


# %% exercise="nearest_message" wrong="filled up, and no mask" says="Not yet"
def nearest_message(text, known):
    import torch

    batch = extractor.tokenizer([text, *known], padding=True, return_tensors="pt")
    with torch.no_grad():
        means = extractor.model(**batch).last_hidden_state.mean(dim=1)
    return known[int(torch.cosine_similarity(means[:1], means[1:]).argmax())]


# %% exercise="nearest_message" wrong="alike letter by letter" says="Not yet"
def nearest_message(text, known):
    import difflib

    return difflib.get_close_matches(text, known, n=1, cutoff=0)[0]


# %% exercise="nearest_message" wrong="the messages of the notebook" says="I do not recognise"
def nearest_message(text, known):
    f = lambda t: (lambda v: v / np.linalg.norm(v))(np.array(extractor(t))[0].mean(axis=0))
    asked = f(text)
    return max(messages["test"]["text"], key=lambda each: f(each) @ asked)


# %% exercise="nearest_message" wrong="a list of one" says="one text is asked for"
def nearest_message(text, known):
    return known[:1]


# %% exercise="nearest_message" right="one batch, with its mask"
def nearest_message(text, known):
    import torch

    batch = extractor.tokenizer([text, *known], padding=True, return_tensors="pt")
    mask = batch["attention_mask"].unsqueeze(-1)
    with torch.no_grad():
        rows = extractor.model(**batch).last_hidden_state
    means = (rows * mask).sum(dim=1) / mask.sum(dim=1)
    return known[int(torch.cosine_similarity(means[:1], means[1:]).argmax())]


# %% exercise="nearest_message" equivalent="a sum points in the same direction as the mean, and its length is divided away"
# - mean = np.array(extractor(sentence)[0]).mean(axis=0)
# + mean = np.array(extractor(sentence)[0]).sum(axis=0)

# %% exercise="nearest_message" equivalent="for one text, `extractor` gives a list of one table: the first is the last"
# - mean = np.array(extractor(sentence)[0]).mean(axis=0)
# + mean = np.array(extractor(sentence)[-1]).mean(axis=0)

# %% exercise="own_texts" right="levels for names, a validation split with one label, one column more"
from datasets import DatasetDict

kind = ClassLabel(names=["A1", "B2"])
words = "Haus Baum Katze Gegenwart Verhältnis Bedenken Sonne Brot Widerspruch Anspruch Tisch Ereignis Wolke".split()
rows = Dataset.from_dict({"text": words, "label": [0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 1, 0], "source": ["home"] * 13})
rows = rows.cast_column("label", kind)
own_texts = DatasetDict(train=rows.select(range(6)), test=rows.select(range(6, 12)), validation=rows.select([12]))

# %% exercise="own_texts" right="Chinese, with labels of one sign"
texts = ["今天很好", "太慢了", "我喜欢", "不好吃", "谢谢你们", "房间太冷", "非常满意", "等了很久", "真漂亮", "坏了两次", "下次再来", "没有人帮我"]
own_texts = Dataset.from_dict({"text": texts, "label": ["好", "坏"] * 6}).class_encode_column("label")
own_texts = own_texts.train_test_split(test_size=4, stratify_by_column="label", seed=1)

# %% exercise="own_texts" wrong="the library's own names" says="a number or a single letter"
own_texts = Dataset.from_dict({"text": "red blue gold grey pink teal navy plum rose sand mint lime".split(), "label": [0, 1] * 6})
own_texts = own_texts.cast_column("label", ClassLabel(names=["LABEL_0", "LABEL_1"])).train_test_split(test_size=4, seed=1)

# %% exercise="own_texts" wrong="letters for names" says="a number or a single letter"
own_texts = Dataset.from_dict({"text": "red blue gold grey pink teal navy plum rose sand mint lime".split(), "label": [0, 1] * 6})
own_texts = own_texts.cast_column("label", ClassLabel(names=["a", "b"])).train_test_split(test_size=4, seed=1)

# %% exercise="own_texts" wrong="letters for numbers" says="single letter makes no new text"
own_texts = Dataset.from_dict({"text": [f"Text {c}" for c in "abcdefghijkl"], "label": [0, 1] * 6})
own_texts = own_texts.cast_column("label", ClassLabel(names=["one", "two"])).train_test_split(test_size=4, seed=1)

# %% exercise="own_texts" wrong="other capitals" says="capital or single letter"
words = "red blue gold grey pink teal".split()
own_texts = Dataset.from_dict({"text": words + [word.upper() for word in words], "label": [0, 1] * 6})
own_texts = own_texts.cast_column("label", ClassLabel(names=["one", "two"])).train_test_split(test_size=4, seed=1)

# %% exercise="own_texts" wrong="the sentences of the lesson" says="write texts of your own"
words = "red blue gold grey pink teal navy plum rose sand".split()
words += ["When do you open on Monday?", "The lift is broken again."]
own_texts = Dataset.from_dict({"text": words, "label": [0, 1] * 6})
own_texts = own_texts.cast_column("label", ClassLabel(names=["one", "two"])).train_test_split(test_size=4, seed=1)

# %% exercise="own_texts" wrong="one letter, many times" says="texts that say something"
own_texts = Dataset.from_dict({"text": [c * 3 for c in "abcdefghijkl"], "label": [0, 1] * 6})
own_texts = own_texts.cast_column("label", ClassLabel(names=["one", "two"])).train_test_split(test_size=4, seed=1)

# %% exercise="own_texts" wrong="a text twice in one split" says="the same text twice in one split"
from datasets import DatasetDict

kind = ClassLabel(names=["one", "two"])
train = Dataset.from_dict({"text": "red blue gold grey pink teal navy red".split(), "label": [0, 1] * 4})
test = Dataset.from_dict({"text": "rose sand mint lime".split(), "label": [0, 1] * 2})
own_texts = DatasetDict(train=train.cast_column("label", kind), test=test.cast_column("label", kind))

# %% exercise="own_texts" wrong="a text without a label" says="a text without one"
own_texts = Dataset.from_dict({"text": "red blue gold grey pink teal navy plum rose sand mint lime".split(), "label": [0, 1] * 5 + [0, None]})
own_texts = own_texts.cast_column("label", ClassLabel(names=["one", "two"])).train_test_split(test_size=4, seed=1)

# %% exercise="own_texts" wrong="an empty text" says="texts that say something"
own_texts = Dataset.from_dict({"text": "red blue gold grey pink teal navy plum rose sand mint".split() + [" "], "label": [0, 1] * 6})
own_texts = own_texts.cast_column("label", ClassLabel(names=["one", "two"])).train_test_split(test_size=4, seed=1)

# %% exercise="own_texts" wrong="a name that no text has" says="no text at all has this label"
own_texts = Dataset.from_dict({"text": "red blue gold grey pink teal navy plum rose sand mint lime".split(), "label": [0, 1] * 6})
own_texts = own_texts.cast_column("label", ClassLabel(names=["one", "two", "three"])).train_test_split(test_size=4, seed=1)

# %% exercise="own_texts" wrong="names in another order in the test" says="the same names"
from datasets import DatasetDict

train = Dataset.from_dict({"text": "red blue gold grey pink teal navy plum".split(), "label": [0, 1] * 4})
test = Dataset.from_dict({"text": "rose sand mint lime".split(), "label": [0, 1] * 2})
train, test = (p.cast_column("label", ClassLabel(names=n)) for p, n in ((train, ["ja", "nein"]), (test, ["nein", "ja"])))
own_texts = DatasetDict(train=train, test=test)

# %% exercise="own_texts" equivalent="the texts, and which label they get, are up to the student"
# - texts = "My chain jumps on every hill\nCan you order the blue helmet in size M?\nThe back brake makes a terrible noise.\nDo you sell tyres for children's bikes\nI rode over glass and now both wheels are flat!\nHow much is your cheapest lock?\nThe light went out in the tunnel, please look at it.\nI would like two bottles of chain oil.\nSince the accident my bike pulls to the left\nIs the red touring bike still in the shop?\nOne pedal has come off again\nPlease keep a pair of winter gloves for me.".splitlines()
# + texts = "My chain jumps on every hill\nCan you order the blue helmet in size M?\nThe back brake makes a terrible noise.\nDo you sell tyres for children's bikes\nI rode over glass and now both wheels are flat!\nHow much is your cheapest lock?\nThe light went out in the tunnel, please look at it.\nI would like two bottles of chain oil.\nSince the accident my bike pulls to the left\nIs the red touring bike still in the shop?\nOne pedal has come off again\nPlease keep a pair of winter gloves for me.x".splitlines()

# - own_texts = Dataset.from_dict({'text': texts, 'label': ['repair', 'sale'] * 6})
# + own_texts = Dataset.from_dict({'text': texts, 'label': ['sale', 'repair'] * 6})

# - own_texts = own_texts.cast_column('label', ClassLabel(names=['repair', 'sale']))
# + own_texts = own_texts.cast_column('label', ClassLabel(names=['sale', 'repair']))

# %% exercise="own_texts" equivalent="how the twelve texts are divided is up to the student, as long as each label is in both parts"
# - own_texts = own_texts.train_test_split(test_size=1 / 3, stratify_by_column='label', seed=course.seed)
# + own_texts = own_texts.train_test_split(stratify_by_column='label', seed=course.seed)

# - own_texts = own_texts.train_test_split(test_size=1 / 3, stratify_by_column='label', seed=course.seed)
# + own_texts = own_texts.train_test_split(test_size=1 / 3, seed=course.seed)

# - own_texts = own_texts.train_test_split(test_size=1 / 3, stratify_by_column='label', seed=course.seed)
# + own_texts = own_texts.train_test_split(test_size=1 / 3, stratify_by_column='label')

# - own_texts = own_texts.train_test_split(test_size=1 / 3, stratify_by_column='label', seed=course.seed)
# + own_texts = own_texts.train_test_split(test_size=1 * 3, stratify_by_column='label', seed=course.seed)

# - own_texts = own_texts.train_test_split(test_size=1 / 3, stratify_by_column='label', seed=course.seed)
# + own_texts = own_texts.train_test_split(test_size=2 / 3, stratify_by_column='label', seed=course.seed)

# - own_texts = own_texts.train_test_split(test_size=1 / 3, stratify_by_column='label', seed=course.seed)
# + own_texts = own_texts.train_test_split(test_size=1 / 4, stratify_by_column='label', seed=course.seed)

# - own_texts = own_texts.train_test_split(test_size=1 / 3, stratify_by_column='label', seed=course.seed)
# + own_texts = own_texts.train_test_split(test_size=1 / 2, stratify_by_column='label', seed=course.seed)

# - own_texts = own_texts.train_test_split(test_size=1 / 3, stratify_by_column='label', seed=course.seed)
# + own_texts = own_texts.train_test_split(test_size=1 / 6, stratify_by_column='label', seed=course.seed)


# %% exercise="numbered_labels" wrong="the most common one first" says="the most common name stands first"
def numbered_labels(rows):
    from collections import Counter

    return rows.cast_column("label", ClassLabel(names=[word for word, _ in Counter(rows["label"]).most_common()]))


# %% exercise="numbered_labels" right="row by row, with a column made anew"
def numbered_labels(rows):
    kind = messages["train"].features["label"]
    numbers = [kind.str2int(word) for word in rows["label"]]
    return rows.remove_columns("label").add_column("label", numbers).cast_column("label", kind)


# %% exercise="two_parts" wrong="the first rows to test on" says="the rows lie sorted"
def two_parts(rows):
    cut = len(rows) // 4
    return rows.select(range(cut, len(rows))), rows.select(range(cut))


# %% exercise="two_parts" wrong="by the hash of each text" says="after a restart of the kernel"
def two_parts(rows):
    order, cut = sorted(range(len(rows)), key=lambda place: hash(rows[place]["text"])), len(rows) // 4
    return rows.select(order[cut:]), rows.select(order[:cut])


# %% exercise="nearest_message" wrong="never the same text" says="I do not recognise"
def nearest_message(text, known):
    f = lambda t: (lambda v: v / np.linalg.norm(v))(np.array(extractor(t))[0].mean(axis=0))
    asked = f(text)
    return max([each for each in known if each != text] or known, key=lambda each: f(each) @ asked)

# %% exercise="numbered_labels" wrong="the texts lose their spaces and capitals" says="Not yet"
def numbered_labels(rows):
    rows = rows.map(lambda row: {"text": row["text"].strip().lower()})
    return rows.cast_column("label", messages["train"].features["label"])


# %% exercise="numbered_labels" wrong="as many rows as the shown ones" says="40 rows"
def numbered_labels(rows):
    return rows.select(range(min(12, len(rows)))).cast_column("label", messages["train"].features["label"])


# %% exercise="numbered_labels" wrong="each text once" says="Not yet"
def numbered_labels(rows):
    table = rows.to_pandas().drop_duplicates("text")
    return Dataset.from_pandas(table, preserve_index=False).cast_column("label", messages["train"].features["label"])


# %% exercise="numbered_labels" wrong="the names turned round" says="the names are turned round"
def numbered_labels(rows):
    return rows.cast_column("label", ClassLabel(names=messages["train"].features["label"].names[::-1]))


# %% exercise="own_texts" wrong="words in front of numbers for names" says="a number or a single letter"
own_texts = Dataset.from_dict({"text": "red blue gold grey pink teal navy plum rose sand mint lime".split(), "label": [0, 1] * 6})
own_texts = own_texts.cast_column("label", ClassLabel(names=["category 1", "group B"])).train_test_split(test_size=4, seed=1)

# %% exercise="own_texts" wrong="three points for a text" says="texts that say something"
own_texts = Dataset.from_dict({"text": "... blue gold grey pink teal navy plum rose sand mint lime".split(), "label": [0, 1] * 6})
own_texts = own_texts.cast_column("label", ClassLabel(names=["one", "two"])).train_test_split(test_size=4, seed=1)

# %% exercise="own_texts" wrong="a sentence of the sheet" says="write texts of your own"
words = ["Is it open today?", *"blue gold grey pink teal navy plum rose sand mint lime".split()]
own_texts = Dataset.from_dict({"text": words, "label": [0, 1] * 6})
own_texts = own_texts.cast_column("label", ClassLabel(names=["one", "two"])).train_test_split(test_size=4, seed=1)
