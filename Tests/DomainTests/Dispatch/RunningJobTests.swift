import Domain
import Testing

@Suite struct RunningJobTests {
    @Test(arguments: [
        ("2.1.139", false), ("2.1.235", false), ("2.1.329", true), ("2.2.0", true), ("3.0.1", true), ("", true),
    ])
    func namesOnlyWhatTheClientKnows(version: String, canBeStopped: Bool) {
        let job = RunningJob(id: "ab12cd34", clientVersion: version)
        #expect(job.canBeStopped == canBeStopped)
        #expect(job.words.contains("claude stop ab12cd34") == canBeStopped)
    }
}
