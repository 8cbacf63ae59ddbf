import Domain
import FoundationEssentials

@testable import Dashboard

/// What `Tests/Page/mock/samples.py` wrote: answers of the API, the context and the page that it makes of them.
struct Samples {
    static let full = ["all-well", "circuit-open", "redis-down", "empty", "hostile"]

    let name: String

    /// Made once: the template takes longer to read than to draw.
    static let page = Result { try Page() }

    private static let folder =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
        + "/Fixtures/"

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

    private static func text(_ file: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: folder + file)), as: UTF8.self)
    }
}
