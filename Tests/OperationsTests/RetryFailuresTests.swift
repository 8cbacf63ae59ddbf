import Domain
import Operations
import Platform
import Storage
import TestSupport
import Testing

/// As many are tried again as were counted.
@Suite(.redisServer) struct RetryFailuresTests {
    @Test func triesWhatTheGroupsCountByTheSameFilter() throws {
        let test = try TestPlace()
        for key in ["coder/1", "coder/1", "coder/2"] { _ = try test.push(key: key) }
        try test.failAll(.timeout)
        let groups = try test.place.failureGroups(class: "timeout", key: "coder/1")
        #expect(groups.groups.map(\.count) == [2] && groups.looked == 3 && groups.total == 3)
        let future = HostClock.wallMilliseconds + 60_000
        #expect(try test.place.retryFailures(key: "coder/1", sinceMilliseconds: future).asked == 0)
        let retried = try test.place.retryFailures(class: "timeout", key: "coder/1")
        #expect(retried.asked == 2 && retried.due == 2)
        #expect(try test.place.retryFailures(key: "coder/3").asked == 0)
        #expect(try test.place.retryFailures().asked == 3)
    }

    /// A page takes no longer where there are more, and says that it did not look at all.
    @Test func theLatestAreGrouped() throws {
        let test = try TestPlace()
        for _ in 0..<201 { _ = try test.push(key: "coder/1") }
        try test.failAll(.timeout)
        let groups = try test.place.failureGroups()
        #expect(groups.groups.map(\.count) == [200] && groups.looked == 200 && groups.total == 201)
    }
}
