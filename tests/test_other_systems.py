"""Python itself differs on Windows: what only Unix has is used behind a question, or in a test that is left out."""

import ast
from collections.abc import Iterator

import pytest

from course_tools.project import ROOT

ONLY_UNIX = {
    "os": {"fork", "getegid", "geteuid", "getgid", "getloadavg", "getpgid", "getuid", "killpg", "mkfifo", "nice"}
    | {"sched_getaffinity", "setsid", "statvfs", "sysconf", "uname", "chown", "O_NONBLOCK", "WNOHANG"},
    "signal": {"SIGALRM", "SIGCHLD", "SIGCONT", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGSTOP", "SIGUSR1"}
    | {"SIGUSR2", "alarm", "pthread_kill", "pthread_sigmask", "setitimer"},
}
MODULES = {"fcntl", "grp", "pty", "pwd", "resource", "termios"}
ASKS = ("os.name", "sys.platform", "hasattr")  # what decides which system this is
LEFT_OUT = ("slow", "nightly", "skip", "posix")  # words in a mark: `course test --fast` leaves it out, or Windows does
FILES = [
    path.relative_to(ROOT)
    for folder in ("course_tools", "course_utils", "benchmarks", "capstone", "lessons", "tests")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if path.name not in ("lesson.py", "exercises.py", "answers.py")
]
TESTS = [path for path in FILES if path.name.startswith("test_")]


def only_unix(node: ast.AST, functions: bool) -> Iterator[str]:
    """Yield what only Unix has, in the code below a node. `functions`: also what runs only when it is called."""
    asked = {ast.If: "test", ast.IfExp: "test", ast.BoolOp: "values"}.get(type(node))
    if asked and any(word in ast.unparse(part) for part in parts(getattr(node, asked)) for word in ASKS):
        return
    if isinstance(node, ast.Attribute) and node.attr in ONLY_UNIX.get(ast.unparse(node.value), ()):
        yield ast.unparse(node)
    if isinstance(node, ast.Import | ast.ImportFrom):
        names = [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        yield from MODULES.intersection(names)
    if isinstance(node, ast.keyword) and node.arg == "preexec_fn":
        yield node.arg
    later = "body" if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and not functions else ""
    for name, value in ast.iter_fields(node):
        if name != later:
            for child in parts(value):
                yield from only_unix(child, functions)


def parts(value) -> list[ast.AST]:
    return [part for part in (value if isinstance(value, list) else [value]) if isinstance(part, ast.AST)]


def called_by(tree: ast.Module, function: ast.FunctionDef) -> list[ast.FunctionDef]:
    """Return a function with those of its file that it names, all the way down."""
    known = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    found = [function]
    for each in found:
        names = {node.id for node in ast.walk(each) if isinstance(node, ast.Name)} | {
            each.arg for each in each.args.args
        }
        found += [known[name] for name in sorted(names & set(known)) if known[name] not in found]
    return found


def is_left_out(tree: ast.Module, function: ast.FunctionDef) -> bool:
    marks = [ast.unparse(mark) for mark in function.decorator_list]
    marks += [ast.unparse(node.value) for node in tree.body if isinstance(node, ast.Assign) and is_mark(node)]
    return any(word in mark for mark in marks for word in LEFT_OUT)


def is_mark(node: ast.Assign) -> bool:
    return ast.unparse(node.targets[0]) == "pytestmark"


def test_each_file_can_be_imported_on_windows():
    found = {path: list(only_unix(ast.parse((ROOT / path).read_text("utf-8")), functions=False)) for path in FILES}
    assert {path.as_posix(): lacking for path, lacking in found.items() if lacking} == {}


def test_each_fast_test_asks_for_nothing_that_windows_lacks():
    found = set()
    for path in TESTS:
        tree = ast.parse((ROOT / path).read_text("utf-8"))
        found |= {f"{path.as_posix()}, {name}: {lacking}" for name, lacking in lacking_in_fast_tests(tree)}
    assert found == set()


def lacking_in_fast_tests(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for function in tree.body:
        is_test = isinstance(function, ast.FunctionDef) and function.name.startswith("test_")
        if is_test and not is_left_out(tree, function):
            for each in called_by(tree, function):
                yield from ((function.name, lacking) for lacking in only_unix(each, functions=True))


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import pwd", ["pwd"]),
        ("from resource import getrusage", ["resource"]),
        ("ENDS = (signal.SIGINT, signal.SIGHUP)", ["signal.SIGHUP"]),
        ("@mark(signal.SIGKILL)\ndef test():\n    os.fork()", ["signal.SIGKILL"]),
        ("if os.name == 'posix':\n    import pwd", []),
        ("root = os.name == 'posix' and os.geteuid() == 0", []),
        ("number = getattr(signal, 'SIGHUP', None)", []),
        ("hear = lambda: os.fork()", []),
    ],
)
def test_what_only_unix_has_is_found_where_it_is_asked_for(code, found):
    assert list(only_unix(ast.parse(code), functions=False)) == found


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("def test_a():\n    make()\ndef make():\n    os.fork()", [("test_a", "os.fork")]),
        ("def test_a(made):\n    pass\ndef made():\n    os.fork()", [("test_a", "os.fork")]),
        ("@posix\ndef test_a():\n    os.fork()", []),
        ("pytestmark = pytest.mark.slow\ndef test_a():\n    os.fork()", []),
    ],
)
def test_what_a_fast_test_calls_is_looked_at_too(code, found):
    assert list(lacking_in_fast_tests(ast.parse(code))) == found
