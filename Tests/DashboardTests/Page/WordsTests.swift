import Domain
import Testing

@testable import Dashboard
@testable import Operations

@Suite struct WordsTests {
    @Test(arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-1000, "-1,000")])
    func groupsByThree(number: Int, text: String) { #expect(Words.count(number) == text) }

    @Test(arguments: [
        (0.0002, "0.2 ms"), (0.25, "250 ms"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (172_799, "47 h"),
        (172_800, "2 d"), (86_400_000, "1,000 d"), (-3, "0.0 ms"),
    ])
    func namesDurations(seconds: Double, text: String) { #expect(Words.duration(seconds: seconds) == text) }

    @Test(arguments: [(71, "71 bytes"), (1250, "1.3 kB"), (21_400_000, "21.4 MB"), (2e12, "2.0 TB")])
    func namesSizes(bytes: Double, text: String) { #expect(Words.size(bytes: bytes) == text) }

    @Test func tellsTimesFromNow() {
        #expect(Words.relative(1000, now: 10_999) == "9 s ago")
        #expect(Words.relative(10_999, now: 1000) == "in 9 s")
        #expect(Words.relative(1001, now: 1000) == "0 s ago")
        #expect(Words.decimal(0.42, places: 2) == "0.42")
        #expect(Words.decimal(3, places: 2) == "3.00")
    }

    /// An episode's record may have been written by anybody.
    @Test(arguments: ["", "<b>", "yesterday"])
    func showsNoTimeThatIsNone(time: String) {
        let episode = EpisodeView(
            episode_id: "1f", dispatch_key: "", session_id: "s", captured_at: time, state: "dead", error_type: "",
            error_message: "", retry_count: 0, title: "", digest: "", text: "")
        let shown = EpisodeReader.context(.success(episode), now: Timestamp(0))["episode"]
        #expect(shown?["captured_at"] == .null && shown?["error_message"] == .null)
        #expect(shown?["title"] == "(no title)" && shown?["text"] == "not kept" && shown?["dispatch_key"] == "no key")
    }
}
