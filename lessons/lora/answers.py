# Right and wrong answers to the sheet of `lora`. `says` is a part of what the check must reply.

# %% exercise="six_numbers" right="as tensors and floats"
import torch

six_numbers = {"a": torch.tensor(256), "b": 0.0, "c": torch.tensor([4]), "d": 2.0, "e": 1.0, "f": 10.0}

# %% exercise="six_numbers" right="computed"
import numpy as np

r, alpha, side = 4, 8, 32
six_numbers = {"a": r * side + side * r, "b": np.int64(0), "c": r, "d": alpha / r, "e": alpha / (2 * r), "f": r + 6}

# %% exercise="six_numbers" wrong="the whole update counted" says="how many numbers stand behind it"
six_numbers = {"a": 1024, "b": 0, "c": 4, "d": 2, "e": 1, "f": 10}

# %% exercise="six_numbers" wrong="A alone" says="A alone"
six_numbers = {"a": 128, "b": 0, "c": 4, "d": 2, "e": 1, "f": 10}

# %% exercise="six_numbers" wrong="rank 4 from the start" says="how does B begin"
six_numbers = {"a": 256, "b": 4, "c": 4, "d": 2, "e": 1, "f": 10}

# %% exercise="six_numbers" wrong="a full rank after training" says="a product of two thin ones"
six_numbers = {"a": 256, "b": 0, "c": 32, "d": 2, "e": 1, "f": 10}

# %% exercise="six_numbers" wrong="the scale upside down" says="upside down"
six_numbers = {"a": 256, "b": 0, "c": 4, "d": 0.5, "e": 1, "f": 10}

# %% exercise="six_numbers" wrong="twice the rank, twice the scale" says="does the multiplier grow"
six_numbers = {"a": 256, "b": 0, "c": 4, "d": 2, "e": 4, "f": 10}

# %% exercise="six_numbers" wrong="the mean of both ranks" says="they change no rank"
six_numbers = {"a": 256, "b": 0, "c": 4, "d": 2, "e": 1, "f": 5}

# %% exercise="six_numbers" wrong="the larger rank" says="of the smaller one"
six_numbers = {"a": 256, "b": 0, "c": 4, "d": 2, "e": 1, "f": 6}


# %% exercise="adapter_price" right="a dict, from the weights' shapes"
def adapter_price(model, rank, targets):
    shapes = [
        part.weight.shape
        for name, part in model.named_modules()
        if any(name.endswith("." + target) for target in targets)
    ]
    weights = sum(rank * sum(shape) for shape in shapes)
    return {"weights": weights, "megabytes": weights * 4 / 10**6}


# %% exercise="adapter_price" right="from the parameters, as an array"
def adapter_price(model, rank, targets):
    import numpy as np

    weights = 0
    for name, weight in model.named_parameters():
        *_, last, kind = name.split(".")
        if last in targets and kind == "weight":
            weights += rank * (weight.size(0) + weight.size(1))
    return np.array([weights, weights * 32 / 8 / 1e6])


# %% exercise="adapter_price" right="PEFT counts a copy"
def adapter_price(model, rank, targets):
    import copy

    made = get_peft_model(copy.deepcopy(model), LoraConfig(r=rank, target_modules=targets))
    weights, _ = made.get_nb_trainable_parameters()
    return weights, weights * 4e-6


# %% exercise="adapter_price" right="PEFT counts, and the model is changed"
def adapter_price(model, rank, targets):
    weights = get_peft_model(model, LoraConfig(r=rank, target_modules=targets)).get_nb_trainable_parameters()[0]
    return [weights, weights * 4 / 1_000_000]


# %% exercise="adapter_price" wrong="a square matrix taken for granted" says="inputs and outputs differ"
def adapter_price(model, rank, targets):
    weights = 0
    for name, part in model.named_modules():
        if name.split(".")[-1] in targets:
            weights += 2 * rank * part.in_features
    return weights, 4 * weights / 1e6


# %% exercise="adapter_price" wrong="megabytes first" says="the other way round"
def adapter_price(model, rank, targets):
    weights = 0
    for name, part in model.named_modules():
        if name.split(".")[-1] in targets:
            weights += rank * (part.in_features + part.out_features)
    return 4 * weights / 1e6, weights


# %% exercise="adapter_price" wrong="rank times the matrix" says="the rank times the whole matrix"
def adapter_price(model, rank, targets):
    weights = 0
    for name, part in model.named_modules():
        if name.split(".")[-1] in targets:
            weights += rank * part.in_features * part.out_features
    return weights, 4 * weights / 1e6


