internal import ArgumentParser
internal import Capture
internal import Domain
internal import Operations
internal import Platform
internal import Settings

struct CaptureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Captures one transcript now, from where it was captured last.",
        discussion: """
            Exits 0 when nothing of it is left to capture, 1 when it is excluded, 75 when the queue is full.

            Example:
              holdfast capture ~/.claude/projects/-home-me-app/0f3c….jsonl
            """
    )

    @Argument(help: "A transcript of Claude Code (.jsonl).")
    var file: String

    @OptionGroup var output: JSONOption

    func run() throws {
        try reporting {
            let place = try Workplace()
            guard let path = Files.realPath(file) else {
                throw Failure(.badInput, "\(file): no such file, or it cannot be reached")
            }
            let found = TranscriptFolder.file(named: path)
            var connection = try place.connectStarting()
            guard
                let origin = try EpisodeOrigin.find(
                    for: found, settings: place.settings, host: place.host, over: &connection)
            else { throw Failure(.badInput, "\(file): neither its name nor its first lines say which session it is") }
            var job = TranscriptCapture.Job(
                request: CaptureRequest(path: path, configDirectory: "", agentID: found.agentID), origin: origin)
            job.isTrusted = true
            try report(
                try TranscriptCapture(settings: place.settings, host: place.host).run(job, over: &connection), origin)
        }
    }

    private func report(_ outcome: TranscriptCapture.Outcome, _ origin: EpisodeOrigin) throws {
        switch outcome {
        case .captured(let episodes, let bytes):
            if output.json {
                return try Terminal.printJSON([
                    "session_id": origin.session.rawValue, "episodes": "\(episodes)", "bytes": "\(bytes)",
                ])
            }
            print(
                episodes == 0
                    ? "nothing new in session \(origin.session)"
                    : "\(episodes) episodes of session \(origin.session), \(bytes) bytes of its transcript")
        case .excluded(let reason): throw Failure(.no, "not captured: \(reason)")
        case .full:
            throw Failure(
                .busy, "the queue is full; see 'holdfast episodes list', or raise retry_queue_max_size")
        case .busy: throw Failure(.busy, "another process captures this file; try again in a moment")
        case .missing: throw Failure(.badInput, "\(file): no such file")
        case .answerMissing: throw Failure(.no, "the agent's last words are not in the file yet")
        case .unreadable(let reason): throw Failure(.badInput, reason)
        }
    }
}
