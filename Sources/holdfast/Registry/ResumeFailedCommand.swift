internal import ArgumentParser
internal import Capture
internal import Domain
internal import Glibc
internal import Operations
internal import Platform
internal import Redis
internal import Settings
internal import Storage

struct ResumeFailedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume-failed",
        abstract: "Reports that a resume failed; drops the session if that is what the evidence says.",
        discussion: """
            Only the sentence "No conversation found" and no transcript here drop a session. API errors, authentication,
            timeouts and signals never do. Exits 0 when the session is gone: start fresh; 1 when it exists and is kept; 64
            without evidence, and nothing is dropped; --force drops anyway.

            Example:
              claude --resume "$id" -p "go on" 2>err || holdfast resume-failed coder/issue-430 --session "$id" --stderr err
            """
    )

    @Argument(help: "The dispatch key.")
    var key: String

    @Option(help: "The session that was tried; default: the one the key has.")
    var session: String?

    @Option(help: "A file with what the client wrote to stderr, or - for standard input.")
    var stderr: String?

    @Flag(help: "Drop without evidence.")
    var force = false

    @OptionGroup var output: JSONOption

    private struct Answer: Encodable {
        let dispatch_key: String
        let session_id: String
        let outcome: String
        let message: String
    }

    func run() throws {
        try reporting {
            let key = try DispatchKey(key)
            let place = try Workplace()
            let evidence = try readEvidence()
            guard force || evidence != nil else {
                throw Failure(.usage, "no evidence: give --stderr FILE with what the client said, or --force")
            }
            let said = force || evidence.map { ResumeFailureText.isIn($0) } ?? false
            let (session, outcome) = try report(key, place, said: said)
            if output.json {
                try Terminal.printJSON(
                    Answer(
                        dispatch_key: key.rawValue, session_id: session.rawValue, outcome: outcome.name,
                        message: outcome.message))
            } else {
                print(outcome.message)
            }
            if case .noEvidence = outcome { throw ExitCode(Failure.Code.usage.rawValue) }
            if case .kept = outcome { throw ExitCode(Failure.Code.no.rawValue) }
        }
    }

    private func report(_ key: DispatchKey, _ place: Workplace, said: Bool) throws -> (
        SessionID, ResumeFailureReport.Outcome
    ) {
        let named = try session.map(Self.parse)
        do {
            var connection = try place.connectStarting()
            let report = try ResumeFailureReport(key: key, session: named, place: place, over: &connection)
            return (report.session, try report.send(saidNotFound: said, force: force, over: &connection))
        } catch let error as RedisError where error.isAway {
            // As a dispatch does: the mirror is changed, and a note tells Redis later.
            let mirrored = BindingMirror(folder: place.settings.state.bindings).binding(of: key)
            guard let session = named ?? mirrored?.sessionID else { throw error }
            let report = ResumeFailureReport(key: key, session: session, mirrored: mirrored, place: place)
            return (session, try report.note(saidNotFound: said, force: force))
        }
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
            return String(decoding: try Files.read(STDIN_FILENO, named: "stdin", limit: 1 << 20), as: UTF8.self)
        }
        do throws(FileError) {
            return try Files.read(stderr)
        } catch {
            throw Failure(.badInput, "\(error); give a file with what the client wrote to stderr")
        }
    }
}
