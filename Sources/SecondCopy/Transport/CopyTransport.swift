/// Where a second copy lies, and how it is got at. One host uses it from one place at a time.
package protocol CopyTransport: Sendable {
    /// Whether unsealed files may lie there.
    var takesPlain: Bool { get }
    /// Whether a place that was begun and is empty is more likely another one, as the folder is on which no disk is mounted.
    var isAwayWhenEmpty: Bool { get }

    /// Asks what is stored there now. What was given to `store` and is not published stays as it is.
    func look() async throws(CopyError) -> CopyListing

    /// Has files near, all with one asking, that will be read.
    func prepare(_ names: [StoredName]) async throws(CopyError)

    /// - Returns: without those that are not there any more.
    func read(_ names: [StoredName]) async throws(CopyError) -> [StoredName: [UInt8]]

    /// Takes a file in. Others may see it at once, or with `publish`; one of that name with other bytes is replaced.
    func store(_ name: StoredName, _ bytes: [UInt8]) async throws(CopyError)

    /// Lets all hosts see what was stored since the last time, on disk for good.
    /// - Parameters:
    ///   - removed: what is no longer wanted.
    ///   - isRewrite: what was there before and is not listed now may go for good, with all history.
    /// - Throws: `rejected` where another host was faster: look, and publish again.
    func publish(removing removed: [StoredName], isRewrite: Bool) async throws(CopyError)

    /// Forgets what was stored and not published.
    func discard() async
}

extension CopyTransport {
    package func prepare(_ names: [StoredName]) async throws(CopyError) {}
    package func discard() async {}
}

/// What is stored.
package struct CopyListing: Sendable, Equatable {
    package var hasMarker = false
    /// Names of objects.
    package var objects: Set<String> = []
    /// Entries of journals.
    package var entries: Set<StoredName> = []
    /// The first few names of what is not ours.
    package var strangers: [String] = []

    package init() {}

    package mutating func add(_ path: String) {
        switch StoredName(path) {
        case .marker: hasMarker = true
        case .object(let name): objects.insert(name)
        case .entry(let folder, let number, let object):
            entries.insert(.entry(folder: folder, number: number, object: object))
        case nil: if strangers.count < Self.mostStrangers { strangers.append(path) }
        }
    }

    private static let mostStrangers = 20

    var isEmpty: Bool { !hasMarker && objects.isEmpty && entries.isEmpty }
}
