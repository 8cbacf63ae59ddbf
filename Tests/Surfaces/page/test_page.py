"""The operator's page in a real browser, served by a real companion.

    config/install-dependencies surfaces
    python3 -m venv VENV && VENV/bin/pip install -r Tests/Surfaces/requirements.txt
    VENV/bin/python Tests/Surfaces/page/test_page.py [-v] [Class[.test]]

SMOKE=1 runs a quick part of it. SCREENSHOTS names the folder for pictures of each state (.build/screenshots).
"""
import json
import os
import re
import sys
import time
import unittest
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent))

from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

from chromium import Chromium  # noqa: E402
from stage import EVIL, MARKUP, ROOT, WORK, Session, Stages, fail, records, until  # noqa: E402

SMOKE = os.environ.get("SMOKE") == "1"
PICTURES = Path(os.environ.get("SCREENSHOTS") or ROOT / ".build" / "screenshots")
PAGE = 8
STATES = ("well", "circuit_open", "redis_down", "empty")
# A picture of each state and an axe run for each of these.
LOOKS = [("light", 1280)] if SMOKE else [(scheme, width) for scheme in ("light", "dark") for width in (1280, 360)]

stages, browsers = Stages(), {}
full = unittest.skipIf(SMOKE, "not in the quick part")


def setUpModule():
    PICTURES.mkdir(parents=True, exist_ok=True)
    stages.prepare(*STATES, *(() if SMOKE else ("many", "hostile")))


def tearDownModule():
    for browser in browsers.values():
        browser.quit()
    stages.close()


class PageTest(unittest.TestCase):
    scripts = True
    # Whether the console may complain: the browser itself logs answers that are refused and connections that are lost.
    noisy = False

    def setUp(self):
        if self.scripts not in browsers:
            browsers[self.scripts] = Chromium(scripts=self.scripts)
        self.browser = browsers[self.scripts]
        self.browser.dark(False)
        self.browser.shape(1280)

    def tearDown(self):
        complaints, hosts = self.browser.complaints(), self.browser.hosts()
        self.browser.get("about:blank")
        self.assertLessEqual(hosts, {"127.0.0.1", None})
        if not self.noisy:
            self.assertEqual(complaints, [])

    def open(self, stage, path="/", token=True):
        self.browser.forget()
        if token:
            self.browser.get(f"{stage.url}/?token={stage.token}")
        if not token or path != "/":
            self.browser.get(stage.url + path)
        if self.scripts and token:
            self.untilLive()

    def untilLive(self):
        self.until(lambda: self.state() == "live", "the page is live", 30)

    def unfold(self):
        self.browser.execute_script("for (const fold of document.querySelectorAll('details.fold')) fold.open = true")

    def state(self):
        return self.one("#live").get_attribute("data-state")

    def one(self, selector):
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector):
        return self.one(selector).text

    def until(self, condition, what, seconds=15):
        wait = WebDriverWait(self.browser, seconds, poll_frequency=0.05, ignored_exceptions=(Exception,))
        wait.until(lambda _: condition(), f"never: {what}")

    def rows(self, section):
        return len(self.all(f"{section} .rows > *"))

    def failures(self):
        """The episodes that the list of failures shows."""
        return [link.get_attribute("data-read") for link in self.all("#failures a[data-read]")]

    def search(self, section, name, words):
        box = self.one(f"{section} [name={name}]")
        box.clear()
        box.send_keys(words, Keys.ENTER)

    def focus(self):
        return self.browser.switch_to.active_element

    def press(self, *keys):
        for key in keys:
            self.focus().send_keys(key)

    def picture(self, name, **options):
        self.browser.picture(PICTURES / f"{name}.png", **options)

    def height(self):
        return self.browser.execute_script("return document.documentElement.scrollHeight")

    def width(self):
        return self.browser.execute_script("return document.documentElement.scrollWidth")


