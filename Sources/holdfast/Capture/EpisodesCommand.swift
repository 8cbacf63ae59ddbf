internal import ArgumentParser
internal import Capture
internal import Domain
internal import FoundationEssentials
internal import Operations
internal import Platform
internal import Redis
internal import Settings
internal import Storage

struct EpisodesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "episodes",
        abstract: "Shows what has been captured and waits to become memory.",
        subcommands: [List.self, Show.self, Retry.self, Discard.self], defaultSubcommand: List.self
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Lists episodes, those due first.",
            discussion: """
                Example:
                  holdfast episodes list --state dead
                """)

        @Option(help: "scheduled, leased, dead or done; all but done when left out.")
        var state: String?

        @Option(help: "At most so many of each state.")
        var limit = 100

        @OptionGroup var output: JSONOption

        func run() throws {
            try reporting {
                let states = try chosenStates()
                guard limit > 0 else { throw Failure(.usage, "--limit \(limit): must be 1 or more") }
                let place = try Workplace()
                var connection = try place.connect()
                let queue = place.queue
                var rows: [Row] = []
                for state in states {
                    for (id, due) in try connection.ask(queue.timed(state, 0..<limit)) {
                        let record = state == .done ? nil : try connection.ask(queue.episode(id))
                        rows.append(Row(id, state, due, record))
                    }
                }
                if output.json { return try Terminal.printJSON(rows) }
                guard !rows.isEmpty else { return print("no episodes") }
                Terminal.printTable(
                    [["EPISODE", "STATE", "WHEN", "SESSION", "KEY", "ENTRIES"]]
                        + rows.map { [$0.episode_id, $0.state, $0.when, $0.session_id, $0.dispatch_key, $0.entries] })
            }
        }

        private func chosenStates() throws -> [EpisodeQueue.State] {
            guard let state else { return [.scheduled, .leased, .dead] }
            guard let chosen = EpisodeQueue.State(rawValue: state) else {
                throw Failure(.usage, "--state \(state): choose scheduled, leased, dead or done")
            }
            return [chosen]
        }
    }

    private struct Row: Encodable {
        let episode_id: String
        let state: String
        /// Due, end of lease, failed or done: what the state's set is ordered by.
        let at: String
        let session_id: String
        let dispatch_key: String
        let entries: String
        let session_file: String
        let bytes_from: Int64?
        let bytes_to: Int64?
        let captured_at: String
        let retry_count: Int?
        let error_message: String
        var when: String { milliseconds > HostClock.wallMilliseconds ? at : Terminal.ago(milliseconds) }
        private let milliseconds: Int64

        enum CodingKeys: CodingKey {
            case episode_id, state, at, session_id, dispatch_key, entries, session_file, bytes_from, bytes_to
            case captured_at, retry_count, error_message
        }

        init(_ id: EpisodeID, _ state: EpisodeQueue.State, _ at: Int64, _ record: EpisodeRecord?) {
            episode_id = id.rawValue
            self.state = state.rawValue
            self.at = ISOTime.text(at)
            milliseconds = at
            session_id = record?.sessionID ?? ""
            dispatch_key = record?.dispatchKey?.rawValue ?? ""
            entries = record.map { String($0.entryCount) } ?? ""
            session_file = record?.sessionFile ?? ""
            bytes_from = record?.bytes.lowerBound
            bytes_to = record?.bytes.upperBound
            captured_at = record?.capturedAt ?? ""
            retry_count = record.map { Int($0.retryCount) }
            error_message = record?.errorMessage ?? ""
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Prints what an episode says.",
            discussion: """
                Example:
                  holdfast episodes show 3f2a9c…
                """)

        @Argument(help: "The episode's ID.")
        var id: String

        @OptionGroup var output: JSONOption

        func run() throws {
            try reporting {
                let place = try Workplace()
                var connection = try place.connect()
                guard var record = try connection.ask(place.queue.episode(try Workplace.episodeID(id))) else {
                    throw Failure(.no, "no episode \(id); see 'holdfast episodes list'")
                }
                let entries = Workplace.entries(record.content ?? "")
                let text = ConversationText.render(entries)
                if output.json {
                    record.content = nil
                    let fields = record.fields.merging(["episode_id": id]) { $1 }
                    return try Terminal.printJSON(Answer(text: text, entries: entries, fields: fields))
                }
                if let discarded = record.discardedAt { Terminal.complain("discarded at \(discarded)") }
                print(text, terminator: "")
            }
        }

        struct Answer: Encodable {
            let text: String
            let entries: [EpisodeEntry]
            let fields: [String: String]
        }
    }

    struct Retry: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retry", abstract: "Makes episodes due now; the dead get all their retries anew.",
            discussion: """
                Exits 1 when none of them was there to retry.

                Example:
                  holdfast episodes retry --all-dead
                """)

        @Argument(help: "The IDs of episodes.")
        var ids: [String] = []

        @Flag(help: "All that failed for good.")
        var allDead = false

        @OptionGroup var output: JSONOption

        func run() throws {
            try reporting {
                let place = try Workplace()
                var parsed = try ids.map(Workplace.episodeID)
                if allDead {
                    parsed += try place.deadEpisodes()
                } else if ids.isEmpty {
                    throw Failure(.usage, "name episodes, or say --all-dead")
                }
                let states = Dictionary(
                    try place.retry(parsed).map { ($0.id.rawValue, $0.state.rawValue) }, uniquingKeysWith: { $1 })
                if output.json {
                    try Terminal.printJSON(states)
                } else {
                    let counts = Dictionary(states.values.map { ($0, 1) }, uniquingKeysWith: +)
                    for (state, count) in counts.sorted(by: { $0.key < $1.key }) { print("\(count) \(state)") }
                }
                if !states.values.contains("scheduled") { throw ExitCode(Failure.Code.no.rawValue) }
            }
        }
    }

    struct Discard: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "discard", abstract: "Gives up what episodes say; they never come back.",
            discussion: """
                The ledger keeps that they were there. Exits 1 when none of them was there to discard.

                Example:
                  holdfast episodes discard 3f2a9c…
                """)

        @Argument(help: "The IDs of episodes.")
        var ids: [String]

        @OptionGroup var output: JSONOption

        func run() throws {
            try reporting {
                let parsed = try ids.map(Workplace.episodeID)
                let discarded = try Workplace().discard(parsed).map(\.rawValue)
                if output.json {
                    try Terminal.printJSON(["discarded": discarded])
                } else {
                    print("\(discarded.count) of \(parsed.count) discarded")
                }
                if discarded.isEmpty { throw ExitCode(Failure.Code.no.rawValue) }
            }
        }
    }
}
