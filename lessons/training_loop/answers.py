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

# %% exercise="warmup_rates" wrong="shares of the top" says="a share of the top?"
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


# %% exercise="clip_by_hand" wrong="one vector for all" says="one long vector?"
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


# %% exercise="share_right" wrong="a number of rows" says="the number of right rows"
@torch.no_grad()
def share_right(model, batches):
    model.eval()
    return sum((model(**b).logits.argmax(-1) == b["labels"]).sum().item() for b in batches)


# %% exercise="share_right" wrong="all batches taken for full ones" says="the first batch is not like all others"
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


# %% exercise="learn_once" wrong="only the name mended" says="what is left for `optimizer.step()`?"
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


# %% exercise="learn_once" wrong="pop on the batch itself" says="leaves `batches` as it is"
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


# %% exercise="learn_once" wrong="the loss divided by the rows" says="is the mean of its rows already"
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

# %% exercise="warmup_rates" right="a formula, and fractions"
from fractions import Fraction


def rate(moved):
    return 8e-4 * moved / 2 if moved < 2 else 8e-4 * (10 - moved) / 8


warmup_rates = {"a": Fraction(0), "b": rate(1), "c": rate(3), "d": Fraction(1, 10_000), "e": rate(0)}

# %% exercise="warmup_rates" wrong="nine equal parts down" says="in 8 equal parts, not in 9"
warmup_rates = {"a": 0, "b": 4e-4, "c": 8e-4 * 8 / 9, "d": 8e-4 / 9, "e": 0}

# %% exercise="warmup_rates" wrong="zero in step 10, as a line" says="the way down has one part more"
warmup_rates = {"a": 0, "b": 4e-4, "c": 8e-4 * 6 / 7, "d": 0, "e": 0}

# %% exercise="warmup_rates" wrong="forgotten only once" says="in all ten steps"
warmup_rates = {"a": 0, "b": 4e-4, "c": 7e-4, "d": 1e-4, "e": 2e-4}

# %% exercise="warmup_rates" wrong="another power of ten" says="ten times too much"
warmup_rates = {"a": 0, "b": 4e-3, "c": 7e-3, "d": 1e-3, "e": 0}

# %% exercise="warmup_rates" wrong="below zero" says="a number"
warmup_rates = {"a": 0, "b": 4e-4, "c": 7e-4, "d": -1e-4, "e": 0}


# %% exercise="clip_by_hand" wrong="the card's limit" says="always 6.5?"
def clip_by_hand(gradients, max_norm):
    n = torch.cat([g.reshape(-1) for g in gradients]).norm()
    return [g * (6.5 / n) if n > 6.5 else g for g in gradients]


# %% exercise="clip_by_hand" wrong="two tensors, as on the card" says="IndexError"
def clip_by_hand(gradients, max_norm):
    n = (gradients[0].norm() ** 2 + gradients[1].norm() ** 2) ** 0.5
    return [g * (max_norm / n) if n > max_norm else g for g in gradients]


# %% exercise="clip_by_hand" wrong="the first two tensors" says="the list may be longer" old="for gradient in gradients))" new="for gradient in gradients[:2]))"

# %% exercise="clip_by_hand" wrong="the root forgotten in the comparison" says="where you compare with `max_norm`" old="if norm <= max_norm" new="if norm**2 <= max_norm"

# %% exercise="clip_by_hand" wrong="the root forgotten in the factor" says="where you shrink" old="(max_norm / norm)" new="(max_norm / norm**2)"

# %% exercise="clip_by_hand" wrong="the largest number compared" says="the largest number is compared" old="if norm <= max_norm" new="if max(gradient.abs().max() for gradient in gradients) <= max_norm"


# %% exercise="clip_by_hand" wrong="the spectral norm of matrices" says="this norm of a matrix"
def clip_by_hand(gradients, max_norm):
    norms = [torch.linalg.matrix_norm(g, ord=2) if g.dim() == 2 else g.norm() for g in gradients]
    norm = torch.stack(norms).norm()
    return [g * (max_norm / norm) if norm > max_norm else g for g in gradients]


