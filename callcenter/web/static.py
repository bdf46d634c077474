"""The built UI: hashed assets for ever, index.html always fresh, every other address the page.

A file's `.br` or `.gz` beside it is sent instead where the browser takes it (aiohttp does that).
"""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

_NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>callcenter</title>
<h1>The user interface is not built yet · 界面尚未构建</h1>
<p>Run <code>make run</code>, or <code>npm ci &amp;&amp; npm run build</code> in
<code>agent_ui/</code>, and load this page again.</p>
<p>运行 <code>make run</code>，或在 <code>agent_ui/</code> 中运行
<code>npm ci &amp;&amp; npm run build</code>，然后刷新本页。</p>
</html>
"""


class StaticUi:
    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        found = self._find(path)
        if found is not None and found.name != "index.html":
            hashed = path.startswith("assets/")
            keep = "public, max-age=31536000, immutable" if hashed else "no-cache"
            return web.FileResponse(found, headers={"Cache-Control": keep})
        if path.startswith(("assets/", "api/", "practice/api/")):
            raise web.HTTPNotFound
        index = self._root / "index.html"
        if not index.is_file():
            return web.Response(status=503, text=_NOT_BUILT, content_type="text/html")
        return web.FileResponse(index, headers={"Cache-Control": "no-cache"})

    def _find(self, path: str) -> Path | None:
        """The file meant, if there is one and it lies inside the UI."""
        try:
            found = (self._root / path).resolve()
            inside = found.is_relative_to(self._root) and found.is_file()
        except (OSError, ValueError):  # a name no file can have
            return None
        return found if inside else None
