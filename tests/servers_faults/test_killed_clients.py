"""A writer that is killed leaves on the server all that it acknowledged, nothing half, and goes on where it was."""

from __future__ import annotations

from tests.faults.faultkit import Place, killed_at_fifty_points


def test_a_writer_killed_at_fifty_points_says_it_again_and_everything_is_there_once(place: Place) -> None:
    killed_at_fifty_points(place, look_each=25)
