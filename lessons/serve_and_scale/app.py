"""A web page for one model: a text box, a button, the labels with their probabilities. A Space runs this file."""

import os

import gradio as gr
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

MODEL = os.environ.get("MODEL", "model")  # a folder, or a name on the Hub
REVISION = os.environ.get("REVISION")  # of a model on the Hub: the commit
tokenizer = AutoTokenizer.from_pretrained(MODEL, revision=REVISION)
model = AutoModelForSequenceClassification.from_pretrained(MODEL, revision=REVISION).eval()


def label(post: str) -> dict[str, float]:
    """Return the probability of each label."""
    if not post.strip():
        raise gr.Error("Please write a post first.")
    inputs = tokenizer([post], truncation=True, max_length=128, return_tensors="pt")
    with torch.inference_mode():
        chances = model(**inputs).logits.softmax(-1)[0].tolist()
    return {model.config.id2label[place]: chance for place, chance in enumerate(chances)}


page = gr.Interface(
    fn=label,
    inputs=gr.Textbox(label="A post", lines=3),
    outputs=gr.Label(label="What it says of the writer's feeling"),
    title="Which emotion?",
    description="Trained on posts written for a course. It is often wrong: do not decide about people with it.",
    examples=["Tomorrow is a new day, we will get there together"],
    cache_examples=False,
    flagging_mode="never",
    api_name="label",
)

if __name__ == "__main__":
    page.launch()
