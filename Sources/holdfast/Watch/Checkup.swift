internal import Operations

/// The doctor's checks.
struct Checkup {
    let place: Workplace
    let status: Status

    init(_ place: Workplace) throws {
        self.place = place
        status = try place.status()
    }

    func run() -> [Check] {
        redis() + [
            companion(), dashboard(), provider(), archive(), hooks(), firing(), client(), spool(), disk(), clock(),
        ]
            + modes()
    }

    /// A check of something the status judges.
    func judged(_ name: String, by kinds: [Trouble.Kind], well finding: String) -> Check {
        guard let trouble = status.troubles.first(where: { kinds.contains($0.kind) }) else {
            return Check(outcome: .ok, name: name, finding: finding)
        }
        return Check(
            outcome: trouble.severity == .error ? .fail : .warn, name: name, finding: trouble.what,
            remedy: trouble.remedy)
    }
}
