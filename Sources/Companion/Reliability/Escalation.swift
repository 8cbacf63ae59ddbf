internal import Chronicle
internal import Domain

extension ChronicleKeeper {
    /// Notes that something failed, and tells people where it was tried in vain for the second time.
    func failed(
        _ cause: Incident.Cause, _ reason: String, at now: Int64, telling escalate: @Sendable (String) async -> Void
    ) async {
        let attempts = write { chronicle throws(ChronicleError) in
            try chronicle.began(cause, at: now, detail: reason)
        }
        guard attempts == 2 else { return }
        await escalate("\(cause.sentence): \(reason). It was tried twice; 'holdfast reliability' says more.")
    }
}

extension Incident.Cause {
    fileprivate var sentence: String {
        switch self {
        case .syncFailed: "The second copy is not brought up to date"
        case .checkpointFailed: "No checkpoint can be made"
        default: "Something fails (\(rawValue.replacing("_", with: " ")))"
        }
    }
}
