import Domain
import Operations
import Testing

@Suite struct EpisodeExcerptTests {
    private func view(memory: String = "", digest: String = "", text: String = "") throws -> EpisodeView {
        var members: [String: JSONValue] = [
            "episode_id": .string(String(repeating: "a", count: 32)), "dispatch_key": "coder/1", "session_id": "s",
            "captured_at": "2026-11-21T18:30:29.123Z", "state": "memory", "error_type": "", "error_message": "",
            "retry_count": 0, "next_retry": .null, "title": "T", "digest": .string(digest), "text": .string(text),
            "memory": .null,
        ]
        if !memory.isEmpty {
            members["memory"] = [
                "title": "M", "summary": .string(memory), "decisions": [], "files": [], "commands": [],
                "open_questions": [], "entities": [], "relations": [], "provider": "p", "model": "m", "made_at": "",
            ]
        }
        return try JSONValue.object(members).decode(EpisodeView.self)
    }

    @Test func whatIsShortIsWhole() throws {
        let excerpt = EpisodeExcerpt(
            of: try view(memory: "sum", digest: "? q", text: "said"), part: nil, offset: 0, limit: 8000)
        #expect(excerpt.memory?.summary == "sum")
        #expect(excerpt.digest == "? q" && excerpt.text == "said" && excerpt.next == nil)
        #expect(excerpt.words == "M\n\nsum")
    }

    @Test func theLimitHoldsForAllPartsTogether() throws {
        let view = try view(
            memory: "sum", digest: String(repeating: "d", count: 300), text: String(repeating: "t", count: 9000))
        let excerpt = EpisodeExcerpt(of: view, part: nil, offset: 0, limit: 1000)
        #expect(excerpt.memory != nil && excerpt.digest.count == 300)
        #expect(excerpt.text.count == 1000 - 300 - excerpt.characters.memory)
        #expect(excerpt.next?.part == .text && excerpt.next?.offset == excerpt.text.count)
        #expect(excerpt.characters.text == 9000)
    }

    @Test(arguments: EpisodeExcerpt.Part.allCases)
    func piecesMakeTheWhole(part: EpisodeExcerpt.Part) throws {
        let long = (0..<900).map { "w\($0)e\u{301}" }.joined(separator: " ")
        let view = try view(memory: long, digest: long, text: long)
        var whole = "", next: Int? = 0
        while let offset = next {
            let excerpt = EpisodeExcerpt(of: view, part: part, offset: offset, limit: 500)
            let piece = excerpt.memory_text + excerpt.digest + excerpt.text
            #expect(piece.unicodeScalars.count <= 500 && excerpt.memory == nil)
            whole += piece
            next = excerpt.next?.offset
        }
        #expect(whole == (part == .memory ? "M\n\n" : "") + long)
    }

    @Test func aDigestExplainsItsSigns() throws {
        let view = try view(digest: "? why\n= since\n+ a.swift")
        let words = EpisodeExcerpt(of: view, part: nil, offset: 0, limit: 8000).words
        #expect(words.hasSuffix("(? asked, = answered, + file changed)"), "\(words)")
    }
}
