# Right and wrong answers to the sheet of `cuda_errors`. `says` is a part of what the check must reply.

# %% exercise="blamed_lines" right="seen on the small GPU"
import torch


def line_of(gpu, token, label):
    try:
        program(gpu, token, label)
    except (IndexError, RuntimeError) as error:
        return error.__traceback__.tb_next.tb_lineno - program.__code__.co_firstlineno
    return 0


used = SmallGPU()
blamed_lines = {"a": line_of(used, 7, 4), "b": line_of(used, 7, 3), "c": line_of(SmallGPU(), 7, 3)}
blamed_lines["d"] = line_of(SmallGPU(blocking=True), 7, 4)
blamed_lines["e"] = line_of(SmallGPU(), 100, 3)
blamed_lines["f"] = line_of(SmallGPU(blocking=True), 100, 4)

# %% exercise="blamed_lines" right="floats, and another order"
blamed_lines = dict(zip("fedcba", [1.0, 5.0, 2.0, 0.0, 1.0, 5.0]))

# %% exercise="blamed_lines" right="NumPy numbers"
import numpy as np

blamed_lines = {letter: np.int64(line) for letter, line in zip("abcdef", (5, 1, 0, 2, 5, 1))}

# %% exercise="blamed_lines" wrong="always the guilty line" says="only notes the order"
blamed_lines = {"a": 2, "b": 1, "c": 0, "d": 2, "e": 1, "f": 1}

# %% exercise="blamed_lines" wrong="the broken GPU is forgotten" says="is this GPU still whole"
blamed_lines = {"a": 5, "b": 0, "c": 0, "d": 2, "e": 5, "f": 1}

# %% exercise="blamed_lines" wrong="every GPU is broken afterwards" says="a new GPU"
blamed_lines = {"a": 5, "b": 1, "c": 1, "d": 2, "e": 5, "f": 1}

# %% exercise="blamed_lines" wrong="blocking changes nothing" says="who waits, and when"
blamed_lines = {"a": 5, "b": 1, "c": 0, "d": 5, "e": 5, "f": 5}

# %% exercise="blamed_lines" wrong="row 100 of 100 exists" says="the rows 0 to 99"
blamed_lines = {"a": 5, "b": 1, "c": 0, "d": 2, "e": 0, "f": 2}

# %% exercise="blamed_lines" wrong="the second fault first" says="which is met first"
blamed_lines = {"a": 5, "b": 1, "c": 0, "d": 2, "e": 5, "f": 2}

# %% exercise="blamed_lines" wrong="the broken GPU still takes orders" says="does a broken GPU even take an order"
blamed_lines = {"a": 5, "b": 5, "c": 0, "d": 2, "e": 5, "f": 1}

# %% exercise="blamed_lines" wrong="a list" says="a dict"
blamed_lines = [5, 1, 0, 2, 5, 1]

# %% exercise="blamed_lines" wrong="a line that is not there" says="from 0 to 5"
blamed_lines = {"a": 6, "b": 1, "c": 0, "d": 2, "e": 5, "f": 1}


# %% exercise="star_targets" right="a list comprehension"
def star_targets(stars):
    return [star - 1 if star > 0 else -100 for star in stars]


# %% exercise="star_targets" right="NumPy"
def star_targets(stars):
    import numpy as np

    stars = np.array(stars)
    return np.where(stars == -1, -100, stars - 1)


# %% exercise="star_targets" right="assigned in place"
def star_targets(stars):
    targets = torch.tensor(stars) - 1
    targets[targets == -2] = -100
    return targets


# %% exercise="star_targets" right="pandas, with a dict"
def star_targets(stars):
    import pandas as pd

    return pd.Series(stars).map({-1: -100, 1: 0, 2: 1, 3: 2, 4: 3, 5: 4})


# %% exercise="star_targets" wrong="as it was" says="only silenced"
def star_targets(stars):
    return torch.tensor(stars).clamp(min=0, max=4)


# %% exercise="star_targets" wrong="one less, then clamped" says="counts as one star"
def star_targets(stars):
    return (torch.tensor(stars) - 1).clamp(min=0)


