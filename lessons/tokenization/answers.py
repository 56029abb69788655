# Right and wrong answers to the sheet of `tokenization`. `says` is a part of what the check must reply.

# %% exercise="lengths" right="tuples for lists"
lengths = {"a": (8, 8, 8), "b": (5, 6, 5), "c": (8, 8, 8), "d": (6, 6, 6)}

# %% exercise="lengths" right="counted by the tokenizer"
kinds = {
    "a": {"padding": True},
    "b": {"truncation": True, "max_length": 6},
    "c": {"padding": True, "max_length": 6},
    "d": {"padding": "max_length", "truncation": True, "max_length": 6},
}
lengths = {name: [len(row) for row in tokenizer(messages, **kind)["input_ids"]] for name, kind in kinds.items()}

# %% exercise="lengths" wrong="max_length cuts by itself" says="anything in this line that cuts"
lengths = {"a": [8, 8, 8], "b": [5, 6, 5], "c": [6, 6, 6], "d": [6, 6, 6]}

# %% exercise="lengths" wrong="truncation also fills up" says="There is no padding"
lengths = {"a": [8, 8, 8], "b": [6, 6, 6], "c": [8, 8, 8], "d": [6, 6, 6]}

# %% exercise="lengths" wrong="padding forgotten" says="without any padding"
lengths = {"a": [5, 8, 5], "b": [5, 6, 5], "c": [8, 8, 8], "d": [6, 6, 6]}

# %% exercise="lengths" wrong="one number for each" says="a list"
lengths = {"a": 8, "b": 6, "c": 8, "d": 6}

# %% exercise="lengths" wrong="the numbers as texts" says="without quotes"
lengths = {"a": ["8", "8", "8"], "b": [5, 6, 5], "c": [8, 8, 8], "d": [6, 6, 6]}


# %% exercise="spelling" right="the smallest start and the largest end"
def spelling(text, word):
    encoding = tokenizer(text, return_offsets_mapping=True)
    spans = [span for span, of in zip(encoding["offset_mapping"], encoding.word_ids()) if of == word]
    return text[min(start for start, _ in spans) : max(end for _, end in spans)]


# %% exercise="spelling" right="the library's own word_to_chars"
def spelling(text, word):
    span = tokenizer(text).word_to_chars(word)
    return text[span.start : span.end]


# %% exercise="spelling" wrong="only the first piece" says="only the first piece"
def spelling(text, word):
    encoding = tokenizer(text, return_offsets_mapping=True)
    start, end = encoding["offset_mapping"][encoding.word_ids().index(word)]
    return text[start:end]


# %% exercise="spelling" wrong="decoded from the tokens" says="cut it out of the text"
def spelling(text, word):
    encoding = tokenizer(text)
    return tokenizer.decode([i for i, of in zip(encoding["input_ids"], encoding.word_ids()) if of == word])


# %% exercise="spelling" wrong="split at spaces" says="which word"
def spelling(text, word):
    return text.split()[word]


# %% exercise="spelling" wrong="no return" says="does it end with `return`?"
def spelling(text, word):
    text.split()[word]


# %% exercise="spelling" wrong="one character too many" says="a space too many"
def spelling(text, word):
    span = tokenizer(text).word_to_chars(word)
    return text[span.start : span.end + 1]


# %% exercise="rectangle" right="positional names by a dict"
def rectangle(texts):
    settings = {"padding": "longest", "truncation": "longest_first", "max_length": 8}
    return tokenizer(list(texts), return_tensors="pt", **settings)


# %% exercise="rectangle" right="cut first, pad afterwards"
def rectangle(texts):
    return tokenizer.pad(tokenizer(texts, truncation=True, max_length=8), return_tensors="pt")


# %% exercise="rectangle" wrong="always eight columns" says="no more than needed"
def rectangle(texts):
    return tokenizer(texts, padding="max_length", truncation=True, max_length=8, return_tensors="pt")


# %% exercise="rectangle" wrong="sliced, so that [SEP] is lost" says="[SEP] at the end"
def rectangle(texts):
    batch = tokenizer(texts, padding=True, return_tensors="pt")
    return {name: values[:, :8] for name, values in batch.items()}


# %% exercise="rectangle" wrong="padding left out" says="ValueError"
def rectangle(texts):
    return tokenizer(texts, truncation=True, max_length=8, return_tensors="pt")


# %% exercise="rectangle" wrong="only the ids" says="tensors of ids and mask"
def rectangle(texts):
    return tokenizer(texts, padding=True, truncation=True, max_length=8, return_tensors="pt")["input_ids"]


# %% exercise="share_cut" right="with NumPy"
def share_cut(texts, limit):
    import numpy as np

    return np.mean([len(tokenizer(text)["input_ids"]) > limit for text in texts])


# %% exercise="share_cut" right="tokens without, limit less two"
def share_cut(texts, limit):
    return sum(len(tokenizer.tokenize(text)) > limit - 2 for text in texts) / len(texts)


# %% exercise="share_cut" wrong="special tokens forgotten" says="two places"
def share_cut(texts, limit):
    return sum(len(tokenizer.tokenize(text)) > limit for text in texts) / len(texts)


# %% exercise="share_cut" wrong="at the limit counted as cut" says="> or >="
def share_cut(texts, limit):
    return sum(len(tokenizer(text)["input_ids"]) >= limit for text in texts) / len(texts)


# %% exercise="share_cut" wrong="a percentage" says="a percentage"
def share_cut(texts, limit):
    return 100 * sum(len(tokenizer(text)["input_ids"]) > limit for text in texts) / len(texts)


# %% exercise="share_cut" wrong="the share that is kept" says="kept"
def share_cut(texts, limit):
    return sum(len(tokenizer(text)["input_ids"]) <= limit for text in texts) / len(texts)


# %% exercise="share_cut" wrong="as it was: words" says="words are counted"
def share_cut(texts, limit):
    longer = [len(text.split()) > limit for text in texts]
    return sum(longer) / len(longer)


# %% exercise="free" right="the code point as a word"
def free(text):
    return "".join(f" u{ord(c):x} " if ord(c) > 0x2000 else c for c in text)


# %% exercise="free" right="a small dictionary, and names for the rest"
def free(text):
    import unicodedata

    for character in set(text):
        if unicodedata.category(character) == "So":
            text = text.replace(character, " emoji " + unicodedata.name(character) + " ")
    return text


# %% exercise="free" wrong="symbols removed" says="laughing from raging"
def free(text):
    import unicodedata

    return "".join(" " if unicodedata.category(c) == "So" else c for c in text)


# %% exercise="free" wrong="only a space before" says="on both sides"
def free(text):
    import unicodedata

    return "".join(f" {c}" if unicodedata.category(c) == "So" else c for c in text)


# %% exercise="free" wrong="spaces on both sides, still unknown" says="laughing from raging"
def free(text):
    import unicodedata

    return "".join(f" {c} " if unicodedata.category(c) == "So" else c for c in text)


# %% exercise="free" wrong="plain text lowered" says="stays as it is"
def free(text):
    import unicodedata

    return "".join(f" {unicodedata.name(c)} " if unicodedata.category(c) == "So" else c for c in text).lower()


# %% exercise="free" wrong="not a text" says="a text in"
def free(text):
    return tokenizer.tokenize(text)
