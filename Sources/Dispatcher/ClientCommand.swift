internal import Domain
internal import Glibc
internal import Platform

/// The client's command line and environment, byte for byte as they came: a path need not be UTF-8, and what passes
/// through a `String` is repaired.
struct ClientCommand {
    /// The words after `--`, which are the last of our own arguments.
    let words: [String]
    let key: DispatchKey

    /// Starts the client, with the session put in and the key for its hooks.
    /// - Throws: `DispatchArguments.HidesClient`, `FileError` when it cannot be executed.
    func start(resuming session: SessionID?, _ options: SpawnedProcess.Options) throws -> SpawnedProcess {
        let client = try DispatchArguments.client(in: words)
        let resuming = session.map(DispatchArguments.resuming) ?? []
        let started = unsafe CStrings.with(resuming + ["HOLDFAST_KEY=\(key)"]) { added in
            let first = Int(CommandLine.argc) - words.count
            var arguments: [UnsafeMutablePointer<CChar>?] = unsafe []
            for index in words.indices {
                unsafe arguments.append(CommandLine.unsafeArgv[first + index])
                if index == client { for word in resuming.indices { unsafe arguments.append(added[word]) } }
            }
            unsafe arguments.append(nil)
            var environment = unsafe Self.inherited()
            unsafe environment += [added[resuming.count], nil]
            return Result { () throws(FileError) in
                try unsafe SpawnedProcess(
                    named: words[0], arguments: &arguments, environment: &environment, options)
            }
        }
        return try started.get()
    }

    /// Our environment without what is said anew: the key, and the outer session. What is dispatched has a key of its own:
    /// it is not nested, even when one of Claude Code's tools dispatches it.
    private static func inherited() -> [UnsafeMutablePointer<CChar>?] {
        var entries: [UnsafeMutablePointer<CChar>?] = unsafe []
        let ours: [String] = ["HOLDFAST_KEY=", "HOLDFAST_OUTER_SESSION="]
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            let isOurs = ours.contains { name in unsafe strncmp(entry, name, name.utf8.count) == 0 }
            if !isOurs { unsafe entries.append(entry) }
            unsafe next += 1
        }
        return unsafe entries
    }
}
