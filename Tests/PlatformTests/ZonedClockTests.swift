import Domain
import Platform
import Testing

@Suite struct ZonedClockTests {
    @Test func findsTheNextSuchMoment() {
        // 2026-11-28 12:00 UTC
        let now: Int64 = 1_795_867_200_000, hour: Int64 = 3_600_000
        func at(_ hour: Int, _ month: Int? = nil, _ day: Int? = nil) -> Int64? {
            ZonedClock.milliseconds(of: .clock(hour: hour, minute: 0, month: month, day: day, zone: "UTC"), after: now)
        }
        #expect(at(15) == now + 3 * hour)
        #expect(at(11) == now + 23 * hour)
        #expect(at(12, 12, 2) == now + 96 * hour)
        #expect(at(12, 6, 1) == nil, "too far away to be believed")
        #expect(ZonedClock.milliseconds(of: .absolute(now / 1000 + 60), after: now) == now + 60_000)
        #expect(ZonedClock.milliseconds(of: .absolute(now / 1000 - 60), after: now) == nil)
        let nowhere = ResetTime.clock(hour: 1, minute: 0, month: nil, day: nil, zone: "No/Where")
        #expect(ZonedClock.milliseconds(of: nowhere, after: now) == nil)
    }
}
