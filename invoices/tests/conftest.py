from typing import Any

import pytest

from invoices import printing


@pytest.fixture(autouse=True)
def nothing_is_printed_by_forks(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The threads of the typesetter do not live on in a forked process, which then waits for ever.

    Servers start their workers before any of them prints.
    """
    if request.node.get_closest_marker("race"):

        def leave_it(invoice: Any) -> None:
            """Leave the file to whoever asks for it first."""

        monkeypatch.setattr(printing, "printout", leave_it)
