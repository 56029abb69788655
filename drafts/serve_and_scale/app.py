"""A web page for one model: a text box, a button, the labels with their probabilities. A Space runs this file."""

import os

import gradio as gr
from transformers import pipeline

MODEL = os.environ.get("MODEL", "model")  # a folder, or a name on the Hub
REVISION = os.environ.get("REVISION")  # of a model on the Hub: the commit
classify = pipeline("text-classification", model=MODEL, revision=REVISION, top_k=None)


def label(post: str) -> dict[str, float]:
    """Return the probability of each label."""
    if not post.strip():
        raise gr.Error("Please write a post first.")
    return {answer["label"]: answer["score"] for answer in classify([post], truncation=True)[0]}


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
