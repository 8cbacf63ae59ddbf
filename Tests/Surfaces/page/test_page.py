"""The page in a real browser.

    python3 test_page.py                         against the mock
    STAGE=module:Class python3 test_page.py      against what that stage serves (see stage.py)

SCREENSHOTS names the folder for the pictures of each state.
"""
import importlib
import os
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

from chromium import Chromium  # noqa: E402

PICTURES = Path(os.environ.get("SCREENSHOTS", Path(__file__).parent / "screenshots"))
PAGE = 20
STATES = ("all_well", "circuit_open", "redis_down", "empty")


def setUpModule():
    global stage
    module, name = os.environ.get("STAGE", "stage:MockStage").split(":")
    stage = getattr(importlib.import_module(module), name)()
    PICTURES.mkdir(parents=True, exist_ok=True)


def tearDownModule():
    stage.close()


class PageTest(unittest.TestCase):
    scripts = True

    @classmethod
    def setUpClass(cls):
        cls.browser = Chromium(scripts=cls.scripts)

    @classmethod
    def tearDownClass(cls):
        cls.browser.quit()

    def setUp(self):
        stage.all_well()
        self.browser.dark(False)
        self.browser.shape(1280)

    def open(self, path="/", token=True):
        self.browser.delete_all_cookies()
        if token:
            self.browser.get(f"{stage.url}/?token={stage.token}")
        if not token or path != "/":
            self.browser.get(stage.url + path)
        if self.scripts and token:
            self.until(lambda: self.one("#live").get_attribute("data-state") == "live", "the page is live")

    def one(self, selector):
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector):
        return self.one(selector).text

    def until(self, condition, what, seconds=10):
        WebDriverWait(self.browser, seconds, poll_frequency=0.05, ignored_exceptions=(Exception,)).until(lambda _: condition(), f"never: {what}")

    def rows(self, section):
        return self.browser.execute_script("return document.querySelectorAll(`${arguments[0]} .rows > *`).length", section)

    def focus(self):
        return self.browser.switch_to.active_element

    def press(self, *keys):
        for key in keys:
            self.focus().send_keys(key)

    def assertQuiet(self):
        self.assertEqual(self.browser.complaints(), [])
        self.assertLessEqual(self.browser.hosts(), {"127.0.0.1", None})


class States(PageTest):
    def look(self, name, **options):
        self.open(**options)
        for scheme in ("light", "dark"):
            self.browser.dark(scheme == "dark")
            for width in (1280, 360):
                self.browser.shape(width)
                self.browser.picture(PICTURES / f"{name}-{scheme}-{width}.png")
                with self.subTest(name, scheme=scheme, width=width):
                    self.assertEqual(self.browser.axe(), [])
                    wide = self.browser.execute_script("return document.documentElement.scrollWidth")
                    self.assertLessEqual(wide, width, "the page scrolls sideways")
        self.assertQuiet()

    def test_all_well(self):
        self.look("all-well")
        self.assertEqual(self.one("html").get_attribute("data-tone"), "good")
        self.assertFalse(self.one(".troubles").is_displayed())

    def test_circuit_open(self):
        stage.circuit_open()
        self.look("circuit-open")
        self.assertEqual(self.one("html").get_attribute("data-tone"), "bad")
        self.assertIn("open", self.text("#circuit-state"))
        self.assertGreater(len(self.all("#due .col")), 3)
        self.assertGreater(len(self.all("#troubles .trouble")), 0)

    def test_redis_down(self):
        stage.redis_down()
        self.look("redis-down")
        self.assertIn("read from files", self.text(".chips"))
        self.assertIn("Redis", self.text("#sentence"))

    def test_empty(self):
        stage.empty()
        self.look("empty")
        self.assertIn("no provider", self.text("#circuit-state"))
        self.assertIn("No session is recorded yet", self.text("#sessions"))
        self.assertIn("Nothing was captured yet", self.text("#flow"))

    def test_reduced(self):
        stage.circuit_open()
        self.look("reduced", token=False)
        self.assertIn("holdfast dashboard", self.text("aside"))
        for hidden in ("#sessions", "#failures", "#events", "#memory", ".troubles"):
            self.assertEqual(self.all(hidden), [])


