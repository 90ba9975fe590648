"""The cases that eventsourcing ships for every recorder, on real files and a real server."""

from __future__ import annotations

from unittest import TestCase
from uuid import uuid4

import pytest
from eventsourcing.tests.persistence import (
    ApplicationRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
    ProcessRecorderTestCase,
    TrackingRecorderTestCase,
)

from ledger.store import Recorder, create_record
from tests.servers import Server


class Place(TestCase):
    def new_originator_id(self) -> str:
        # Our streams have names; the library allows them beside UUIDs.
        return f"R-{uuid4()}"

    def create_recorder(self) -> Recorder:
        recorder = create_record(self.address(), "test/1")
        self.addCleanup(recorder.close)
        return recorder

    def address(self) -> str:
        raise NotImplementedError


class OnAFile(Place):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        self.folders = tmp_path_factory

    def address(self) -> str:
        return str(self.folders.mktemp("record") / "ledger.db")


class OnAServer(Place):
    @pytest.fixture(autouse=True)
    def _server(self, server: Server) -> None:
        self.server = server

    def address(self) -> str:
        return self.server.database()


class TestApplicationRecorder(OnAFile, ApplicationRecorderTestCase[Recorder]):
    pass


class TestTrackingRecorder(OnAFile, TrackingRecorderTestCase):
    pass


class TestProcessRecorder(OnAFile, ProcessRecorderTestCase):
    pass


class TestNotificationsDoNotInterleave(OnAFile, NonInterleavingNotificationIDsBaseCase):
    insert_num = 1000


class TestApplicationRecorderOnAServer(OnAServer, ApplicationRecorderTestCase[Recorder]):
    pass


class TestTrackingRecorderOnAServer(OnAServer, TrackingRecorderTestCase):
    pass


class TestProcessRecorderOnAServer(OnAServer, ProcessRecorderTestCase):
    pass


class TestNotificationsDoNotInterleaveOnAServer(OnAServer, NonInterleavingNotificationIDsBaseCase):
    insert_num = 1000


del Place, OnAFile, OnAServer, ApplicationRecorderTestCase, NonInterleavingNotificationIDsBaseCase
del ProcessRecorderTestCase, TrackingRecorderTestCase
