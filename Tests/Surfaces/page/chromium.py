"""A Chromium that keeps its logs, takes whole-page screenshots and can be asked what axe thinks."""
import base64
import importlib.util
import json
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.webdriver.chrome.service import Service


def axe_source():
    # Only the script is used: the package carries a current axe, and playwright itself is not needed for it.
    return (Path(importlib.util.find_spec("axe_playwright_python").origin).parent / "axe.min.js").read_text()


# Lets a test say that time has passed, for the page alone.
CLOCK = "{ const now = Date.now; window.passed = 0; Date.now = () => now() + window.passed; }"
ARGUMENTS = (
    "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars", "--lang=en-GB",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")


class Chromium(webdriver.Chrome):
    def __init__(self, scripts=True):
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium")
        for argument in ARGUMENTS:
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        if not scripts:
            options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
        super().__init__(options=options, service=Service(shutil.which("chromedriver")))
        self.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": CLOCK})

    def forget(self):
        """Of all sites: WebDriver's own way knows only the one that is open."""
        self.execute_cdp_cmd("Network.clearBrowserCookies", {})

    def dark(self, on):
        scheme = {"name": "prefers-color-scheme", "value": "dark" if on else "light"}
        self.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})

    def shape(self, width, height=900):
        shape = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", shape)

    def picture(self, file, whole=True):
        shot = self.execute_cdp_cmd("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": whole})
        Path(file).write_bytes(base64.b64decode(shot["data"]))

    def axe(self, *rules):
        """What axe finds, by these rules or by all, as lines: impact, rule, and where."""
        options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
        if not self.execute_script("return 'axe' in window"):
            self.execute_script(axe_source())
        found = self.execute_async_script("axe.run(arguments[0]).then(arguments[1])", options)
        return [f"{rule['impact']} {rule['id']}: {node['target']} {node.get('failureSummary', '')}"
                for rule in found["violations"] for node in rule["nodes"]]

    def complaints(self):
        """Errors and warnings of the console since the last call."""
        return [entry["message"] for entry in self.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]

    def hosts(self):
        """Every host that was asked for anything since the last call."""
        sent = [json.loads(entry["message"])["message"] for entry in self.get_log("performance")]
        urls = [m["params"]["request"]["url"] for m in sent if m["method"] == "Network.requestWillBeSent"]
        return {urlsplit(url).hostname for url in urls if not url.startswith(("data:", "about:", "chrome"))}