# %% exercise="clip_by_hand" wrong="numbers without their signs added up" says="add up the squares"
def clip_by_hand(gradients, max_norm):
    norm = sum(gradient.abs().sum() for gradient in gradients)
    return [gradient * (max_norm / norm) if norm > max_norm else gradient for gradient in gradients]


# %% exercise="clip_by_hand" wrong="flat tensors" says="its shape back"
def clip_by_hand(gradients, max_norm):
    norm = sum((gradient**2).sum() for gradient in gradients) ** 0.5
    return [gradient.flatten() * (max_norm / norm if norm > max_norm else 1) for gradient in gradients]


# %% exercise="clip_by_hand" wrong="rounded" says="rounded?"
def clip_by_hand(gradients, max_norm):
    norm = sum((gradient**2).sum() for gradient in gradients) ** 0.5
    factor = max_norm / norm if norm > max_norm else 1
    return [(gradient * factor).round(decimals=2) for gradient in gradients]


# %% exercise="clip_by_hand" wrong="the given gradients are emptied" says="leaves `gradients` as it is"
def clip_by_hand(gradients, max_norm):
    norm = torch.cat([gradient.flatten() for gradient in gradients]).norm()
    clipped = [gradient * (max_norm / norm) if norm > max_norm else gradient.clone() for gradient in gradients]
    for gradient in gradients:
        gradient.zero_()
    return clipped


# %% exercise="clip_by_hand" wrong="squares in place" says="leaves `gradients` as it is"
def clip_by_hand(gradients, max_norm):
    before = [gradient.clone() for gradient in gradients]
    norm = sum(gradient.pow_(2).sum() for gradient in gradients) ** 0.5
    return [gradient * (max_norm / norm) if norm > max_norm else gradient for gradient in before]


# %% exercise="clip_by_hand" wrong="the norm comes back, as from PyTorch" says="which ones belong into the list"
def clip_by_hand(gradients, max_norm):
    norm = sum((gradient**2).sum() for gradient in gradients) ** 0.5
    for gradient in gradients:
        gradient *= min(1.0, float(max_norm / (norm + 1e-6)))
    return norm


# %% exercise="clip_by_hand" wrong="tensors of zeros are left out" says="I do not recognise this slip"
def clip_by_hand(gradients, max_norm):
    norm = sum((gradient**2).sum() for gradient in gradients) ** 0.5
    return [g * (max_norm / norm) if norm > max_norm else g for g in gradients if g.any()]


# %% exercise="clip_by_hand" wrong="the last ones first" says="I do not recognise this slip" old="(max_norm / norm) for gradient in gradients]" new="(max_norm / norm) for gradient in gradients[::-1]]"

# %% exercise="clip_by_hand" right="PyTorch's own function, on parameters"
def clip_by_hand(gradients, max_norm):
    held = [torch.nn.Parameter(torch.zeros_like(gradient)) for gradient in gradients]
    for parameter, gradient in zip(held, gradients):
        parameter.grad = gradient.clone()
    torch.nn.utils.clip_grad_norm_(held, max_norm)
    return [parameter.grad for parameter in held]


# %% exercise="clip_by_hand" right="number by number, a closed form"
def clip_by_hand(gradients, max_norm):
    import math

    length = math.hypot(*(number for gradient in gradients for number in gradient.flatten().tolist()))
    return [max_norm * gradient / max(length, max_norm) for gradient in gradients]


# %% exercise="clip_by_hand" right="the list filled anew, and nothing where nothing is to do"
def clip_by_hand(gradients, max_norm):
    norm = torch.nn.utils.get_total_norm(gradients).item()
    for place in range(len(gradients)) if norm > max_norm else ():
        gradients[place] = gradients[place] / norm * max_norm
    return gradients


# %% exercise="clip_by_hand" right="in double precision"
def clip_by_hand(gradients, max_norm):
    exact = [gradient.double() for gradient in gradients]
    norm = sum((gradient**2).sum() for gradient in exact) ** 0.5
    return map(lambda gradient: gradient * min(1, max_norm / max(norm, 1e-30)), exact)


# %% exercise="clip_by_hand" equivalent="where the length is the limit, the factor is 1"
# - if norm <= max_norm:
# + if norm < max_norm:

# %% exercise="share_right" wrong="the labels are taken out of the batches" says="leaves `batches` as it is"
@torch.no_grad()
def share_right(model, batches):
    model.eval()
    right = seen = 0
    for batch in batches:
        truth = batch.pop("labels")
        right += (model(**batch).logits.argmax(-1) == truth).sum().item()
        seen += len(truth)
    return right / seen


# %% exercise="share_right" wrong="dropout taken away for ever" says="`model.train()` cannot bring it back"
@torch.no_grad()
def share_right(model, batches):
    for part in model.modules():
        if isinstance(part, torch.nn.Dropout):
            part.p = 0.0
    right = sum((model(**b).logits.argmax(-1) == b["labels"]).sum().item() for b in batches)
    return right / sum(len(b["labels"]) for b in batches)


# %% exercise="share_right" wrong="the weights frozen on the way" says="`requires_grad` stays off for ever" old="model.eval()" new="model.eval().requires_grad_(False)"

# %% exercise="share_right" wrong="a percentage" says="a percentage?" old="return right / seen" new="return 100 * right / seen"

# %% exercise="share_right" wrong="divided by the sheet's rows" says="divided by 36?" old="return right / seen" new="return right / 36"

# %% exercise="share_right" wrong="16 rows in each batch" says="divided by 16" old="return right / seen" new="return right / (16 * len(batches))"

# %% exercise="share_right" wrong="the last batch left out" says="the last batch is left out" old="in batches:" new="in batches[:-1]:"

# %% exercise="share_right" wrong="rounded" says="rounded?" old="return right / seen" new="return round(right / seen, 2)"

# %% exercise="share_right" wrong="the share that is wrong" says="the share that is wrong?" old="return right / seen" new="return 1 - right / seen"

# %% exercise="share_right" wrong="the attention mask left out" says="the attention mask is left out" old="model(**batch)" new="model(input_ids=batch[\"input_ids\"])"


# %% exercise="share_right" wrong="eval() after the first batch" says="the first batch is judged in training mode: `model.eval()` must"
@torch.no_grad()
def share_right(model, batches):
    right, seen = 0, 0
    for batch in batches:
        answers = model(**batch).logits.argmax(dim=-1)
        model.eval()
        right += (answers == batch["labels"]).sum().item()
        seen += len(answers)
    return right / seen


# %% exercise="share_right" wrong="as before, and each batch counts the same" says="the first batch is judged in training mode, and"
@torch.no_grad()
def share_right(model, batches):
    shares = []
    for batch in batches:
        answers = model(**batch).logits.argmax(dim=-1)
        model.eval()
        shares.append((answers == batch["labels"]).float().mean().item())
    return sum(shares) / len(shares)


# %% exercise="share_right" wrong="the mode turned round with each call" says="the same score in a second call" old="model.eval()" new="model.train(not model.training)"

# %% exercise="share_right" wrong="argmax down the columns" says="RuntimeError" old="dim=-1" new="dim=0"

# %% exercise="share_right" wrong="a text" says="without quotes" old="return right / seen" new="return f\"{right / seen:.2f}\""


# %% exercise="share_right" wrong="each label counts the same" says="I do not recognise this slip"
@torch.no_grad()
def share_right(model, batches):
    from sklearn.metrics import balanced_accuracy_score

    model.eval()
    answers = [answer for batch in batches for answer in model(**batch).logits.argmax(-1).tolist()]
    return balanced_accuracy_score([label for batch in batches for label in batch["labels"].tolist()], answers)


# %% exercise="share_right" wrong="the batches of the notebook" says="IndexError"
given = batches


@torch.no_grad()
def share_right(model, batches):
    model.eval()
    right = sum((model(**b).logits.argmax(-1) == b["labels"]).sum().item() for b in given)
    return right / sum(len(b["labels"]) for b in given)


# %% exercise="share_right" right="a copy of the model, and the largest logit in another way"
@torch.inference_mode()
def share_right(model, batches):
    import copy

    judge = copy.deepcopy(model).eval()
    pairs = [(judge(**batch).logits.max(dim=1).indices, batch["labels"]) for batch in batches]
    return torch.cat([answers == truth for answers, truth in pairs]).double().mean()


