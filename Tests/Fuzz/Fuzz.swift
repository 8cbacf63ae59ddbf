internal import Domain
internal import Glibc
internal import Platform
internal import Redaction
internal import Settings
internal import Transcripts

/// Feeds mutated transcript lines and random bytes to reader, filter and redactor, as an optimised executable: a million
/// cases take a debug build half an hour. A trap ends it with a signal; anything else that is wrong, with exit 1.
///
///     fuzz CASES [FOLDER]
///
/// FOLDER has transcripts to take lines from, beside those that are built in.
@main
struct Fuzz {
    static func main() throws {
        let cases = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1000
        var random = SystemRandomNumberGenerator()
        let seeds = builtIn + (CommandLine.arguments.dropFirst(2).first.map(lines) ?? [])
        // A failing file is kept: no seed is needed to see it again.
        let scratch = "\(Settings.processEnvironment["TMPDIR"] ?? "/tmp")/holdfast-fuzz-\(getpid())"
        try Files.makeFolder(scratch)
        defer { Files.removeFolder(scratch) }
        var failures = 0
        let batch = 1000
        for first in stride(from: 0, to: cases, by: batch) {
            var file: [UInt8] = []
            for _ in 0..<min(batch, cases - first) { file += mutated(seeds, &random) + [10] }
            if !check(file, in: scratch) {
                failures += 1
                try keep(file, as: first)
            }
        }
        print("\(cases) cases of \(seeds.count) lines, \(failures) files failed")
        if failures > 0 { throw Failed() }
    }

    private struct Failed: Error {}

    private static let builtIn = [
        #"{"parentUuid":null,"type":"user","uuid":"1","message":{"role":"user","content":"a <private>b</private> c"}}"#,
        #"{"type":"assistant","uuid":"2","message":{"id":"m","content":[{"type":"text","text":"password = \"x9Kq2LmN7v\""}]}}"#,
        #"{"type":"assistant","uuid":"3","message":{"content":[{"type":"tool_use","id":"t","name":"Edit","input":{"file_path":"C:\\a\\b"}}]}}"#,
        #"{"type":"user","uuid":"4","message":{"content":[{"type":"tool_result","tool_use_id":"t","is_error":true,"content":"Exit code 1"}]}}"#,
        #"{"type":"attachment","attachment":{"type":"queued_command","prompt":[{"type":"text","text":"x"}]}}"#,
        "-----BEGIN RSA PRIVATE KEY-----\\nMIIEpAIBAAKCAQEA7bq\\n-----END RSA PRIVATE KEY-----",
        "https://user:pa55w0rd@host/path Authorization: Bearer abcdefghijklmnopqrstuvwxyz012345",
    ].map { Array($0.utf8) }

    private static func lines(_ folder: String) -> [[UInt8]] {
        var found: [[UInt8]] = []
        for name in (try? Files.names(in: folder)) ?? [] {
            let path = folder + "/" + name
            guard name.hasSuffix(".jsonl") else {
                found += lines(path)
                continue
            }
            let bytes = (try? Files.bytes(path, limit: 1 << 20)) ?? []
            found += bytes.split(separator: 10).filter { $0.count < 4000 }.prefix(200).map(Array.init)
        }
        return found
    }

    private static func mutated(_ seeds: [[UInt8]], _ random: inout SystemRandomNumberGenerator) -> [UInt8] {
        if Int.random(in: 0..<20, using: &random) == 0 {
            return (0..<Int.random(in: 0...300, using: &random)).map { _ in .random(in: 0...255, using: &random) }
        }
        var line = seeds[Int.random(in: 0..<seeds.count, using: &random)]
        for _ in 0..<Int.random(in: 0...5, using: &random) where !line.isEmpty {
            let place = Int.random(in: 0..<line.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: line[place] = .random(in: 0...255, using: &random)
            case 1: line.removeSubrange(place..<min(line.count, place + Int.random(in: 1...40, using: &random)))
            case 2: line.insert(contentsOf: Array(#"{}[]",:\ud83d"#.utf8).shuffled(using: &random).prefix(4), at: place)
            case 3: line.insert(contentsOf: line[place...].prefix(60), at: place)
            case 4: line.removeSubrange(place...)
            default:
                let other = seeds[Int.random(in: 0..<seeds.count, using: &random)]
                line.insert(contentsOf: other.prefix(Int.random(in: 0...other.count, using: &random)), at: place)
            }
        }
        return line
    }

    /// Every byte is accounted for, and what is redacted stays as it is when it is redacted again.
    private static func check(_ file: [UInt8], in scratch: String) -> Bool {
        let path = scratch + "/fuzz.jsonl"
        let redactor = Redactor()
        do {
            Files.remove(path)
            let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
            defer { close(descriptor) }
            try Files.write(file[...], to: descriptor, named: path)
            let report = try FilterReport(of: path, policy: FilterPolicy(), redactor: redactor)
            guard report.statistics.bytesRaw == Int64(file.count) else {
                print("\(report.statistics.bytesRaw) of \(file.count) bytes accounted for")
                return false
            }
            for line in file.split(separator: 10) {
                let once = redactor.redact(Array(line))
                guard redactor.redact(once) == once else {
                    print("redacted twice is not redacted once: \(String(decoding: line, as: UTF8.self))")
                    return false
                }
            }
            return true
        } catch {
            print("\(error)")
            return false
        }
    }

    private static func keep(_ file: [UInt8], as number: Int) throws {
        let path = "fuzz-\(number).jsonl"
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer { close(descriptor) }
        try Files.write(file[...], to: descriptor, named: path)
        print("kept as \(path)")
    }
}
