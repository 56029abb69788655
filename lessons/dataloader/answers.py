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

# %% exercise="padding_bill" wrong="a share" says="a share?"
padding_bill = {"a": 3, "b": 2, "c": 320, "d": 178, "e": 104, "f": 0.47}

# %% exercise="padding_bill" wrong="nothing that we know" says="how wide"
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


# %% exercise="batch_loss" wrong="the batch is changed" says="changes the caller's batch"
def batch_loss(model, batch):
    if "label" in batch:
        batch["labels"] = batch.pop("label")
    return model(**batch).loss


# %% exercise="batch_loss" wrong="both names in the caller's batch" says="changes the caller's batch"
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


# %% exercise="batch_loss" wrong="a number" says="cuts the way back"
def batch_loss(model, batch):
    targets = batch["labels"] if "labels" in batch else batch["label"]
    return model(batch["input_ids"], batch["attention_mask"], labels=targets).loss.item()


# %% exercise="batch_loss" wrong="without gradients" says="cuts the way back"
def batch_loss(model, batch):
    import torch

    targets = batch["labels"] if "labels" in batch else batch["label"]
    with torch.no_grad():
        return model(batch["input_ids"], batch["attention_mask"], labels=targets).loss


# %% exercise="batch_loss" wrong="a new tensor with the same number" says="cuts the way back"
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


# %% exercise="collate_with_text" wrong="padded to 512" says="padded to the limit"
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


# %% exercise="grouped_batches" wrong="only shuffled" says="Rows of similar length must be neighbours"
def grouped_batches(lengths, size, seed):
    import numpy as np

    order = np.random.default_rng(seed).permutation(len(lengths)).tolist()
    return [order[row : row + size] for row in range(0, len(order), size)]


# %% exercise="grouped_batches" wrong="only sorted" says="the seed changes nothing"
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


# %% exercise="grouped_batches" wrong="one order, not cut" says="Cut it into batches"
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
