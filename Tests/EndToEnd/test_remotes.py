"""The second copy on a scripted GitHub and in a bare repository, in every weather: whoever works is not disturbed,
nothing is lost, what is wrong is said, the token is not, and when it is over everything comes there.
"""
import base64
import shutil

import processes
from faults import FULL, long_one
from githubserver import FORBIDDEN, TOO_LARGE, GitHubServer, limited
from house import BIN, smoke
from polling import until
from remotehouse import TOKEN, RemoteHouse, RemoteTest, moment_of

SHOWN = base64.b64encode(("x-access-token:" + TOKEN).encode()).decode()
# One that git keeps in memory no more, and sends in chunks, where there is time.
SIZE = 1_500_000 if FULL else 150_000

# Weather, and words of what is to be said of it.
WEATHERS = {
    "the rate limit is used up": (dict(git=limited(1)), "asked too often"),
    "the server is broken": (dict(git=(500, {}, "oops")), "cannot be reached"),
    "the server is overloaded": (dict(git=(503, {}, "come back later")), "cannot be reached"),
    "the token is not taken": (dict(git=(401, {"WWW-Authenticate": 'Basic realm="GitHub"'}, "Bad credentials")),
                               "refuses us"),
    "a server that says tokens aloud": (dict(git=(403, {}, "neither %s nor %s may push" % (TOKEN, SHOWN))),
                                        "refuses us"),
    "the repository is full": (dict(declines=TOO_LARGE), "no room"),
    "a rule forbids the push": (dict(declines=(*FORBIDDEN, "error: %s may not push" % TOKEN)), "refuses us"),
    "others are always faster": (dict(races=100), "others wrote"),
    "a push is cut in its middle": (dict(cuts_request=SIZE // 2), "broken off"),
}


class OnGitHub(RemoteTest):
    settings = {}

    def build_house(self):
        house = RemoteHouse(**self.settings)
        self.github = GitHubServer(self.place(), TOKEN)
        self.addCleanup(self.github.close)
        house.trust(self.github.authority)
        house.url = self.github.url
        self.token = house.settings / "token"
        self.token.write_text(TOKEN + "\n")
        self.token.chmod(0o600)
        house.set_remote(token_file=str(self.token), api_url=self.github.api_url)
        self.assertEqual(house.holdfast("remote", "key", "--make").code, 0)
        return house

    def bare_house(self):
        """A host that has nothing but address, key and token, the token as a variable."""
        bare = RemoteHouse(self.house.url)
        self.addCleanup(bare.close)
        bare.trust(self.github.authority)
        bare.more["GITHUB_TOKEN"] = TOKEN
        shutil.copy2(str(self.house.settings / "remote.key"), str(bare.settings / "remote.key"))
        return bare

    def assertTokenUntold(self, house):
        # In the repository here git is told by the environment alone.
        for secret in (TOKEN, SHOWN):
            self.assertUntold(house, secret, self.token)


class Weathers(OnGitHub):
    def test_in_every_weather_nothing_is_lost_and_what_is_wrong_is_said(self):
        house, github = self.house, self.github
        house.up()
        house.talk(3)
        house.archived()
        house.synced()
        self.assertTrue(house.holdfast("status").stdout.startswith("All is well"))
        for name, (weather, words) in WEATHERS.items():
            with self.subTest(name):
                self.weathered(github, weather, words)
        self.assertTokenUntold(house)

        bare = self.bare_house()
        done = bare.holdfast("remote", "clone", "--json")
        self.assertEqual((done.code, done.json["is_whole"]), (0, True), repr(done))
        bare.up()
        self.assertWordsOf(bare, house.words())
        self.assertTokenUntold(bare)

    def weathered(self, github, weather, words):
        house, tip = self.house, github.tip()
        github.become(**weather)
        talk = house.talk(2, size=SIZE)
        house.archived(talk.words)
        failed = self.failing()
        self.assertIn(words, failed["error"])
        standing = house.standing()
        self.assertIn(words, standing["last_error"])
        self.assertGreater(standing["failures"], 0)
        self.assertIsNotNone(standing["next_try"])
        if "git" not in weather:
            # F2: where nobody answers, nothing is said to wait.
            self.assertGreater(standing["lacking_items"], 0)
            self.assertGreater(standing["lag_seconds"], 0)
        told = house.holdfast("remote", "status")
        self.assertEqual(told.code, 1)
        self.assertIn(words, told.stdout)
        status = house.holdfast("status").stdout
        self.assertNotIn("All is well", status)
        self.assertIn(words, status.split("\n")[0])
        report = house.reliability()
        figure = report["watched"]["failed_syncs", ""]
        self.assertNotEqual(figure["level"], "well")
        self.assertIn(words, figure["remark"])
        self.assertEqual(report["recovery"]["open"], 1)
        self.assertLess(report["score_percent"], 100)
        if not weather.get("races"):
            self.assertEqual(github.tip(), tip, "nothing half comes there")
        github.become()
        house.synced()
        standing = house.standing()
        self.assertEqual((standing["failures"], standing["lacking_items"], standing["last_error"]), (0, 0, None))
        self.assertTrue(house.holdfast("status").stdout.startswith("All is well"), house.holdfast("status").stdout)
        self.assertNotEqual(github.tip(), tip)
        self.assertEqual(house.reliability()["recovery"]["open"], 0)

    def test_what_waits_is_told_while_nobody_answers(self):
        house = self.house
        house.up()
        house.talk(1)
        house.archived()
        house.synced()
        with self.github.becoming(git=(503, {}, "come back later")):
            house.talk(1)
            house.archived()
            self.failing()
            standing = house.standing()
        self.assertGreater(standing["lacking_items"] or 0, 0)
        self.assertIsNotNone(standing["lag_seconds"])

    def test_others_that_are_faster_twice_are_no_failure(self):
        house = self.house
        house.up()
        house.talk(1)
        house.archived()
        house.synced()
        house.talk(1)
        house.archived()
        with self.github.becoming(races=2):
            house.synced()
            self.assertEqual(self.github.weather.races, 0)
        self.assertEqual(house.standing()["failures"], 0)


class Thresholds(OnGitHub):
    settings = {"watch": {"failed_syncs_warning": 3, "failed_syncs_critical": 4, "sync_lag_warning_seconds": 3600,
                          "sync_lag_critical_seconds": 7200}}

    def test_before_the_threshold_a_failure_is_a_figure_and_no_trouble(self):
        house = self.house
        house.up()
        house.talk(1)
        house.archived()
        house.synced()
        house.talk(1)
        house.archived()
        self.github.become(git=(503, {}, "come back later"))
        seen = set()
        while house.standing()["failures"] < 4:
            self.failing()
            # The companion may try meanwhile: what is judged is what both say of one moment.
            failures, status = house.standing()["failures"], house.holdfast("status").stdout
            figure = house.figure("failed_syncs")
            if house.standing()["failures"] == failures:
                seen.add(failures)
                self.assertEqual(status.startswith("All is well"), failures < 3, "%d: %s" % (failures, status))
                self.assertEqual(figure["value"], failures)
        self.assertTrue({1, 2} & seen and {3, 4} & seen, seen)
        self.assertEqual(house.figure("failed_syncs")["level"], "critical")


class Lag(OnGitHub):
    settings = {"watch": {"failed_syncs_warning": 1000, "failed_syncs_critical": 1000, "sync_lag_warning_seconds": 3,
                          "sync_lag_critical_seconds": 3600}}

    @long_one
    def test_a_lag_beyond_the_threshold_is_told_though_nobody_minds_failures(self):
        house = self.house
        house.up()
        house.talk(1)
        house.archived()
        house.synced()
        house.down()
        self.github.become(git=(503, {}, "come back later"))
        house.talk(1)
        house.up()
        until(lambda: house.standing()["failures"], "a failure")
        self.assertTrue(house.holdfast("status").stdout.startswith("All is well"), "it is a figure yet")
        until(lambda: "sync lag" in house.holdfast("status").stdout.split("\n")[0], "a word of the lag", deadline=45)
        figure = house.figure("sync_lag_seconds")
        self.assertEqual(figure["level"], "warning")
        self.assertGreaterEqual(figure["value"], 3)
        house.archived()
        self.github.become()
        until(lambda: house.holdfast("status").stdout.startswith("All is well"), "the end of the lag", deadline=45)


class Persistence(OnGitHub):
    @long_one
    def test_a_killed_companion_goes_on_waiting_where_it_was(self):
        house, github = self.house, self.github
        github.become(git=(503, {}, "come back later"))
        house.up()
        talk = house.talk(2)
        house.archived()
        waits = until(lambda: house.standing()["failures"] >= 2 and house.standing(), "two failures", deadline=30)
        processes.end(house.companion_pid())
        until(lambda: not house.running(BIN / "holdfast-companion"), "the companion's end")
        asked = len(github.asked("git-"))
        house.up()
        again = house.standing()
        self.assertEqual((again["failures"], again["next_try"]), (waits["failures"], waits["next_try"]))
        github.become()
        # Nobody says sync.
        until(lambda: house.standing()["failures"] == 0, "the companion's own try", deadline=40)
        moment = github.asked("git-")[asked]
        self.assertGreaterEqual(moment, moment_of(waits["next_try"]) - 0.1, "before its time")
        until(lambda: not house.standing()["lacking_items"], "all of it there", deadline=30)
        self.assertTrue(talk.words)


    def test_killed_in_the_middle_of_a_push_it_sends_everything(self):
        house, github = self.house, self.github
        house.up()
        house.talk(1)
        house.archived()
        house.synced()
        for _ in range(10 if FULL else 1):
            github.become(latency=1)
            house.talk(2, size=SIZE)
            house.archived()
            house.down()
            seen = len(github.begun)
            # One that starts sends what there is.
            house.up()
            until(lambda: [path for path in github.begun[seen:] if path.endswith("/git-receive-pack")], "a push", 30)
            processes.end(house.companion_pid())
            until(lambda: not house.running(BIN / "holdfast-companion"), "the companion's end")
            github.become()
            house.up()
            house.synced()
            self.assertEqual(house.standing()["failures"], 0)
            self.assertNotIn("conflict", house.holdfast("status").stdout)
        bare = self.bare_house()
        done = bare.holdfast("remote", "clone", "--json")
        self.assertEqual((done.code, done.json["is_whole"]), (0, True), repr(done))
        bare.up()
        self.assertWordsOf(bare, house.words())


class SlowAndLimited(OnGitHub):
    @long_one
    def test_a_slow_server_holds_nobody_up_and_a_limit_is_told(self):
        house, github = self.house, self.github
        github.become(api=limited(3000))
        house.up()
        first = house.talk(1)
        house.archived()
        until(lambda: github.asked("/api/", 403), "the question to the API")
        house.synced()
        github.become(api=limited(3000), latency=1.5)
        # A push is under way, and waits for the server.
        running = house.start([BIN / "holdfast", "remote", "sync", "--force", "--json"])
        self.addCleanup(running.close)
        talk = house.talk(2)
        house.archived(talk.words)
        self.assertFalse(running.ended, "the archive has it before the server has answered")
        shown = [line for secret in (TOKEN, SHOWN) for line in house.commands_with(secret)]
        done = running.wait()
        self.assertEqual(shown, [])
        self.assertEqual(done.code, 0, repr(done))
        github.become(api=limited(3000))
        house.synced()
        figure = until(lambda: house.figure("rate_limit_left_percent", "github"), "the limit", deadline=60)
        self.assertEqual((figure["value"], figure["level"]), (0, "critical"))
        self.assertNotIn("All is well", house.holdfast("status").stdout)
        self.assertEqual(house.standing()["failures"], 0, "git goes on")
        self.assertTrue(first.words)
        self.assertTokenUntold(house)

    @long_one
    def test_what_the_api_says_is_logged_and_keeps_no_sync_from_its_work(self):
        house, github = self.house, self.github
        weathers = {"GitHub does not take the token": (401, {}, "Bad credentials: " + TOKEN),
                    "GitHub is out of order (503)": (503, {}, "unavailable"),
                    "GitHub forbids it": (403, {}, "Resource not accessible"),
                    "asked too often": limited(60)}
        for words, weather in weathers.items():
            with self.subTest(words):
                github.become(api=weather)
                house.up()
                until(lambda: words in house.log(), "what the API says in the log")
                house.talk(1)
                house.archived()
                house.synced()
                house.down()
        self.assertTokenUntold_at_rest()

    def assertTokenUntold_at_rest(self):
        for secret in (TOKEN, SHOWN):
            self.assertEqual(self.house.files_with(secret, self.token), [])


class BrokenClone(OnGitHub):
    def test_a_clone_that_is_cut_goes_on_where_it_was(self):
        house, github = self.house, self.github
        house.up()
        for _ in range(3):
            house.talk(2, size=SIZE)
            house.archived()
            house.synced()
        bare = self.bare_house()
        with github.becoming(cuts_answer=SIZE // 2):
            done = bare.holdfast("remote", "clone", "--json")
            self.assertEqual(done.code, 1, repr(done))
            self.assertIn("broken off", done.stderr)
        done = bare.holdfast("remote", "clone", "--json")
        self.assertEqual((done.code, done.json["is_whole"]), (0, True), repr(done))
        bare.up()
        self.assertWordsOf(bare, house.words())
        self.assertTokenUntold(bare)


class OnAPath(RemoteTest):
    """A bare repository on a disk."""

    def build_house(self):
        house = RemoteHouse()
        self.github = GitHubServer(self.place(), TOKEN)
        self.addCleanup(self.github.close)
        house.url = self.github.repository
        house.set_remote()
        self.assertEqual(house.holdfast("remote", "key", "--make").code, 0)
        return house

    def test_in_every_weather_nothing_is_lost(self):
        house, repository = self.house, self.github.repository
        house.up()
        house.talk(1)
        house.archived()
        house.synced()
        away = repository.with_name("away")
        lock = repository / "refs" / "heads" / "holdfast.lock"
        weathers = {
            "its disk is not mounted": (lambda: repository.rename(away), lambda: away.rename(repository),
                                        "cannot be reached"),
            "it is full": (lambda: self.github.become(declines=TOO_LARGE), self.github.become, "no room"),
            "a writer died in it": (lock.touch, lock.unlink, "others wrote"),
        }
        for name, (begin, end, words) in weathers.items():
            with self.subTest(name):
                talk = house.talk(2)
                begin()
                house.archived(talk.words)
                self.assertIn(words, self.failing()["error"])
                self.assertNotIn("All is well", house.holdfast("status").stdout)
                end()
                house.synced()
                self.assertTrue(house.holdfast("status").stdout.startswith("All is well"), house.holdfast("status").stdout)
        bare = RemoteHouse(house.url)
        self.addCleanup(bare.close)
        shutil.copy2(str(house.settings / "remote.key"), str(bare.settings / "remote.key"))
        done = bare.holdfast("remote", "clone", "--json")
        self.assertEqual((done.code, done.json["is_whole"]), (0, True), repr(done))
        bare.up()
        self.assertWordsOf(bare, house.words())

    @smoke
    def test_a_key_that_is_gone_is_told(self):
        house = self.house
        house.up()
        house.talk(1)
        house.archived()
        house.synced()
        house.down()
        (house.settings / "remote.key").unlink()
        house.up()
        until(lambda: "lacks its key" in house.holdfast("status").stdout, "what the status says of it")
        told = house.holdfast("remote", "status")
        self.assertEqual(told.code, 1)
        self.assertIn("lacks its key", told.stdout)
