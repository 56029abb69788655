"""Each package that set-up installs has a licence that somebody has read."""

from email.message import Message

import pytest

from course_tools.setup import licences
from course_tools.setup.licences import Package

RULES = licences.rules()


def about(**said: str | list[str]) -> Message:
    """Return the metadata of a package that says this about its licence."""
    message = Message()
    message["Name"], message["Version"] = "thing", "1.0"
    for name, values in said.items():
        for value in [values] if isinstance(values, str) else values:
            message[name.replace("_", "-")] = value
    return message


@pytest.mark.nightly
def test_no_licence_is_unknown():
    packages = licences.installed()
    assert [package.name.lower().replace("_", "-") for package in packages] == [
        name.lower().replace("_", "-") for name in licences.locked()
    ]
    assert licences.problems(packages, RULES) == []


@pytest.mark.parametrize(
    ("said", "licence"),
    [
        ({"License_Expression": "MIT"}, "MIT"),
        ({"License_Expression": "MPL-2.0 AND (Apache-2.0 OR MIT)"}, "MPL-2.0 AND (Apache-2.0 OR MIT)"),
        ({"License_Expression": "Apache-2.0 WITH LLVM-exception"}, "Apache-2.0 WITH LLVM-exception"),
        ({"Classifier": "License :: OSI Approved :: MIT License", "License": "Copyright me"}, "MIT"),
        ({"License": "Apache 2.0 License\nand so on"}, "Apache-2.0"),
        ({"License_Expression": "MIT AND AGPL-3.0-only"}, None),
        ({"Classifier": ["License :: OSI Approved :: MIT License", "License :: Other/Proprietary License"]}, None),
        ({"License": "Ask us"}, None),
        ({}, None),
    ],
)
def test_a_licence_is_read_in_each_of_its_forms(said, licence):
    assert licences.read(about(**said)).licence(RULES) == licence


def test_what_somebody_has_read_counts_more_than_what_is_said():
    package = Package("Docutils", "1", ("GNU General Public License (GPL)",))
    assert package.licence(RULES) == "BSD-2-Clause AND BSD-3-Clause"


def test_an_unknown_licence_is_told_with_the_way_out():
    [problem] = licences.problems([Package("thing", "1.0", ("Ask us",)), Package("fine", "1", ("MIT",))], RULES)
    assert problem == (
        "thing 1.0 says about its licence: Ask us. Read it. "
        "If the course may use it, add it to course_tools/setup/licences.toml."
    )


def test_no_rule_is_there_for_nothing():
    told = " ".join([*RULES["spellings"].values(), *RULES["packages"].values()])
    assert set(told.split()) - {"AND"} <= set(RULES["known"])
    assert set(RULES["packages"]) <= {name.lower() for name in licences.locked()}
