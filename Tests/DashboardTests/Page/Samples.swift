import Domain
import FoundationEssentials
import Settings
import Testing

@testable import Dashboard
@testable import Operations

/// Recorded: answers of the API (`inputs-…`, written by hand), and the page that came of them.
///
/// After a change that is meant, `HOLDFAST_RENEW=1 swift test --filter DashboardTests.PageTests` writes the page
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

    var inputs: JSONValue { get throws { try JSONValue(parsing: Self.text("inputs-\(name).json")) } }
    var html: String { get throws { try Self.text("page-\(name).html") } }

    var status: Status { get throws { try Self.status(inputs.part("status")) } }

    /// What is not recorded is as in a status of nothing.
    static func status(_ recorded: JSONValue) throws -> Status {
        let blank = try JSONValue(encoding: Status(host: "", observedAt: Timestamp(0)))
        return try JSONDecoder().decode(Status.self, from: Data(blank.overlaid(by: recorded).text.utf8))
    }

    var query: PageQuery {
        get throws { PageQuery((try inputs.part("query").members ?? [:]).compactMapValues { $0.string }) }
    }

    var lists: PageLists { get throws { try Self.lists(inputs.part("lists")) } }

    static func lists(_ recorded: JSONValue) throws -> PageLists {
        func answer<List: Decodable & Sendable>(_ name: String) throws -> PageLists.Answer<List>? {
            let answer = recorded.part(name)
            if answer == .null { return nil }
            guard let error = answer["error"], error != .null else {
                return .success(try JSONDecoder().decode(List.self, from: Data(answer.text.utf8)))
            }
            return .failure(PageTrouble(error["message"]?.string ?? "", remedy: error["remedy"]?.string ?? ""))
        }
        let none = PageLists.none
        return PageLists(
            sessions: try answer("sessions") ?? none.sessions, failures: try answer("failures") ?? none.failures,
            groups: try answer("groups") ?? none.groups, activity: try answer("activity") ?? none.activity,
            memory: try answer("memory"), events: try answer("events") ?? none.events, episode: try answer("episode"))
    }

    /// Whether no other text can stand in its place: a time, or a word of ours that is one of a few.
    static func isOurs(_ text: String) -> Bool {
        let words = [
            "running", "degraded", "stopped", "gone", "redis", "files", "error", "warning", "ample", "low",
            "registry", "pool",
        ]
        if SessionLook.Standing(rawValue: text) != nil || LookupVerdict(rawValue: text) != nil { return true }
        return ISOTime.milliseconds(text) != nil || words.contains(text) || Trouble.Kind(rawValue: text) != nil
    }

    // MARK: - Renewal

    /// Writes the page where it is not the recorded one and renewal is asked for.
    /// - Returns: whether it did.
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

extension PageLists {
    /// Of somebody who has nothing yet.
    static let none = PageLists(
        sessions: .success(SessionLooks(sessions: [], total: 0)),
        failures: .success(FailurePage(failures: [], total: 0)),
        groups: .success(FailureGroups(groups: [])), activity: .success(Activity(hours: [], days: [])),
        events: .success(EventList(events: [])))
}

extension JSONValue {
    func part(_ name: String) -> JSONValue { self[name] ?? .null }

    /// Members of objects one by one, all else as a whole.
    fileprivate func overlaid(by other: JSONValue) -> JSONValue {
        guard let members, let others = other.members else { return other }
        return .object(members.merging(others) { $0.overlaid(by: $1) })
    }
}
