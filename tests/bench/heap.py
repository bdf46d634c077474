"""What is on a page's heap, by what it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import orjson
from playwright.async_api import CDPSession


@dataclass(frozen=True)
class Heap:
    """Bytes. `kept` is what scripts made (objects, functions, strings, arrays), `code` what V8 made
    of the scripts; `used` is both and V8's own lists. `nodes` counts those of the DOM."""

    used: float
    kept: int
    code: int
    nodes: int


async def heap(cdp: CDPSession) -> Heap:
    """What is still in use once nothing is left to collect. Needs `Performance.enable`."""
    for _ in range(3):
        await cdp.send("HeapProfiler.collectGarbage")
    found = await cdp.send("Performance.getMetrics")
    metrics = {each["name"]: each["value"] for each in found["metrics"]}
    kept, code = sizes(await snapshot(cdp))
    return Heap(metrics["JSHeapUsedSize"], kept, code, int(metrics["Nodes"]))


async def snapshot(cdp: CDPSession) -> str:
    chunks: list[str] = []

    def take(event: dict[str, str]) -> None:
        chunks.append(event["chunk"])

    cdp.on("HeapProfiler.addHeapSnapshotChunk", take)
    await cdp.send("HeapProfiler.takeHeapSnapshot", {"reportProgress": False})
    cdp.remove_listener("HeapProfiler.addHeapSnapshotChunk", take)
    return "".join(chunks)


def sizes(snapshot: str) -> tuple[int, int]:
    """What scripts made, and code. Left out is what is neither: the DOM, and V8's own lists (mostly
    of the code that an object's shape would undo)."""
    found = orjson.loads(snapshot)
    meta = found["snapshot"]["meta"]
    fields, kinds = meta["node_fields"], meta["node_types"][0]
    nodes = np.array(found["nodes"]).reshape(-1, len(fields))
    kind, size = (nodes[:, fields.index(name)] for name in ("type", "self_size"))
    total = np.bincount(kind, weights=size, minlength=len(kinds))
    by_kind = {name: int(total[n]) for n, name in enumerate(kinds)}
    other = sum(by_kind[name] for name in ("code", "native", "synthetic", "hidden"))
    return sum(by_kind.values()) - other, by_kind["code"]
