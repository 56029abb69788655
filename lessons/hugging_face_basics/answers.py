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

# %% exercise="what_len_counts" wrong="columns after map" says="this is a `Dataset`"
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


# %% exercise="numbered_labels" wrong="sorted by label on the way" says="in their order"
def numbered_labels(rows):
    return rows.cast_column("label", messages["train"].features["label"]).sort("label")


# %% exercise="numbered_labels" wrong="always the rows of the notebook" says="in their order"
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


# %% exercise="two_parts" wrong="the same seed for both" says="the same order twice"
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


# %% exercise="two_parts" wrong="the seed is forgotten" says="is a seed missing"
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


# %% exercise="two_parts" wrong="a tenth for the test" says="three quarters, and one quarter"
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

    return max(known, key=lambda each: direction(text) @ direction(each))


# %% exercise="nearest_message" wrong="the smallest cosine" says="least similar"
def nearest_message(text, known):
    means = [np.mean(extractor(each)[0], axis=0) for each in [text, *known]]
    means = [mean / np.linalg.norm(mean) for mean in means]
    return known[np.argmin([means[0] @ mean for mean in means[1:]])]


# %% exercise="nearest_message" wrong="distances of the means" says="a distance between the means"
def nearest_message(text, known):
    one = np.mean(extractor(text)[0], axis=0)
    return min(known, key=lambda each: np.linalg.norm(one - np.mean(extractor(each)[0], axis=0)))


# %% exercise="nearest_message" wrong="sums, not normalised" says="grow with the length"
def nearest_message(text, known):
    one = np.sum(extractor(text)[0], axis=0)
    return max(known, key=lambda each: one @ np.sum(extractor(each)[0], axis=0))


# %% exercise="nearest_message" wrong="the largest of each column" says="the largest numbers"
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
own_texts = Dataset.from_dict({"text": [c * 3 for c in "abcdefghijklm"], "label": [0, 1] * 6 + [0]})
own_texts = own_texts.cast_column("label", ClassLabel(names=["one", "two"]))

# %% exercise="own_texts" wrong="the labels are still words" says="`cast_column` makes numbers"
own_texts = Dataset.from_dict({"text": [c * 3 for c in "abcdefghijkl"], "label": ["one", "two"] * 6})
own_texts = own_texts.train_test_split(test_size=4, seed=1)

# %% exercise="own_texts" wrong="numbers without names" says="what does 0 mean"
own_texts = Dataset.from_dict({"text": [c * 3 for c in "abcdefghijkl"], "label": [0, 1] * 6})
own_texts = own_texts.train_test_split(test_size=4, seed=1)

# %% exercise="own_texts" wrong="names that are numbers" says="numbers for names"
own_texts = Dataset.from_dict({"text": [c * 3 for c in "abcdefghijkl"], "label": [0, 1] * 6})
own_texts = own_texts.cast_column("label", ClassLabel(num_classes=2)).train_test_split(test_size=4, seed=1)

# %% exercise="own_texts" wrong="sorted and not shuffled" says="cut without a shuffle"
own_texts = Dataset.from_dict({"text": [c * 3 for c in "abcdefghijkl"], "label": [0] * 6 + [1] * 6})
own_texts = own_texts.cast_column("label", ClassLabel(names=["one", "two"]))
own_texts = own_texts.train_test_split(test_size=0.25, shuffle=False)

# %% exercise="own_texts" wrong="the same texts in both" says="needs no skill"
from datasets import DatasetDict

both = Dataset.from_dict({"text": [c * 3 for c in "abcdefghijkl"], "label": [0, 1] * 6})
both = both.cast_column("label", ClassLabel(names=["one", "two"]))
own_texts = DatasetDict(train=both, test=both.select(range(4)))

# %% exercise="own_texts" wrong="filled from a frame" says="no text twice"
own_texts = Dataset.from_dict({"text": [f"Room {n} is cold!" for n in range(12)], "label": [0, 1] * 6})
own_texts = own_texts.cast_column("label", ClassLabel(names=["one", "two"])).train_test_split(test_size=4, seed=1)

# %% exercise="own_texts" wrong="the library's messages" says="write texts of your own"
own_texts = messages

# %% exercise="own_texts" wrong="too few" says="12 texts or more"
own_texts = Dataset.from_dict({"text": ["Nice", "Bad", "Great", "Awful"], "label": ["good", "bad"] * 2})
own_texts = own_texts.class_encode_column("label").train_test_split(test_size=2, stratify_by_column="label", seed=1)

# %% exercise="own_texts" wrong="no test" says="`train` and `test`"
from datasets import DatasetDict

own_texts = Dataset.from_dict({"text": [c * 3 for c in "abcdefghijkl"], "label": [0, 1] * 6})
own_texts = DatasetDict(train=own_texts.cast_column("label", ClassLabel(names=["one", "two"])), validation=own_texts)

# %% exercise="own_texts" wrong="other names in the test" says="the same names"
from datasets import DatasetDict

train = Dataset.from_dict({"text": [c * 3 for c in "abcdefghijkl"], "label": ["one", "two"] * 6})
test = Dataset.from_dict({"text": [c * 3 for c in "mnop"], "label": ["two", "three"] * 2})
own_texts = DatasetDict(train=train.class_encode_column("label"), test=test.class_encode_column("label"))

# %% exercise="own_texts" wrong="labels renamed" says="lost, or renamed"
own_texts = Dataset.from_dict({"text": [c * 3 for c in "abcdefghijkl"], "labels": [0, 1] * 6})
own_texts = own_texts.cast_column("labels", ClassLabel(names=["one", "two"])).train_test_split(test_size=4, seed=1)

# %% exercise="own_texts" wrong="a plain dictionary" says="`DatasetDict(...)`"
own_texts = {"train": messages["train"], "test": messages["test"]}

# %% exercise="own_texts" wrong="empty splits" says="12 texts or more"
from datasets import DatasetDict

own_texts = Dataset.from_dict({"text": [], "label": []}, features=messages["train"].features)
own_texts = DatasetDict(train=own_texts, test=own_texts)
