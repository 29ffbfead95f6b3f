"""A headless Chromium and a live site that answers with the samples of the desk."""

import importlib.util
import shutil
import socket
import sys
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.mailbox import Delivered

# A slow machine is no fault of the pages.
EXPECT_MS, ACT_MS = 20_000, 90_000
BROWSER_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _desk_conftest():
    name = "desk_conftest"
    if name not in sys.modules:
        path = Path(__file__).parents[1] / "desk" / "conftest.py"
        spec = importlib.util.spec_from_file_location(name, path)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


samples = _desk_conftest().samples
sampled = _desk_conftest().sampled


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for this folder; its tests fail, and say so, where there is none.

    Playwright keeps an event loop in the thread of the tests, where Django refuses its database
    unless told that nothing else runs there.
    """
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.fail("no chromium on this machine: scripts/install-system-packages chromium")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        expect.set_options(timeout=EXPECT_MS)
        chromium = playwright.chromium.launch(executable_path=path, args=BROWSER_ARGS)
        yield chromium
        chromium.close()


@pytest.fixture
def site(sampled, live_server) -> str:
    """Address of the live site, without its last slash."""
    return live_server.url


@pytest.fixture
def open_page(browser):
    """Function that opens an address in a fresh context and closes it after the test.

    A page that logs an error or breaks its content policy fails the test.
    """
    contexts = []
    complaints: list[str] = []

    def open_(
        url: str,
        *,
        width: int = 1280,
        dark: bool = False,
        scripts: bool = True,
        complains: bool = True,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            locale="fr-FR",
            reduced_motion="reduce",
        )
        context.set_default_timeout(ACT_MS)
        contexts.append(context)
        page = context.new_page()
        if not complains:  # a 404 is logged as an error
            page.goto(url)
            return page
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: complaints.append(message.text) if message.type == "error" else None,
        )
        page.goto(url)
        return page

    yield open_
    for context in contexts:
        context.close()
    # A machine without WebGL logs it; the page then shows its table alone, which is tested. The
    # page of a session that ended answers 410, which the browser logs too.
    expected = ("webgl", "410 (gone)")
    assert [
        text for text in complaints if not any(words in text.lower() for words in expected)
    ] == []


class Received:
    """What a mail server was handed, the oldest first."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        self.messages.append(message_from_bytes(envelope.content, policy=default))
        return "250 kept"


@pytest.fixture
def mailbox(settings) -> Iterator[list[EmailMessage]]:
    """Messages received by a real SMTP server on this machine; reading it runs the worker."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    received = Received()
    server = Controller(received, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield Delivered(lambda: received.messages)
    server.stop()
