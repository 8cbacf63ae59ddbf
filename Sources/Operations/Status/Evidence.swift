/// What Holdfast promises.
package enum Promise: String, Codable, Sendable, CaseIterable {
    /// Which session goes on under which key.
    case recorded
    /// What was said is taken from the transcripts.
    case captured
    /// It lies where no restart of Redis reaches it.
    case archived
    /// A memory is made of it.
    case remembered
    /// Its transcript comes back byte for byte, should the client delete it.
    case kept
}

/// When a promise was last seen kept, and when broken, by one witness. All that a status may say "well" by: a counter
/// that has grown, a refusal, a failed call is a failure until something of the same kind has succeeded after it.
package struct Evidence: Codable, Sendable {
    package let promise: Promise
    /// What was looked at.
    package let witness: String
    /// What its failure means, as a clause.
    let meaning: String
    @OrNull package private(set) var succeeded: Timestamp?
    @OrNull package private(set) var failed: Timestamp?

    enum CodingKeys: String, CodingKey { case promise, witness, meaning, succeeded, failed }

    init(
        _ promise: Promise, by witness: String, _ meaning: String, succeeded: Timestamp? = nil,
        failed: Timestamp? = nil
    ) {
        self.promise = promise
        self.witness = witness
        self.meaning = meaning
        self.succeeded = succeeded
        self.failed = failed
    }

    /// Of something that is seen as it is now: whether it stands well.
    init(_ promise: Promise, by witness: String, _ meaning: String, isWell: Bool, at now: Timestamp) {
        self.init(promise, by: witness, meaning, succeeded: isWell ? now : nil, failed: isWell ? nil : now)
    }

    /// Whether nothing failed since the last success. What never failed needs no success: a new house is well.
    package var holds: Bool {
        guard let failed else { return true }
        return succeeded.map { $0 > failed } ?? false
    }
}