# %% exercise="share_right" right="row by row, the mode set back whatever happens, a fraction"
def share_right(model, batches):
    from fractions import Fraction

    was = model.training
    model.eval()
    try:
        rows = [({k: v[n : n + 1] for k, v in b.items()}, b["labels"][n]) for b in batches for n in range(len(b["labels"]))]
        right = sum(bool(model(**row).logits.argmax() == label) for row, label in rows)
    finally:
        model.train(was)
    return Fraction(right, len(rows))


# %% exercise="share_right" right="the parts of the model one after the other"
@torch.no_grad()
def share_right(model, batches):
    model.eval()
    right = seen = 0
    for batch in batches:
        pooled = model.bert(batch["input_ids"], attention_mask=batch["attention_mask"]).pooler_output
        right += (model.classifier(pooled).argmax(1) == batch["labels"]).sum()
        seen += batch["labels"].numel()
    return right / seen


# %% exercise="share_right" equivalent="the order of two lines that have nothing to do with each other"
# + right, seen = (0, 0)
# - right, seen = (0, 0)

# + seen += len(answers)
# - seen += len(answers)

# %% exercise="share_right" equivalent="logits have two axes: the last one is number 1"
# - answers = model(**batch).logits.argmax(dim=-1)
# + answers = model(**batch).logits.argmax(dim=1)

# - answers = model(**batch).logits.argmax(dim=-1)
# + answers = model(**batch).logits.argmax(dim=+1)

# %% exercise="share_right" equivalent="it switches back to training mode: the card leaves that open, and nothing else is changed"
# + share_right changes `model` in place, when its work is done

# %% exercise="learn_once" wrong="divided by the sheet's number of batches" says="divided by 3?" old="/ len(batches)" new="/ 3"

# %% exercise="learn_once" wrong="each row counts the same" says="each row counts the same here"
def learn_once(model, optimizer, batches):
    total = rows = 0
    for batch in batches:
        loss = model(**{"labels" if name == "label" else name: batch[name] for name in batch}).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        total += loss.item() * len(batch["label"])
        rows += len(batch["label"])
    return total / rows


# %% exercise="learn_once" wrong="gradients clipped, as in the lesson" says="the gradients are clipped" old="optimizer.step()" new="torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0); optimizer.step()"

# %% exercise="learn_once" wrong="the model of the notebook" says="use its argument `model`" old="def learn_once(model, optimizer, batches):" new="the_model = model\ndef learn_once(unused, optimizer, batches):\n    model = the_model"

# %% exercise="learn_once" wrong="the optimizer of the notebook" says="use its argument `optimizer`" old="def learn_once(model, optimizer, batches):" new="the_optimizer = optimizer\ndef learn_once(model, unused, batches):\n    optimizer = the_optimizer"

# %% exercise="learn_once" wrong="a new optimizer in each call" says="after 0 steps of `optimizer`" old="    total = 0.0" new="    total = 0.0\n    optimizer = torch.optim.SGD(model.parameters(), lr=0.2)"

# %% exercise="learn_once" wrong="return in the loop" says="does `return` stand inside the loop?" old="    return total" new="        return total"

# %% exercise="learn_once" wrong="the last batch left out" says="the last batch is left out" old="in batches:" new="in batches[:-1]:"

# %% exercise="learn_once" wrong="two epochs in one call" says="two epochs in one call" old="in batches:" new="in batches + batches:"

# %% exercise="learn_once" wrong="the last batch first" says="keep their order" old="in batches:" new="in batches[::-1]:"

# %% exercise="learn_once" wrong="rounded" says="rounded?" old="return total / len(batches)" new="return round(total / len(batches), 3)"

# %% exercise="learn_once" wrong="the sum" says="that is the sum" old="return total / len(batches)" new="return total"

# %% exercise="learn_once" wrong="zero_grad behind backward" says="what is left for `optimizer.step()`?" old="loss.backward()" new="loss.backward(); optimizer.zero_grad()"

# %% exercise="learn_once" wrong="backward forgotten" says="where is `backward`?" old="loss.backward()" new="pass"

# %% exercise="learn_once" wrong="the model is left in evaluation mode" says="in the next epoch, too" old="    return" new="    model.eval()\n    return"

