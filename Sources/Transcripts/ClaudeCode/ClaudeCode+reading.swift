package import Domain
internal import Glibc
internal import Platform

extension ClaudeCode {
    package func open(
        _ path: String, in configDirectory: String?
    ) throws(TranscriptRefusal) -> any Transcript {
        try ClaudeCodeTranscript(path, below: configDirectory.map(storage))
    }

    package func end(of path: String) -> Int64? { (try? Files.status(path).st_size).map(Int64.init) }

    package func head(of path: String) -> TranscriptHead {
        var head = TranscriptHead()
        // The first lines may be summaries of other sessions, without an id.
        var left = 50
        forEachLine(of: path, from: 0) { _, line, _ in
            left -= 1
            if head.sessionID.isEmpty { head.sessionID = line?.sessionID ?? "" }
            if head.cwd.isEmpty { head.cwd = line?.cwd ?? "" }
            return left > 0 && (head.sessionID.isEmpty || head.cwd.isEmpty)
        }
        return head
    }

    /// Read back from the end, as far as need be.
    package func tail(of path: String) -> TranscriptTail {
        guard let end = end(of: path) else { return TranscriptTail() }
        var length: Int64 = 1 << 18
        while true {
            let start = max(0, end - length)
            var tail = TranscriptTail(), isFirst = start > 0
            forEachLine(of: path, from: start) { _, line, _ in
                // The end of a line may look like a whole one.
                if !isFirst, let line, !line.cwd.isEmpty {
                    // A client that knows of no branch says so with HEAD.
                    tail = TranscriptTail(cwd: line.cwd, branch: line.gitBranch == "HEAD" ? "" : line.gitBranch)
                }
                isFirst = false
                return true
            }
            guard tail.cwd.isEmpty, start > 0 else { return tail }
            length *= 16
        }
    }

    package func uuids(in path: String, at positions: Range<Int64>) -> Set<String> {
        var found: Set<String> = []
        forEachLine(of: path, from: positions.lowerBound) { _, line, end in
            if let line, !line.uuid.isEmpty { found.insert(line.uuid) }
            return end < positions.upperBound
        }
        return found
    }

    package func messages(in path: String, holding sought: SoughtText?) -> [NamedMessage] {
        var found: [NamedMessage] = []
        forEachLine(of: path, from: 0) { text, _, _ in
            var place = text.skipSpace(0)
            // Objects may be glued together.
            while place < text.count {
                let line = TranscriptLine.read(text, at: place)
                let end = line.map { text.skipSpace($0.end) } ?? text.count
                if sought.map({ text.holds($0, in: place..<end) }) ?? (line != nil) {
                    found.append(NamedMessage(uuid: line?.uuid ?? "", at: line?.timestamp ?? ""))
                }
                place = end
            }
            return true
        }
        return found
    }

    /// - Parameter look: gets a line, what it holds, nil where it is none of the client's, and where it ends; answers whether
    ///   to go on. What cannot be read says nothing.
    func forEachLine(of path: String, from start: Int64, _ look: (JSONText, TranscriptLine?, Int64) -> Bool) {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var lines = FileLines(descriptor, named: path, from: start)
        var goesOn = true
        while goesOn,
            (try? lines.next { text, offset, _ in
                goesOn = look(text, TranscriptLine.read(text, at: text.skipSpace(0)), offset + Int64(text.count))
                return text.count
            }) == true
        {}
    }

    package var resumeFailure: any ResumeFailureText { ClaudeCodeResumeFailure() }
}
