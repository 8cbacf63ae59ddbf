internal import Domain

/// Failures that are the same, told once.
package struct FailureGroup: Codable, Sendable {
    package let `class`: String
    /// Of the latest.
    package let message: String
    package private(set) var count: Int
    package private(set) var dead: Int
    @OrNull package private(set) var failed_at: Timestamp?
    /// When the first of those that were counted is due; nil where all are dead.
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
    /// How many were looked at for them, the latest ones.
    package let looked: Int
    /// How many there are, whatever was asked for.
    package let total: Int

    package init(groups: [FailureGroup], looked: Int = 0, total: Int = 0) {
        self.groups = groups
        self.looked = looked
        self.total = total
    }
}

extension Workplace {
    /// So many of the failures that a filter lets through are grouped, the latest ones: a page must not take longer the more
    /// there are.
    private static let mostGrouped = 200

    /// The latest failures by what failed: class by class.
    /// - Parameters: as `failures` takes them.
    package func failureGroups(
        class errorClass: String = "", key: String = "", sinceMilliseconds: Int64? = nil
    ) throws -> FailureGroups {
        let page = try failures(
            class: errorClass, key: key, sinceMilliseconds: sinceMilliseconds, limit: Self.mostGrouped)
        var groups: [String: FailureGroup] = [:]
        for failure in page.failures { groups[failure.class, default: FailureGroup(failure)].add(failure) }
        return FailureGroups(
            groups: groups.values.sorted { ($0.count, $1.class) > ($1.count, $0.class) },
            looked: page.next_cursor.flatMap { Int($0) } ?? page.total, total: page.total)
    }
}