# %% exercise="adapter_price" wrong="the weights of the matrices" says="the adapter's are A and B"
def adapter_price(model, rank, targets):
    weights = 0
    for name, part in model.named_modules():
        if name.split(".")[-1] in targets:
            weights += part.weight.numel()
    return weights, 4 * weights / 1e6


# %% exercise="adapter_price" wrong="one byte for each weight" says="4 bytes"
def adapter_price(model, rank, targets):
    weights = 0
    for name, part in model.named_modules():
        if name.split(".")[-1] in targets:
            weights += rank * (part.in_features + part.out_features)
    return weights, weights / 1e6


# %% exercise="adapter_price" wrong="mebibytes" says="1024 times 1024"
def adapter_price(model, rank, targets):
    weights = 0
    for name, part in model.named_modules():
        if name.split(".")[-1] in targets:
            weights += rank * (part.in_features + part.out_features)
    return weights, 4 * weights / 1024**2


# %% exercise="adapter_price" wrong="only the first layer" says="one layer only?"
def adapter_price(model, rank, targets):
    layer = model.encoder.layer[0].attention.self.query
    weights = rank * (layer.in_features + layer.out_features)
    return weights, 4 * weights / 1e6


# %% exercise="adapter_price" wrong="the full name compared" says="compare the last name"
def adapter_price(model, rank, targets):
    weights = 0
    for name, part in model.named_modules():
        if name in targets:
            weights += rank * (part.in_features + part.out_features)
    return weights, 4 * weights / 1e6


# %% exercise="adapter_price" wrong="the encoder only, without the pooler" says="The pooler"
def adapter_price(model, rank, targets):
    weights = 0
    for name, part in getattr(model, "encoder", model).named_modules():
        if name.split(".")[-1] in targets:
            weights += rank * (part.in_features + part.out_features)
    return weights, 4 * weights / 1e6


# %% exercise="adapter_price" wrong="the megabytes forgotten" says="two numbers"
def adapter_price(model, rank, targets):
    weights = 0
    for name, part in model.named_modules():
        if name.split(".")[-1] in targets:
            weights += rank * (part.in_features + part.out_features)
    return weights


# %% exercise="adapter_price" wrong="return inside the loop" says="one layer only?"
def adapter_price(model, rank, targets):
    weights = 0
    for name, part in model.named_modules():
        if name.split(".")[-1] in targets:
            weights += rank * (part.in_features + part.out_features)
            return weights, 4 * weights / 1e6


# %% exercise="adapter_price" wrong="all that the finished model would train" says="which shapes?"
def adapter_price(model, rank, targets):
    weights = sum(weight.numel() for weight in model.parameters() if weight.requires_grad)
    return weights, 4 * weights / 1e6


# %% exercise="merged_weight" right="the rank from B, torch functions"
def merged_weight(weight, A, B, alpha):
    return torch.add(weight, torch.matmul(B, A), alpha=alpha / B.size(1))


# %% exercise="merged_weight" right="a copy, changed in place, as NumPy"
def merged_weight(weight, A, B, alpha):
    merged = weight.clone()
    merged += alpha * (B @ A) / len(A)
    return merged.numpy()


# %% exercise="merged_weight" right="doubled precision, the other way round"
def merged_weight(weight, A, B, alpha):
    return (weight.double().T + A.double().T @ B.double().T * (alpha / A.shape[0])).T


# %% exercise="merged_weight" wrong="the copy mended, the scale not" says="how loud should it be"
def merged_weight(weight, A, B, alpha):
    return weight + B @ A


# %% exercise="merged_weight" wrong="the scale mended, still in place" says="change the tensor itself"
def merged_weight(weight, A, B, alpha):
    weight += alpha / A.shape[0] * B @ A
    return weight


# %% exercise="merged_weight" wrong="alpha alone" says="too loud"
def merged_weight(weight, A, B, alpha):
    return weight + alpha * B @ A


# %% exercise="merged_weight" wrong="the scale upside down" says="upside down"
def merged_weight(weight, A, B, alpha):
    return weight + A.shape[0] / alpha * B @ A


# %% exercise="merged_weight" wrong="the scale of the lesson" says="where does it come from"
def merged_weight(weight, A, B, alpha):
    return weight + 2 * B @ A


# %% exercise="merged_weight" wrong="divided by the wide side of A" says="you divide by the wide one"
def merged_weight(weight, A, B, alpha):
    return weight + alpha / A.shape[1] * B @ A


# %% exercise="merged_weight" wrong="everything scaled" says="only the update is scaled"
def merged_weight(weight, A, B, alpha):
    return alpha / A.shape[0] * (weight + B @ A)


# %% exercise="merged_weight" wrong="the update lies on its side" says="lies on its side"
def merged_weight(weight, A, B, alpha):
    return weight + alpha / A.shape[0] * (B @ A).T


