internal import Domain

/// Failures that are the same, told once.
package struct FailureGroup: Codable, Sendable {
    package let `class`: String
    /// Of the latest.
    package let message: String
    package private(set) var count: Int
    package private(set) var dead: Int
    @OrNull package private(set) var failed_at: Timestamp?
    /// When the first of them is due; nil where all are dead.
    @OrNull package private(set) var next_retry: Timestamp?

    fileprivate init(_ first: EpisodeFailure) {
        self.class = first.class
        message = first.message
        (count, dead) = (0, 0)
        failed_at = first.failed_at
        next_retry = nil
    }

    fileprivate mutating func add(_ failure: EpisodeFailure) {
        count += 1
        if failure.dead { dead += 1 }
        if let next = failure.next_retry { next_retry = min(next, next_retry ?? next) }
    }
}

/// The largest first.
package struct FailureGroups: Codable, Sendable {
    package let groups: [FailureGroup]

    package init(groups: [FailureGroup]) { self.groups = groups }
}

extension Workplace {
    /// So many of the failures are looked at, the latest ones.
    private static let mostGrouped = 5000

    /// Failures by what failed: class by class.
    /// - Parameters: as `failures` takes them.
    package func failureGroups(
        class errorClass: String = "", key: String = "", sinceMilliseconds: Int64? = nil
    ) throws -> FailureGroups {
        var groups: [String: FailureGroup] = [:]
        var cursor: String? = "", seen = 0
        while let place = cursor, seen < Self.mostGrouped {
            let page = try failures(
                class: errorClass, key: key, sinceMilliseconds: sinceMilliseconds, limit: 1000, cursor: place)
            for failure in page.failures { groups[failure.class, default: FailureGroup(failure)].add(failure) }
            seen += page.failures.count
            cursor = page.next_cursor
        }
        return FailureGroups(groups: groups.values.sorted { ($0.count, $1.class) > ($1.count, $0.class) })
    }
}