# %% exercise="star_targets" wrong="one less for all" says="-2 is refused"
def star_targets(stars):
    return torch.tensor(stars) - 1


# %% exercise="star_targets" wrong="minus one stays" says="refuses -1, too"
def star_targets(stars):
    return torch.tensor([star - 1 if star != -1 else -1 for star in stars])


# %% exercise="star_targets" wrong="the rows without stars are dropped" says="no longer match"
def star_targets(stars):
    return torch.tensor([star - 1 for star in stars if star != -1])


# %% exercise="star_targets" wrong="only -100, not one less" says="counted from 0"
def star_targets(stars):
    given = torch.tensor(stars)
    return torch.where(given == -1, -100, given)


# %% exercise="star_targets" wrong="modulo" says="which class do five stars have"
def star_targets(stars):
    return torch.tensor([star % 5 if star > 0 else -100 for star in stars])


# %% exercise="star_targets" wrong="a sixth class" says="a class of its own"
def star_targets(stars):
    return torch.tensor([star - 1 if star > 0 else 5 for star in stars])


# %% exercise="star_targets" wrong="floats" says="refuses this type"
def star_targets(stars):
    return torch.tensor([star - 1.0 if star > 0 else -100.0 for star in stars])


# %% exercise="star_targets" wrong="int32, which the loss refuses" says="refuses this type"
def star_targets(stars):
    return torch.tensor([star - 1 if star > 0 else -100 for star in stars], dtype=torch.int32)


# %% exercise="star_targets" wrong="printed, not returned" says="does it end with `return`?"
def star_targets(stars):
    print([star - 1 if star > 0 else -100 for star in stars])


# %% exercise="before_the_gpu" right="plain loops and the configuration"
def before_the_gpu(model, batch, targets):
    place = next(model.parameters()).device
    for tensor in list(batch.values()) + [targets]:
        if str(tensor.device) != str(place):
            return "device"
    for row in batch["input_ids"].tolist():
        for number in row:
            if not 0 <= number < model.config.vocab_size:
                return "ids"
    for target in targets.tolist():
        if target != -100 and target not in range(model.num_labels):
            return "labels"
    return "fine"


# %% exercise="before_the_gpu" right="a set of devices, the shapes of the weights"
def before_the_gpu(model, batch, targets):
    if len({model.device, targets.device, *(t.device for t in batch.values())}) > 1:
        return "device"
    rows = model.get_input_embeddings().weight.shape[0]
    if not torch.isin(batch.input_ids, torch.arange(rows)).all():
        return "ids"
    allowed = torch.tensor([-100, *range(model.classifier.out_features)])
    return "fine" if torch.isin(targets, allowed).all() else "labels"


# %% exercise="before_the_gpu" wrong="the last row counted as missing" says="the last row of the table is allowed"
def before_the_gpu(model, batch, targets):
    if any(tensor.device != model.device for tensor in [*batch.values(), targets]):
        return "device"
    if batch["input_ids"].max() >= model.config.vocab_size - 1:
        return "ids"
    if targets.max() >= model.config.num_labels:
        return "labels"
    return "fine"


# %% exercise="before_the_gpu" wrong="greater in place of greater or equal" says="so this number is no row"
def before_the_gpu(model, batch, targets):
    if any(tensor.device != model.device for tensor in [*batch.values(), targets]):
        return "device"
    if batch["input_ids"].max() > model.config.vocab_size:
        return "ids"
    if targets.max() > model.config.num_labels:
        return "labels"
    return "fine"


# %% exercise="before_the_gpu" wrong="the tokenizer's length" says="A tokenizer may know more"
def before_the_gpu(model, batch, targets):
    if any(tensor.device != model.device for tensor in [*batch.values(), targets]):
        return "device"
    if batch["input_ids"].min() < 0 or batch["input_ids"].max() >= len(tokenizer):
        return "ids"
    used = targets[targets != -100]
    return "labels" if used.min() < 0 or used.max() >= model.config.num_labels else "fine"


