import Domain
import FoundationEssentials
import Operations
import Testing

@testable import Dashboard

@Suite struct PageTests {
    @Test(arguments: Samples.full)
    func drawsTheRecordedPage(name: String) throws {
        let sample = Samples(name: name)
        let html = try Samples.page.get().full(
            status: try sample.status, query: try sample.query, lists: try sample.lists)
        try expectRecorded(html, sample)
    }

    @Test func drawsTheRecordedReducedPage() throws {
        let sample = Samples(name: "reduced")
        try expectRecorded(try Samples.page.get().reduced(status: try sample.status), sample)
    }

    @Test func readsWellWhateverIsMissing() throws {
        let status = Status(host: "", observedAt: Timestamp(0))
        let html = try Samples.page.get().full(status: status, query: PageQuery(), lists: PageLists.none)
        #expect(html.hasSuffix("</html>\n"))
        #expect(!html.contains("{{"))
        #expect(try Samples.page.get().reduced(status: status).hasSuffix("</html>\n"))
    }

    @Test func saysInItsPlaceWhatCouldNotBeRead() throws {
        let trouble = PageTrouble("Redis <hangs>", remedy: "wait")
        let lists = PageLists(
            sessions: .failure(trouble), failures: .failure(trouble), groups: .failure(trouble),
            activity: .failure(trouble), memory: .failure(trouble),
            events: .failure(trouble), episode: .failure(trouble))
        let html = try Samples.page.get().full(
            status: try Samples(name: "all-well").status, query: PageQuery(["q": "parser"]), lists: lists)
        #expect(count("This list could not be read. Redis &lt;hangs&gt;: wait", in: html) == 3)
        #expect(count("The search did not work. Redis &lt;hangs&gt;: wait", in: html) == 1)
        #expect(count("The episode could not be read. Redis &lt;hangs&gt;: wait", in: html) == 1)
    }

    /// Every file that the page or one of its modules asks for is served.
    @Test func servesWhatItLoads() throws {
        let assets = Dictionary(uniqueKeysWithValues: PageAssets.all.map { ($0.path, $0) })
        let page = String(decoding: PackageResources.page_mustache, as: UTF8.self)
        #expect(assets.count == 15)
        for path in references(in: page, behind: "\"/assets/", until: "\"") {
            #expect(assets["/assets/\(path)"] != nil)
        }
        for asset in assets.values {
            let text = String(decoding: asset.bytes, as: UTF8.self)
            for path in references(in: text, behind: " from './", until: "'") {
                #expect(assets["/assets/\(path)"] != nil, "\(asset.path) imports \(path)")
            }
            #expect(asset.contentType.hasPrefix(asset.path.hasSuffix(".css") ? "text/css" : "text/javascript"))
        }
    }

    private func references(in text: String, behind mark: String, until end: Character) -> [Substring] {
        parts(of: text, by: mark).dropFirst().map { $0.prefix { $0 != end } }
    }

    private func count(_ words: String, in text: String) -> Int { parts(of: text, by: words).count - 1 }

    private func parts(of text: String, by mark: String) -> [Substring] {
        text.split(separator: mark, omittingEmptySubsequences: false)
    }

    /// The first line that differs says more than two pages.
    private func expectRecorded(_ html: String, _ sample: Samples) throws {
        if try sample.renew(html: html) { return }
        let (ones, others) = (lines(html), lines(try sample.html))
        for (index, pair) in zip(ones, others).enumerated() where !pair.0.utf8.elementsEqual(pair.1.utf8) {
            Issue.record("line \(index + 1): \(pair.0)\n  is recorded as: \(pair.1)")
            return
        }
        #expect(ones.count == others.count)
    }

    /// Split by bytes: as a `Character` a line feed may have grown together with what follows it.
    private func lines(_ text: String) -> [String] {
        text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { String(Substring($0)) }
    }
}