class States(PageTest):
    """Each state as a person meets it."""

    def look(self, stage, name, **options):
        self.open(stage, **options)
        if self.scripts:
            self.browser.shape(360, 800)
            self.assertLessEqual(self.height(), 6 * 800, "more than six screens of a phone")
            self.browser.shape(320)
            self.assertLessEqual(self.width(), 320, "the page scrolls sideways")
        for scheme, width in LOOKS:
            self.browser.dark(scheme == "dark")
            self.browser.shape(width)
            self.picture(f"{name}-{scheme}-{width}")
            with self.subTest(name, scheme=scheme, width=width):
                # The dark page differs in its colours only.
                self.assertEqual(self.browser.axe(*(["color-contrast"] if scheme == "dark" else [])), [])
                self.assertLessEqual(self.width(), width, "the page scrolls sideways")

    def test_all_well(self):
        self.look(stages.well, "all-well")
        self.assertEqual(self.one("html").get_attribute("data-tone"), "good")
        self.assertIn("All is well", self.text("#troubles"))
        self.assertEqual(self.all("#head .do"), [])
        self.assertIn("1 resumes not wasted", self.one("#sessions .lead").get_attribute("textContent"))

    def test_circuit_open(self):
        self.look(stages.circuit_open, "circuit-open")
        self.assertEqual(self.one("html").get_attribute("data-tone"), "warn", "memories are late, no word is at risk")
        self.assertIn("overloaded", self.text("#troubles li"))
        # The page is live, and may be read in the middle of a change.
        self.until(lambda: self.text("main").count("is overloaded") == 1, "a trouble is told once")
        self.assertGreater(int(self.text("#failed-count")), 60)
        self.assertRegex(self.text("#groups li"), r"[0-9]+ ×\s+overloaded")
        self.assertIn("Retry all", self.text("#groups li"))
        self.assertGreater(len(self.all("#activity [data-value=captured]")), 0)
        self.assertNotRegex(self.one("#events .rows").get_attribute("textContent"), "[0-9a-f]{32}")
        self.assertIn("open", self.text("#circuit-state"))
        self.assertGreater(len(self.all("#due .col")), 10)
        self.assertIn("The queue is full", self.text("#troubles"))
        self.assertTrue(all(code.text.startswith("holdfast ") for code in self.all("#head code")))
        self.assertGreater(len(self.all("#head code")), 0)
        self.assertGreater(len(self.all("#band [data-value=open]")), 0)

    def test_redis_down(self):
        self.look(stages.redis_down, "redis-down")
        self.assertEqual(self.one("html").get_attribute("data-tone"), "warn")
        self.assertIn("read from files", self.text(".standing"))
        self.assertIn("Redis is away", self.text("#troubles"))
        self.unfold()
        for section in ("#sessions", "#failures", "#events"):
            self.assertIn("could not be read", self.text(f"{section} .empty"))
        self.unfold()
        # What is not known is not said to be nothing.
        for section in ("#flow", "#circuit", "#schedule", "#ledger", "#machinery .from-redis"):
            self.assertIn("Not known while Redis is away", self.text(section))
        for lie in ("Nothing was captured", "no provider", "No companion runs", "0 recorded", "Nothing waits"):
            self.assertNotIn(lie, self.text("main"))
        self.assertEqual(self.text("[data-bind='capture.notes']"), "4")

    def test_empty(self):
        stage = stages.empty
        self.look(stage, "empty")
        steps = [step.get_attribute("data-done") for step in self.all(".steps > li")]
        self.assertEqual(steps, ["false", "false", "false"])
        self.assertIn("optional", self.text("#start"))
        for section in ("#sessions", "#failures", "#memory", "#flow", "#circuit"):
            self.assertFalse(self.one(section).is_displayed(), section)
        settings = stage.home / ".claude" / "settings.json"
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(json.dumps({"enabledPlugins": {"holdfast@holdfast": True}}))
        try:
            self.browser.refresh()
            self.assertEqual(self.one(".steps > li").get_attribute("data-done"), "true", "the hooks have their tick")
        finally:
            settings.unlink()

    def test_an_address_that_was_used_says_so_on_a_page_like_the_rest(self):
        self.noisy = True  # a 401
        self.browser.forget()
        self.browser.get(stages.well.url + "/?pass=used")
        self.assertIn("was used", self.text("h1"))
        self.assertTrue(self.one(".panel").is_displayed())
        for scheme, width in LOOKS:
            self.browser.dark(scheme == "dark")
            self.browser.shape(width)
            self.picture(f"used-pass-{scheme}-{width}")
            self.assertEqual(self.browser.axe(*(["color-contrast"] if scheme == "dark" else [])), [])

    def test_reduced(self):
        stage = stages.circuit_open
        self.look(stage, "reduced", token=False)
        self.assertIn("holdfast dashboard", self.text("aside"))
        for hidden in ("#sessions", "#failures", "#events", "#memory", "#head .do"):
            self.assertEqual(self.all(hidden), [])
        for word in ("coder/issue", "openai", stage.brain.url, str(stage.root)):
            self.assertNotIn(word, self.browser.page_source)

    @full
    def test_ten_thousand_sessions_and_a_thousand_failures(self):
        self.look(stages.many, "many")
        self.assertIn("10,001", self.text("#sessions"))

    def test_the_address_that_the_command_line_prints_opens_it(self):
        stage = stages.well
        self.browser.forget()
        self.browser.get(stage.holdfast("dashboard", "--print").stdout.strip())
        self.untilLive()
        self.assertEqual(self.browser.current_url, f"{stage.url}/", "the token does not stay in the address")

    def test_the_file_that_the_command_line_opens_does_so_once(self):
        stage = stages.well
        self.browser.forget()
        tools, asked = stage.root / "openers", stage.root / "opened"
        tools.mkdir()
        asked.unlink(missing_ok=True)
        (tools / "xdg-open").write_text(f'#!/bin/sh\nprintf %s "$*" >{asked}.part && mv {asked}.part {asked}\n')
        (tools / "xdg-open").chmod(0o755)
        stage.holdfast("dashboard", DISPLAY=":9", PATH=f"{tools}:{os.environ['PATH']}")
        self.until(asked.exists, "something is opened", 30)
        page = Path(asked.read_text())
        self.assertEqual(page.parent, stage.state / "dashboard")
        self.assertEqual(page.stat().st_mode & 0o777, 0o600)
        self.browser.get(page.as_uri())
        self.untilLive()
        self.assertEqual(self.browser.current_url, f"{stage.url}/")
        self.assertFalse(page.exists(), "the file stays")
        listed = json.loads(stage.holdfast("dashboard", "--sessions", "--json").stdout)["sessions"]
        self.assertEqual(listed[0]["port"], stage.port)
        stage.holdfast("dashboard", "--revoke", "all")
        self.browser.get(stage.url)
        self.assertNotIn("coder/issue-430", self.browser.page_source)


