package import Domain

/// What is known of an episode, within a limit: who reads it has no room for all that may have been said.
package struct EpisodeExcerpt: Encodable, Sendable {
    package enum Part: String, Encodable, Sendable, CaseIterable {
        case memory, digest, text
    }

    /// Of the whole parts, in characters.
    package struct Sizes: Encodable, Sendable {
        package let memory: Int
        package let digest: Int
        package let text: Int
    }

    /// Where what was left out begins.
    package struct Next: Encodable, Sendable {
        package let part: Part
        package let offset: Int
    }

    package static let allowedLimits = 500...100_000
    package static let limit = 8000

    package let episode_id: String
    package let dispatch_key: String
    package let session_id: String
    package let captured_at: String
    package let state: String
    package let error_type: String
    package let error_message: String
    package let retry_count: Int
    @OrNull package var next_retry: String?
    package let title: String
    /// Whole; nil where there is none, it was not asked for, or it is longer than the limit.
    @OrNull package var memory: MemoryView?
    /// A piece of a memory that is longer than the limit, as people read it.
    package let memory_text: String
    package let digest: String
    /// What was said.
    package let text: String
    package let characters: Sizes
    /// nil where nothing more of what was asked for is there.
    @OrNull package var next: Next?

    /// Which part was asked for; nil for all of them.
    package let part: Part?

    private enum CodingKeys: CodingKey {
        case episode_id, dispatch_key, session_id, captured_at, state, error_type, error_message, retry_count,
            next_retry,
            title, memory, memory_text, digest, text, characters, next
    }

    /// - Parameters:
    ///   - part: nil for all, one after the other as far as the limit goes.
    ///   - offset: of the part, in characters.
    ///   - limit: of all parts together, in characters.
    package init(of view: EpisodeView, part: Part?, offset: Int, limit: Int) {
        let whole: [Part: String] = [
            .memory: view.memory?.lines.joined(separator: "\n") ?? "", .digest: view.digest, .text: view.text,
        ]
        let sizes = whole.mapValues(\.unicodeScalars.count)
        var pieces: [Part: String] = [:], left = limit, next: Next?
        for one in Part.allCases where part == nil || part == one {
            let from = part == nil ? 0 : offset
            let piece = (whole[one] ?? "").unicodeScalars.dropFirst(from).prefix(left)
            pieces[one] = String(piece)
            left -= piece.count
            if next == nil, from + piece.count < sizes[one] ?? 0 { next = Next(part: one, offset: from + piece.count) }
        }
        episode_id = view.episode_id
        dispatch_key = view.dispatch_key
        session_id = view.session_id
        captured_at = view.captured_at
        state = view.state
        error_type = view.error_type
        error_message = view.error_message
        retry_count = view.retry_count
        title = view.title
        let isWhole = pieces[.memory] == whole[.memory]
        memory_text = isWhole ? "" : pieces[.memory] ?? ""
        digest = pieces[.digest] ?? ""
        text = pieces[.text] ?? ""
        characters = Sizes(memory: sizes[.memory] ?? 0, digest: sizes[.digest] ?? 0, text: sizes[.text] ?? 0)
        self.part = part
        next_retry = view.next_retry
        memory = isWhole ? view.memory : nil
        self.next = next
    }

    /// The same of a session as a whole: its summary is the memory.
    package init(of handoff: Handoff, offset: Int, limit: Int) {
        let whole = handoff.markdown.unicodeScalars, piece = whole.dropFirst(offset).prefix(limit)
        episode_id = ""
        (dispatch_key, session_id, captured_at) = (handoff.dispatchKey, handoff.session, handoff.to)
        state = handoff.remark.isEmpty ? "summary" : handoff.remark
        (error_type, error_message, retry_count) = ("", "", 0)
        title = handoff.memory.title
        memory_text = String(piece)
        (digest, text) = ("", "")
        characters = Sizes(memory: whole.count, digest: 0, text: 0)
        part = .memory
        if offset + piece.count < whole.count { next = Next(part: .memory, offset: offset + piece.count) }
    }

    /// For people: what says most of it, or the part that was asked for.
    package var words: String {
        let shown: String
        switch part {
        case .memory: shown = memory?.lines.joined(separator: "\n") ?? memory_text
        case .text: shown = text
        case .digest: shown = explainedDigest
        case nil where memory != nil || !memory_text.isEmpty:
            shown = memory?.lines.joined(separator: "\n") ?? memory_text
        case nil: shown = [title, explainedDigest].filter { !$0.isEmpty }.joined(separator: "\n\n")
        }
        return shown.isEmpty ? "Nothing of that is there." : shown
    }

    private var explainedDigest: String {
        let legend = Digest.legend(of: digest)
        return legend.isEmpty ? digest : "\(digest)\n\n(\(legend))"
    }
}

extension Workplace {
    /// What is known of an episode, within a limit.
    /// - Parameter name: its ID, or the beginning of it.
    /// - Throws: `Failure` where nobody knows of it, or what is asked for is not allowed.
    package func excerpt(
        ofEpisode name: String, part: EpisodeExcerpt.Part? = nil, offset: Int = 0, limit: Int = EpisodeExcerpt.limit
    ) throws -> EpisodeExcerpt {
        guard offset >= 0, part != nil || offset == 0 else {
            throw Failure(
                .usage, "offset is \(offset) of no part",
                remedy: "say which: \(EpisodeExcerpt.Part.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard EpisodeExcerpt.allowedLimits.contains(limit) else {
            let allowed = EpisodeExcerpt.allowedLimits
            throw Failure(.usage, "limit is \(limit); allowed: \(allowed.lowerBound) to \(allowed.upperBound)")
        }
        return EpisodeExcerpt(of: try episode(try episodeID(name)), part: part, offset: offset, limit: limit)
    }
}
