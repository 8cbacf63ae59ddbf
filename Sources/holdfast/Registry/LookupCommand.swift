internal import ArgumentParser
internal import Capture
internal import Domain
internal import Redis
internal import Storage

struct LookupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lookup",
        abstract: "Prints the session a key resumes, or exits 1.",
        discussion: """
            What cannot resume (unused for too long, transcript deleted) is dropped here. Exits 75 and prints nothing while
            another run drives the session.

            Example:
              id=$(holdfast lookup coder/issue-430) && HOLDFAST_KEY=coder/issue-430 claude --resume "$id" -p "go on"
            """
    )

    @Argument(help: "The dispatch key, such as coder/issue-430.")
    var key: String

    @OptionGroup var output: JSONOption

    /// The machine format of a lookup.
    struct Answer: Encodable {
        let dispatch_key: String
        let verdict: LookupVerdict
        let session_id: String?
        let remedy: String
        let last_used_at: String?
        let host: String?
        let cwd: String?
        let doubt: String?
        let source: String

        init(_ key: DispatchKey, _ result: SessionLookup.Result) {
            dispatch_key = key.rawValue
            verdict = result.verdict
            session_id = result.session?.rawValue
            remedy = result.verdict.remedy(key: key, host: result.host, configDirectory: result.configDirectory)
            last_used_at = result.lastUsedMilliseconds.map(ISOTime.text)
            host = result.host.isEmpty ? nil : result.host
            cwd = result.cwd.isEmpty ? nil : result.cwd
            doubt = result.doubt
            source = result.isFromMirror ? "mirror" : "redis"
        }
    }

    func run() throws {
        try reporting {
            let key = try DispatchKey(key)
            let place = try Workplace()
            let result = try Self.look(key, place)
            if output.json {
                try Terminal.printJSON(Answer(key, result))
            } else if let session = result.resumable {
                print(session)
            }
            if result.verdict == .busy { throw ExitCode(Failure.Code.busy.rawValue) }
            if result.resumable == nil { throw ExitCode(Failure.Code.no.rawValue) }
        }
    }

    /// Asks Redis, starts it where it is ours and away, and takes the mirror's word should that not help.
    static func look(_ key: DispatchKey, _ place: Workplace, peek: Bool = false) throws -> SessionLookup.Result {
        let lookup = SessionLookup(key: key, settings: place.settings, host: place.host, peek: peek)
        do throws(RedisError) {
            var connection = try place.connectStarting()
            return try lookup.run(over: &connection)
        } catch {
            guard error.isAway else { throw error }
            Terminal.complain("\(error); answering from the mirror")
            return lookup.runOnMirror()
        }
    }
}
