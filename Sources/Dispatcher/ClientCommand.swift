internal import Domain
internal import Glibc
internal import Platform

/// The client's command line and environment, byte for byte as they came: a path need not be UTF-8, and what passes
/// through a `String` is repaired.
struct ClientCommand {
    /// The words after `--`, which are the last of our own arguments.
    let words: [String]
    let key: DispatchKey
    /// Where the client only starts a background session.
    var launch: BackgroundLaunch?
    /// Whether a fresh session may be shown what was said before.
    var carriesOver = true

    /// Whether the client answers once and draws nothing: `-p`, `--print`.
    var onlyPrints: Bool {
        guard let client = try? DispatchArguments.client(in: words) else { return false }
        return DispatchArguments.onlyPrint(words[(client + 1)...])
    }

    /// Starts the client, with the session put in and the key for its hooks.
    /// - Throws: `DispatchArguments.HidesClient`, `JobSettingsUnread`, `FileError` when it cannot be executed.
    func start(resuming session: SessionID?, _ options: SpawnedProcess.Options) throws -> SpawnedProcess {
        let client = try DispatchArguments.client(in: words)
        let change = try launch?.change(resuming: session)
        let put = (session.map(DispatchArguments.resuming) ?? []) + (change?.added ?? [])
        let replaced = (change?.replaced ?? [:]).sorted { $0.key < $1.key }
        // The service that a launch may start hands its environment on to sessions of other keys.
        var variables = launch == nil ? ["HOLDFAST_KEY=\(key)"] : []
        if launch == nil, !carriesOver { variables.append("\(CarryOver.refusalVariable)=\(key)") }
        let started = unsafe CStrings.with(put + replaced.map(\.value) + variables) { added in
            let first = Int(CommandLine.argc) - words.count
            var arguments: [UnsafeMutablePointer<CChar>?] = unsafe []
            for index in words.indices {
                if let other = replaced.firstIndex(where: { $0.key == index }) {
                    unsafe arguments.append(added[put.count + other])
                } else {
                    unsafe arguments.append(CommandLine.unsafeArgv[first + index])
                }
                if index == client { for word in put.indices { unsafe arguments.append(added[word]) } }
            }
            unsafe arguments.append(nil)
            var environment = unsafe Self.inherited()
            for variable in variables.indices {
                unsafe environment.append(added[put.count + replaced.count + variable])
            }
            unsafe environment.append(nil)
            return Result { () throws(FileError) in
                try unsafe SpawnedProcess(
                    named: words[0], arguments: &arguments, environment: &environment, options)
            }
        }
        return try started.get()
    }

    /// Becomes the client, without a session: for who can keep nothing of it.
    /// - Returns: why it cannot be executed.
    func become() -> ClientNotStarted {
        unsafe setenv("HOLDFAST_KEY", key.rawValue, 1)
        let first = Int(CommandLine.argc) - words.count
        unsafe execvp(words[0], CommandLine.unsafeArgv + first)
        return ClientNotStarted(reason: FileError(path: words[0], number: errno))
    }

    /// Our environment without what is said anew: the key, and the outer session. What is dispatched has a key of its own:
    /// it is not nested, even when one of Claude Code's tools dispatches it.
    private static func inherited() -> [UnsafeMutablePointer<CChar>?] {
        var entries: [UnsafeMutablePointer<CChar>?] = unsafe []
        // Of a job whose tool dispatches, too: the client would take itself, and its hooks the session, for the job's.
        let ours: [String] = [
            "HOLDFAST_KEY=", "HOLDFAST_OUTER_SESSION=", CarryOver.refusalVariable + "=", JobMark.variable + "=",
            "CLAUDE_JOB_DIR=",
            "CLAUDE_CODE_LAUNCHED_BY_SESSION_IDS=",
        ]
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            let isOurs = ours.contains { name in unsafe strncmp(entry, name, name.utf8.count) == 0 }
            if !isOurs { unsafe entries.append(entry) }
            unsafe next += 1
        }
        return unsafe entries
    }
}
