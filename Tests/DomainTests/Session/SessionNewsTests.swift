import Domain
import Foundation
import Testing

@Suite struct SessionNewsTests {
    /// All fields set, with everything JSON must escape.
    @Test(arguments: SessionNews.Kind.allCases)
    func writesItselfAsTheEncoderWould(kind: SessionNews.Kind) throws {
        let id = try #require(SessionID(rawValue: "s-1"))
        let moment = Moment(wallMilliseconds: 1_800_000_000_000, bootID: "b", bootMilliseconds: 5)
        var news = SessionNews(
            kind, of: id, key: try DispatchKey("ü/\"\\"), at: moment, host: "h", maxSessionAgeMilliseconds: 86_400_000)
        news.configDirectory = "/c"
        news.cwd = "/\u{0}\u{1f}\n\t\u{7f}ü😀/\"\\"
        news.transcriptPath = "/t"
        news.transcript = .found
        news.projectsFolder = "1:2"
        news.process = ClientProcess(pid: 7, startTicks: 1 << 50)
        news.ancestors = [ClientProcess(pid: 6, startTicks: 5), ClientProcess(pid: 4, startTicks: 3)]
        news.processSpace = "b/1/m"
        news.outerSession = id
        news.source = "resume"
        news.reason = "other"
        news.model = "m"
        news.startIsNotPending = true
        news.isKept = true
        news.failure = "too_long"
        news.credential = "c"
        news.limitedUntilMilliseconds = 5
        let own = try JSONValue(parsing: news.json)
        let encoded = try JSONValue(encoding: news)
        #expect(own == encoded)
        #expect(try JSONDecoder().decode(SessionNews.self, from: Data(news.json.utf8)) == news)
    }
}
