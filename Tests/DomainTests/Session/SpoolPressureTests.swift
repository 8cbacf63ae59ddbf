import Domain
import Testing

@Suite struct SpoolPressureTests {
    @Test(arguments: [
        (0, 1000, SpoolPressure.ample), (499, 1000, .ample), (500, 1000, .low), (1000, 1000, .full), (0, 399, .low),
        (0, 100, .low), (0, 99, .full),
    ])
    func warnsLongBeforeItRefuses(bytes: Int64, free: Int64, pressure: SpoolPressure) {
        #expect(SpoolPressure.judge(bytes: bytes, free: free, maximum: 1000, minimumFree: 100) == pressure)
    }
}
