import Domain
import Testing

@Suite struct DigestTests {
    private func entry(_ role: EpisodeEntry.Role, _ text: String, subagent: String = "", uuid: String = "u")
        -> EpisodeEntry
    {
        EpisodeEntry(uuid: uuid, hash: "h", role: role, at: "", text: text, subagent: subagent)
    }

    @Test func holdsWhatWasAskedAndWhatCameOfIt() {
        let digest = Digest(of: [
            entry(.user, "First\nmore"), entry(.assistant, "thinking aloud"), entry(.call, "Read a.swift"),
            entry(.call, "Edit /b.swift"), entry(.call, "Edit /b.swift"), entry(.call, "Write /c d.swift"),
            entry(.assistant, "done"), entry(.user, "Second"), entry(.failure, "Bash make", uuid: "f"),
            entry(.failure, "exit 2", uuid: "f"), entry(.failure, "Bash test", uuid: "g"), entry(.thinking, "hm"),
            entry(.notice, "interrupted"), entry(.result, "r"), entry(.assistant, "gave up"),
        ])
        #expect(digest.prompts == ["First\nmore", "Second"])
        #expect(digest.answers == ["done", "gave up"])
        #expect(digest.files == ["/b.swift", "/c d.swift"])
        #expect(digest.failures == ["Bash make\nexit 2", "Bash test"])
        #expect(digest.title == "First")
        #expect(
            digest.text
                == "? First\nmore\n? Second\n= done\n= gave up\n+ /b.swift\n+ /c d.swift\n! Bash make\nexit 2\n! Bash test"
        )
    }

    @Test func aSubagentSpeaksOnlyInItsOwnFile() {
        let mixed = Digest(of: [
            entry(.user, "task"), entry(.user, "sub task", subagent: "a"), entry(.assistant, "answer"),
            entry(.assistant, "sub answer", subagent: "a"), entry(.call, "Edit /x", subagent: "a"),
        ])
        #expect(mixed.prompts == ["task"] && mixed.answers == ["answer"] && mixed.files == ["/x"])
        let own = Digest(of: [entry(.user, "sub task", subagent: "a"), entry(.assistant, "sub answer", subagent: "a")])
        #expect(own.prompts == ["sub task"] && own.answers == ["sub answer"])
    }

    @Test func anEmptyOneIsEmpty() {
        let digest = Digest(of: [])
        #expect(digest.text.isEmpty && digest.title.isEmpty)
        #expect(Digest(of: [entry(.user, " \n"), entry(.assistant, "\n  answered\nx")]).title == "answered")
    }

    @Test(arguments: ["x", "é", "日", "👨‍👩‍👧‍👦", "e\u{301}"])
    func isBounded(letter: String) {
        let long = String(repeating: letter, count: 70_000)
        var entries: [EpisodeEntry] = []
        for number in 0..<300 {
            entries += [
                entry(.user, long), entry(.assistant, long), entry(.call, "Edit \(number)\(long)"),
                entry(.failure, long, uuid: ""),
            ]
        }
        let digest = Digest(of: entries)
        #expect(digest.text.utf8.count <= Digest.textLimit)
        for items in [digest.prompts, digest.answers, digest.files, digest.failures] {
            #expect(items.count == 100)
            #expect(items.allSatisfy { $0.utf8.count <= 2000 && $0.hasSuffix("…") })
            #expect(items.allSatisfy { $0.dropLast().allSatisfy { "\($0)" == letter || $0.isNumber } })
        }
        #expect((80...120).contains(digest.title.count) && digest.title.hasSuffix("…"))
        for sign in ["? ", "= ", "+ ", "! "] {
            #expect(digest.text.contains("\n" + sign) || digest.text.hasPrefix(sign))
        }
    }
}
