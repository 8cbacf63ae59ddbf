/// How long a certificate is valid yet, and whether somebody should see to it.
package struct CertificateTerm: Sendable, Equatable {
    /// Whole days; negative once it has ended.
    package let days: Int

    /// Authorities that renew by themselves do so with a third of 90 days left; who renews by hand wants weeks.
    package static let worrying = 21
    package static let urgent = 3

    private static let day: Int64 = 86_400_000

    /// - Parameters: ms since 1970.
    package init(ends: Int64, now: Int64) {
        let left = ends - now
        days = Int(left >= 0 ? left / Self.day : -1 - (-left - 1) / Self.day)
    }

    /// nil where nobody has to.
    package var daysToWorry: Int? { days < Self.worrying ? days : nil }
    package var isUrgent: Bool { days < Self.urgent }
}
