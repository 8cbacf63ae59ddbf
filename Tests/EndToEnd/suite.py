"""Chooses the tests for CLIENT_VERSION and SCOPE, runs those of SHARD of SHARDS, and ends with "N passed, N failed".

SECOND_TRIES  how many failed tests may be tried once more when all others are over; none unless it is set. Such a test is
              named. Whatever fails twice has failed.
"""
import os
import sys
import time
import unittest

import processes
from house import version

HERE = os.path.dirname(os.path.abspath(__file__))


def every_test(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from every_test(item)
        else:
            yield item


def chosen(test):
    method = getattr(test, test._testMethodName)
    if not is_a_test(test):
        return True  # a file that does not import is a failure, whatever was asked for
    since, before = map(version, getattr(method, "only_clients", ("0", "999")))
    if not since <= version(os.environ["CLIENT_VERSION"]) < before:
        return False
    scope, is_older = os.environ["SCOPE"], os.environ["CLIENT"] != "newest"
    if scope == "smoke" and not getattr(method, "is_smoke", False):
        return False
    if (scope == "resuming" or scope == "smoke" and is_older) and not getattr(method, "about_resuming", False):
        return False
    return os.environ.get("PATTERN", "") in test.id()


class Result(unittest.TextTestResult):
    """Tells each test's time, and what the house of a failed one had to say."""

    def startTest(self, test):
        self.started_at = time.monotonic()
        super().startTest(test)

    def addSuccess(self, test):
        unittest.TestResult.addSuccess(self, test)
        self.stream.writeln("ok (%.1f s)" % (time.monotonic() - self.started_at))
        self.stream.flush()

    def addError(self, test, err):
        super().addError(test, err)
        self.tell(test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.tell(test)

    def tell(self, test):
        # Python 3.11 reports before the house is taken down, older versions after: story() serves both.
        house = getattr(test, "house", None)
        if house:
            self.stream.writeln(house.story())

    def getDescription(self, test):
        return test.id()


def failures(result):
    """The tests that failed, by what they are called; of a class that could not be set up, the class."""
    failed = {test.id(): test for test, _ in result.failures + result.errors}
    failed.update({test.id(): test for test in result.unexpectedSuccesses})
    return failed


def run(runner, tests):
    """What became of the tests, and what failed in the end."""
    result = runner.run(unittest.TestSuite(tests))
    failed = failures(result)
    second_tries = int(os.environ.get("SECOND_TRIES", "0"))
    if not failed or len(failed) > second_tries or not all(map(is_a_test, failed.values())):
        return result, failed
    print("--- once more: " + " ".join(sorted(failed)), flush=True)
    again = runner.run(unittest.TestSuite(type(test)(test._testMethodName) for test in failed.values()))
    for test in sorted(failed.keys() - failures(again).keys()):
        print("unsteady, passed at its second try: " + test, flush=True)
    return result, failures(again)


def is_a_test(failed):
    return isinstance(failed, unittest.TestCase) and type(failed).__name__ != "_FailedTest"


def main():
    sys.path.insert(0, HERE)
    found = unittest.TestLoader().discover(HERE, pattern="test_*.py", top_level_dir=HERE)
    every = [test for test in every_test(found) if chosen(test)]
    shard, shards = int(os.environ["SHARD"]), int(os.environ["SHARDS"])
    # Neighbours are of one kind, and take about as long.
    tests = every[shard - 1::shards]
    runner = unittest.TextTestRunner(stream=sys.stdout, verbosity=2, resultclass=Result)
    unittest.installHandler()  # Ctrl-C lets the current test take its house down
    try:
        result, failed = run(runner, tests)
    finally:
        # A second Ctrl-C does not; no companion or Redis of a house may stay behind.
        for pid in processes.of_folder(os.path.join(os.environ["WORK"], "house-")):
            processes.end(pid)

    skipped = {test.id() for test, _ in result.skipped} - failed.keys()
    passed = result.testsRun - len(failed) - len(skipped)
    line = "%d passed, %d failed" % (max(passed, 0), len(failed))
    print(line + (", %d skipped" % len(skipped) if skipped else ""), flush=True)
    # Nothing run is nothing shown: a suite without tests must not pass.
    is_shown = result.testsRun or not tests and every
    return 0 if is_shown and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
