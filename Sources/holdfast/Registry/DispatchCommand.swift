internal import ArgumentParser
internal import Dispatcher
internal import Domain
internal import FoundationEssentials
internal import Operations
internal import Platform
internal import Settings

struct DispatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dispatch",
        abstract: "Runs Claude Code under a key: resumes its session, or starts fresh where there is none.",
        discussion: """
            A session that turns out not to exist is dropped and the same call starts fresh once. Streams, signals and the
            exit code pass through. A key that another dispatch drives is busy: --wait, or exit 75. More: holdfast help dispatch.

            Example:
              holdfast dispatch coder/issue-430 --wait 60 -- claude -p "go on"
            """
    )

    @Argument(help: "The dispatch key.", completion: Completing.key)
    var key: String

    @Option(help: "Seconds to wait for a busy key.")
    var wait = 0.0

    @Flag(help: "Show a fresh session nothing of what was said before.")
    var noCarryOver = false

    @Flag(help: "Say on stderr what is done and why.")
    var explain = false

    @OptionGroup var output: OutputOptions

    @Argument(parsing: .postTerminator, help: "The client and its arguments, after --.")
    var command: [String] = []

    func validate() throws {
        guard !command.isEmpty else {
            throw ValidationError("the client is missing; write it after --, such as: -- claude -p \"go on\"")
        }
        guard wait >= 0, wait <= 604_800 else {
            throw ValidationError("--wait is \(wait); allowed: 0 to 604800 seconds")
        }
        do {
            let client = try DispatchArguments.client(in: command)
            try DispatchArguments.check(Array(command[(client + 1)...]))
        } catch let error as any CustomStringConvertible {
            throw ValidationError(error.description)
        }
    }

    func run() throws {
        try reporting {
            let key = try DispatchKey(key)
            guard let place = try place() else { return try startBare(key) }
            warnOfOldClient(place)
            let dispatch = Dispatch(
                key: key, command: command, place: place,
                wait: .milliseconds(Int64(wait * 1000)), carriesOver: !noCarryOver,
                explain: { explain($0, of: key, at: place) }, complain: Terminal.complain)
            do {
                throw ExitCode(try dispatch.run())
            } catch let error as ClientNotStarted {
                Terminal.complain("\(error)")
                throw ExitCode(error.exitCode)
            }
        }
    }

    /// - Returns: nil where the state folder may be another's, so that nothing in it is used: no session, no lock, no Redis.
    private func place() throws -> Workplace? {
        do {
            return try Workplace(despite: Terminal.complain)
        } catch let error as ConfigurationError {
            guard Workplace.isStateForeign else { throw error }
            Terminal.complain("\(error); the client starts without a session, and nothing of this run is recorded")
            return nil
        }
    }

    private func startBare(_ key: DispatchKey) throws {
        do {
            try Dispatch.startBare(command, key: key)
        } catch let error as ClientNotStarted {
            Terminal.complain("\(error)")
            throw ExitCode(error.exitCode)
        }
    }

    /// It runs all the same: the prompt is answered, and nothing is recorded.
    private func warnOfOldClient(_ place: Workplace) {
        guard let index = try? DispatchArguments.client(in: command),
            let version = ClientVersion.of(command[index], settings: place.settings), version.isTooOld
        else { return }
        Terminal.complain("\(version.words); \(ClientVersion.remedy)")
    }

    /// On stderr: stdout is the client's.
    private func explain(_ result: SessionLookup.Result, of key: DispatchKey, at place: Workplace) {
        let folder = Files.realPath("."), stopped = place.stop(of: key, in: folder)
        if output.json {
            guard let line = try? JSONEncoder().encode(LookupAnswer(key, result)) else { return }
            Terminal.warn(VisibleText.json(String(decoding: line, as: UTF8.self)))
        } else if explain {
            Terminal.complain(Explanation(key, result, stopped: stopped, folder: folder).paragraph)
        } else if let reason = result.reasonToStartFresh(Timestamp(HostClock.wallMilliseconds)) {
            // Who counts on what was said before must not find out by the answer.
            Terminal.complain("\(key) starts fresh: \(reason)\(stopped.map { "; \($0)" } ?? "")")
        }
    }
}
