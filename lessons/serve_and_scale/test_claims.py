"""What this lesson says and no cell of it checks: its numbers in words, its loop of batches, its Hub, its moments."""

import asyncio

import httpx
import numpy as np
import pytest

from lessons.serve_and_scale import hub, load, measure, service
from tests.prose import cell, made, prose, said

SLUG = "serve_and_scale"


def served(texts: list[str], most: int, wait: float) -> tuple[list[list[str]], list[str]]:
    """Return the batches that the loop makes of texts that come at once, and what each request gets."""
    batches = []

    def answer(group: list[str]) -> list[str]:
        batches.append(group)
        return [text.upper() for text in group]

    async def all_at_once() -> list[str]:
        queue, promises = asyncio.Queue(), [asyncio.get_running_loop().create_future() for _ in texts]
        worker = asyncio.create_task(service.serve_batches(queue, answer, most, wait))
        for pair in zip(texts, promises, strict=True):
            queue.put_nowait(pair)
        got = await asyncio.gather(*promises)
        worker.cancel()
        return got

    return batches, asyncio.run(all_at_once())


class TestTheNumbers:
    def test_what_is_promised_is_what_is_judged(self):
        rate, good, of, ms = said(SLUG, "It holds {} requests a second: {} of {} answers come within {} ms")
        verdict = cell(SLUG, "held = ")
        assert f'runs[{rate}, "together"]' in verdict
        assert f"percentile(busy.taken, {100 * good // of}) < {ms / 1000}" in verdict

    def test_the_limit(self):
        assert said(SLUG, "if {} wait already") == [service.WAYS["limited"][2]]
        assert said(SLUG, "Why may at most {} wait") == [service.WAYS["limited"][2]]

        most = service.WAYS["limited"][0]
        assert said(SLUG, "at most {} texts are inside, {} of them in a pass. Divide {} by") == [
            most + service.WAYS["limited"][2],
            most,
            most + service.WAYS["limited"][2],
        ]

    def test_the_flood(self):
        [times] = said(SLUG, "flood, {} times what `together` can answer")
        assert f'flood = {times} * capacity["together"]' in cell(SLUG, "flood = ")

    def test_p99_of_200(self):
        rows, place = said(SLUG, "of {} times, p99 is number {}")
        percentile = made(SLUG, "percentile", np=np)
        assert percentile(range(1, rows + 1), 99) == place == measure.percentile(range(1, rows + 1), 99)

    def test_the_longest_text(self):
        assert said(SLUG, "Send {} characters") == [service.LONGEST]

    def test_twenty_steps(self):
        steps, batch = said(SLUG, "First one process, here: {} steps of {} rows")
        assert f"count = course.pick(laptop={steps * batch}," in cell(SLUG, "one, one_took = ")

    def test_a_batch_that_is_not_split_is_doubled(self):
        one, two = said(SLUG, "so {} became {}")
        assert two == 2 * one

    def test_fsdp_is_not_executed(self):
        assert "We have not executed it" in prose(SLUG)


class TestTheService:
    @pytest.mark.parametrize(("most", "sizes"), [(1, [1] * 5), (2, [2, 2, 1]), (8, [5])])
    def test_each_gets_its_own_answer(self, most, sizes):
        batches, got = served(list("abcde"), most, 0.005)
        assert [len(batch) for batch in batches] == sizes
        assert got == list("ABCDE")

    def test_the_moments_are_seeded_and_as_many_as_planned(self):
        due = load.moments(50, 20, 0)
        assert due.tolist() == load.moments(50, 20, 0).tolist()
        assert len(due) == 1000
        assert 18 < due[-1] < 22


class TestTheHub:
    def test_after_its_end_it_starts_again_with_what_it_holds(self):
        ours = hub.Hub("secret").start()
        before = ours.address
        body, shown = {"name": "m", "organization": "o"}, {"Authorization": "Bearer secret"}
        try:
            httpx.post(f"{before}/api/repos/create", json=body, headers=shown, trust_env=False)
            ours.stop()
            with pytest.raises(httpx.ConnectError):
                httpx.get(f"{before}/api/models/o/m", trust_env=False)
            assert ours.address == before
            assert httpx.get(f"{before}/api/models/o/m", trust_env=False).status_code == 200
        finally:
            ours.stop()

    def test_without_the_token_nothing_is_told(self):
        ours = hub.Hub("secret").start()
        shown = {"Authorization": "Bearer secret"}
        try:
            with httpx.Client(base_url=ours.address, trust_env=False) as client:
                body = {"name": "m", "organization": "o", "private": True}
                assert client.post("/api/repos/create", json=body).status_code == 401
                assert client.post("/api/repos/create", json=body, headers=shown).status_code == 200
                assert client.get("/api/models/o/m").status_code == 401
                assert client.get("/api/models/o/m", headers=shown).json()["private"]
        finally:
            ours.stop()

    def test_a_large_file_must_be_what_it_says(self):
        ours = hub.Hub("secret").start()
        try:
            answer = httpx.put(f"{ours.address}/large/{'0' * 64}", content=b"another", trust_env=False)
            assert answer.status_code == 400
        finally:
            ours.stop()
