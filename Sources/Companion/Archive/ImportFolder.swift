internal import Archive
internal import Logging
internal import Platform
internal import Redaction
package import Settings
internal import Threads

/// Where `holdfast memory import` leaves what it was given, for the one who writes the archive.
package struct ImportFolder: Sendable {
    package let path: String
    private let settings: LiveSettings

    package init(settings: LiveSettings) {
        path = settings.atStart.state.imports
        self.settings = settings
    }

    var isEmpty: Bool { !((try? Files.names(in: path)) ?? []).contains { $0.hasSuffix(".jsonl") } }

    /// How long a tally waits for whoever brought the file, ms.
    private static let tallyAge: Int64 = 3_600_000

    /// Takes in what lies there. A file is deleted when all of it is in the archive; lines that cannot be taken stay behind
    /// in a file beside it, and for an hour what became of all of them.
    func take(into handle: ArchiveHandle, logger: Logger) async throws {
        guard let names = try? Files.names(in: path) else { return }
        forgetTallies(names)
        for name in names.sorted() where name.hasSuffix(".jsonl") {
            let text: String
            do {
                let file = path + "/" + name
                text = try await BlockingWork.run { try Files.read(file, limit: 1 << 30) }
            } catch is CancellationError {
                return
            } catch {
                // Set aside, or it would stand in the way of everything else each second.
                logger.error("a file cannot be imported; it is set aside as .refused: \(error)")
                _ = Files.rename(path + "/" + name, to: path + "/" + name + ".refused")
                continue
            }
            // One that was interrupted begins anew, since the archive may be another by now; what was counted stays counted.
            var tally = ImportTally(of: path + "/" + name) ?? ImportTally()
            let counted = tally.lines
            let lines = text.split(separator: "\n").map(String.init)
            let redactor = settings.current.configuration.redactor
            for start in stride(from: 0, to: lines.count, by: 50) {
                let page = Array(lines[start..<min(lines.count, start + 50)])
                let outcomes = try await handle.use { archive throws(ArchiveError) in
                    var outcomes: [ImportOutcome] = []
                    for line in page {
                        outcomes.append(
                            try archive.importLine(line, nowMilliseconds: HostClock.wallMilliseconds) {
                                redactor.cleaned($0)
                            })
                    }
                    return outcomes
                }
                var refused: [String] = []
                for (index, (line, outcome)) in zip(page, outcomes).enumerated() where start + index >= counted {
                    tally.count(outcome)
                    guard case .refused(let reason) = outcome else { continue }
                    refused.append(line)
                    logger.warning("a line cannot be imported: \(reason)", metadata: ["file": "\(name)"])
                }
                if !refused.isEmpty {
                    try Files.add(refused.joined(separator: "\n") + "\n", to: path + "/" + name + ".refused")
                }
                // Without it the import itself is none the worse: what was looked at already is known then.
                do throws(FileError) {
                    try tally.write(of: path + "/" + name)
                } catch {
                    logger.warning("what became of an import cannot be noted: \(error)")
                }
            }
            Files.remove(path + "/" + name)
            logger.notice(
                "imported",
                metadata: [
                    "file": "\(name)", "added": "\(tally.added)", "memories_added": "\(tally.memoriesAdded)",
                    "known": "\(tally.known)", "forgotten": "\(tally.forgotten)", "refused": "\(tally.refused)",
                ])
        }
    }

    private func forgetTallies(_ names: [String]) {
        let oldest = HostClock.wallMilliseconds - Self.tallyAge
        for name in names where name.hasSuffix(ImportTally.suffix) && !names.contains(ImportTally.export(of: name)) {
            // Who left a file named it by the time.
            if Int64(name.prefix { $0 != "-" }) ?? 0 < oldest { Files.remove(path + "/" + name) }
        }
    }
}