class Live(PageTest):
    def test_a_circuit_change_shows_without_a_reload(self):
        self.open()
        self.browser.execute_script("window.mark = 1")
        self.assertIn("closed", self.text("#circuit-state"))
        stage.circuit_open()
        self.until(lambda: self.text("#circuit-state").startswith("open"), "the circuit opens")
        self.assertEqual(self.one("html").get_attribute("data-tone"), "bad")
        self.until(lambda: self.one("#announce").get_attribute("textContent") != "", "it is announced")
        self.assertTrue(self.one(".troubles").is_displayed())
        stage.all_well()
        self.until(lambda: self.text("#circuit-state").startswith("closed"), "the circuit closes")
        self.assertEqual(self.browser.execute_script("return window.mark"), 1)
        self.assertQuiet()

    def test_scripts_draw_what_the_server_draws(self):
        for state in STATES:
            getattr(stage, state)()
            self.open()
            drawn = self.browser.execute_async_script("""
                const done = arguments[0];
                const parts = ['.verdict', '#troubles', '#flow', '#circuit', '#schedule', '#ledger', '#machinery'];
                const said = (root) => parts.map((part) => {
                  const copy = root.querySelector(part).cloneNode(true);
                  for (const other of copy.querySelectorAll('time, svg, [hidden]')) other.remove();
                  return `${part}: ${copy.textContent.replaceAll(/[ \\n]/g, '')}`;
                }).join(' ');
                fetch('/').then((r) => r.text()).then((text) => done([said(document), said(new DOMParser().parseFromString(text, 'text/html'))]));""")
            with self.subTest(state):
                self.maxDiff = None
                self.assertEqual(*drawn)

    def test_an_event_arrives_on_top(self):
        self.open()
        stage.happen("bound", "coder/brand-new")
        self.until(lambda: "coder/brand-new" in self.text("#events tbody tr"), "the event is shown")

    def test_a_silent_server_is_called_stale(self):
        self.open()
        stage.silent()
        self.until(lambda: self.one("#live").get_attribute("data-state") == "stale", "stale", 35)
        self.assertIn("No word", self.text("#alarm"))
        self.browser.picture(PICTURES / "stale.png", whole=False)
        stage.speaking()
        self.until(lambda: self.one("#live").get_attribute("data-state") == "live", "live again")
        self.assertFalse(self.one("#alarm").is_displayed())

    def test_a_lost_server_is_called_disconnected_and_comes_back(self):
        self.open()
        stage.gone()
        self.until(lambda: self.one("#live").get_attribute("data-state") == "disconnected", "disconnected")
        self.assertIn("connection was lost", self.text("#alarm"))
        self.assertEqual(self.browser.axe(), [])
        self.browser.picture(PICTURES / "disconnected.png", whole=False)
        stage.back()
        self.until(lambda: self.one("#live").get_attribute("data-state") == "live", "live again", 30)
        self.browser.complaints()  # refused connections are logged by the browser itself

    def test_a_token_that_is_no_longer_accepted_says_what_to_do(self):
        self.open()
        stage.gone()
        stage.back(token="another")
        self.until(lambda: self.one("#live").get_attribute("data-state") == "signed-out", "signed out", 30)
        self.assertIn("holdfast dashboard", self.text("#alarm"))
        stage.gone()
        stage.back()
        self.browser.complaints()

    def test_a_list_that_cannot_be_read_says_so(self):
        self.open()
        stage.refusing(True)
        self.one("#sessions form.filter button").click()
        self.until(lambda: "could not be read" in self.text("#sessions .outcome"), "it says so")
        stage.refusing(False)
        self.browser.complaints()


