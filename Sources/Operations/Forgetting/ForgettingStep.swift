internal import Domain
internal import Transcripts

/// One kind of place where words stand. Asked twice: for what is to go, and, after that was removed, whether it is gone.
protocol ForgettingStep {
    /// For people.
    var place: String { get }

    /// What stands there that is to be forgotten.
    func find(_ search: ForgetSearch) throws -> ForgetFinding

    /// Removes it. The tombstones are written before, so nobody brings it back; killed in its midst it is run again.
    func remove(_ search: ForgetSearch) throws
}

/// What is looked for.
struct ForgetSearch {
    let wish: ForgetWish
    /// Of which nothing is to stay.
    let sessions: Set<SessionID>
    /// What is known of it by now, session by session; complete when something is removed.
    var tombstones: [SessionID: Tombstone] = [:]

    /// Why what the second copy alone has could not be looked through; nil where it was, or there is nothing.
    var unseenAway: String?

    var key: DispatchKey? {
        if case .key(let key) = wish { key } else { nil }
    }

    /// What the tombstones say.
    var forgotten: Forgotten {
        tombstones.values.reduce(into: Forgotten()) { $0.formUnion($1.forgotten) }
    }

    init(_ wish: ForgetWish, sessions: Set<SessionID>) {
        self.wish = wish
        self.sessions = sessions
        // What was added by hand has no session of its own.
        for session in sessions where session != .added {
            tombstones[session] = Tombstone(of: session, isWhole: true)
        }
    }

    mutating func add(_ finding: ForgetFinding) {
        for (session, known) in finding.known {
            tombstones[session, default: Tombstone(of: session, isWhole: false)].formUnion(known)
        }
        for session in tombstones.keys { tombstones[session]?.known.messages.subtract(finding.others) }
    }
}

/// What a step found.
struct ForgetFinding {
    private(set) var counts: [(what: String, count: Int)] = []
    /// Whether something of it says what somebody said, or may.
    private(set) var holdsWords = false
    private(set) var known: [SessionID: Tombstone] = [:]
    /// Sessions that lose what nobody can read: it may stand in that.
    private(set) var damaged: Set<SessionID> = []
    /// Messages that another session had first, which holds them still.
    var others: Set<String> = []
    /// The client's own files that hold it.
    var transcripts: [String] = []
    /// Pieces of it by which it is known again wherever it stands.
    var samples: [String] = []

    var isEmpty: Bool { counts.isEmpty }

    /// - Parameters:
    ///   - what: in the plural.
    ///   - areWords: not where it is known that nobody's words stand in it.
    mutating func count(_ what: String, _ number: Int = 1, areWords: Bool = true) {
        guard number > 0 else { return }
        if areWords { holdsWords = true }
        if let index = counts.firstIndex(where: { $0.what == what }) {
            counts[index].count += number
        } else {
            counts.append((what, number))
        }
    }

    static let damagedSegments = "damaged segments, which nobody can read"

    /// - Parameter sessions: whose each of them is.
    mutating func countDamaged(_ sessions: [SessionID]) {
        count(Self.damagedSegments, sessions.count, areWords: false)
        damaged.formUnion(sessions)
    }

    mutating func know(_ tombstone: Tombstone) {
        known[tombstone.session, default: Tombstone(of: tombstone.session, isWhole: false)].formUnion(tombstone)
    }

    mutating func know(_ identity: String, at time: String, of session: SessionID) {
        known[session, default: Tombstone(of: session, isWhole: false)].known.add(identity, at: time)
    }
}
