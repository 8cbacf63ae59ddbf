internal import Domain

/// When a certificate counts, s since 1970.
struct Validity: Equatable {
    var begins: Int64
    var ends: Int64

    /// Why it does not count now, to go behind "its certificate"; nil where the time is not to blame.
    func fault(at now: Int64) -> String? {
        if now > ends { return "has expired (\(ISOTime.text(ends * 1000)))" }
        if now < begins { return "is not valid before \(ISOTime.text(begins * 1000)); see to this host's clock" }
        return nil
    }
}
