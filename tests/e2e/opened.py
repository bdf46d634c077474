"""Everything that opens on demand, and how a person at the development desk opens it."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.async_api import Page, expect


@dataclass(frozen=True)
class Opened:
    """Something over or in the desk; `shows` is the selector of what is there when it is."""

    name: str
    scenario: str
    shows: str
    keys: tuple[str, ...] = ()
    clicks: tuple[str, ...] = ()
    types: str = ""
    chooses: tuple[str, str] | None = None

    async def open(self, page: Page) -> None:
        """Keys first, then clicks and a choice (CSS selectors), then text where the focus is."""
        for key in self.keys:
            await page.keyboard.press(key)
        for selector in self.clicks:
            await page.locator(selector).first.click()
        if self.chooses:
            selector, value = self.chooses
            await page.locator(selector).select_option(value)
        if self.types:
            await expect(page.locator("input:focus")).to_be_visible()  # its part was fetched
            await page.keyboard.type(self.types)
        await expect(page.locator(self.shows).first).to_be_visible()


def at(testid: str, value: str = "") -> str:
    inside = f' [data-value="{value}"]' if value else ""
    return f'[data-testid="{testid}"]{inside}'


LOGGED = at("call-log-row") + " .log-open"
PAST = at("past-call-toggle")
HEALTH = at("open-health")
SHOWN = at("comparison-show")

# In the order of their scenarios: a page is loaded once for each of these, and what is open closes
# with Escape, or by opening the next.
OPENED = (
    Opened("settings", "idle", at("settings"), keys=("Control+,",)),
    Opened("key list", "idle", at("key-list"), keys=("?",)),
    Opened("more keys", "idle", at("second-keys"), keys=("Control+j",)),
    Opened("palette", "idle", at("palette-row"), keys=("Control+k",)),
    Opened("palette, found", "idle", at("search-row"), keys=("Control+k",), types="ama"),
    Opened("help", "idle", at("help-text"), keys=("F1",)),
    Opened("user menu", "idle", at("ring-switch"), clicks=(at("user-menu"),)),
    Opened("tour", "idle", at("tour"), clicks=(at("user-menu"), at("open-tour"))),
    Opened("reasons", "idle", ".reasons", clicks=(at("not-ready-reasons"),)),
    Opened("sound", "sip", at("echo-test"), clicks=(at("phone-sound"),)),
    Opened("transfer", "sip", at("transfer-row"), clicks=(at("transfer"),)),
    Opened("transfer, found", "sip", at("transfer-row"), clicks=(at("transfer"),), types="li"),
    Opened("keypad", "sip", at("tones"), clicks=(at("keypad"),)),
    Opened("script", "sip", at("article"), clicks=(at("work-middle", "script"),)),
    Opened("callback", "sip", at("callback-form"), clicks=(at("work-middle", "callback"),)),
    Opened("task", "sip", at("task-form"), clicks=(at("work-middle", "task"),)),
    Opened("tickets", "sip", at("ticket-new"), clicks=(at("ticket-choose"),)),
    Opened("a past call", "sip", at("timeline-detail"), clicks=(at("timeline-row"),)),
    Opened("dialling", "due", at("dial-number"), clicks=(at("keypad"),)),
    Opened("missed calls", "due", at("missed-row"), clicks=(at("list-missed"),)),
    Opened("callbacks", "due", at("callback-row"), clicks=(at("list-callbacks"),)),
    Opened("tasks", "due", at("task-row"), clicks=(at("list-tasks"),)),
    Opened("consultation", "consulting", at("consult-strip")),
    Opened("a call and its sound", "played", at("player"), clicks=(LOGGED, PAST)),
    Opened("sounds that lack", "odd_sounds", at("recording-silent"), clicks=(LOGGED, PAST)),
    Opened(
        "deleting a recording",
        "odd_sounds",
        at("recording-delete-reason"),
        clicks=(at("recording-delete"),),
    ),
    Opened("health, well", "well", at("health-well"), clicks=(at("user-menu"), HEALTH)),
    Opened("health, unwell", "unwell", at("alarms"), clicks=(at("user-menu"), HEALTH)),
    Opened("differences", "unwell", at("difference"), clicks=(at("user-menu"), HEALTH, SHOWN)),
    Opened("health, new", "new_house", at("health-well"), clicks=(at("user-menu"), HEALTH)),
    Opened("microphone help", "microphone", at("mic-help-panel"), clicks=(at("mic-help"),)),
    Opened(
        "two saved one ticket",
        "changed_meanwhile",
        at("merge-panel"),
        chooses=(at("ticket-priority"), "4"),
    ),
    Opened(
        "outbox",
        "unsent",
        at("outbox-job"),
        clicks=(at("disposition"), at("finish-wrap-up"), at("outbox")),
    ),
    Opened(
        "signing out with something unsent",
        "unsent",
        at("leaving"),
        clicks=(at("user-menu"), at("sign-out")),
    ),
    # Finds what the last scenario left in this browser's outbox.
    Opened(
        "refused",
        "refused",
        at("outbox-again"),
        clicks=(at("disposition"), at("finish-wrap-up"), at("outbox")),
    ),
)
