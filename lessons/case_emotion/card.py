"""The text of the model's card: its sentences are fixed, its numbers come from the notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def card_text(
    report: Mapping[str, Mapping[str, str]],
    model: str,
    data: str,
    sizes: Mapping[str, int],
    chosen: str,
    errors: Sequence[str],
) -> str:
    """Return the card in Markdown. `report`: method -> score -> value with its interval; `chosen`: what was chosen."""
    scores = list(next(iter(report.values())))
    lines = [f"| {name} | {' | '.join(row[score] for score in scores)} |" for name, row in report.items()]
    return f"""# Which emotion does a post express?

{model}, fine-tuned on {sizes["train"]:,} posts of `{data}`, judged on {sizes["test"]:,} others.

| | {" | ".join(scores)} |
|{"---|" * (len(scores) + 1)}
{chr(10).join(lines)}

Chosen on {sizes["validation"]} validation posts: {chosen}.
Wrong most often: {", ".join(errors)}.
Not for decisions about people, other languages, or posts with none of the four emotions.
"""
