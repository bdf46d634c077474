"""Every recording's story."""

from __future__ import annotations

from tests.telephony import stories, stories_queues, stories_transfers
from tests.telephony.stories import Story

STORIES: dict[str, tuple[Story, ...]] = (
    stories.STORIES | stories_queues.STORIES | stories_transfers.STORIES
)
