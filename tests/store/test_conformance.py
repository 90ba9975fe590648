"""The cases that eventsourcing ships for every recorder, on real files."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from unittest import TestCase
from uuid import uuid4

from eventsourcing.tests.persistence import (
    ApplicationRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
    ProcessRecorderTestCase,
    TrackingRecorderTestCase,
)

from ledger.store import Recorder, create_record


class OnAFile(TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def new_originator_id(self) -> str:
        # Our streams have names; the library allows them beside UUIDs.
        return f"R-{uuid4()}"

    def create_recorder(self) -> Recorder:
        for path in self.folder.iterdir():
            path.unlink()
        recorder = create_record(self.folder / "ledger.db", "test/1")
        self.addCleanup(recorder.close)
        return recorder


class TestApplicationRecorder(OnAFile, ApplicationRecorderTestCase[Recorder]):
    pass


class TestTrackingRecorder(OnAFile, TrackingRecorderTestCase):
    pass


class TestProcessRecorder(OnAFile, ProcessRecorderTestCase):
    pass


class TestNotificationsDoNotInterleave(OnAFile, NonInterleavingNotificationIDsBaseCase):
    insert_num = 1000


del OnAFile, ApplicationRecorderTestCase, NonInterleavingNotificationIDsBaseCase
del ProcessRecorderTestCase, TrackingRecorderTestCase
