# Right and wrong answers to the sheet of `dataloader`. `says` is a part of what the check must reply.

# %% exercise="padding_bill" right="counted by the DataLoader"
by_size = sorted(rows, key=lambda row: len(row["input_ids"]))
to_32 = DataCollatorWithPadding(tokenizer, padding="max_length", max_length=32)


def tokens_sent(rows, function):
    return sum(batch["input_ids"].numel() for batch in DataLoader(rows, batch_size=4, collate_fn=function))


padding_bill = {
    "a": len(DataLoader(rows, batch_size=4)),
    "b": len(DataLoader(rows, batch_size=4, drop_last=True)),
    "c": tokens_sent(rows, to_32),
    "d": tokens_sent(rows, collator),
    "e": tokens_sent(by_size, collator),
    "f": tokens_sent(rows, collator) - sum(lengths),
}

# %% exercise="padding_bill" right="with NumPy"
import numpy as np

widths, kept = np.array([20, 20, 9]), np.array([4, 4, 2])
padding_bill = {"a": np.ceil(10 / 4), "b": 10 // 4, "c": np.int64(320), "d": (widths * kept).sum()}
padding_bill |= {"e": (np.array([6, 10, 20]) * kept).sum(), "f": (widths * kept).sum() - np.sum(lengths)}

# %% exercise="padding_bill" wrong="rounded down" says="is a step, too"
padding_bill = {"a": 2, "b": 2, "c": 320, "d": 178, "e": 104, "f": 84}

# %% exercise="padding_bill" wrong="drop_last forgotten" says="the batch with two rows"
padding_bill = {"a": 3, "b": 3, "c": 320, "d": 178, "e": 104, "f": 84}

# %% exercise="padding_bill" wrong="three full batches" says="only two rows"
padding_bill = {"a": 3, "b": 2, "c": 384, "d": 196, "e": 144, "f": 102}

# %% exercise="padding_bill" wrong="one width for all" says="one width for all"
padding_bill = {"a": 3, "b": 2, "c": 320, "d": 200, "e": 104, "f": 106}

# %% exercise="padding_bill" wrong="the small batch taken for a full one, only in d" says="only two rows"
padding_bill = {"a": 3, "b": 2, "c": 320, "d": 196, "e": 104, "f": 102}

# %% exercise="padding_bill" wrong="the widths added" says="a rectangle"
padding_bill = {"a": 3, "b": 2, "c": 320, "d": 49, "e": 36, "f": 84}

# %% exercise="padding_bill" wrong="sorting changes nothing" says="into other batches"
padding_bill = {"a": 3, "b": 2, "c": 320, "d": 178, "e": 178, "f": 84}

# %% exercise="padding_bill" wrong="real tokens for padding" says="the others are asked for"
padding_bill = {"a": 3, "b": 2, "c": 320, "d": 178, "e": 104, "f": 94}

# %% exercise="padding_bill" wrong="a share" says="divide nothing"
padding_bill = {"a": 3, "b": 2, "c": 320, "d": 178, "e": 104, "f": 0.47}

# %% exercise="padding_bill" wrong="nothing that we know" says="I do not recognise this slip"
padding_bill = {"a": 3, "b": 2, "c": 320, "d": 177, "e": 104, "f": 84}


# %% exercise="batch_loss" right="a new dictionary"
def batch_loss(model, batch):
    return model(**{"labels" if name == "label" else name: values for name, values in batch.items()}).loss


# %% exercise="batch_loss" right="the loss by hand"
def batch_loss(model, batch):
    import torch

    targets = batch["labels"] if "labels" in batch else batch["label"]
    logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
    return torch.nn.CrossEntropyLoss()(logits, targets)


# %% exercise="batch_loss" right="get, and the first of the outputs"
def batch_loss(model, batch):
    targets = batch.get("labels")
    if targets is None:
        targets = batch["label"]
    return model(batch["input_ids"], batch["attention_mask"], labels=targets)[0]


# %% exercise="batch_loss" wrong="as it was: zero" says="the error is silenced"
def batch_loss(model, batch):
    import torch

    loss = model(**batch).loss
    return loss if loss is not None else torch.tensor(0.0, requires_grad=True)


# %% exercise="batch_loss" wrong="None handed on" says="`None` again"
def batch_loss(model, batch):
    return model(**batch).loss


# %% exercise="batch_loss" wrong="the batch is changed" says="something changes `batch` itself"
def batch_loss(model, batch):
    if "label" in batch:
        batch["labels"] = batch.pop("label")
    return model(**batch).loss


# %% exercise="batch_loss" wrong="both names in the caller's batch" says="something changes `batch` itself"
def batch_loss(model, batch):
    batch["labels"] = batch.get("label", batch.get("labels"))
    return model(**batch).loss


# %% exercise="batch_loss" wrong="only label works" says="ask which name is there"
def batch_loss(model, batch):
    inputs = dict(batch)
    inputs["labels"] = inputs.pop("label")
    return model(**inputs).loss


# %% exercise="batch_loss" wrong="the mask is forgotten" says="did the mask get lost"
def batch_loss(model, batch):
    targets = batch["labels"] if "labels" in batch else batch["label"]
    return model(input_ids=batch["input_ids"], labels=targets).loss


# %% exercise="batch_loss" wrong="a number" says="is there an `.item()`"
def batch_loss(model, batch):
    targets = batch["labels"] if "labels" in batch else batch["label"]
    return model(batch["input_ids"], batch["attention_mask"], labels=targets).loss.item()


# %% exercise="batch_loss" wrong="without gradients" says="without a way back"
def batch_loss(model, batch):
    import torch

    targets = batch["labels"] if "labels" in batch else batch["label"]
    with torch.no_grad():
        return model(batch["input_ids"], batch["attention_mask"], labels=targets).loss


# %% exercise="batch_loss" wrong="a new tensor with the same number" says="knows no model"
def batch_loss(model, batch):
    import torch

    targets = batch["labels"] if "labels" in batch else batch["label"]
    loss = model(batch["input_ids"], batch["attention_mask"], labels=targets).loss
    return torch.tensor(loss.item(), requires_grad=True)


# %% exercise="batch_loss" wrong="the outputs, not the loss" says="one part of them"
def batch_loss(model, batch):
    targets = batch["labels"] if "labels" in batch else batch["label"]
    return model(batch["input_ids"], batch["attention_mask"], labels=targets)


# %% exercise="collate_with_text" right="by hand, as in the lesson"
def collate_with_text(rows):
    import torch

    longest = max(len(row["input_ids"]) for row in rows)
    batch = {"text": [row["text"] for row in rows], "labels": torch.tensor([row["label"] for row in rows])}
    for name, fill in (("input_ids", tokenizer.pad_token_id), ("attention_mask", 0)):
        batch[name] = torch.tensor([row[name] + [fill] * (longest - len(row[name])) for row in rows])
    return batch


# %% exercise="collate_with_text" right="tokenizer.pad and a tuple"
def collate_with_text(rows):
    import torch

    padded = tokenizer.pad([{"input_ids": row["input_ids"]} for row in rows], return_tensors="pt")
    padded["labels"] = torch.tensor([row["label"] for row in rows])
    padded["text"] = tuple(row["text"] for row in rows)
    return padded


# %% exercise="collate_with_text" right="pad_sequence"
def collate_with_text(rows):
    import torch
    from torch.nn.utils.rnn import pad_sequence

    ids = pad_sequence([torch.tensor(row["input_ids"]) for row in rows], batch_first=True)
    labels = torch.tensor([row["label"] for row in rows])
    mask = (ids != tokenizer.pad_token_id).long()
    return dict(input_ids=ids, attention_mask=mask, labels=labels, text=[row["text"] for row in rows])


# %% exercise="collate_with_text" wrong="the words go into the collator" says="rows without `text`"
def collate_with_text(rows):
    return collator(rows)


# %% exercise="collate_with_text" wrong="pop changes the rows" says="stay as they are"
def collate_with_text(rows):
    texts = [row.pop("text") for row in rows]
    return {**collator(rows), "text": texts}


# %% exercise="collate_with_text" wrong="the texts are dropped" says="where are the texts"
def collate_with_text(rows):
    return collator([{name: row[name] for name in ("input_ids", "attention_mask", "label")} for row in rows])


# %% exercise="collate_with_text" wrong="label is not labels" says="not `label`"
def collate_with_text(rows):
    batch = collator([{name: row[name] for name in ("input_ids", "attention_mask", "label")} for row in rows])
    return {
        "input_ids": batch["input_ids"],
        "attention_mask": batch["attention_mask"],
        "label": batch["labels"],
        "text": [row["text"] for row in rows],
    }


# %% exercise="collate_with_text" wrong="label and labels" says="these four are enough"
def collate_with_text(rows):
    numbers = [{name: row[name] for name in ("input_ids", "attention_mask", "label")} for row in rows]
    batch = {**collator(numbers), "text": [row["text"] for row in rows]}
    return {**batch, "label": batch["labels"]}


# %% exercise="collate_with_text" wrong="tokenized again" says="the ids that the rows have"
def collate_with_text(rows):
    import torch

    batch = dict(tokenizer([row["text"] for row in rows], padding=True, return_tensors="pt"))
    batch.pop("token_type_ids", None)
    return {**batch, "labels": torch.tensor([row["label"] for row in rows]), "text": [row["text"] for row in rows]}


# %% exercise="collate_with_text" wrong="a mask of ones" says="a mask of ones"
def collate_with_text(rows):
    import torch

    batch = dict(collator([{"input_ids": row["input_ids"], "label": row["label"]} for row in rows]))
    batch["attention_mask"] = torch.ones_like(batch["input_ids"])
    return {**batch, "text": [row["text"] for row in rows]}


# %% exercise="collate_with_text" wrong="padded to 512" says="each batch is 512 wide"
def collate_with_text(rows):
    wide = DataCollatorWithPadding(tokenizer, padding="max_length", max_length=512)
    numbers = [{name: row[name] for name in ("input_ids", "attention_mask", "label")} for row in rows]
    return {**wide(numbers), "text": [row["text"] for row in rows]}


# %% exercise="collate_with_text" wrong="float labels" says="several labels"
def collate_with_text(rows):
    import torch

    numbers = [{name: row[name] for name in ("input_ids", "attention_mask")} for row in rows]
    labels = torch.tensor([float(row["label"]) for row in rows])
    return {**collator(numbers), "labels": labels, "text": [row["text"] for row in rows]}


# %% exercise="collate_with_text" wrong="padding in front" says="behind the real tokens"
def collate_with_text(rows):
    import torch

    longest = max(len(row["input_ids"]) for row in rows)
    batch = {"text": [row["text"] for row in rows], "labels": torch.tensor([row["label"] for row in rows])}
    for name in ("input_ids", "attention_mask"):
        batch[name] = torch.tensor([[0] * (longest - len(row[name])) + row[name] for row in rows])
    return batch


# %% exercise="collate_with_text" wrong="lists, not tensors" says="lists cannot go into a model"
def collate_with_text(rows):
    longest = max(len(row["input_ids"]) for row in rows)
    batch = {"text": [row["text"] for row in rows], "labels": [row["label"] for row in rows]}
    for name in ("input_ids", "attention_mask"):
        batch[name] = [row[name] + [0] * (longest - len(row[name])) for row in rows]
    return batch


# %% exercise="grouped_batches" right="noise on the lengths, with torch"
def grouped_batches(lengths, size, seed):
    import torch

    chance = torch.Generator().manual_seed(seed)
    noisy = torch.tensor(lengths) * (1 + 0.2 * torch.rand(len(lengths), generator=chance))
    return list(noisy.argsort().split(size))


# %% exercise="grouped_batches" right="the library's sampler"
def grouped_batches(lengths, size, seed):
    import torch
    from transformers.trainer_pt_utils import LengthGroupedSampler

    order = list(LengthGroupedSampler(size, lengths=lengths, generator=torch.Generator().manual_seed(seed)))
    return [order[row : row + size] for row in range(0, len(order), size)]


# %% exercise="grouped_batches" right="blocks of eight, batches shuffled, with random"
def grouped_batches(lengths, size, seed):
    import random

    chance = random.Random(seed)
    order = list(range(len(lengths)))
    chance.shuffle(order)
    batches = []
    for start in range(0, len(order), 8 * size):
        block = sorted(order[start : start + 8 * size], key=lengths.__getitem__, reverse=True)
        batches += [tuple(block[row : row + size]) for row in range(0, len(block), size)]
    chance.shuffle(batches)
    return batches


# %% exercise="grouped_batches" wrong="only shuffled" says="as much as without any order"
def grouped_batches(lengths, size, seed):
    import numpy as np

    order = np.random.default_rng(seed).permutation(len(lengths)).tolist()
    return [order[row : row + size] for row in range(0, len(order), size)]


# %% exercise="grouped_batches" wrong="only sorted" says="both seeds give the same batches"
def grouped_batches(lengths, size, seed):
    order = sorted(range(len(lengths)), key=lambda row: lengths[row])
    return [order[row : row + size] for row in range(0, len(order), size)]


# %% exercise="grouped_batches" wrong="sorted, and the batches shuffled" says="the same rows always meet"
def grouped_batches(lengths, size, seed):
    import random

    order = sorted(range(len(lengths)), key=lambda row: lengths[row])
    batches = [order[row : row + size] for row in range(0, len(order), size)]
    random.Random(seed).shuffle(batches)
    return batches


# %% exercise="grouped_batches" wrong="shuffled, then sorted as a whole" says="rows of equal length change places"
def grouped_batches(lengths, size, seed):
    import numpy as np

    order = np.random.default_rng(seed).permutation(len(lengths)).tolist()
    order.sort(key=lambda row: lengths[row])
    return [order[row : row + size] for row in range(0, len(order), size)]


# %% exercise="grouped_batches" wrong="without the seed" says="made from `seed`"
def grouped_batches(lengths, size, seed):
    import random

    order = random.sample(range(len(lengths)), len(lengths))
    order = [row for i in range(0, len(order), 80) for row in sorted(order[i : i + 80], key=lambda r: lengths[r])]
    return [order[row : row + size] for row in range(0, len(order), size)]


# %% exercise="grouped_batches" wrong="the last rows dropped" says="the last few rows are lost"
def grouped_batches(lengths, size, seed):
    import numpy as np

    order = np.random.default_rng(seed).permutation(len(lengths)).tolist()
    order = [row for i in range(0, len(order), 80) for row in sorted(order[i : i + 80], key=lambda r: lengths[r])]
    return [order[row : row + size] for row in range(0, len(order) - size + 1, size)]


# %% exercise="grouped_batches" wrong="lengths in place of rows" says="those are lengths"
def grouped_batches(lengths, size, seed):
    import numpy as np

    mixed = np.random.default_rng(seed).permutation(lengths).tolist()
    return [sorted(mixed[i : i + size]) for i in range(0, len(mixed), size)]


# %% exercise="grouped_batches" wrong="one order, not cut" says="cut the order of the rows into batches"
def grouped_batches(lengths, size, seed):
    import numpy as np

    order = np.random.default_rng(seed).permutation(len(lengths)).tolist()
    return [row for i in range(0, len(order), 80) for row in sorted(order[i : i + 80], key=lambda r: lengths[r])]


# %% exercise="grouped_batches" wrong="blocks that hold no whole number of batches" says="a whole number of batches"
def grouped_batches(lengths, size, seed):
    import numpy as np

    order, batches = np.random.default_rng(seed).permutation(len(lengths)).tolist(), []
    for start in range(0, len(order), 100 - 1):
        block = sorted(order[start : start + 100 - 1], key=lambda row: lengths[row])
        batches += [block[row : row + size] for row in range(0, len(block), size)]
    return batches


# %% exercise="grouped_batches" wrong="blocks of two batches" says="too small"
def grouped_batches(lengths, size, seed):
    import numpy as np

    order = np.random.default_rng(seed).permutation(len(lengths)).tolist()
    order = [
        r for i in range(0, len(order), 3 * size) for r in sorted(order[i : i + 3 * size], key=lambda r: lengths[r])
    ]
    return [order[row : row + size] for row in range(0, len(order), size)]


# %% exercise="padding_bill" right="whole numbers of other kinds"
from decimal import Decimal
from fractions import Fraction

padding_bill = {"f": Decimal(84), "e": 104.0, "d": torch.tensor(178), "c": 10 * 32, "b": Fraction(2), "a": -(-10 // 4)}

# %% exercise="padding_bill" wrong="drop_last in mind for all, c" says="nothing is dropped here"
padding_bill = {"a": 3, "b": 2, "c": 256, "d": 160, "e": 64, "f": 80}

# %% exercise="padding_bill" wrong="drop_last in mind, d" says="nothing is dropped here"
padding_bill = {"a": 3, "b": 2, "c": 320, "d": 160, "e": 64, "f": 80}

# %% exercise="padding_bill" wrong="drop_last in mind, e" says="nothing is dropped here"
padding_bill = {"a": 3, "b": 2, "c": 320, "d": 178, "e": 64, "f": 84}

# %% exercise="padding_bill" wrong="drop_last in mind, f" says="nothing is dropped here"
padding_bill = {"a": 3, "b": 2, "c": 320, "d": 178, "e": 104, "f": 80}

# %% exercise="padding_bill" wrong="longest first" says="the shortest row comes first"
padding_bill = {"a": 3, "b": 2, "c": 320, "d": 178, "e": 122, "f": 84}

# %% exercise="padding_bill" wrong="a percentage" says="a percentage?"
padding_bill = {"a": 3, "b": 2, "c": 320, "d": 178, "e": 104, "f": 47}

# %% exercise="padding_bill" wrong="the padding in c" says="the padding in `c`"
padding_bill = {"a": 3, "b": 2, "c": 320, "d": 178, "e": 104, "f": 226}

# %% exercise="padding_bill" wrong="one is missing" says='the keys "a", "b", "c", "d", "e", "f"'
padding_bill = {"a": 3, "b": 2, "c": 320, "d": 178, "e": 104}

# %% exercise="padding_bill" wrong="steps and a half" says="divide nothing"
padding_bill = {"a": 2.5, "b": 2, "c": 320, "d": 178, "e": 104, "f": 84}

# %% exercise="padding_bill" wrong="one batch of 32 for c" says="how many rows are there"
padding_bill = {"a": 3, "b": 2, "c": 32, "d": 178, "e": 104, "f": 84}


# %% exercise="batch_loss" right="a union of dictionaries, tried in turn"
def batch_loss(model, batch):
    out = model(**batch)
    if out.loss is not None:
        return out.loss
    return model(**{**batch, "labels": batch["label"]})["loss"]


# %% exercise="batch_loss" right="a copy of the batch, for loop"
def batch_loss(model, batch):
    kept = batch.copy()
    for name in list(kept):
        if name == "label":
            kept["labels"] = kept.pop(name)
    return model(**kept.to(model.device)).loss


# %% exercise="batch_loss" right="by hand, with log_softmax"
def batch_loss(model, batch):
    targets = batch["label" if "label" in batch else "labels"]
    chances = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits.log_softmax(-1)
    return -chances.gather(1, targets[:, None]).mean()


# %% exercise="batch_loss" wrong="backward inside" says="did you call `backward` yourself?" old="return model(**inputs).loss" new="loss = model(**inputs).loss; loss.backward(); return loss"

# %% exercise="batch_loss" wrong="backward inside, the graph kept" says="did you call `backward` yourself?" old="return model(**inputs).loss" new="loss = model(**inputs).loss; loss.backward(retain_graph=True); return loss"

# %% exercise="batch_loss" wrong="zero_grad and backward inside" says="the caller's work" old="return model(**inputs).loss" new="model.zero_grad(); loss = model(**inputs).loss; loss.backward(); return loss"

# %% exercise="batch_loss" wrong="zero_grad inside" says="has collected so far" old="return model(**inputs).loss" new="model.zero_grad(); return model(**inputs).loss"

# %% exercise="batch_loss" wrong="eval left on" says="the model stays in its mode" old="return model(**inputs).loss" new="model.eval(); return model(**inputs).loss"

# %% exercise="batch_loss" wrong="train first" says="the model stays in its mode" old="return model(**inputs).loss" new="model.train(); return model(**inputs).loss"

# %% exercise="batch_loss" wrong="train and back" says="the model stays in its mode"
def batch_loss(model, batch):
    was = model.training
    model.train()
    loss = model(**{"labels" if name == "label" else name: values for name, values in batch.items()}).loss
    model.train(was)
    return loss


# %% exercise="batch_loss" wrong="all but the head frozen" says="no weight of the model is frozen" old="return model(**inputs).loss" new="model.requires_grad_(False); model.classifier.requires_grad_(True); return model(**inputs).loss"

# %% exercise="batch_loss" wrong="the encoder without gradients" says="the right gradients in all weights"
def batch_loss(model, batch):
    import torch

    targets = batch["labels"] if "labels" in batch else batch["label"]
    with torch.no_grad():
        seen = model.bert(batch["input_ids"], batch["attention_mask"]).pooler_output
    return torch.nn.functional.cross_entropy(model.classifier(seen), targets)


# %% exercise="batch_loss" wrong="a step is taken" says="keeps its weights"
def batch_loss(model, batch):
    loss = model(**{"labels" if name == "label" else name: values for name, values in batch.items()}).loss
    with torch.no_grad():
        for weight in model.parameters():
            weight -= 0.1
    return loss


# %% exercise="batch_loss" wrong="a softmax first" says="a softmax before the cross entropy"
def batch_loss(model, batch):
    targets = batch["labels"] if "labels" in batch else batch["label"]
    logits = model(batch["input_ids"], batch["attention_mask"]).logits
    return torch.nn.functional.cross_entropy(logits.softmax(-1), targets)


# %% exercise="batch_loss" wrong="the first row only" says="only the loss of the first row"
def batch_loss(model, batch):
    targets = batch["labels"] if "labels" in batch else batch["label"]
    return model(batch["input_ids"][:1], batch["attention_mask"][:1], labels=targets[:1]).loss


# %% exercise="batch_loss" wrong="the sum of the rows" says="is their mean"
def batch_loss(model, batch):
    targets = batch["labels"] if "labels" in batch else batch["label"]
    logits = model(batch["input_ids"], batch["attention_mask"]).logits
    return torch.nn.functional.cross_entropy(logits, targets, reduction="sum")


# %% exercise="batch_loss" wrong="one loss for each row" says="many values"
def batch_loss(model, batch):
    targets = batch["labels"] if "labels" in batch else batch["label"]
    logits = model(batch["input_ids"], batch["attention_mask"]).logits
    return torch.nn.functional.cross_entropy(logits, targets, reduction="none")


# %% exercise="batch_loss" wrong="three labels hard-coded" says="RuntimeError"
def batch_loss(model, batch):
    targets = batch["labels"] if "labels" in batch else batch["label"]
    logits = model(batch["input_ids"], batch["attention_mask"]).logits
    return torch.nn.functional.cross_entropy(logits.view(2, 3), targets)


# %% exercise="batch_loss" wrong="the model of the notebook" says="out of bounds"
notebook_model = model


def batch_loss(model, batch):
    targets = batch["labels"] if "labels" in batch else batch["label"]
    return notebook_model(batch["input_ids"], batch["attention_mask"], labels=targets).loss


# %% exercise="batch_loss" wrong="smoothed labels" says="I do not recognise this slip"
def batch_loss(model, batch):
    targets = batch["labels"] if "labels" in batch else batch["label"]
    logits = model(batch["input_ids"], batch["attention_mask"]).logits
    return torch.nn.functional.cross_entropy(logits, targets, label_smoothing=0.1)


# %% exercise="batch_loss" wrong="labels only" says="does it end with `return`?"
def batch_loss(model, batch):
    if "labels" in batch:
        return model(**batch).loss


# %% exercise="batch_loss" wrong="no return" says="does it end with `return`?" old="return model(**inputs).loss" new="model(**inputs).loss"

# %% exercise="batch_loss" wrong="detached" says="without a way back" old="return model(**inputs).loss" new="return model(**inputs).loss.detach()"

# %% exercise="batch_loss" wrong="the mask is all ones" says="did the mask get lost" old="return model(**inputs).loss" new="inputs['attention_mask'] = torch.ones_like(inputs['attention_mask']); return model(**inputs).loss"

# %% exercise="batch_loss" wrong="the targets changed in place" says="something changes `batch` itself" old="return model(**inputs).loss" new="loss = model(**inputs).loss; inputs['labels'].zero_(); return loss"


# %% exercise="collate_with_text" right="a mask of floats, ids of int32"
def collate_with_text(rows):
    longest = max(len(row["input_ids"]) for row in rows)
    ids = torch.zeros(len(rows), longest, dtype=torch.int32)
    mask = torch.zeros(len(rows), longest)
    for line, row in enumerate(rows):
        ids[line, : len(row["input_ids"])] = torch.tensor(row["input_ids"])
        mask[line, : len(row["input_ids"])] = 1
    labels = torch.LongTensor([row["label"] for row in rows])
    return {"text": [row["text"] for row in rows], "labels": labels, "attention_mask": mask, "input_ids": ids}


# %% exercise="collate_with_text" right="itertools and a BatchEncoding"
from itertools import zip_longest

from transformers import BatchEncoding


def collate_with_text(rows):
    ids = torch.tensor(list(zip_longest(*[row["input_ids"] for row in rows], fillvalue=0))).T
    numbers = {"input_ids": ids, "attention_mask": ids > 0, "labels": torch.tensor([row["label"] for row in rows])}
    return BatchEncoding({**numbers, "text": [row["text"] for row in rows]})


# %% exercise="collate_with_text" right="pandas"
import pandas as pd


def collate_with_text(rows):
    table = pd.DataFrame(rows)
    batch = collator(table.drop(columns="text").to_dict("records"))
    return {"text": table["text"], **batch}


# %% exercise="collate_with_text" wrong="int32 labels" says="torch.int64" old="return batch" new="batch['labels'] = batch['labels'].int(); return batch"

# %% exercise="collate_with_text" wrong="labels in a column" says="an axis of length 1 is left" old="return batch" new="batch['labels'] = batch['labels'][:, None]; return batch"

# %% exercise="collate_with_text" wrong="the same dictionary each time" says="overwrites the one before" old="batch = dict(collator(numbers))" new="collate_with_text.kept = batch = getattr(collate_with_text, 'kept', {}); batch.update(collator(numbers))"

# %% exercise="collate_with_text" wrong="the first texts stay" says="the texts of the rows"
kept = {}


def collate_with_text(rows):
    batch = dict(collator([{k: v for k, v in row.items() if k != "text"} for row in rows]))
    batch["text"] = kept.setdefault("text", [row["text"] for row in rows])
    return batch


# %% exercise="collate_with_text" wrong="filled with 1" says="filled with 1: it must be 0"
def collate_with_text(rows):
    longest = max(len(row["input_ids"]) for row in rows)
    batch = {"text": [row["text"] for row in rows], "labels": torch.tensor([row["label"] for row in rows])}
    for name, fill in (("input_ids", 1), ("attention_mask", 0)):
        batch[name] = torch.tensor([row[name] + [fill] * (longest - len(row[name])) for row in rows])
    return batch


# %% exercise="collate_with_text" wrong="padded to 64" says="is the width fixed?" old="collator(numbers)" new="DataCollatorWithPadding(tokenizer, padding='max_length', max_length=64)(numbers)"

# %% exercise="collate_with_text" wrong="padded to a multiple of 8" says="a multiple of 8" old="collator(numbers)" new="DataCollatorWithPadding(tokenizer, pad_to_multiple_of=8)(numbers)"

# %% exercise="collate_with_text" wrong="cut to the shortest row" says="the shortest row"
def collate_with_text(rows):
    short = min(len(row["input_ids"]) for row in rows)
    batch = {"text": [row["text"] for row in rows], "labels": torch.tensor([row["label"] for row in rows])}
    for name in ("input_ids", "attention_mask"):
        batch[name] = torch.tensor([row[name][:short] for row in rows])
    return batch


# %% exercise="collate_with_text" wrong="no mask" says="without a mask" old="return batch" new="del batch['attention_mask']; return batch"

# %% exercise="collate_with_text" wrong="a mask turned round" says="0 and 1 are exchanged" old="return batch" new="batch['attention_mask'] = 1 - batch['attention_mask']; return batch"

# %% exercise="collate_with_text" wrong="the longest row first, texts too" says="the rows are these, in another order" old="numbers = [" new="rows = sorted(rows, key=lambda row: -len(row['input_ids'])); numbers = ["

# %% exercise="collate_with_text" wrong="the rows sorted in place" says="the rows stay as they are" old="numbers = [" new="rows.sort(key=lambda row: -len(row['input_ids'])); numbers = ["

# %% exercise="collate_with_text" wrong="each text once" says="the texts of the rows" old="batch[\"text\"] = [row[\"text\"] for row in rows]" new="batch[\"text\"] = list(dict.fromkeys(row[\"text\"] for row in rows))"

# %% exercise="collate_with_text" wrong="the texts in the order of the alphabet" says="in another order" old="batch[\"text\"] = [row[\"text\"] for row in rows]" new="batch[\"text\"] = sorted(row[\"text\"] for row in rows)"

# %% exercise="collate_with_text" wrong="one long text" says="a list of texts" old="batch[\"text\"] = [row[\"text\"] for row in rows]" new="batch[\"text\"] = ' '.join(row[\"text\"] for row in rows)"

# %% exercise="collate_with_text" wrong="labels sorted" says="in another order" old="return batch" new="batch['labels'] = batch['labels'].sort().values; return batch"

# %% exercise="collate_with_text" wrong="labels as a list" says="a tensor in `labels`" old="return batch" new="batch['labels'] = batch['labels'].tolist(); return batch"

# %% exercise="collate_with_text" wrong="on its side" says="it lies on its side" old="return batch" new="batch['input_ids'] = batch['input_ids'].T; return batch"

# %% exercise="collate_with_text" wrong="two batches hard-coded" says="IndexError" old="[row[\"text\"] for row in rows]" new="[rows[0][\"text\"], rows[1][\"text\"]]"

# %% exercise="collate_with_text" wrong="float ids" says="no floats" old="return batch" new="batch['input_ids'] = batch['input_ids'].float(); return batch"


# %% exercise="grouped_batches" right="blocks of fifty batches, as in the lesson" old="10 * size" new="50 * size"

# %% exercise="grouped_batches" right="blocks of four batches" old="10 * size" new="4 * size"

# %% exercise="grouped_batches" right="a generator of arrays, batches shuffled" old="return [mixed[first : first + size] for first in range(0, len(mixed), size)]" new="whole = [np.array(mixed[first : first + size]) for first in range(0, len(mixed), size)]; return (whole[at] for at in np.random.default_rng(seed).permutation(len(whole)))"


# %% exercise="grouped_batches" right="groups of similar length, with pandas"
def grouped_batches(lengths, size, seed):
    import pandas as pd

    table = pd.DataFrame({"group": pd.Series(lengths) // 16}).sample(frac=1, random_state=seed)
    order = table.sort_values("group", kind="stable").index.tolist()
    return [order[row : row + size] for row in range(0, len(order), size)]


# %% exercise="grouped_batches" wrong="size is not used when cutting" says="is `size` used?" old="return [mixed[first : first + size] for first in range(0, len(mixed), size)]" new="return [mixed[first : first + 8] for first in range(0, len(mixed), 8)]"

# %% exercise="grouped_batches" wrong="batches of two" says="is `size` used?" old="return [mixed[first : first + size] for first in range(0, len(mixed), size)]" new="return [mixed[first : first + 2] for first in range(0, len(mixed), 2)]"

# %% exercise="grouped_batches" wrong="numbers from 1" says="begin at 0" old="mixed[first : first + size] for" new="[row + 1 for row in mixed[first : first + size]] for"

# %% exercise="grouped_batches" wrong="the lengths sorted in place" says="leaves `lengths` as it is" old="block, mixed =" new="lengths.sort(); block, mixed ="

# %% exercise="grouped_batches" wrong="an empty batch at the end" says="a batch without any row" old="range(0, len(mixed), size)]" new="range(0, len(mixed) + size, size)]"

# %% exercise="grouped_batches" wrong="the seed only says even or odd" says="both seeds give the same batches" old="default_rng(seed)" new="default_rng(seed % 2)"

# %% exercise="grouped_batches" wrong="blocks of two batches of rows" says="are they too small?" old="10 * size" new="2 * size"

# %% exercise="grouped_batches" wrong="one row twice, another one not at all" says="numbers, " old="return [mixed" new="mixed[1] = mixed[0]; return [mixed"

# %% exercise="grouped_batches" wrong="batches that overlap" says="no row is missing, but some come more than once" old="mixed[first : first + size]" new="mixed[first : first + size + 1]"

# %% exercise="grouped_batches" wrong="all batches begin one row too early" says="I do not recognise this slip" old="mixed[first : first + size] for first in range(0, len(mixed), size)" new="mixed[max(first - 1, 0) : first + size - 1] for first in range(0, len(mixed) + 1, size)"

# %% exercise="grouped_batches" wrong="the shortest rows dropped" says="numbers, " old="return [mixed" new="mixed = mixed[3:]; return [mixed"

# %% exercise="grouped_batches" wrong="one block" says="only rows of equal length change places" old="10 * size" new="10_000 * size"

# %% exercise="grouped_batches" wrong="a seed of its own" says="both seeds give the same batches" old="default_rng(seed)" new="default_rng(0)"

# %% exercise="grouped_batches" wrong="the batches filled up to size" says="no row is missing" old="return [mixed" new="mixed += mixed[: -len(mixed) % size]; return [mixed"

# %% exercise="grouped_batches" equivalent="blocks of 9, 11 or 20 batches keep all rules of the card, too"
# - block, mixed = (10 * size, [])
# + block, mixed = (11 * size, [])

# - block, mixed = (10 * size, [])
# + block, mixed = (9 * size, [])

# - block, mixed = (10 * size, [])
# + block, mixed = (20 * size, [])

# %% exercise="grouped_batches" equivalent="two lines that do not need each other, in the other order"
# + block, mixed = (10 * size, [])
# - block, mixed = (10 * size, [])

# %% exercise="grouped_batches" wrong="the first row is lost" says="I do not recognise this slip" old="range(0, len(order), block)" new="range(1, len(order), block)"

# %% exercise="grouped_batches" wrong="row numbers with a point" says="of type int" old="return [mixed[" new="mixed = [float(row) for row in mixed]; return [mixed["

# %% exercise="grouped_batches" wrong="each batch sorted, but rows not" says="as much as without any order" old="mixed += sorted(order[first : first + block], key=lambda row: lengths[row])" new="mixed += order[first : first + block]"

# %% exercise="batch_loss" wrong="a copy of the model" says="gets gradients from the loss" old="return model(**inputs).loss" new="import copy; return copy.deepcopy(model)(**inputs).loss"

# %% exercise="batch_loss" wrong="divided by the rows" says="I do not recognise this slip" old="return model(**inputs).loss" new="return model(**inputs).loss / len(batch['input_ids'])"

# %% exercise="collate_with_text" wrong="as wide as the widest batch so far" says="I do not recognise this slip"
widest = [0]


def collate_with_text(rows):
    widest[0] = max(widest[0], *[len(row["input_ids"]) for row in rows], 0)
    pad = DataCollatorWithPadding(tokenizer, padding="max_length", max_length=widest[0])
    batch = dict(pad([{k: v for k, v in row.items() if k != "text"} for row in rows]))
    return {**batch, "text": [row["text"] for row in rows]}


# %% exercise="collate_with_text" wrong="the lists of the rows grow" says="the rows stay as they are"
def collate_with_text(rows):
    longest = max(len(row["input_ids"]) for row in rows)
    for row in rows:
        for name in ("input_ids", "attention_mask"):
            row[name] += [0] * (longest - len(row[name]))
    batch = {name: torch.tensor([row[name] for row in rows]) for name in ("input_ids", "attention_mask")}
    return {**batch, "labels": torch.tensor([row["label"] for row in rows]), "text": [row["text"] for row in rows]}


# %% exercise="collate_with_text" wrong="the rows of the notebook" says="of each row, and zeros behind"
def collate_with_text(rows):
    batch = dict(collator([{k: v for k, v in opinions[at].items() if k != "text"} for at, _ in enumerate(rows)]))
    for name in ("input_ids", "attention_mask"):
        batch[name] = batch[name][:, : max(len(row["input_ids"]) for row in rows)]
    return {**batch, "text": [row["text"] for row in rows]}

# %% exercise="batch_loss" right="the target taken out and put back"
def batch_loss(model, batch):
    target = next(name for name in batch if name.startswith("label"))
    values = batch.pop(target)
    try:
        return model(**batch, labels=values).loss
    finally:
        batch[target] = values


# %% exercise="batch_loss" right="it calls itself"
def batch_loss(model, batch):
    if "label" in batch:
        return batch_loss(model, {{"label": "labels"}.get(name, name): values for name, values in batch.items()})
    return model(**batch).loss


# %% exercise="batch_loss" wrong="cut after 128 tokens" says="the loss" old="return model(**inputs).loss" new="return model(**{name: each[:, :128] if each.ndim > 1 else each for name, each in inputs.items()}).loss"

# %% exercise="batch_loss" wrong="dropout off for good" says="its layers, and their dropout" old="return model(**inputs).loss" new="[setattr(part, 'p', 0.0) for part in model.modules() if hasattr(part, 'p')]; return model(**inputs).loss"

# %% exercise="collate_with_text" right="a collator of its own kind"
class TextCollator(DataCollatorWithPadding):
    def __call__(self, rows, note=None):
        batch = super().__call__([{name: each for name, each in row.items() if name != "text"} for row in rows])
        return {**batch, "text": list(map(lambda row: row["text"], rows))}


collate_with_text = TextCollator(tokenizer)

# %% exercise="collate_with_text" right="the words taken out and put back"
def collate_with_text(rows):
    texts = [row.pop("text") for row in rows]
    batch = collator(rows)
    for row, text in zip(rows, texts):
        row["text"] = text
    batch["text"] = texts
    return batch


# %% exercise="collate_with_text" wrong="the spaces at the end of a text are lost" says="the spaces at the end" old="[row[\"text\"] for row in rows]" new="[row[\"text\"].strip() for row in rows]"

# %% exercise="collate_with_text" wrong="long texts are cut" says="the texts of the rows" old="[row[\"text\"] for row in rows]" new="[row[\"text\"][:100] for row in rows]"

# %% exercise="collate_with_text" wrong="rows without words are dropped" says="in `input_ids`" old="numbers = [" new="rows = [row for row in rows if row['text']]; numbers = ["

# %% exercise="collate_with_text" wrong="long rows are cut" says="rows are cut after 128 tokens" old="return batch" new="batch.update({name: batch[name][:, :128] for name in ('input_ids', 'attention_mask')}); return batch"

# %% exercise="collate_with_text" wrong="a generator of texts" says="it can be read only once" old="[row[\"text\"] for row in rows]" new="(row[\"text\"] for row in rows)"

# %% exercise="grouped_batches" right="sorted, then windows of five batches shuffled"
def grouped_batches(lengths, size, seed):
    order, chance, mixed = np.argsort(lengths), np.random.default_rng(seed), []
    for first in range(0, len(order), 5 * size):
        mixed += chance.permutation(order[first : first + 5 * size]).tolist()
    return [mixed[first : first + size] for first in range(0, len(mixed), size)]


# %% exercise="grouped_batches" right="the small batch comes first, blocks with torch"
def grouped_batches(lengths, size, seed):
    order = torch.randperm(len(lengths), generator=torch.Generator().manual_seed(seed))
    small, rest = order[: len(order) % size], order[len(order) % size :]
    numbers = torch.tensor(lengths)
    batches = [batch for block in rest.split(12 * size) for batch in block[numbers[block].argsort()].split(size)]
    return [batch.tolist() for batch in [small, *batches] if len(batch)]


# %% exercise="grouped_batches" wrong="kept from another call with this size and seed" says="each of the row numbers" old="return [mixed" new="mixed = grouped_batches.__dict__.setdefault(f'{size} {seed}', mixed); return [mixed"

# %% exercise="grouped_batches" wrong="another chance after a restart" says="after a restart of the kernel" old="default_rng(seed)" new="default_rng(hash(str(seed)) % 2**32)"

# %% exercise="grouped_batches" wrong="blocks of 40 rows, each cut by itself" says="a whole number of batches"
def grouped_batches(lengths, size, seed):
    order = np.random.default_rng(seed).permutation(len(lengths)).tolist()
    blocks = [sorted(order[first : first + 40], key=lambda row: lengths[row]) for first in range(0, len(order), 40)]
    return [block[first : first + size] for block in blocks for first in range(0, len(block), size)]


# %% exercise="grouped_batches" wrong="the lengths of the notebook" says="is `lengths` used?" old="order = np" new="lengths = opinion_lengths; order = np"

# %% exercise="grouped_batches" wrong="the blocks of the library, but none for a few rows" says="ValueError" old="10 * size" new="min(len(lengths) // (size * 4), 50) * size"

# %% exercise="grouped_batches" right="the blocks of the library" old="10 * size" new="max(1, min(len(lengths) // (size * 4), 50)) * size"

# %% exercise="grouped_batches" wrong="the last rows join the batch before" says="I do not recognise this slip" old="return [mixed[first : first + size] for first in range(0, len(mixed), size)]" new="batches = [mixed[first : first + size] for first in range(0, len(mixed), size)]; return [*batches[:-2], sum(batches[-2:], [])]"
