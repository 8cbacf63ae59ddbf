internal import Archive
internal import ArgumentParser
internal import Capture
internal import Domain
internal import Glibc
internal import Redaction
internal import Redis
internal import Storage

struct AddMemoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Adds a text as an episode of its own.",
        discussion: """
            Answers success (there is a memory), degraded (the text is archived and searchable, without a memory), queued (it
            will be), or error. Without a model it does as on_llm_unavailable says. Exits 1 on error.

            Example:
              holdfast memory add 'The staging database moved to db2.' --key ops --wait 30
            """
    )

    @Argument(help: "The text; '-' reads stdin.")
    var text: String

    @Option(help: "The dispatch key it belongs to.")
    var key: String?

    @Option(help: "Seconds to wait for the memory.")
    var wait: Int64?

    @OptionGroup var output: JSONOption

    private struct Answer: Encodable {
        var outcome: String
        var episode_id: String?
        var milliseconds: Int64
        var error: String?
        var memory: MemoryView?
    }

    func run() throws {
        try reporting {
            let place = try Workplace()
            let clock = ContinuousClock()
            let start = clock.now
            var said = text
            if text == "-" {
                said = String(decoding: try Files.read(STDIN_FILENO, named: "stdin", limit: 16 << 20), as: UTF8.self)
            }
            var answer = try add(
                said, place, until: start + .seconds(wait ?? place.settings.configuration.waitForCompletionSeconds))
            answer.milliseconds =
                (clock.now - start) / .milliseconds(1) > 0 ? Int64((clock.now - start) / .milliseconds(1)) : 0
            if output.json {
                try Terminal.printJSON(answer)
            } else {
                print(
                    "\(answer.outcome)\(answer.episode_id.map { "  \($0)" } ?? "")  \(answer.milliseconds) ms\(answer.error.map { ": \($0)" } ?? "")"
                )
                if let memory = answer.memory { print(memory.lines.joined(separator: "\n")) }
            }
            if answer.outcome == "error" { throw ExitCode(Failure.Code.no.rawValue) }
        }
    }

    private func add(_ said: String, _ place: Workplace, until end: ContinuousClock.Instant) throws -> Answer {
        let key = try key.map { try DispatchKey($0) }
        let redacted = place.settings.configuration.redactor.redact(said)
        guard redacted.contains(where: { !$0.isWhitespace }) else {
            throw Failure(.badInput, "there is no text to add")
        }
        var connection = try place.connectStarting()
        let addition = Addition(text: redacted, key: key, host: place.host)
        let trouble = try modelTrouble(place, &connection)
        let policy = place.settings.configuration.unavailablePolicy
        if let trouble, policy == .fail {
            return Answer(
                outcome: "error", milliseconds: 0,
                error:
                    "\(trouble); nothing was added (on_llm_unavailable is fail; store_raw or queue_retry would keep it)"
            )
        }
        let span = addition.span(
            limit: place.settings.configuration.queueMaxSize, wantsMemory: trouble == nil || policy == .queueRetry)
        let id = span.episodes[0].id
        guard case .pushed = try connection.run(place.queue.pushingAnswer(span)) else {
            return Answer(
                outcome: "error", episode_id: id.rawValue, milliseconds: 0,
                error: "the queue is full; see 'holdfast status'")
        }
        while true {
            if let found = try place.archiveIfAny?.show(id) {
                if let memory = found.memory {
                    return Answer(
                        outcome: "success", episode_id: id.rawValue, milliseconds: 0, memory: MemoryView(memory))
                }
                if let outcome = found.place.outcome {
                    return Answer(
                        outcome: "degraded", episode_id: id.rawValue, milliseconds: 0,
                        error: outcome == .dead ? found.errorMessage : trouble)
                }
                if trouble != nil {
                    return Answer(outcome: "queued", episode_id: id.rawValue, milliseconds: 0, error: trouble)
                }
            }
            guard ContinuousClock().now < end else {
                // Without a model, and none wanted later, there is nothing more to come.
                let outcome = span.wantsMemory ? "queued" : "degraded"
                return Answer(outcome: outcome, episode_id: id.rawValue, milliseconds: 0, error: trouble)
            }
            usleep(20_000)
        }
    }

    /// Why no memory can be made now; nil when one can.
    private func modelTrouble(_ place: Workplace, _ connection: inout RedisConnection) throws -> String? {
        let kind = place.settings.configuration.provider.kind
        guard kind != .none else { return "no provider is configured" }
        guard let circuit = try connection.ownCircuit(place.settings), circuit.state == .open else { return nil }
        return "\(kind.rawValue) is not called now (\(circuit.reason))"
    }
}

/// A text that a person or a tool adds, as an episode without a transcript.
struct Addition {
    let text: String
    let key: DispatchKey?
    let host: String

    /// - Parameter limit: episodes the queue may hold.
    func span(limit: Int64, wantsMemory: Bool) -> EpisodeSpan {
        let session = SessionID.added
        let entry = EpisodeEntry(
            uuid: "", hash: Checksum.fnv1a(text).hexadecimal, role: .user, at: ISOTime.text(HostClock.wallMilliseconds),
            text: text)
        let id = EpisodeID(session: session, promptID: key?.rawValue ?? "", answer: text)
        var span = EpisodeSpan(
            file: FileID(host: host, path: ""), path: "", from: Cursor(), to: Cursor(), limit: limit,
            origin: EpisodeOrigin(session: session, dispatchKey: key, host: host), filterMark: "",
            episodes: [.init(id: id, bytes: 0..<0, content: entry.json, entryCount: 1)])
        span.wantsMemory = wantsMemory
        return span
    }
}
