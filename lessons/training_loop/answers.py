# Right and wrong answers to the sheet of `training_loop`. `says` is a part of what the check must reply.

# %% exercise="warmup_rates" right="read out of a real schedule"
import torch
from transformers import get_linear_schedule_with_warmup


def used(moved):
    optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=8e-4)
    schedule, found = get_linear_schedule_with_warmup(optimizer, 2, 10), []
    for _ in range(10):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if moved:
            schedule.step()
    return found


rates = used(moved=True)
warmup_rates = {"a": rates[0], "b": rates[1], "c": rates[3], "d": rates[9], "e": used(moved=False)[9]}

# %% exercise="warmup_rates" right="NumPy and fractions of the top"
import numpy as np

top = np.float32(8e-4)
warmup_rates = {"a": 0.0, "b": top / 2, "c": top * 7 / 8, "d": np.array(0.0001), "e": 0.0}

# %% exercise="warmup_rates" wrong="the climb begins one step too early" says="nothing has climbed yet"
warmup_rates = {"a": 4e-4, "b": 8e-4, "c": 6e-4, "d": 0, "e": 4e-4}

# %% exercise="warmup_rates" wrong="the top in step 2" says="the top comes one step later"
warmup_rates = {"a": 0, "b": 8e-4, "c": 6e-4, "d": 0, "e": 0}

# %% exercise="warmup_rates" wrong="flat after the warmup" says="it does not stay there"
warmup_rates = {"a": 0, "b": 4e-4, "c": 8e-4, "d": 8e-4, "e": 0}

# %% exercise="warmup_rates" wrong="zero in the last step" says="no step uses it"
warmup_rates = {"a": 0, "b": 4e-4, "c": 7e-4, "d": 0, "e": 0}

# %% exercise="warmup_rates" wrong="without schedule.step() the rate is constant" says="where it began"
warmup_rates = {"a": 0, "b": 4e-4, "c": 7e-4, "d": 1e-4, "e": 8e-4}

# %% exercise="warmup_rates" wrong="optimizer.step moves the schedule, too" says="from step to step"
warmup_rates = {"a": 0, "b": 4e-4, "c": 7e-4, "d": 1e-4, "e": 1e-4}

# %% exercise="warmup_rates" wrong="shares of the top" says="not a share of it"
warmup_rates = {"a": 0, "b": 0.5, "c": 0.875, "d": 0.125, "e": 0}

# %% exercise="warmup_rates" wrong="texts" says="without quotes"
warmup_rates = {"a": "0", "b": "4e-4", "c": "7e-4", "d": "1e-4", "e": "0"}


# %% exercise="clip_by_hand" right="one long vector, in place"
def clip_by_hand(gradients, max_norm):
    norm = torch.cat([gradient.flatten() for gradient in gradients]).norm().item()
    if norm > max_norm:
        for gradient in gradients:
            gradient.mul_(max_norm / norm)
    return gradients


# %% exercise="clip_by_hand" right="NumPy, a tuple"
def clip_by_hand(gradients, max_norm):
    import numpy as np

    norm = np.sqrt(sum(float((g.numpy() ** 2).sum()) for g in gradients))
    return tuple(g.numpy().astype("float64") * min(1.0, max_norm / (norm + 1e-6)) for g in gradients)


# %% exercise="clip_by_hand" right="the norm of the norms, in a generator"
def clip_by_hand(gradients, max_norm):
    norm = torch.stack([torch.linalg.vector_norm(gradient) for gradient in gradients]).norm()
    return (gradient * torch.clamp(max_norm / norm, max=1.0) for gradient in gradients)


# %% exercise="clip_by_hand" wrong="each tensor alone" says="each tensor is shrunk alone"
def clip_by_hand(gradients, max_norm):
    return [g * (max_norm / g.norm()) if g.norm() > max_norm else g for g in gradients]


# %% exercise="clip_by_hand" wrong="values cut off" says="changes the direction"
def clip_by_hand(gradients, max_norm):
    return [gradient.clamp(min=-max_norm, max=max_norm) for gradient in gradients]


# %% exercise="clip_by_hand" wrong="always to the limit" says="short gradients are made longer"
def clip_by_hand(gradients, max_norm):
    norm = torch.cat([gradient.flatten() for gradient in gradients]).norm()
    return [gradient * max_norm / (norm + 1e-9) for gradient in gradients]


# %% exercise="clip_by_hand" wrong="always to the limit, nan for zeros" says="short gradients are made longer"
def clip_by_hand(gradients, max_norm):
    norm = torch.cat([gradient.flatten() for gradient in gradients]).norm()
    return [gradient * max_norm / norm for gradient in gradients]


