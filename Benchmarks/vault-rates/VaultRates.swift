internal import Domain
internal import Glibc
internal import Platform
internal import Settings
internal import Transcripts
internal import Vault

/// Tells how fast the vault takes transcripts in, to which part of their size, and how fast it gives a session back, one line
/// for each.
///
///     vault-rates FOLDER TRANSCRIPTS...
@main
struct VaultRates {
    private let folder: String
    private let state: StateFolder
    private let vault: Vault
    private let clock = ContinuousClock()

    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count > 1 else { fatalError("vault-rates FOLDER TRANSCRIPTS...") }
        let rates = try VaultRates(folder: arguments[1])
        if arguments.count > 2 { try rates.keep(Array(arguments[2...])) }
        try rates.giveBack(megabytes: 50)
    }

    private init(folder: String) throws {
        self.folder = folder
        state = StateFolder(path: folder + "/state")
        try state.prepare()
        vault = try Vault.open(state.vault)
    }

    private func keep(_ paths: [String]) throws {
        let keeper = SessionKeeper(vault: vault, state: state, host: "bench")
        let files = paths.map { ClaudeCode().file(named: $0) }
        let took = try clock.measure {
            for file in files { _ = try keeper.keep(file, isHurried: true, now: HostClock.wallMilliseconds) }
        }
        let counts = try vault.counts()
        let packed = counts.packBytes - counts.deadBytes
        print(
            "vault takes in: \(rate(counts.keptBytes, took)) MB/s, \(counts.keptBytes >> 20) MB of \(counts.files) files; "
                + "\(tenths(counts.keptBytes, packed)) : 1")
    }

    /// A session of so many megabytes, beside `cp` of the same file.
    private func giveBack(megabytes: Int64) throws {
        guard let session = SessionID(rawValue: "0f3c1a52-1111-4222-8333-123456789abc") else { return }
        let path = "\(folder)/claude/projects/-p/\(session).jsonl"
        try Files.makeFolder("\(folder)/claude/projects/-p")
        try write(megabytes << 20, to: path)
        let file = ClaudeCode().file(named: path)
        let keeper = SessionKeeper(vault: vault, state: state, host: "bench")
        let kept = try clock.measure { _ = try keeper.keep(file, isHurried: true, now: HostClock.wallMilliseconds) }
        let copied = try clock.measure { try copy(path, to: folder + "/copy") }
        guard let transcript = try vault.session(session)?.transcript,
            let placement = SessionPlacement(
                of: session, for: folder, in: folder + "/other", by: ClaudeCode())
        else { return }
        var segments = transcript.segments[...]
        let restored = try clock.measure {
            _ = try placement.place([
                SessionPlacement.File(name: transcript.name) {
                    try segments.popFirst().map { try vault.content(of: $0) }
                }
            ])
        }
        let ratio = Int64(restored / copied * 10)
        print(
            "vault gives back: \(megabytes) MB in \(Int64(restored / .milliseconds(1))) ms, \(ratio / 10).\(ratio % 10) x a synced copy; "
                + "taken in at \(rate(megabytes << 20, kept)) MB/s")
    }

    private func rate(_ bytes: Int64, _ took: Duration) -> Int64 { Int64(Double(bytes >> 20) / (took / .seconds(1))) }

    private func tenths(_ whole: Int64, _ part: Int64) -> String {
        let tenths = part > 0 ? whole * 10 / part : 0
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// Turns of words that repeat as words do.
    private func write(_ bytes: Int64, to path: String) throws {
        var seed: UInt64 = 7
        func next() -> UInt64 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return seed >> 33
        }
        var written: Int64 = 0
        while written < bytes {
            var text = ""
            for turn in 0..<100 {
                let words = (0..<200).map { _ in "word\(next() % 2000)" }.joined(separator: " ")
                text +=
                    #"{"type":"user","uuid":"\#(written)-\#(turn)","message":{"role":"user","content":"\#(words)"}}"#
                    + "\n"
            }
            try Files.add(text, to: path)
            written += Int64(text.utf8.count)
        }
    }

    private func copy(_ path: String, to other: String) throws {
        try Files.write(try Files.bytes(path, limit: .max), to: other, isSynced: true)
    }
}
