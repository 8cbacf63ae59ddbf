import Domain
import Testing

@Suite struct CertificateTermTests {
    private static let day: Int64 = 86_400_000

    @Test(arguments: [
        (40 * day, 40, false, false), (21 * day, 21, false, false), (21 * day - 1, 20, true, false),
        (3 * day, 3, true, false), (3 * day - 1, 2, true, true), (0, 0, true, true), (-1, -1, true, true),
        (-day, -1, true, true), (-day - 1, -2, true, true),
    ])
    func worriesInTime(left: Int64, days: Int, worries: Bool, isUrgent: Bool) {
        let now: Int64 = 1_700_000_000_000, term = CertificateTerm(ends: now + left, now: now)
        #expect(term.days == days)
        #expect((term.daysToWorry != nil) == worries)
        #expect(term.isUrgent == isUrgent)
    }
}
