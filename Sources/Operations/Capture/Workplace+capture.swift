internal import Capture
internal import Domain
internal import Platform
internal import Redis
internal import Settings
internal import Storage
internal import Transcripts

/// What was captured of a transcript.
package struct CaptureAnswer: Encodable, Sendable {
    package let session_id: String
    package let episodes: Int
    package let bytes: Int64

    private enum CodingKeys: CodingKey { case session_id, episodes, bytes }

    /// All as texts.
    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(session_id, forKey: .session_id)
        try object.encode("\(episodes)", forKey: .episodes)
        try object.encode("\(bytes)", forKey: .bytes)
    }
}

extension Workplace {
    /// Captures one transcript, from where it was captured last.
    /// - Throws: `Failure`, with why nothing was captured.
    package func capture(_ file: String) throws -> CaptureAnswer {
        guard let path = Files.realPath(file) else {
            throw Failure(.badInput, "\(file): no such file, or it cannot be reached")
        }
        let found = TranscriptSources.standard.source(of: path).file(named: path)
        var connection = try connectStarting()
        guard let origin = try EpisodeOrigin.find(for: found, settings: settings, host: host, over: &connection)
        else { throw Failure(.badInput, "\(file): neither its name nor its first lines say which session it is") }
        var job = TranscriptCapture.Job(
            request: CaptureRequest(path: path, configDirectory: "", agentID: found.agentID), origin: origin)
        job.isTrusted = true
        switch try TranscriptCapture(settings: settings, host: host).run(job, over: &connection) {
        case .captured(let episodes, let bytes):
            let mended = try mend(try accounts(of: [found]), of: [found]).outcome
            return CaptureAnswer(
                session_id: origin.session.rawValue, episodes: episodes + mended.episodes, bytes: bytes + mended.bytes)
        case .excluded(let reason): throw Failure(.no, "not captured: \(reason)")
        case .full:
            throw Failure(.busy, "the queue is full; see 'holdfast episodes list', or raise retry_queue_max_size")
        case .busy: throw Failure(.busy, "another process captures this file; try again in a moment")
        case .missing: throw Failure(.badInput, "\(file): no such file")
        case .answerMissing: throw Failure(.no, "the agent's last words are not in the file yet")
        case .unreadable(let reason): throw Failure(.badInput, reason)
        }
    }
}