class Live(PageTest):
    def test_a_circuit_change_shows_without_a_reload(self):
        stage = stages.well
        self.open(stage)
        self.browser.execute_script("window.mark = 1")
        self.assertIn("closed", self.text("#circuit-state"))
        stage.open_circuit()
        self.until(lambda: self.text("#circuit-state").startswith("open"), "the circuit opens")
        self.assertEqual(self.one("html").get_attribute("data-tone"), "warn")
        self.until(lambda: self.one("#announce").get_attribute("textContent") != "", "it is announced")
        self.unfold()
        self.assertIn("forced", self.text("#changes tr"))
        self.one("#head form[data-act=close] button").click()
        self.until(lambda: "is closed" in self.text("#head .outcome"), "the outcome")
        self.until(lambda: self.text("#circuit-state").startswith("closed"), "the circuit closes")
        self.assertEqual(self.browser.execute_script("return window.mark"), 1)

    def test_a_turn_shows_as_it_becomes_memory(self):
        stage = stages.well
        self.open(stage)
        before = int(self.text("[data-bind='queue_status.completed_today']"))
        Session(stage, "coder/brand-new").whole("What is new?", "This is.")
        self.unfold()
        self.until(lambda: "coder/brand-new" in self.text("#events tbody"), "the event is shown")
        self.until(lambda: "coder/brand-new" in self.text("#sessions .rows"), "the session is shown")
        done = "[data-bind='queue_status.completed_today']"
        self.until(lambda: int(self.text(done)) > before, "the memory is counted")

    @full
    def test_scripts_draw_what_the_server_draws(self):
        # Ages and other amounts differ by the moment.
        script = """
            const done = arguments[0];
            const parts = ['#head', '.toc', '#flow', '#circuit', '#schedule', '#ledger', '#machinery'];
            const said = (root) => parts.map((part) => {
              const copy = root.querySelector(part).cloneNode(true);
              for (const other of copy.querySelectorAll('time, svg, [hidden]')) other.remove();
              const text = copy.textContent.replaceAll(/[0-9][0-9.,:TZ-]*( (ms|s|min|h|d|bytes|kB|MB|GB)\\b)?/g, '#');
              return `${part}: ${text.replaceAll(/[ \\n]/g, '')}`;
            });
            fetch('/').then((r) => r.text()).then((text) =>
              done([said(document), said(new DOMParser().parseFromString(text, 'text/html'))]));"""
        for state in STATES + ("many", "hostile"):
            self.open(getattr(stages, state))
            with self.subTest(state):
                self.maxDiff = None
                self.assertEqual(*self.browser.execute_async_script(script))

    @full
    def test_a_silent_server_is_called_stale_and_a_list_busy(self):
        stage = stages.well
        self.open(stage)
        stage.silent()
        try:
            self.one("#sessions form.filter button").click()
            self.until(lambda: self.one("#sessions").get_attribute("aria-busy") == "true", "busy")
            self.browser.execute_script("window.passed = 21000")
            self.until(lambda: self.state() == "stale", "stale")
            self.assertIn("No word", self.text("#alarm"))
            box = self.browser.execute_script("return document.getElementById('alarm').getBoundingClientRect().top")
            self.assertGreaterEqual(box, 0, "the alarm is in view, however far one has scrolled")
            heading = "return getComputedStyle(document.querySelector('#sessions h2'), '::after')"
            self.assertIn("loading", self.browser.execute_script(f"{heading}.content"))
            self.assertEqual(self.browser.execute_script(f"{heading}.visibility"), "visible")
            self.assertEqual(self.browser.axe(), [])
            self.picture("stale", whole=False)
        finally:
            stage.speaking()
        self.untilLive()
        self.assertFalse(self.one("#alarm").is_displayed())
        self.until(lambda: self.one("#sessions").get_attribute("aria-busy") is None, "no longer busy")


