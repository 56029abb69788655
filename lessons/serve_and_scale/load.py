"""Sends requests at fixed moments, whether or not earlier ones are answered (an open loop), and times the answers."""

import asyncio
import threading
import time

import httpx
import numpy as np


def moments(per_second: float, seconds: float, seed: int) -> np.ndarray:
    """Return when the requests are due, in seconds: a Poisson process, as of people who do not know of each other."""
    rng = np.random.default_rng(seed)
    count = max(2, round(per_second * seconds))
    return np.cumsum(rng.exponential(1 / per_second, count))


def send(url: str, texts: list[str], due: np.ndarray) -> tuple[np.ndarray, np.ndarray, list]:
    """Ask for each text at its moment. Return seconds from the planned moment to the answer, the codes, the answers."""
    found = []
    thread = threading.Thread(target=lambda: found.extend(asyncio.run(_send(url, texts, due))))
    thread.start()  # a notebook has an event loop already, so this one gets a thread
    thread.join()
    seconds, codes, answers = zip(*found, strict=True)
    return np.array(seconds), np.array(codes), list(answers)


async def _send(url: str, texts: list[str], due: np.ndarray) -> list[tuple[float, int, object]]:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=200)
    async with httpx.AsyncClient(timeout=60, limits=limits, trust_env=False) as client:
        await client.post(url, json={"text": "warm up"})
        began = time.perf_counter() + 0.05

        async def ask(text: str, moment: float):
            await asyncio.sleep(began + moment - time.perf_counter())
            try:
                answer = await client.post(url, json={"text": text})
                code, said = answer.status_code, answer.json()
            except httpx.HTTPError as problem:
                code, said = 0, str(problem)
            return time.perf_counter() - began - moment, code, said

        return await asyncio.gather(*(ask(text, moment) for text, moment in zip(texts, due, strict=True)))
