package import Chronicle

extension Status {
    /// Its troubles, for the chronicle: one of a kind.
    package var pastTroubles: [Chronicle.Trouble] {
        var kinds: Set<Trouble.Kind> = []
        return troubles.filter { kinds.insert($0.kind).inserted }.map { trouble in
            Chronicle.Trouble(
                kind: trouble.kind.rawValue, severity: trouble.severity.rawValue,
                began: (trouble.since ?? observed_at).milliseconds, what: trouble.what)
        }
    }
}
