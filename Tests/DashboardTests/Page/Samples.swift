import Domain
import FoundationEssentials
import Settings
import Testing

@testable import Dashboard

/// Recorded: answers of the API (`inputs-…`, written by hand), and the context and the page that came of them.
///
/// After a change that is meant, `HOLDFAST_RENEW=1 swift test --filter DashboardTests.PageTests` writes context and page
/// anew from the inputs; the difference is then for people to read.
struct Samples {
    static let full = ["all-well", "circuit-open", "redis-down", "empty", "hostile"]

    let name: String

    /// Made once: the template takes longer to read than to draw.
    static let page = Result { try Page() }

    private static let folder =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
        + "/Fixtures/"

    private static let isRenewing = Settings.processEnvironment["HOLDFAST_RENEW"] == "1"

    var context: JSONValue { get throws { try JSONValue(parsing: Self.text("context-\(name).json")) } }
    var inputs: JSONValue { get throws { try JSONValue(parsing: Self.text("inputs-\(name).json")) } }
    var html: String { get throws { try Self.text("page-\(name).html") } }

    var status: JSONValue { get throws { try inputs.part("status") } }

    var query: PageQuery {
        get throws { PageQuery((try inputs.part("query").members ?? [:]).compactMapValues { $0.string }) }
    }

    var lists: PageLists {
        get throws {
            let lists = try inputs.part("lists")
            func answer(_ name: String) -> PageLists.Answer? {
                let answer = lists.part(name)
                if answer == .null { return nil }
                guard let error = answer["error"], error != .null else { return .success(answer) }
                return .failure(PageTrouble(error.text("message"), remedy: error.text("remedy")))
            }
            let none = PageLists.Answer.success(.null)
            return PageLists(
                sessions: answer("sessions") ?? none, failures: answer("failures") ?? none, memory: answer("memory"),
                events: answer("events") ?? none, episode: answer("episode"))
        }
    }

    // MARK: - Renewal

    /// Writes the context where it is not the recorded one and renewal is asked for.
    /// - Returns: whether it did.
    func renew(context made: JSONValue) throws -> Bool {
        // What is recorded may be missing or no JSON.
        guard Self.isRenewing, (try? context) != made else { return false }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try Self.write(String(decoding: encoder.encode(made), as: UTF8.self) + "\n", "context-\(name).json")
    }

    /// The same for the page.
    func renew(html made: String) throws -> Bool {
        guard Self.isRenewing, (try? html)?.utf8.elementsEqual(made.utf8) != true else { return false }
        return try Self.write(made, "page-\(name).html")
    }

    /// A run that wrote has compared nothing, so it does not pass.
    private static func write(_ text: String, _ file: String) throws -> Bool {
        try Data(text.utf8).write(to: URL(filePath: folder + file), options: .atomic)
        Issue.record("\(file) was written anew")
        return true
    }

    private static func text(_ file: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: folder + file)), as: UTF8.self)
    }
}