# %% exercise="before_the_gpu" wrong="four classes, as in the example" says="read from this model"
def before_the_gpu(model, batch, targets):
    if any(tensor.device != model.device for tensor in [*batch.values(), targets]):
        return "device"
    if batch["input_ids"].min() < 0 or batch["input_ids"].max() >= model.config.vocab_size:
        return "ids"
    used = targets[targets != -100]
    return "labels" if ((used < 0) | (used >= 4)).any() else "fine"


# %% exercise="before_the_gpu" wrong="-100 refused" says="leaves this number out"
def before_the_gpu(model, batch, targets):
    if any(tensor.device != model.device for tensor in [*batch.values(), targets]):
        return "device"
    if batch["input_ids"].min() < 0 or batch["input_ids"].max() >= model.config.vocab_size:
        return "ids"
    return "labels" if targets.min() < 0 or targets.max() >= model.config.num_labels else "fine"


# %% exercise="before_the_gpu" wrong="negative targets forgotten" says="can also be too small"
def before_the_gpu(model, batch, targets):
    if any(tensor.device != model.device for tensor in [*batch.values(), targets]):
        return "device"
    if batch["input_ids"].min() < 0 or batch["input_ids"].max() >= model.config.vocab_size:
        return "ids"
    return "labels" if targets.max() >= model.config.num_labels else "fine"


# %% exercise="before_the_gpu" wrong="only ids and targets compared" says="every value of the batch"
def before_the_gpu(model, batch, targets):
    if batch["input_ids"].device != model.device or targets.device != model.device:
        return "device"
    if batch["input_ids"].min() < 0 or batch["input_ids"].max() >= model.config.vocab_size:
        return "ids"
    used = targets[targets != -100]
    return "labels" if ((used < 0) | (used >= model.config.num_labels)).any() else "fine"


# %% exercise="before_the_gpu" wrong="compared with the CPU" says="the place of the model"
def before_the_gpu(model, batch, targets):
    if any(tensor.device.type != "cpu" for tensor in [*batch.values(), targets]):
        return "device"
    if batch["input_ids"].min() < 0 or batch["input_ids"].max() >= model.config.vocab_size:
        return "ids"
    used = targets[targets != -100]
    return "labels" if ((used < 0) | (used >= model.config.num_labels)).any() else "fine"


# %% exercise="before_the_gpu" wrong="the devices last" says="Compare the devices first"
def before_the_gpu(model, batch, targets):
    if not all(0 <= number < model.config.vocab_size for number in batch["input_ids"].flatten()):
        return "ids"
    if not all(-100 == target or 0 <= target < model.config.num_labels for target in targets):
        return "labels"
    devices = {tensor.device for tensor in [*batch.values(), targets]}
    return "fine" if devices == {model.device} else "device"


# %% exercise="before_the_gpu" wrong="true or false" says="the word itself"
def before_the_gpu(model, batch, targets):
    return all(tensor.device == model.device for tensor in [*batch.values(), targets])


# %% exercise="before_the_gpu" wrong="always fine" says="more ids than"
def before_the_gpu(model, batch, targets):
    return "fine"


# %% exercise="gradient_in_pieces" right="sums, divided by all rows"
def gradient_in_pieces(layer, inputs, targets, pieces):
    layer.zero_grad()
    for some, goals in zip(inputs.chunk(pieces), targets.chunk(pieces)):
        loss = torch.nn.functional.cross_entropy(layer(some), goals, reduction="sum") / len(inputs)
        loss.backward()
    return layer.weight.grad


# %% exercise="gradient_in_pieces" right="autograd, added by hand, as NumPy"
def gradient_in_pieces(layer, inputs, targets, pieces):
    total = 0
    for some, goals in zip(torch.tensor_split(inputs, pieces), torch.tensor_split(targets, pieces)):
        loss = torch.nn.CrossEntropyLoss()(layer(some), goals)
        total = total + torch.autograd.grad(loss, layer.weight)[0] * len(some) / len(inputs)
    return total.numpy()


