"""The workflows run commands of this project, with few rights, on each system and Python that the course promises."""

import re

import pytest
import yaml

from course_tools.project import ROOT
from course_tools.setup import bootstrap
from tests.commands import wrong

WORKFLOWS = {path.name: yaml.safe_load(path.read_text("utf-8")) for path in ROOT.glob(".github/workflows/*.yml")}
JOBS = [
    pytest.param(job, id=f"{name}-{key}")
    for name, workflow in WORKFLOWS.items()
    for key, job in workflow["jobs"].items()
]
PINNED = re.compile(r"(actions/[\w-]+)@v\d+|[\w./-]+@[0-9a-f]{40}")  # a hash for whatever is not GitHub's own
WRITES = {"site.yml": {"pages", "id-token"}, "canary.yml": {"issues"}, "release.yml": {"contents"}}
ON = True  # YAML reads the word `on` so


def test_there_are_six():
    assert set(WORKFLOWS) == {"test.yml", "nightly.yml", "site.yml", "canary.yml", "links.yml", "release.yml"}


@pytest.mark.parametrize("job", JOBS)
def test_each_command_is_one_of_this_project(job):
    lines = [line for step in job["steps"] for line in step.get("run", "").splitlines()]
    assert lines
    assert [problem for line in lines if (problem := wrong(line))] == []


def test_the_script_of_ci_runs_what_the_readme_tells():
    lines = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    commands = [line for line in lines if line and not line.startswith(("#", "set ", "cd "))]
    assert commands == ["make run", "make test"]
    assert [problem for line in commands if (problem := wrong(line))] == []


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("make tset", "The Makefile has no target tset."),
        ("bash .ci/lost", "There is no script for `bash .ci/lost`."),
        (".venv/bin/course tset", "course tset: .*invalid choice"),
        (".venv/Scripts/course test --quick", "course test --quick: .*--quick"),
        ("course", "without a command"),
        ("gh release delete v1", "`gh` is no command of this project."),
        ("curl https://example.org", "`curl` is no command of this project."),
    ],
)
def test_a_command_that_is_not_there_is_found(command, says):
    assert re.search(says, wrong(command))


@pytest.mark.parametrize("job", JOBS)
def test_actions_are_pinned_and_keep_no_credentials(job):
    used = [step for step in job["steps"] if "uses" in step]
    assert [step["uses"] for step in used if not PINNED.fullmatch(step["uses"])] == []
    checkouts = [step for step in used if step["uses"].startswith("actions/checkout@")]
    assert [step["with"]["persist-credentials"] for step in checkouts] == [False]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_may_read_and_only_those_that_publish_or_tell_may_write(name):
    workflow = WORKFLOWS[name]
    assert workflow["permissions"] == {"contents": "read"}
    rights = [job.get("permissions", {}) for job in workflow["jobs"].values()]
    writes = {right for job in rights for right, kind in job.items() if kind == "write"}
    assert writes == WRITES.get(name, set())


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_workflow_runs_for_ever_or_twice(name):
    workflow = WORKFLOWS[name]
    assert workflow["concurrency"]["group"]
    assert all(0 < job["timeout-minutes"] <= 240 for job in workflow["jobs"].values())


def test_the_fast_tests_run_on_each_system_with_each_python():
    job = WORKFLOWS["test.yml"]["jobs"]["fast"]
    matrix = job["strategy"]["matrix"]
    (_, oldest), (_, newest) = bootstrap.OLDEST, bootstrap.NEWEST
    assert matrix["python"] == [f"3.{minor}" for minor in range(oldest, newest + 1)]
    assert {system.partition("-")[0] for system in matrix["system"]} == {"ubuntu", "macos", "windows"}
    calls = {step["run"]: step.get("if") for step in job["steps"] if "course " in step.get("run", "")}
    assert calls == {
        ".venv/bin/course test --fast": "runner.os != 'Windows'",
        ".venv/Scripts/course test --fast": "runner.os == 'Windows'",
    }


def test_everything_is_executed_anew_on_a_schedule():
    nightly = WORKFLOWS["nightly.yml"]
    assert nightly[ON]["schedule"]
    assert "make test-all" in [step.get("run") for step in nightly["jobs"]["all"]["steps"]]


def test_each_week_the_newest_versions_are_tried_and_the_links_followed():
    for name in ("canary.yml", "links.yml"):
        [schedule] = WORKFLOWS[name][ON]["schedule"]
        assert re.fullmatch(r"\d+ \d+ \* \* [0-6]", schedule["cron"])
    job = WORKFLOWS["canary.yml"]["jobs"]["canary"]
    calls = {step.get("if"): step["run"] for step in job["steps"] if "course " in step.get("run", "")}
    kinds = {"newest versions": "", "release candidates": " --prerelease"}
    assert job["strategy"]["matrix"]["tried"] == list(kinds)
    assert calls == {f"matrix.tried == '{kind}'": f".venv/bin/course canary{flag}" for kind, flag in kinds.items()}
    assert ".venv/bin/course site --links" in [
        step.get("run") for step in WORKFLOWS["links.yml"]["jobs"]["links"]["steps"]
    ]


def test_what_a_canary_found_becomes_an_issue_also_when_it_failed():
    steps = WORKFLOWS["canary.yml"]["jobs"]["canary"]["steps"]
    [tells] = [step for step in steps if step.get("uses", "").startswith("actions/github-script@")]
    assert tells["if"] == "always()"
    [script] = re.findall(r"require\('(.+?)'\)", tells["with"]["script"])
    assert (ROOT / script).is_file()
    assert "${{" not in tells["with"]["script"]  # what is put in so could be code


def test_spelling_is_looked_at_with_each_change_and_advisories_each_night():
    commands = {
        name: [step.get("run") for job in each["jobs"].values() for step in job["steps"]]
        for name, each in WORKFLOWS.items()
    }
    assert "make spell" in commands["test.yml"]
    assert "make audit" in commands["nightly.yml"]


def test_a_tag_makes_a_release_and_only_what_installs_nothing_may_write():
    workflow = WORKFLOWS["release.yml"]
    assert workflow[ON] == {"push": {"tags": ["v*"]}}
    archive, publish = workflow["jobs"]["archive"], workflow["jobs"]["publish"]
    assert '.venv/bin/course release "$GITHUB_REF_NAME"' in [step.get("run") for step in archive["steps"]]
    assert "permissions" not in archive and publish["needs"] == "archive"
    assert [step["run"].split()[0] for step in publish["steps"] if "run" in step] == ["gh"]


def test_updates_come_for_packages_and_for_actions():
    updates = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text("utf-8"))["updates"]
    assert {each["package-ecosystem"]: each["schedule"]["interval"] for each in updates} == {
        "pip": "monthly",
        "github-actions": "monthly",
    }
