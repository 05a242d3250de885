"""What every command line is made of."""

from datetime import date

import pytest

from command_line import OneSentenceParser, day, port, run


class ShopError(Exception):
    """On purpose."""


class ShutError(ShopError):
    exit_code = 2


def raising(error: BaseException):
    def work() -> None:
        raise error

    return work


@pytest.fixture
def parser() -> OneSentenceParser:
    parser = OneSentenceParser(prog="python -m shop")
    parser.add_argument("--port", type=port)
    command = parser.add_subparsers(dest="command").add_parser("open")
    command.add_argument("--day", type=day)
    return parser


def test_arguments_are_read_by_their_types(parser):
    options = parser.parse_args(["--port", "65535", "open", "--day", "2026-02-28"])
    assert (options.port, options.day) == (65535, date(2026, 2, 28))
    assert parser.parse_args(["--port", "0"]).port == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--port", "65536"], "python -m shop: argument --port: '65536' is no port: 0 to 65535."),
        (["--port=-1"], "python -m shop: argument --port: '-1' is no port: 0 to 65535."),
        (["--port", "http"], "python -m shop: argument --port: 'http' is no port: 0 to 65535."),
        (
            ["open", "--day", "2026-02-30"],
            "python -m shop open: argument --day: '2026-02-30' is not a date YYYY-MM-DD.",
        ),
        (["open", "--bogus"], "python -m shop: unrecognized arguments: --bogus"),
    ],
)
def test_a_wrong_argument_is_one_sentence_and_exit_code_2(capsys, parser, arguments, said):
    with pytest.raises(SystemExit) as stop:
        parser.parse_args(arguments)
    assert stop.value.code == 2
    assert capsys.readouterr() == ("", said + "\n")


@pytest.mark.parametrize(("given", "code"), [(None, 0), (0, 0), (1, 1), (3, 3)])
def test_the_exit_code_is_what_the_work_gives(capsys, given, code):
    assert run("python -m shop", lambda: given, ShopError) == code
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("error", "code"), [(ShopError("It is shut."), 1), (ShutError("It is shut."), 2)]
)
def test_a_refusal_is_one_sentence(capsys, error, code):
    assert run("python -m shop", raising(error), KeyError, ShopError) == code
    assert capsys.readouterr() == ("", "python -m shop: It is shut.\n")


def test_a_bug_is_no_refusal():
    with pytest.raises(ValueError, match="bug"):
        run("python -m shop", raising(ValueError("a bug")), ShopError)


def test_who_interrupts_the_work_is_told_nothing(capsys):
    assert run("python -m shop", raising(KeyboardInterrupt()), ShopError) == 130
    assert capsys.readouterr() == ("", "")