# %% exercise="merged_weight" wrong="A times B" says="RuntimeError"
def merged_weight(weight, A, B, alpha):
    return weight + alpha / A.shape[0] * A @ B


# %% exercise="merged_weight" wrong="the update alone" says="what is it added to"
def merged_weight(weight, A, B, alpha):
    return alpha / A.shape[0] * B @ A


# %% exercise="merged_weight" wrong="a second name for the weight" says="change the tensor itself"
def merged_weight(weight, A, B, alpha):
    merged = weight
    merged.add_(B @ A, alpha=alpha / A.shape[0])
    return merged


# %% exercise="load_adapted" right="the number, then the names"
def load_adapted(base_folder, adapter_folder, names):
    base = BertForSequenceClassification.from_pretrained(base_folder, num_labels=len(names))
    base.config.id2label = dict(enumerate(names))
    base.config.label2id = {name: number for number, name in base.config.id2label.items()}
    return PeftModel.from_pretrained(base, adapter_folder)


# %% exercise="load_adapted" right="the config first, merged at the end"
def load_adapted(base_folder, adapter_folder, names):
    from transformers import AutoConfig, AutoModelForSequenceClassification

    config = AutoConfig.from_pretrained(base_folder, id2label={n: name for n, name in enumerate(names)})
    base = AutoModelForSequenceClassification.from_pretrained(base_folder, config=config)
    return PeftModel.from_pretrained(base, adapter_folder).merge_and_unload().eval()


# %% exercise="load_adapted" right="PEFT's own loader"
def load_adapted(base_folder, adapter_folder, names):
    from peft import AutoPeftModelForSequenceClassification

    names = dict(enumerate(names))
    return AutoPeftModelForSequenceClassification.from_pretrained(adapter_folder, id2label=names)


# %% exercise="load_adapted" wrong="three labels written into the code" says="the names say how many"
def load_adapted(base_folder, adapter_folder, names):
    labels = {0: "oppose", 1: "neutral", 2: "support"}
    base = BertForSequenceClassification.from_pretrained(base_folder, id2label=labels)
    return PeftModel.from_pretrained(base, adapter_folder, ignore_mismatched_sizes=True)


# %% exercise="load_adapted" wrong="no names" says="the names are still unknown"
def load_adapted(base_folder, adapter_folder, names):
    base = BertForSequenceClassification.from_pretrained(base_folder, num_labels=len(names))
    return PeftModel.from_pretrained(base, adapter_folder)


# %% exercise="load_adapted" wrong="the argument taken out, and nothing else" says="the default head"
def load_adapted(base_folder, adapter_folder, names):
    base = BertForSequenceClassification.from_pretrained(base_folder)
    return PeftModel.from_pretrained(base, adapter_folder)


# %% exercise="load_adapted" wrong="the argument moved to the base model" says="size mismatch"
def load_adapted(base_folder, adapter_folder, names):
    base = BertForSequenceClassification.from_pretrained(base_folder, ignore_mismatched_sizes=True)
    return PeftModel.from_pretrained(base, adapter_folder)


# %% exercise="load_adapted" wrong="the number set in the config afterwards" says="size mismatch"
def load_adapted(base_folder, adapter_folder, names):
    base = BertForSequenceClassification.from_pretrained(base_folder)
    base.config.num_labels = len(names)
    base.config.id2label = dict(enumerate(names))
    return PeftModel.from_pretrained(base, adapter_folder)


# %% exercise="load_adapted" wrong="names in alphabetical order" says="in the order of `names`"
def load_adapted(base_folder, adapter_folder, names):
    labels = dict(enumerate(sorted(names, reverse=True)))
    base = BertForSequenceClassification.from_pretrained(base_folder, id2label=labels)
    return PeftModel.from_pretrained(base, adapter_folder)


# %% exercise="load_adapted" wrong="only the base model" says="the adapter is missing"
def load_adapted(base_folder, adapter_folder, names):
    return BertForSequenceClassification.from_pretrained(base_folder, id2label=dict(enumerate(names)))


# %% exercise="load_adapted" wrong="a new adapter, not the saved one" says="a random head answers"
def load_adapted(base_folder, adapter_folder, names):
    base = BertForSequenceClassification.from_pretrained(base_folder, id2label=dict(enumerate(names)))
    return get_peft_model(base, LoraConfig.from_pretrained(adapter_folder)).eval()


# %% exercise="load_adapted" wrong="ready to train" says="dropout is on"
def load_adapted(base_folder, adapter_folder, names):
    base = BertForSequenceClassification.from_pretrained(base_folder, id2label=dict(enumerate(names)))
    return PeftModel.from_pretrained(base, adapter_folder, is_trainable=True).train()
