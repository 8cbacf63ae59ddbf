internal import Domain
internal import Platform
internal import Settings
internal import Transcripts

/// A dispatch that only starts a background session (`claude --bg`) and ends before it. Key and mark go with the session's
/// settings: the service that runs it has the environment of whoever started that service.
struct BackgroundLaunch {
    /// Of this launch alone.
    let mark: String
    let key: DispatchKey
    let configDirectory: String
    /// Whether a fresh session may be shown what was said before.
    let carriesOver: Bool
    /// The words after the client's name, up to a `--`.
    private let arguments: ArraySlice<String>

    private static let names = ["--bg", "--background"]
    private static let client = ClaudeCode()

    /// - Parameter command: the client and its arguments.
    /// - Returns: nil for a client that is the session itself.
    init?(_ command: [String], key: DispatchKey, carriesOver: Bool, settings: Settings) {
        guard let first = try? DispatchArguments.client(in: command) else { return nil }
        arguments = command[(first + 1)...].prefix { $0 != "--" }
        guard arguments.contains(where: Self.names.contains) else { return nil }
        let now = HostClock.now()
        mark = "\(now.bootID.prefix(8))-\(now.bootMilliseconds)-\(ProcessTable.own.pid)"
        self.key = key
        self.carriesOver = carriesOver
        configDirectory = Self.client.configDirectory(settings.environment)
    }

    /// What is to be changed in the command line.
    struct Change {
        /// Words behind the client's name.
        var added: [String] = []
        /// Words by their place in the command.
        var replaced: [Int: String] = [:]
        /// Whether the job can be known by its mark.
        var isMarked = true
    }

    /// - Throws: `JobSettingsUnread`.
    func change(resuming session: SessionID?) throws(JobSettingsUnread) -> Change {
        if let session, wakesAsItIs(session) { return Change(isMarked: false) }
        var variables: [String: JSONValue] = ["HOLDFAST_KEY": .string(key.rawValue), JobMark.variable: .string(mark)]
        if !carriesOver { variables[CarryOver.refusalVariable] = .string(key.rawValue) }
        let own = JSONValue.object(variables)
        guard let (place, prefix, value) = given else {
            return Change(added: ["--settings", JSONValue.object(["env": own]).text])
        }
        return Change(replaced: [place: prefix + (try merged(value, own)).text])
    }

    /// A newer client wakes a job under its own ID with the options it was started with, ours among them; given any flag, it
    /// starts a copy.
    private func wakesAsItIs(_ session: SessionID) -> Bool {
        arguments.allSatisfy { Self.names.contains($0) || !$0.hasPrefix("-") }
            && Self.client.hasJob(of: session, savedWith: "\"HOLDFAST_KEY\":\"\(key)\"", in: configDirectory)
    }

    /// The settings that the caller gives: the client takes only the last of several.
    private var given: (place: Int, prefix: String, value: String)? {
        for place in arguments.indices.reversed() {
            if arguments[place] == "--settings", place + 1 < arguments.endIndex {
                return (place + 1, "", arguments[place + 1])
            }
            if arguments[place].hasPrefix("--settings=") {
                return (place, "--settings=", String(arguments[place].dropFirst("--settings=".count)))
            }
        }
        return nil
    }

    private func merged(_ value: String, _ own: JSONValue) throws(JobSettingsUnread) -> JSONValue {
        let isText = value.first { !$0.isWhitespace } == "{"
        guard let text = isText ? value : try? Files.read(value, limit: 4 << 20),
            case .object(var settings)? = try? JSONValue(parsing: text)
        else { throw JobSettingsUnread(value: isText ? "what --settings says" : value) }
        var environment: [String: JSONValue] = [:]
        if case .object(let theirs)? = settings["env"] { environment = theirs }
        if case .object(let ours) = own { environment.merge(ours) { _, new in new } }
        settings["env"] = .object(environment)
        return .object(settings)
    }

    /// The job that came of it, once the service has written it down.
    var job: (id: String, session: SessionID)? { Self.client.job(savedWith: mark, in: configDirectory) }
}

/// The settings that a caller gives for a background session cannot be read, so the key cannot be put into them.
package struct JobSettingsUnread: Error, CustomStringConvertible {
    let value: String
    package var description: String {
        "\(value) is no JSON object that can be read; a background session gets its key with these settings: mend it, or leave --settings out"
    }
}
