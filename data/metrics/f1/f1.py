"""F1, as a module that `evaluate.load` reads from a folder."""

import datasets
import evaluate
from sklearn.metrics import f1_score


class F1(evaluate.Metric):
    def _info(self):
        return evaluate.MetricInfo(
            description="F1, from 0 to 1: the harmonic mean of precision and recall, per class or averaged.",
            citation="",
            inputs_description="predictions and references: lists of label numbers, equally long.",
            features=datasets.Features({"predictions": datasets.Value("int32"), "references": datasets.Value("int32")}),
        )

    def _compute(self, predictions, references, labels=None, pos_label=1, average="binary", sample_weight=None):
        score = f1_score(
            references, predictions, labels=labels, pos_label=pos_label, average=average, sample_weight=sample_weight
        )
        return {"f1": float(score) if getattr(score, "size", 1) == 1 else score}