# %% exercise="gradient_in_pieces" right="in double precision"
def gradient_in_pieces(layer, inputs, targets, pieces):
    layer = layer.double()
    layer.zero_grad()
    for rows in torch.arange(len(inputs)).chunk(pieces):
        loss = torch.nn.functional.cross_entropy(layer(inputs[rows].double()), targets[rows])
        (loss * len(rows) / len(inputs)).backward()
    return layer.weight.grad.clone()


# %% exercise="gradient_in_pieces" wrong="as it was" says="like a whole batch"
def gradient_in_pieces(layer, inputs, targets, pieces):
    layer.zero_grad()
    for some, goals in zip(inputs.chunk(pieces), targets.chunk(pieces)):
        torch.nn.functional.cross_entropy(layer(some), goals).backward()
    return layer.weight.grad


# %% exercise="gradient_in_pieces" wrong="divided by the number of pieces" says="right for equal pieces"
def gradient_in_pieces(layer, inputs, targets, pieces):
    layer.zero_grad()
    for some, goals in zip(inputs.chunk(pieces), targets.chunk(pieces)):
        loss = torch.nn.functional.cross_entropy(layer(some), goals) / pieces
        loss.backward()
    return layer.weight.grad


# %% exercise="gradient_in_pieces" wrong="zero_grad for each piece" says="only the last piece is left"
def gradient_in_pieces(layer, inputs, targets, pieces):
    for some, goals in zip(inputs.chunk(pieces), targets.chunk(pieces)):
        layer.zero_grad()
        torch.nn.functional.cross_entropy(layer(some), goals).backward()
    return layer.weight.grad


# %% exercise="gradient_in_pieces" wrong="zero_grad for each piece, and divided" says="only the last piece is left"
def gradient_in_pieces(layer, inputs, targets, pieces):
    for some, goals in zip(inputs.chunk(pieces), targets.chunk(pieces)):
        layer.zero_grad()
        loss = torch.nn.functional.cross_entropy(layer(some), goals) / pieces
        loss.backward()
    return layer.weight.grad


# %% exercise="gradient_in_pieces" wrong="no zero_grad at all" says="the step before"
def gradient_in_pieces(layer, inputs, targets, pieces):
    for some, goals in zip(inputs.chunk(pieces), targets.chunk(pieces)):
        loss = torch.nn.functional.cross_entropy(layer(some), goals) * len(goals) / len(targets)
        loss.backward()
    return layer.weight.grad


# %% exercise="gradient_in_pieces" wrong="the sum of the rows" says="this is the sum"
def gradient_in_pieces(layer, inputs, targets, pieces):
    layer.zero_grad()
    for some, goals in zip(inputs.chunk(pieces), targets.chunk(pieces)):
        torch.nn.functional.cross_entropy(layer(some), goals, reduction="sum").backward()
    return layer.weight.grad


# %% exercise="gradient_in_pieces" wrong="the whole batch at once" says="rows kept at once"
def gradient_in_pieces(layer, inputs, targets, pieces):
    layer.zero_grad()
    torch.nn.functional.cross_entropy(layer(inputs), targets).backward()
    return layer.weight.grad


# %% exercise="gradient_in_pieces" wrong="one backward behind the loop" says="go back after each piece"
def gradient_in_pieces(layer, inputs, targets, pieces):
    layer.zero_grad()
    loss = 0
    for some, goals in zip(inputs.chunk(pieces), targets.chunk(pieces)):
        loss = loss + torch.nn.functional.cross_entropy(layer(some), goals) * len(goals) / len(targets)
    loss.backward()
    return layer.weight.grad


# %% exercise="gradient_in_pieces" wrong="the loss returned" says="is that the loss?"
def gradient_in_pieces(layer, inputs, targets, pieces):
    layer.zero_grad()
    for some, goals in zip(inputs.chunk(pieces), targets.chunk(pieces)):
        loss = torch.nn.functional.cross_entropy(layer(some), goals) * len(goals) / len(targets)
        loss.backward()
    return loss
