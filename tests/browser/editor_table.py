"""The editor's table in a browser, for tests: its cells, its saving, what is pasted."""

from __future__ import annotations

import re

from playwright.sync_api import Page

SAVED = re.compile("Сохранено в")


def cell(page: Page, row: int, key: str) -> str:
    """The selector of a cell, rows counted from 1."""
    base = page.locator("[name=row]").nth(row - 1).get_attribute("value")
    return f"#r{base}-{key}"


def settled(page: Page) -> None:
    """Until what was typed has come to the server and the answer stands on the page."""
    page.locator("#ed-state [data-saved]", has_text=SAVED).wait_for()


def paste(page: Page, selector: str, text: str) -> None:
    page.focus(selector)
    page.evaluate(
        """([selector, text]) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            const made = {clipboardData: data, bubbles: true, cancelable: true};
            document.querySelector(selector).dispatchEvent(new ClipboardEvent("paste", made));
        }""",
        [selector, text],
    )
