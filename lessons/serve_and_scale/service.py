"""A small web service: POST /label/WAY with a text, get the label and the probabilities. Requests may share a batch.

Started as a process of its own: `python -m lessons.serve_and_scale.service FOLDER`. It prints its port, which the
system chooses, and ends when its standard input is closed: so it never outlives whoever started it.
"""

import asyncio
import os
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import torch
import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field
from transformers import AutoModelForSequenceClassification, AutoTokenizer

LONGEST = 2000  # characters of a text
WAYS = {  # the most texts of one batch, how long the first one waits for others (s), how many may wait in the queue
    "alone": (1, 0.0, 100_000),
    "together": (8, 0.005, 100_000),
    "limited": (8, 0.005, 8),
}


class Post(BaseModel):
    """What a request must hold."""

    text: str = Field(min_length=1, max_length=LONGEST)


async def serve_batches(queue, answer, most, wait):
    """Take what waits in the queue, answer it as one batch, and begin again."""
    loop = asyncio.get_running_loop()
    while True:
        group = [await queue.get()]
        end = loop.time() + wait
        while len(group) < most and (not queue.empty() or loop.time() < end):
            try:
                left = max(0.001, end - loop.time())
                group.append(await asyncio.wait_for(queue.get(), left))
            except TimeoutError:
                break
        rows = await loop.run_in_executor(THREAD, answer, [text for text, _ in group])
        for (_, promise), row in zip(group, rows, strict=True):
            promise.set_result(row)


THREAD = ThreadPoolExecutor(1)  # one model, one batch at a time


def make_answer(folder: str):
    """Return the function that gives the probabilities of some texts: one list for each text."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    form = {"padding": True, "truncation": True, "max_length": 128, "return_tensors": "pt"}

    def answer(texts: list[str]) -> list[list[float]]:
        with torch.inference_mode():
            return model(**tokenizer(texts, **form)).logits.softmax(-1).tolist()

    answer(["warm up"])
    return answer, model.config.id2label


def make_app(answer, names: dict[int, str]) -> FastAPI:
    """Return the web service of one model, with a queue for each way."""
    queues, workers = {}, []

    @asynccontextmanager
    async def lifespan(_):
        for way, (most, wait, _limit) in WAYS.items():
            queues[way] = asyncio.Queue()
            workers.append(asyncio.create_task(serve_batches(queues[way], answer, most, wait)))
        yield
        for worker in workers:
            worker.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/label/{way}")
    async def label(way: str, post: Post):
        if way not in queues:
            raise HTTPException(404, f"There is no way {way!r}. There are: {', '.join(queues)}.")
        if not post.text.strip():
            raise HTTPException(422, "The text is empty.")
        if queues[way].qsize() >= WAYS[way][2]:
            raise HTTPException(503, "Too many requests wait. Try again later.", {"Retry-After": "1"})
        promise = asyncio.get_running_loop().create_future()
        queues[way].put_nowait((post.text, promise))
        row = await promise
        best = max(range(len(row)), key=row.__getitem__)
        return {"label": names[best], "probabilities": row}

    return app


def main() -> None:
    """Bind a free port of this machine only, say which, and serve until the standard input is closed."""
    app = make_app(*make_answer(sys.argv[1]))
    place = socket.create_server(("127.0.0.1", 0))
    print(place.getsockname()[1], flush=True)
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[place])


if __name__ == "__main__":
    main()