# %% exercise="learn_once" wrong="the attention mask left out" says="the attention mask is left out" old="for name in batch}" new="for name in batch if name != \"attention_mask\"}"

# %% exercise="learn_once" wrong="the learning rate turned down" says="I do not recognise this slip" old="    total = 0.0" new="    total = 0.0\n    optimizer.param_groups[0][\"lr\"] /= 2"

# %% exercise="learn_once" wrong="the labels stand in the batches twice" says="leaves `batches` as it is" old="inputs = {" new="batch[\"labels\"] = batch[\"label\"]; inputs = {"


# %% exercise="learn_once" wrong="a step before backward" says="I do not recognise this slip"
def learn_once(model, optimizer, batches):
    total = 0.0
    for batch in batches:
        optimizer.step()
        optimizer.zero_grad()
        loss = model(**{"labels" if name == "label" else name: batch[name] for name in batch}).loss
        loss.backward()
        total += loss.item()
    return total / len(batches)


# %% exercise="learn_once" right="a closure, and the names one by one"
def learn_once(model, optimizer, batches):
    losses = []
    for batch in batches:

        def closure():
            optimizer.zero_grad()
            loss = model(batch["input_ids"], batch["attention_mask"], labels=batch["label"]).loss
            loss.backward()
            return loss

        losses.append(optimizer.step(closure).item())
    return sum(losses) / len(losses)


# %% exercise="learn_once" right="a running mean, gradients set to None by hand"
def learn_once(model, optimizer, batches):
    mean = 0.0
    for number, batch in enumerate(batches, 1):
        for weight in model.parameters():
            weight.grad = None
        out = model(labels=batch["label"], **{name: batch[name] for name in batch if name != "label"})
        out.loss.backward()
        optimizer.step()
        mean += (out.loss.item() - mean) / number
    return mean


# %% exercise="learn_once" right="the loss out of the log-softmax, in a map"
def learn_once(model, optimizer, batches):
    from statistics import fmean

    def one_step(batch):
        optimizer.zero_grad()
        chances = model(batch["input_ids"], batch["attention_mask"]).logits.log_softmax(-1)
        loss = -chances.gather(1, batch["label"][:, None]).mean()
        loss.backward()
        optimizer.step()
        return float(loss)

    return fmean(map(one_step, batches))


# %% exercise="learn_once" right="part by part, gradients from torch.autograd.grad"
def learn_once(model, optimizer, batches):
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    total = torch.zeros(())
    for batch in batches:
        pooled = model.bert(batch["input_ids"], attention_mask=batch["attention_mask"]).pooler_output
        loss = torch.nn.CrossEntropyLoss()(model.classifier(model.dropout(pooled)), batch["label"])
        for weight, slope in zip(weights, torch.autograd.grad(loss, weights, allow_unused=True)):
            weight.grad = slope
        optimizer.step()
        total += loss.detach()
    return total / len(batches)


# %% exercise="learn_once" equivalent="the loss is a number of its own: when it is added up, between backward and zero_grad, does not matter"
# + total += loss.item()
# - total += loss.item()

# + optimizer.step()
# - optimizer.step()

# %% exercise="learn_once" right="both names are handed over"
def learn_once(model, optimizer, batches):
    total = 0.0
    for batch in batches:
        loss = model(labels=batch["label"], **batch).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        total += loss
    return total / len(batches)


# %% exercise="learn_once" wrong="dropout taken away for ever" says="`model.train()` cannot bring it back"
def learn_once(model, optimizer, batches):
    total = 0.0
    for part in model.modules():
        if isinstance(part, torch.nn.Dropout):
            part.p = 0.0
    for batch in batches:
        loss = model(**{"labels" if name == "label" else name: batch[name] for name in batch}).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        total += loss.item()
    return total / len(batches)


# %% exercise="share_right" wrong="gradients switched off for ever" says="that the training can go on"
def share_right(model, batches):
    model.eval()
    torch.set_grad_enabled(False)
    right = sum((model(**b).logits.argmax(-1) == b["labels"]).sum().item() for b in batches)
    return right / sum(len(b["labels"]) for b in batches)


