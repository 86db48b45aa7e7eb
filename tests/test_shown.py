"""A form says which texts it has shown; whatever else comes back in that field says nothing."""

import pytest

from signatures import shown


@pytest.mark.parametrize(
    "sent",
    [
        None,
        "",
        "nonsense",
        "[]",
        "7",
        '{"a": 1}',
        '{"1": null}',
        '{"1": Infinity}',
        '{"1": 1e999}',
        '{"1": NaN}',
        "[" * 100_000,
    ],
)
def test_what_we_did_not_write_is_not_read(sent: str | None) -> None:
    assert shown.read(sent) == {}


def test_what_we_wrote_is_read_again() -> None:
    assert shown.read('{"7":2,"9":1}') == {7: 2, 9: 1}