# %% exercise="clip_by_hand" wrong="nan where all gradients are 0" says="if all gradients are 0"
def clip_by_hand(gradients, max_norm):
    norm = torch.cat([gradient.flatten() for gradient in gradients]).norm()
    return [gradient * min(norm, max_norm) / norm for gradient in gradients]


# %% exercise="clip_by_hand" wrong="lengths added up" says="lengths do not add up like that"
def clip_by_hand(gradients, max_norm):
    norm = sum(gradient.norm() for gradient in gradients)
    return [gradient * (max_norm / norm) if norm > max_norm else gradient for gradient in gradients]


# %% exercise="clip_by_hand" wrong="the root forgotten" says="is the root missing?"
def clip_by_hand(gradients, max_norm):
    norm = sum((gradient**2).sum() for gradient in gradients)
    return [gradient * (max_norm / norm) if norm > max_norm else gradient for gradient in gradients]


# %% exercise="clip_by_hand" wrong="to length 1" says="this length is 1"
def clip_by_hand(gradients, max_norm):
    norm = torch.cat([gradient.flatten() for gradient in gradients]).norm()
    return [gradient / norm if norm > max_norm else gradient for gradient in gradients]


# %% exercise="clip_by_hand" wrong="one vector for all" says="entries"
def clip_by_hand(gradients, max_norm):
    every = torch.cat([gradient.flatten() for gradient in gradients])
    return every * min(1.0, max_norm / (every.norm() + 1e-9))


# %% exercise="share_right" right="as in the lesson: collect first, and back to training"
def share_right(model, batches):
    model.eval()
    with torch.no_grad():
        logits = torch.cat([model(**batch).logits for batch in batches])
    model.train()
    truth = torch.cat([batch["labels"] for batch in batches])
    return (logits.argmax(-1) == truth).float().mean()


# %% exercise="share_right" right="scikit-learn and lists"
def share_right(model, batches):
    from sklearn.metrics import accuracy_score

    answers, truth = [], []
    model.train(False)
    for batch in batches:
        inputs = {name: values.to(model.device) for name, values in batch.items() if name != "labels"}
        answers += model(**inputs).logits.argmax(dim=1).tolist()
        truth += batch["labels"].tolist()
    return accuracy_score(truth, answers)


# %% exercise="share_right" right="means, weighted with their rows, in NumPy"
@torch.no_grad()
def share_right(model, batches):
    import numpy as np

    model = model.eval()
    shares = [(model(**b).logits.argmax(-1) == b["labels"]).double().mean().item() for b in batches]
    return np.average(shares, weights=[len(b["labels"]) for b in batches])


# %% exercise="share_right" wrong="eval() forgotten" says="still in training mode"
@torch.no_grad()
def share_right(model, batches):
    right = sum((model(**b).logits.argmax(-1) == b["labels"]).sum().item() for b in batches)
    return right / sum(len(b["labels"]) for b in batches)


# %% exercise="share_right" wrong="eval without brackets" says="with brackets"
@torch.no_grad()
def share_right(model, batches):
    model.eval
    right = sum((model(**b).logits.argmax(-1) == b["labels"]).sum().item() for b in batches)
    return right / sum(len(b["labels"]) for b in batches)


# %% exercise="share_right" wrong="the dice fixed, not switched off" says="still in training mode"
@torch.no_grad()
def share_right(model, batches):
    torch.manual_seed(0)
    shares = []
    for batch in batches:
        answers = model(**batch).logits.argmax(dim=-1)
        shares.append((answers == batch["labels"]).float().mean().item())
    return sum(shares) / len(shares)


# %% exercise="share_right" wrong="only eval() mended" says="does each row count the same?"
@torch.no_grad()
def share_right(model, batches):
    model.eval()
    shares = []
    for batch in batches:
        answers = model(**batch).logits.argmax(dim=-1)
        shares.append((answers == batch["labels"]).float().mean().item())
    return sum(shares) / len(shares)


# %% exercise="share_right" wrong="eval() at the end" says="before the first batch"
@torch.no_grad()
def share_right(model, batches):
    right = sum((model(**b).logits.argmax(-1) == b["labels"]).sum().item() for b in batches)
    model.eval()
    return right / sum(len(b["labels"]) for b in batches)


# %% exercise="share_right" wrong="a number of rows" says="divide by all rows"
@torch.no_grad()
def share_right(model, batches):
    model.eval()
    return sum((model(**b).logits.argmax(-1) == b["labels"]).sum().item() for b in batches)


# %% exercise="share_right" wrong="all batches taken for full ones" says="the size of the largest batch"
@torch.no_grad()
def share_right(model, batches):
    model.eval()
    right = sum((model(**b).logits.argmax(-1) == b["labels"]).sum().item() for b in batches)
    return right / (len(batches) * len(batches[0]["labels"]))