class Actions(PageTest):
    def test_retry_makes_it_due(self):
        self.open()
        self.one("#failures form[data-act=retry] button").click()
        self.until(lambda: "is due now" in self.text("#failures .outcome"), "the outcome")
        self.assertQuiet()

    def test_discard_asks_first(self):
        self.open()
        before = self.rows("#failures")
        self.one("#failures .confirm summary").click()
        self.until(lambda: self.one("#confirm").is_displayed(), "the question")
        self.browser.picture(PICTURES / "discard.png", whole=False)
        self.assertEqual(self.browser.axe(), [])
        self.press(Keys.ESCAPE)
        self.until(lambda: not self.one("#confirm").is_displayed(), "closed")
        self.assertEqual(self.rows("#failures"), before)
        self.one("#failures .confirm summary").click()
        self.one("#confirm-yes").click()
        self.until(lambda: self.rows("#failures") == before - 1, "the row is gone")
        self.assertIn("is discarded", self.text("#failures .outcome"))
        self.assertNotEqual(self.focus().tag_name, "body", "the focus is not lost")
        self.assertQuiet()

    def test_drop_asks_first(self):
        self.open()
        key = self.text("#sessions .rows .key")
        self.one("#sessions .confirm summary").click()
        self.until(lambda: self.one("#confirm").is_displayed(), "the question")
        self.assertIn(key, self.text("#confirm"))
        self.one("#confirm-yes").click()
        self.until(lambda: "is dropped" in self.text("#sessions .outcome"), "the outcome")

    def test_reading_an_episode_opens_a_dialog_and_gives_the_focus_back(self):
        self.open()
        self.one("#failures a[data-read]").send_keys(Keys.ENTER)
        self.until(lambda: "Text" in self.text("#reader-body"), "the text")
        self.browser.picture(PICTURES / "episode.png", whole=False)
        self.assertEqual(self.browser.axe(), [])
        self.press(Keys.ESCAPE)
        self.assertEqual(self.focus().get_attribute("data-read"), self.one("#failures a[data-read]").get_attribute("data-read"))

    def test_memory_search(self):
        self.open()
        self.one("#memory [name=q]").send_keys("parser", Keys.ENTER)
        self.until(lambda: self.rows("#memory") > 0, "hits")
        self.one("#memory [name=q]").clear()
        self.one("#memory [name=q]").send_keys("zzz-nothing", Keys.ENTER)
        self.until(lambda: "Nothing was found" in self.text("#memory .outcome"), "nothing")

    def test_copying_the_resume_command(self):
        self.browser.execute_cdp_cmd("Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
        self.open()
        button = self.one("#sessions [data-copy]")
        button.click()
        self.until(lambda: "claude --resume" in self.text("#sessions .outcome"), "copied or selected")


class Lists(PageTest):
    def test_ten_thousand_sessions_and_a_thousand_failures_stay_small(self):
        stage.with_sessions(10_000)
        stage.with_failures(1_000)
        start = time.monotonic()
        self.open()
        print(f"  page with 10,000 sessions and 1,000 failures live after {time.monotonic() - start:.2f} s", file=sys.stderr)
        for section in ("#sessions", "#failures"):
            for page in range(2, 6):
                self.one(f"{section} .next").click()
                self.until(lambda: self.text(f"{section} .range").startswith(f"{(page - 1) * PAGE + 1}–"), f"page {page} of {section}")
                self.assertLessEqual(self.rows(section), PAGE)
            self.one(f"{section} .previous").click()
            self.until(lambda: self.text(f"{section} .range").startswith(f"{3 * PAGE + 1}–"), "back")
        nodes = self.browser.execute_script("return document.querySelectorAll('*').length")
        print(f"  {nodes} elements in the document", file=sys.stderr)
        self.assertLess(nodes, 5000)
        self.assertIn("10,000", self.text("#sessions .range"))
        longest = self.browser.execute_async_script("""
            const done = arguments[0]; let last = performance.now(), longest = 0, n = 0;
            const step = (t) => { longest = Math.max(longest, t - last); last = t; window.scrollBy(0, 120); ++n < 60 ? requestAnimationFrame(step) : done(longest); };
            requestAnimationFrame((t) => { last = t; requestAnimationFrame(step); });""")
        print(f"  longest frame while scrolling {longest:.0f} ms", file=sys.stderr)
        self.assertLess(longest, 400)
        self.assertQuiet()

    def test_search_and_filter(self):
        stage.with_sessions(10_000)
        self.open()
        key = self.text("#sessions .rows .key")
        box = self.one("#sessions [name=search]")
        box.send_keys(key, Keys.ENTER)
        self.until(lambda: self.rows("#sessions") == 1, "one session")
        self.assertEqual(self.text("#sessions .rows .key"), key)
        box.clear()
        box.send_keys("no-such-key", Keys.ENTER)
        self.until(lambda: "No session has that key" in self.text("#sessions .empty"), "none")
        self.one("#failures [name=key]").send_keys("no-such-key", Keys.ENTER)
        self.until(lambda: "Nothing failed in this time with that" in self.text("#failures .empty"), "none")

    def test_rows_hold_still_under_the_focus(self):
        self.open()
        self.one("#sessions [data-copy]").send_keys("")
        self.browser.execute_script("document.querySelector('#sessions [data-copy]').focus()")
        before = self.focus().id
        stage.happen("bound", "coder/brand-new")
        self.until(lambda: "list has changed" in self.text("#sessions .pager"), "the offer")
        self.assertEqual(self.focus().id, before)


class Keyboard(PageTest):
    def test_everything_can_be_reached_and_seen(self):
        self.open()
        self.press(Keys.TAB)
        self.assertEqual(self.focus().text, "Skip to the content")
        self.press(Keys.ENTER)
        self.assertEqual(self.focus().get_attribute("id"), "main")
        reached, previous = set(), None
        for _ in range(400):
            self.press(Keys.TAB)
            element = self.focus()
            if element.tag_name == "body":
                break
            outline, section = self.browser.execute_script("const e = arguments[0]; return [getComputedStyle(e).outlineStyle, e.closest('section, nav')?.className + '#' + (e.closest('section')?.id ?? '') + ' ' + e.tagName]", element)
            self.assertNotEqual(outline, "none", f"no visible focus on {section}")
            reached.add(section)
        for wanted in ("#sessions INPUT", "#sessions SUMMARY", "#sessions BUTTON", "#failures SELECT", "#failures SUMMARY", "#failures A", "#memory INPUT", "#events DIV", "#circuit DIV"):
            self.assertTrue(any(wanted in name for name in reached), f"{wanted} was not reached by Tab")

    def test_discard_by_keyboard(self):
        self.open()
        before = self.rows("#failures")
        self.browser.execute_script("document.querySelector('#failures .confirm summary').focus()")
        self.press(Keys.ENTER)
        self.until(lambda: self.one("#confirm").is_displayed(), "the question")
        self.assertEqual(self.focus().text, "Keep it", "the harmless answer has the focus")
        self.press(Keys.TAB, Keys.ENTER)
        self.until(lambda: self.rows("#failures") == before - 1, "the row is gone")


class Hostile(PageTest):
    def check(self):
        for selector in ("#sessions .rows", "#failures .rows", "#events .rows", "#troubles"):
            text = self.one(selector).get_attribute("textContent")
            self.assertIn("<img src=x onerror=alert(1)>", text)
            self.assertIn("\\u{202E}", text)
            self.assertIn("\\u{1B}[31m", text)
            self.assertIn("{{sentence}}", text)
            for steering in "\x1b\u202e\u202c":
                self.assertNotIn(steering, text)
        self.assertEqual(self.all("img"), [])
        self.assertEqual(self.all("[onfocus]"), [])

    def test_markup_escapes_and_bidi_are_text(self):
        stage.hostile()
        self.open()
        self.check()
        for section in ("#sessions", "#failures"):
            self.one(f"{section} form.filter button").click()
            self.until(lambda: self.text(f"{section} .range") != "", "reloaded")
        time.sleep(0.5)
        self.check()
        self.one("#failures a[data-read]").click()
        self.until(lambda: "Text" in self.text("#reader-body"), "the text")
        self.assertIn("\\u{202E}", self.text("#reader-body"))
        self.assertEqual(self.all("img"), [])
        self.press(Keys.ESCAPE)
        self.one("#sessions .confirm summary").click()
        self.one("#confirm-yes").click()
        self.until(lambda: "is dropped" in self.text("#sessions .outcome"), "a hostile key can be dropped")
        self.browser.picture(PICTURES / "hostile.png")
        self.assertQuiet()


class WithoutScripts(PageTest):
    scripts = False

    def test_each_state_reads(self):
        for state in STATES:
            getattr(stage, state)()
            self.open()
            with self.subTest(state):
                self.assertGreater(len(self.text("#sentence")), 20)
                self.assertGreater(len(self.text("#circuit")), 20)
                self.assertFalse(any(button.is_displayed() for button in self.all(".js-only")))
                self.browser.picture(PICTURES / f"without-scripts-{state.replace('_', '-')}.png")

    def test_lists_that_cannot_be_read_say_so(self):
        stage.refusing(True)
        self.open()
        for section in ("#sessions", "#failures", "#events"):
            self.assertIn("This list could not be read. Redis does not answer", self.text(f"{section} .empty"))
        stage.refusing(False)

    def test_search_page_read_retry_and_discard(self):
        stage.with_sessions(120)
        self.open()
        self.one("#sessions .next").click()
        self.until(lambda: f"{PAGE + 1}–{2 * PAGE} of 120" in self.text("#sessions .range"), "the second page")
        key = self.text("#sessions .rows .key")
        self.one("#sessions [name=search]").send_keys(key, Keys.ENTER)
        self.until(lambda: len(self.all("#sessions .rows > tr")) == 1, "one session")
        self.open()
        self.one("#failures a[data-read]").click()
        self.until(lambda: "Text" in self.text("#episode"), "the episode")
        self.browser.picture(PICTURES / "without-scripts-episode.png")
        self.open("/?episode=" + "0" * 32)
        self.assertIn("The episode could not be read", self.text("#episode"))
        self.open()
        self.one("#failures form[data-act=retry] button").click()
        self.until(lambda: self.browser.current_url == f"{stage.url}/#failures", "back on the page")
        before = len(self.all("#failures .rows > tr"))
        self.browser.shape(360)
        self.one("#failures .confirm summary").click()
        self.browser.picture(PICTURES / "without-scripts-discard.png", whole=False)
        self.assertLessEqual(self.browser.execute_script("return document.documentElement.scrollWidth"), 360)
        self.one("#failures .confirm form button").click()
        self.until(lambda: len(self.all("#failures .rows > tr")) == before - 1, "the row is gone")
        self.one("#memory [name=q]").send_keys("parser", Keys.ENTER)
        self.until(lambda: len(self.all("#memory .rows > li")) > 0, "hits")


if __name__ == "__main__":
    unittest.main(verbosity=2)
