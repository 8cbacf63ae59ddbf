import Domain
import Platform
import Redaction
import TestSupport
import Transcripts

extension Said {
    struct Reading {
        var entries: [EpisodeEntry] = []
        var position: Int64 = 0
        var statistics = TranscriptStatistics()
        var isOwnWork = false

        var texts: [String] { entries.map(\.text) }
        /// What tells entries apart, whatever pieces they were read in.
        var marks: [String] { entries.map { "\($0.uuid) \($0.hash) \($0.role) \($0.text)" } }
    }

    func read(from offset: Int64 = 0, policy: FilterPolicy = FilterPolicy()) throws -> Reading {
        var rules = ReadingRules(policy: policy, redactor: Redactor())
        rules.countsSeen = true
        var reader = try ClaudeCode().open(path, in: nil).reader(from: Cursor(offset: offset), rules)
        var reading = Reading()
        while let entry = reader.next() { reading.entries += entry.entries }
        reading.position = reader.position
        reading.statistics = reader.statistics
        reading.isOwnWork = reader.ownWork != nil
        return reading
    }
}

/// Transcripts of public repositories beside the checkout; tests that read them are skipped where they are absent.
enum Corpus {
    static let folder = Built.root + "/../shared/corpus/transcripts"
    static var isThere: Bool { Files.exists(folder) }

    static let files: [String] = {
        var found: [String] = []
        collect(folder, &found)
        return found.sorted()
    }()

    private static func collect(_ folder: String, _ found: inout [String]) {
        for name in (try? Files.names(in: folder)) ?? [] {
            let path = folder + "/" + name
            if name.hasSuffix(".jsonl") { found.append(path) } else { collect(path, &found) }
        }
    }
}