class Lost(PageTest):
    noisy = True

    @full
    def test_a_lost_server_is_called_disconnected_and_another_token_signed_out(self):
        stage = stages.well
        self.open(stage)
        stage.gone()
        self.until(lambda: self.state() == "disconnected", "disconnected")
        self.assertIn("connection was lost", self.text("#alarm"))
        self.assertEqual(self.browser.axe(), [])
        self.picture("disconnected", whole=False)
        stage.back()
        self.untilLive()
        self.assertFalse(self.one("#alarm").is_displayed())
        stage.gone()
        stage.back(other_token=True)
        self.until(lambda: self.state() == "signed-out", "signed out", 30)
        self.assertIn("holdfast dashboard", self.text("#alarm"))
        self.picture("signed-out", whole=False)

    @full
    def test_a_list_that_cannot_be_read_says_so(self):
        stage = stages.well
        self.open(stage)
        stage.refusing(True)
        try:
            self.one("#sessions form.filter button").click()
            self.until(lambda: "could not be read" in self.text("#sessions .outcome"), "it says so")
            self.until(lambda: "Redis hangs" in self.text("#troubles"), "the sentence says so", 30)
            self.picture("redis-hung")
        finally:
            stage.refusing(False)
        self.until(lambda: "Redis hangs" not in self.text("#troubles"), "all is well again", 30)


