internal import ArgumentParser
internal import Domain
internal import Glibc
internal import Operations
internal import Platform
internal import Transcripts

struct ResumeFailedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume-failed",
        abstract: "Reports that a resume failed; drops the session if that is what the evidence says.",
        discussion: """
            Only the client's own refusal ("No conversation found") drops a session; API errors, timeouts and signals never do.
            Exits 0 when the key has the session no more, 1 when it is kept: start fresh either way. Exits 64 without evidence.

            Example:
              holdfast resume-failed coder/issue-430 --session "$id" --stderr errors.txt
            """
    )

    @Argument(help: "The dispatch key.", completion: Completing.key)
    var key: String

    @Option(help: "The session that was tried; default: the one the key has.", completion: Completing.session)
    var session: String?

    @Option(help: "A file with what the client wrote to stderr; - is stdin.", completion: .file())
    var stderr: String?

    @Option(help: "The folder in which the client ran; default: not known.", completion: .directory)
    var folder: String?

    @Flag(help: "Drop without evidence.")
    var force = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        try reporting {
            let key = try DispatchKey(key)
            let place = try Workplace()
            let evidence = try readEvidence()
            guard force || evidence != nil else {
                throw Failure(.usage, "no evidence: give --stderr FILE with what the client said, or --force")
            }
            let session = try session.map(Self.parse)
            let said = force || evidence.map { Self.refuses(session, $0) } ?? false
            let answer = try place.reportFailedResume(
                of: key, session: session, wasRefused: said,
                from: folder.map { Files.realPath($0) ?? $0 } ?? "", force: force)
            if output.json { try Terminal.printJSON(answer) } else { Terminal.show(answer.message) }
            switch answer.outcome {
            case .dropped, .unbound: break
            case .kept: throw ExitCode(Failure.Code.no.rawValue)
            case .noEvidence: throw ExitCode(Failure.Code.usage.rawValue)
            }
        }
    }

    /// Whether the client said that it cannot resume the session: what it says of another is no evidence.
    private static func refuses(_ session: SessionID?, _ evidence: String) -> Bool {
        let failure = TranscriptSources.standard.client.resumeFailure
        let lines = evidence.split(separator: "\n").map(String.init).filter(failure.isIn)
        let named = lines.flatMap { $0.split { !($0.isHexDigit || $0 == "-") } }.map(String.init)
            .filter { SessionID(rawValue: $0)?.isUUID == true }
        guard let session, !named.isEmpty else { return !lines.isEmpty || failure.isIn(evidence) }
        return named.contains(session.rawValue)
    }

    private static func parse(_ text: String) throws -> SessionID {
        guard let session = SessionID(rawValue: text) else {
            throw Failure(.badInput, "\"\(text)\" is no session ID; it is the UUID that lookup printed")
        }
        return session
    }

    private func readEvidence() throws -> String? {
        guard let stderr else { return nil }
        if stderr == "-" {
            return String(decoding: try StandardInput.read(.remark, limit: 1 << 20), as: UTF8.self)
        }
        do throws(FileError) {
            return try Files.read(stderr)
        } catch {
            throw Failure(.badInput, "\(error); give a file with what the client wrote to stderr")
        }
    }
}
