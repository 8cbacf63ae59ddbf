internal import Domain

/// What is forgotten while a model reads it must not come back as a memory.
extension Drain {
    /// From now on nothing is stored that is made of this.
    func beginForgetting(_ forgotten: Forgotten) { beingForgotten = forgotten }

    /// The archive has forgotten it: what is begun from now on is of what is left. What was begun before stays void.
    func endForgetting() {
        for lease in held.values where isVoid(lease) { voided.insert(Self.name(of: lease)) }
        beingForgotten = nil
    }

    func isVoid(_ lease: Lease) -> Bool {
        if voided.contains(Self.name(of: lease)) { return true }
        guard let beingForgotten else { return false }
        return beingForgotten.remarks.contains(lease.id)
            || beingForgotten.remainder(of: lease.content, lease.id, ofSession: lease.session) != .all
    }

    private static func name(of lease: Lease) -> String { "\(lease.id) \(lease.token)" }
}