# %% exercise="share_right" right="all batches in one"
@torch.no_grad()
def share_right(model, batches):
    model.eval()
    rows = {name: torch.cat([batch[name] for batch in batches]) for name in batches[0]}
    return (model(**rows).logits.argmax(-1) == rows["labels"]).double().mean()


# %% exercise="warmup_rates" wrong="nearly zero" says="another answer for `a`"
warmup_rates = {"a": 1e-8, "b": 4e-4, "c": 7e-4, "d": 1e-4, "e": 0}

# %% exercise="warmup_rates" wrong="ten parts, from step 2 on" says="the top comes later"
warmup_rates = {"a": 0, "b": 4e-4, "c": 6.4e-4, "d": 1e-4, "e": 0}

# %% exercise="warmup_rates" wrong="ten parts, from step 1 on" says="not from step 1 on"
warmup_rates = {"a": 0, "b": 4e-4, "c": 5.6e-4, "d": 1e-4, "e": 0}

# %% exercise="clip_by_hand" wrong="lists in a list" says="The optimizer needs a tensor for each"
def clip_by_hand(gradients, max_norm):
    norm = sum((gradient**2).sum() for gradient in gradients) ** 0.5
    return [(gradient * min(1.0, max_norm / max(norm, 1e-9))).tolist() for gradient in gradients]


# %% exercise="clip_by_hand" wrong="the factor upside down" says="the factor is turned round" old="(max_norm / norm)" new="(norm / max_norm)"

# %% exercise="clip_by_hand" wrong="squares averaged" says="are averaged" old=").sum() for" new=").mean() for"

# %% exercise="clip_by_hand" wrong="in place, and once more" says="used twice"
def clip_by_hand(gradients, max_norm):
    norm = torch.cat([gradient.flatten() for gradient in gradients]).norm()
    factor = max_norm / norm if norm > max_norm else 1
    for gradient in gradients:
        gradient *= factor
    return [gradient * factor for gradient in gradients]


# %% exercise="share_right" right="all inputs by name"
@torch.no_grad()
def share_right(model, batches):
    right, names = [], ("input_ids", "token_type_ids", "attention_mask")
    for batch in batches:
        logits = model.eval()(**{name: batch[name] for name in names}).logits
        right += (logits.softmax(-1).argmax(-1) == batch["labels"]).tolist()
    return sum(right) / len(right)


# %% exercise="share_right" wrong="the model of the notebook" says="use its argument `model`" old="@torch.no_grad()\ndef share_right(model, batches):" new="the_model = model\n@torch.no_grad()\ndef share_right(unused, batches):\n    model = the_model"

# %% exercise="share_right" wrong="one number for all" says="use its argument `model`" old="    model.eval()" new="    return 0.25"

# %% exercise="share_right" wrong="only batches as long as the first" says="I do not recognise this slip" old="in batches:" new="in [each for each in batches if len(each[\"labels\"]) == len(batches[0][\"labels\"])]:"

# %% exercise="learn_once" right="all inputs by name, a loss in a tensor"
def learn_once(model, optimizer, batches):
    losses = []
    for batch in batches:
        optimizer.zero_grad()
        inputs = [batch[name] for name in ("input_ids", "attention_mask", "token_type_ids")]
        losses.append(model(*inputs, labels=batch["label"])[0])
        losses[-1].backward()
        optimizer.step()
    return torch.stack(losses).mean()


# %% exercise="learn_once" wrong="the loss shared among the batches" says="divided before `backward`" old="loss.backward()" new="(loss / len(batches)).backward()"

# %% exercise="learn_once" wrong="softmax before cross entropy" says="cross entropy makes its own" old="loss = model(**inputs).loss" new="loss = torch.nn.functional.cross_entropy(model(**inputs).logits.softmax(-1), batch[\"label\"])"

# %% exercise="learn_once" wrong="the encoder frozen" says="I do not recognise this slip" old="    total = 0.0" new="    total = 0.0\n    model.bert.requires_grad_(False)"

# %% exercise="learn_once" wrong="one step too many, after the epoch" says="I do not recognise this slip" old="    return" new="    model(**inputs).loss.backward(); optimizer.step(); optimizer.zero_grad()\n    return"