# %% exercise="share_right" wrong="return inside the loop" says="inside the loop"
@torch.no_grad()
def share_right(model, batches):
    model.eval()
    right, seen = 0, 0
    for batch in batches:
        right += (model(**batch).logits.argmax(-1) == batch["labels"]).sum().item()
        seen += len(batch["labels"])
        return right / seen


# %% exercise="learn_once" right="the loss by hand, zero_grad first"
def learn_once(model, optimizer, batches):
    model.train()
    losses = []
    for batch in batches:
        optimizer.zero_grad()
        logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
        loss = torch.nn.functional.cross_entropy(logits, batch["label"])
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return torch.stack(losses).mean()


# %% exercise="learn_once" right="renamed in a comprehension, as the lesson does, model.zero_grad"
def learn_once(model, optimizer, batches):
    import numpy as np

    losses = []
    model.train(True)
    for batch in batches:
        renamed = {"labels" if name == "label" else name: batch[name] for name in batch}
        loss = model(**renamed)["loss"]
        loss.backward()
        optimizer.step()
        model.zero_grad()
        losses.append(loss.item())
    return np.mean(losses)


# %% exercise="learn_once" right="a copy of the batch, and pop on the copy"
def learn_once(model, optimizer, batches):
    model.train()
    total = 0.0
    for batch in batches:
        batch = dict(batch)
        batch["labels"] = batch.pop("label")
        loss = model(**batch).loss
        optimizer.zero_grad(set_to_none=False)
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total / len(batches)


# %% exercise="learn_once" wrong="only the name mended" says="what is left for `optimizer.step()`"
def learn_once(model, optimizer, batches):
    model.train()
    total = 0.0
    for batch in batches:
        renamed = {"labels" if name == "label" else name: batch[name] for name in batch}
        loss = model(**renamed).loss
        loss.backward()
        total += loss.item()
        optimizer.zero_grad()
        optimizer.step()
    return total / len(batches)


# %% exercise="learn_once" wrong="only the order mended" says="under which name"
def learn_once(model, optimizer, batches):
    model.train()
    total = 0.0
    for batch in batches:
        loss = model(**batch).loss
        if loss is not None:
            loss.backward()
            total += loss.item()
        optimizer.step()
        optimizer.zero_grad()
    return total / len(batches)


# %% exercise="learn_once" wrong="zero_grad taken out" says="where are the old gradients thrown away?"
def learn_once(model, optimizer, batches):
    model.train()
    total = 0.0
    for batch in batches:
        renamed = {"labels" if name == "label" else name: batch[name] for name in batch}
        loss = model(**renamed).loss
        loss.backward()
        total += loss.item()
        optimizer.step()
    return total / len(batches)


# %% exercise="learn_once" wrong="zero_grad once an epoch" says="zero them for each batch"
def learn_once(model, optimizer, batches):
    model.train()
    total = 0.0
    optimizer.zero_grad()
    for batch in batches:
        renamed = {"labels" if name == "label" else name: batch[name] for name in batch}
        loss = model(**renamed).loss
        loss.backward()
        total += loss.item()
        optimizer.step()
    return total / len(batches)


# %% exercise="learn_once" wrong="the step outside the loop" says="a step for each batch"
def learn_once(model, optimizer, batches):
    model.train()
    total = 0.0
    for batch in batches:
        renamed = {"labels" if name == "label" else name: batch[name] for name in batch}
        loss = model(**renamed).loss
        loss.backward()
        total += loss.item()
    optimizer.step()
    optimizer.zero_grad()
    return total / len(batches)


# %% exercise="learn_once" wrong="pop on the batch itself" says="make a new dict"
def learn_once(model, optimizer, batches):
    model.train()
    total = 0.0
    for batch in batches:
        batch["labels"] = batch.pop("label")
        loss = model(**batch).loss
        loss.backward()
        total += loss.item()
        optimizer.step()
        optimizer.zero_grad()
    return total / len(batches)


# %% exercise="learn_once" wrong="the loss of the last batch" says="the last batch alone"
def learn_once(model, optimizer, batches):
    model.train()
    for batch in batches:
        renamed = {"labels" if name == "label" else name: batch[name] for name in batch}
        loss = model(**renamed).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return loss.item()


# %% exercise="learn_once" wrong="model.eval() taken along from the exercise before" says="for judging, not for learning"
def learn_once(model, optimizer, batches):
    model.eval()
    total = 0.0
    for batch in batches:
        renamed = {"labels" if name == "label" else name: batch[name] for name in batch}
        loss = model(**renamed).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        total += loss.item()
    return total / len(batches)


# %% exercise="learn_once" wrong="the loss divided by the rows" says="add up what"
def learn_once(model, optimizer, batches):
    model.train()
    total = 0.0
    for batch in batches:
        renamed = {"labels" if name == "label" else name: batch[name] for name in batch}
        loss = model(**renamed).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        total += loss.item() / len(batch["label"])
    return total / len(batches)
