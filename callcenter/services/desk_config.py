"""What every desk is set up with, and the texts beside a call: read by whoever is signed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, cast

from callcenter.domain.permissions import Actor, Scope
from callcenter.services.records import (
    ArticleKind,
    ArticleRow,
    Company,
    DeskConfig,
    DeskQueue,
    DispositionView,
    PauseReasonView,
)
from callcenter.services.views import TierBadge
from callcenter.store.database import Database
from callcenter.store.queries import desk

MAX_TAGS: Final = 50


class DeskConfigs:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen: DeskConfig | None = None

    async def is_changed(self) -> bool:
        """Whether it is set up otherwise than when this was asked last: other programs edit it,
        and tell nobody. Tags, which grow with every call, do not count."""
        before, self._seen = self._seen, replace(await self.get(Company()), tags=())
        return before is not None and before != self._seen

    async def get(self, company: Company) -> DeskConfig:
        async with self._database.read() as connection:
            reasons = await desk.reasons(connection)
            dispositions = await desk.dispositions(connection)
            queues = await desk.queues(connection)
            tiers = await desk.tiers(connection)
            tags = await desk.most_used_tags(connection, MAX_TAGS)
        offered = {one.id for one in dispositions}
        return DeskConfig(
            company=company,
            reasons=tuple(
                PauseReasonView(one.code, one.label, one.paid, one.allowed_minutes)
                for one in reasons
            ),
            dispositions=tuple(
                DispositionView(
                    id=one.id,
                    parent_id=one.parent_id,
                    queue=one.queue or "",
                    code=one.code,
                    label=one.label,
                    wants_callback=one.wants_callback,
                )
                for one in dispositions
                if one.parent_id is None or one.parent_id in offered
            ),
            queues=tuple(
                DeskQueue(one.name, one.label, one.disposition_required, one.recording)
                for one in queues
            ),
            tags=tuple(tags),
            tiers=tuple(TierBadge(one.code, one.name, one.rank) for one in tiers),
        )

    async def articles(
        self, actor: Actor, *, queue: str, kind: str | None, text: str, locale: str, limit: int
    ) -> Sequence[ArticleRow]:
        """Scripts first; nothing for whom the role does not let read articles."""
        if actor.scope("article", "read") is not Scope.ALL:  # they have no owner and no team
            return []
        async with self._database.read() as connection:
            found = await desk.articles(
                connection, queue_name=queue, kind=kind, text=text, locale=locale, limit=limit
            )
        return [
            ArticleRow(
                id=one.id,
                kind=cast("ArticleKind", one.kind),
                title=one.title,
                body=one.body,
                queue=one.queue or "",
                locale=one.locale,
            )
            for one in found
        ]