class Actions(PageTest):
    """What a person does on the page happens."""

    def point_away(self):
        """Rows do not move under a pointer."""
        ActionChains(self.browser).move_to_element(self.one(".mast")).perform()

    def failed(self):
        """An episode that waits for a retry, on an open page."""
        stage = stages.well
        fail(stage, 500, "the server had an error", [(f"coder/issue-{time.time_ns()}", "Do it", "Done.")])
        self.open(stage)
        id = self.one("#failures a[data-read]").get_attribute("data-read")
        self.assertIn(id, stage.failures())
        return stage, id

    def test_retry_makes_a_memory(self):
        stage, id = self.failed()
        self.one("#failures form[data-act=retry] button").click()
        self.until(lambda: "is due now" in self.text("#failures .outcome"), "the outcome")
        until(lambda: stage.redis("ZSCORE", stage.key("done"), id).strip(), "a memory")
        self.assertEqual(stage.json(f"/api/v1/episodes/{id}")["memory"]["title"][:5], "About")
        self.browser.execute_script("document.activeElement.blur()")
        self.point_away()
        self.until(lambda: id not in self.failures(), "the row is gone")

    def test_all_of_a_kind_are_tried_again(self):
        stage, id = self.failed()
        self.one("#groups form[data-act=retry-all] button").click()
        self.until(lambda: "due now" in self.text("#failures .outcome"), "the outcome")
        until(lambda: stage.redis("ZSCORE", stage.key("done"), id).strip(), "a memory")

    def test_discard_asks_first(self):
        stage, id = self.failed()
        before = self.rows("#failures")
        self.one("#failures .confirm summary").click()
        self.until(lambda: self.one("#confirm").is_displayed(), "the question")
        self.picture("discard", whole=False)
        self.assertEqual(self.browser.axe(), [])
        self.press(Keys.ESCAPE)
        self.until(lambda: not self.one("#confirm").is_displayed(), "closed")
        self.assertEqual(self.rows("#failures"), before)
        self.assertIn(id, stage.failures())
        self.one("#failures .confirm summary").click()
        self.one("#confirm-yes").click()
        self.until(lambda: self.rows("#failures") == before - 1, "the row is gone")
        self.until(lambda: "is discarded" in self.text("#failures .outcome"), "the outcome")
        self.assertNotEqual(self.focus().tag_name, "body", "the focus is not lost")
        self.assertNotIn(id, stage.failures())
        self.assertEqual(stage.json(f"/api/v1/episodes/{id}")["state"], "discarded")

    def test_a_session_is_offered_as_a_lookup_would_have_it(self):
        stage = stages.well
        dead = Session(stage, "coder/dead").whole("Count the zebras", "There are nine.")
        stage.settle()
        stage.lose(dead.transcript)
        self.open(stage)
        for words in ("coder/dead", dead.id[:13], "zebras nine"):
            self.search("#sessions", "search", words)
            self.until(lambda: "coder/dead" in self.text("#sessions .rows"), words)
            self.until(lambda: self.text("#sessions .pill") in ("gone", "restorable"), "it is not there")
            if self.text("#sessions .pill") == "gone":
                self.assertFalse(self.one("#sessions .rows [data-copy]").is_displayed())
        self.assertEqual(stage.redis("EXISTS", "{holdfast}:binding:coder/dead").strip(), "1", "a look drops nothing")
        self.assertIn("Count the zebras", self.text("#sessions .rows"))

    def test_a_session_has_a_page_of_its_own(self):
        stage = stages.well
        self.open(stage)
        self.search("#sessions", "search", WORK[1][0])
        self.until(lambda: self.rows("#sessions") == 1, "the session alone")
        self.assertEqual(self.text("#sessions .pill"), "resumable")
        self.one("#sessions a.title").click()
        self.until(lambda: self.text("h1") == WORK[1][1], "its last prompt")
        self.assertIn(WORK[1][2], self.text("#conversation"))
        self.assertIn(f"The next dispatch of {WORK[1][0]} resumes session", self.text("main"))
        self.assertIn("memory", self.text("#episodes"))
        self.assertIn("bound", self.text("#session-events"))
        self.assertIn(f"holdfast dispatch {WORK[1][0]} -- claude", self.text("#session code:not(.quiet)") + self.text(".how"))
        for scheme, width in LOOKS:
            self.browser.dark(scheme == "dark")
            self.browser.shape(width)
            self.picture(f"session-{scheme}-{width}")
            self.assertEqual(self.browser.axe(*(["color-contrast"] if scheme == "dark" else [])), [])
            self.assertLessEqual(self.width(), width)

    def test_all_hosts_have_a_page(self):
        stage = stages.well
        self.open(stage)
        self.unfold()
        self.one("#machinery a[href='/?view=fleet']").click()
        self.until(lambda: self.text("h1") == "All hosts", "the page of all hosts")
        told = json.loads(stage.holdfast("status", "--fleet", "--json").stdout)
        self.assertEqual([row.text.split()[0] for row in self.all("#hosts tbody tr")], [host["host"] for host in told["hosts"]])
        self.assertEqual([row.text.split()[0] for row in self.all("#pools tbody tr")], [pool["pool"] for pool in told["pools"]])
        self.assertEqual(self.text("#hosts .pill"), "running")
        for scheme, width in LOOKS:
            self.browser.dark(scheme == "dark")
            self.browser.shape(width)
            self.picture(f"fleet-{scheme}-{width}")
            self.assertEqual(self.browser.axe(*(["color-contrast"] if scheme == "dark" else [])), [])
            self.assertLessEqual(self.width(), width)

    def test_a_session_is_restored_and_forgotten_on_its_page(self):
        stage = stages.well
        lost = Session(stage, "coder/lost").whole("Count the okapis", "There are two.")
        stage.settle()
        stage.holdfast("sync")
        stage.lose(lost.transcript)
        self.open(stage)
        self.search("#sessions", "search", lost.id)
        self.until(lambda: self.text("#sessions .pill") == "restorable", "the vault has it")
        # The list may be drawn anew between a look and a click.
        self.until(lambda: self.one("#sessions a.title").click() is None, "its title is clicked")
        self.until(lambda: self.text("#session .pill") == "restorable", "its page")
        self.one("#session form[action$='/restore'] button").click()
        self.until(lambda: self.text("#session .pill") == "resumable", "it is back")
        self.assertEqual(stage.holdfast("lookup", "coder/lost").stdout.strip(), lost.id)
        forget = "#session form[action$='/forget'] button"
        self.assertFalse(self.one(forget).is_displayed(), "it asks first")
        self.one("#session details.confirm:last-child summary").click()
        self.assertIn("it stays", self.text("#session details.confirm:last-child"))
        self.picture("forget", whole=False)
        self.one(forget).click()
        self.until(lambda: stage.holdfast("memory", "search", "okapis").code == 1, "nothing is found", 60)
        self.assertEqual(stage.holdfast("lookup", "coder/lost").code, 1)
        self.assertEqual(stage.holdfast("vault", "show", lost.id).code, 1)
        self.until(lambda: "/api/" not in self.browser.current_url, "a page, no answer of the API")
        self.assertEqual(self.browser.axe(), [])

    def test_drop_asks_first(self):
        stage = stages.well
        Session(stage, "coder/to-drop").whole()
        self.open(stage)
        self.assertEqual(self.text("#sessions .rows .key"), "coder/to-drop")
        self.one("#sessions .confirm summary").click()
        self.until(lambda: self.one("#confirm").is_displayed(), "the question")
        self.assertIn("coder/to-drop", self.text("#confirm"))
        self.one("#confirm-yes").click()
        self.until(lambda: "is dropped" in self.text("#sessions .outcome"), "the outcome")
        self.assertEqual(stage.redis("EXISTS", "{holdfast}:binding:coder/to-drop").strip(), "0")
        self.assertEqual(stage.holdfast("lookup", "coder/to-drop").code, 1)

    @full
    def test_what_somebody_else_has_done_meanwhile_is_said(self):
        stage, id = self.failed()
        self.noisy = True  # a 404
        done = stage.holdfast("episodes", "discard", id)
        self.assertEqual(done.code, 0, done)
        self.one("#failures .confirm summary").click()
        self.one("#confirm-yes").click()
        self.until(lambda: "That did not work" in self.text("#failures .outcome"), "the outcome")

    @full
    def test_reading_an_episode_opens_a_dialog_and_gives_the_focus_back(self):
        stage, id = self.failed()
        self.one("#failures a[data-read]").send_keys(Keys.ENTER)
        self.until(lambda: "Agent: Done." in self.text("#reader-body"), "the text")
        self.picture("episode", whole=False)
        self.assertEqual(self.browser.axe(), [])
        self.press(Keys.ESCAPE)
        self.assertEqual(self.focus().get_attribute("data-read"), id)

    @full
    def test_memory_search(self):
        self.open(stages.well)
        self.search("#memory", "q", "parser")
        self.until(lambda: self.rows("#memory") > 0, "hits")
        self.assertIn("parser", self.text("#memory .rows"))
        self.assertIn(WORK[0][0], self.text("#memory .rows"))
        self.one("#memory a[data-read]").click()
        self.until(lambda: "Memory" in self.text("#reader-body"), "the memory")
        self.picture("memory", whole=False)
        self.press(Keys.ESCAPE)
        self.search("#memory", "q", "zzz-nothing")
        self.until(lambda: "Nothing was found" in self.text("#memory .outcome"), "nothing")

    @full
    def test_copying_the_resume_command(self):
        permissions = {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
        self.browser.execute_cdp_cmd("Browser.grantPermissions", permissions)
        self.open(stages.well)
        next(button for button in self.all("#sessions [data-copy]") if button.is_displayed()).click()
        copied = "Copied: (holdfast dispatch [a-z]+/[a-z0-9-]+ -- claude|claude --resume [0-9a-f-]{36})"
        self.until(lambda: re.search(copied, self.text("#sessions .outcome")), "copied")


@full
class Lists(PageTest):
    def test_ten_thousand_sessions_and_a_thousand_failures_stay_smooth(self):
        stage = stages.many
        start = time.monotonic()
        self.open(stage)
        self.tell(f"page with 10,000 sessions and 1,000 failures live after {time.monotonic() - start:.2f} s")
        start = time.monotonic()
        for section in ("#sessions", "#failures"):
            for page in range(2, 6):
                self.one(f"{section} .next").click()
                self.shows(section, page)
                self.assertLessEqual(self.rows(section), PAGE)
            self.one(f"{section} .previous").click()
            self.shows(section, 4)
        self.tell(f"{(time.monotonic() - start) / 10:.2f} s to turn a page")
        nodes = self.browser.execute_script("return document.querySelectorAll('*').length")
        self.tell(f"{nodes} elements in the document")
        self.assertLess(nodes, 5000)
        self.assertIn("of 10,001", self.text("#sessions .range"))
        total = int(self.text("#failures .range").split()[-1].replace(",", ""))
        self.assertEqual(total, len(stage.failures()))
        self.assertGreater(total, 990)
        longest = self.browser.execute_async_script("""
            const done = arguments[0];
            let last, longest = 0, n = 0;
            const step = (t) => {
              longest = Math.max(longest, t - (last ?? t));
              last = t;
              scrollBy(0, 120);
              ++n < 60 ? requestAnimationFrame(step) : done(longest);
            };
            requestAnimationFrame(step);""")
        self.tell(f"longest frame while scrolling {longest:.0f} ms")
        self.assertLess(longest, 400)

    def tell(self, words):
        print(f"  {words}", file=sys.stderr)

    def shows(self, section, page):
        first = (page - 1) * PAGE + 1
        self.until(lambda: self.text(f"{section} .range").startswith(f"{first}–"), f"page {page} of {section}")

    def test_every_page_is_another(self):
        stage, seen = stages.many, []
        for query in ("sessions?offset=%d", "failures?cursor=%d"):
            rows = [stage.json(f"/api/v1/{query % (n * PAGE)}&limit={PAGE}") for n in range(5)]
            field = query.split("?")[0]
            ids = [str(row.get("episode_id") or row["session_id"]) for answer in rows for row in answer[field]]
            self.assertEqual(len(set(ids)), 5 * PAGE)
            seen += ids
        self.assertEqual(len(set(seen)), 10 * PAGE)

    def test_search_and_filter(self):
        self.open(stages.many)
        for words, count in (("docs/page-00006", 1), ("REVIEWER/pr-0002", 3)):
            self.search("#sessions", "search", words)
            self.until(lambda: self.rows("#sessions") == count, f"{count} sessions")
            self.assertIn(words.lower(), self.text("#sessions .rows .key"))
        self.search("#sessions", "search", "no-such-key")
        self.until(lambda: "No session has that" in self.text("#sessions .empty"), "none")
        self.one("#failures [name=class] option[value=timeout]").click()
        self.one("#failures form.filter button").click()
        self.until(lambda: {tag.text for tag in self.all("#failures .rows .tag")} == {"timeout"}, "timeouts alone")
        self.search("#failures", "key", "no-such-key")
        self.until(lambda: "Nothing failed in this time with that" in self.text("#failures .empty"), "none")

    def test_rows_hold_still_under_the_focus(self):
        stage = stages.well
        self.open(stage)
        self.browser.execute_script("document.querySelector('#sessions [name=search]').focus()")
        before = self.focus().id
        stage.happen("coder/held-still")
        self.until(lambda: "list has changed" in self.text("#sessions .pager"), "the offer")
        self.assertEqual(self.focus().id, before)
        self.assertNotIn("coder/held-still", self.text("#sessions .rows"))
        self.one("#sessions .pager button").click()
        self.until(lambda: "coder/held-still" in self.text("#sessions .rows"), "the new row")


@full
class Keyboard(PageTest):
    WANTED = (
        "#sessions INPUT", "#sessions SUMMARY", "#sessions BUTTON", "#failures SELECT", "#failures SUMMARY",
        "#failures A", "#memory INPUT", "#events DIV", "#circuit DIV")

    def test_everything_can_be_reached_and_seen(self):
        self.open(stages.many)
        self.unfold()
        self.press(Keys.TAB)
        self.assertEqual(self.focus().text, "Skip to the content")
        self.press(Keys.ENTER)
        self.assertEqual(self.focus().get_attribute("id"), "main")
        reached = set()
        for _ in range(400):
            ActionChains(self.browser).send_keys(Keys.TAB).perform()
            section, outline = self.browser.execute_script("""
                const element = document.activeElement;
                const section = element.closest('section, nav')?.id ?? '';
                return [`#${section} ${element.tagName}`, getComputedStyle(element).outlineStyle];""")
            if section == "# BODY":
                break
            self.assertNotEqual(outline, "none", f"no visible focus on {section}")
            reached.add(section)
        self.assertLessEqual(set(self.WANTED), reached)

    def test_discard_by_keyboard(self):
        stage = stages.many
        self.open(stage)
        id = self.one("#failures a[data-read]").get_attribute("data-read")
        self.browser.execute_script("document.querySelector('#failures .confirm summary').focus()")
        self.press(Keys.ENTER)
        self.until(lambda: self.one("#confirm").is_displayed(), "the question")
        self.assertEqual(self.focus().text, "Keep it", "the harmless answer has the focus")
        self.press(Keys.TAB, Keys.ENTER)
        self.until(lambda: "is discarded" in self.text("#failures .outcome"), "the outcome")
        self.assertNotIn(id, stage.failures())


@full
class Hostile(PageTest):
    """Text of others is text, whatever it is made of."""

    def check(self):
        for selector in ("#sessions .rows", "#failures .rows", "#events .rows", "#troubles"):
            text = self.one(selector).get_attribute("textContent")
            self.assertIn(MARKUP, text, selector)
            self.assertIn("{{sentence}}", text, selector)
            for steering in "\x1b\u202e\u202c":
                self.assertNotIn(steering, text, selector)
        for selector in ("#sessions .rows", "#failures .rows", "#events .rows"):
            text = self.one(selector).get_attribute("textContent")
            self.assertIn("\\u{202E}", text, selector)
            self.assertIn("\\u{1B}[31m", text, selector)
        self.harmless()

    def harmless(self):
        self.assertEqual(self.all("img"), [])
        self.assertEqual(self.all("[onfocus], [onerror]"), [])

    def test_markup_escapes_and_bidi_are_text(self):
        stage = stages.hostile
        self.open(stage)
        self.check()
        for section in ("#sessions", "#failures"):
            self.one(f"{section} form.filter button").click()
            self.until(lambda: self.one(section).get_attribute("aria-busy") is None, "reloaded")
        self.check()
        self.picture("hostile")
        self.one("#failures a[data-read]").click()
        self.until(lambda: "\\u{202E}" in self.text("#reader-body"), "the text")
        self.harmless()
        self.press(Keys.ESCAPE)
        self.search("#memory", "q", "zebra")
        self.until(lambda: MARKUP in self.text("#memory .rows"), "the added memory")
        self.harmless()
        self.browser.execute_script("document.querySelector('#sessions').scrollIntoView()")
        self.one("#sessions .confirm summary").click()
        self.one("#confirm-yes").click()
        self.until(lambda: "is dropped" in self.text("#sessions .outcome"), "a hostile key can be dropped")
        self.harmless()

    def test_a_hostile_address_is_text(self):
        names = ("search", "key", "q", "memory_key", "class", "since", "cursor", "episode", "offset")
        text = quote(f"\">{EVIL}")
        self.open(stages.hostile, "/?" + "&".join(f"{name}={text}" for name in names))
        self.assertEqual(self.one("#memory [name=q]").get_attribute("value").count(MARKUP), 1)
        self.harmless()


@full
class WithoutScripts(PageTest):
    scripts = False

    def test_each_state_reads(self):
        for state in STATES:
            self.open(getattr(stages, state))
            with self.subTest(state):
                self.assertGreater(len(self.text("#troubles")), 20)
                self.assertGreater(len(self.text("main")), 200)
                self.assertFalse(any(button.is_displayed() for button in self.all(".js-only")))
                self.picture(f"without-scripts-{state.replace('_', '-')}")

    def test_search_page_read_retry_and_discard(self):
        stage = stages.many
        self.open(stage)
        self.one("#sessions .next").click()
        self.until(lambda: f"{PAGE + 1}–{2 * PAGE} of 10,001" in self.text("#sessions .range"), "the second page")
        self.search("#sessions", "search", "docs/page-00006")
        self.until(lambda: self.rows("#sessions") == 1, "one session")
        self.search("#memory", "q", "parser")
        self.until(lambda: self.rows("#memory") > 0, "hits")

        self.open(stage)
        link = self.one("#failures a[data-read]")
        id = link.get_attribute("data-read")
        link.click()
        self.until(lambda: "I looked at it" in self.text("#episode"), "the episode")
        self.picture("without-scripts-episode")
        self.open(stage, "/?episode=" + "0" * 32)
        self.assertIn("The episode could not be read", self.text("#episode"))

        self.open(stage)
        self.assertGreater(stage.due(id), records.now())
        self.one("#failures form[data-act=retry] button").click()
        self.until(lambda: self.browser.current_url == f"{stage.url}/#failures", "back on the page")
        self.assertLessEqual(stage.due(id), records.now())

        self.browser.shape(360)
        self.one("#failures .confirm summary").click()
        ActionChains(self.browser).scroll_to_element(self.one("#failures .confirm form button")).perform()
        self.picture("without-scripts-discard", whole=False)
        question = self.one("#failures .confirm form").rect
        self.assertGreaterEqual(question["x"], 0)
        self.assertLessEqual(question["x"] + question["width"], 360)
        self.assertLessEqual(self.width(), 360)
        self.one("#failures .confirm form button").click()
        self.until(lambda: len(self.failures()) == PAGE and id not in self.failures(), "the row is gone")
        self.assertNotIn(id, stage.failures())

    def test_drop(self):
        stage = stages.well
        Session(stage, "coder/to-drop-too").whole()
        self.open(stage)
        self.one("#sessions .confirm summary").click()
        self.one("#sessions .confirm form button").click()
        self.until(lambda: self.browser.current_url == f"{stage.url}/#sessions", "back on the page")
        self.assertEqual(stage.redis("EXISTS", "{holdfast}:binding:coder/to-drop-too").strip(), "0")


if __name__ == "__main__":
    unittest.main(verbosity=2)
