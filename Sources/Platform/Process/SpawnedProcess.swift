internal import CPlatform
internal import Glibc

/// A program that this process has started and waits for.
package struct SpawnedProcess: Sendable {
    /// What the child is given beside its arguments. What is nil it inherits.
    package struct Options: Sendable {
        package var standardInput: Int32?
        package var standardOutput: Int32?
        package var standardError: Int32?
        /// Stays open in the child: a lock that must live as long as it.
        package var keptDescriptor: Int32?
        /// A group of its own, so that a signal to the group reaches what the child started too.
        package var leadsGroup = false
        /// A session of its own: no terminal's signals.
        package var leadsSession = false
        /// What the kernel sends the child when we die.
        package var deathSignal: Int32?

        package init() {}

        fileprivate var forC: holdfast_spawn_options {
            holdfast_spawn_options(
                standard_input: standardInput ?? -1, standard_output: standardOutput ?? -1,
                standard_error: standardError ?? -1, kept_descriptor: keptDescriptor ?? -1, own_group: leadsGroup,
                own_session: leadsSession, death_signal: deathSignal ?? 0)
        }
    }

    /// A NULL-terminated array of C strings, as `exec` takes it.
    package typealias Vector = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    package let id: Int32
    private let leadsGroup: Bool

    /// Starts a program found on PATH, with default signals.
    /// - Parameter command: the program and its arguments.
    /// - Throws: `FileError` when it cannot be executed.
    package init(_ command: [String], environment: [String: String], _ options: Options) throws(FileError) {
        let pairs = environment.map { "\($0.key)=\($0.value)" }
        let started = unsafe CStrings.with(command) { arguments in
            unsafe CStrings.with(pairs) { environment in
                unsafe Self.spawn(command[0], arguments, environment, options)
            }
        }
        try self.init(started.get(), options)
    }

    /// The same, byte for byte: an argument need not be UTF-8.
    /// - Parameter name: of the program, for the error.
    package init(
        named name: String, arguments: Vector, environment: Vector, _ options: Options
    ) throws(FileError) {
        try self.init(unsafe Self.spawn(name, arguments, environment, options).get(), options)
    }

    private init(_ id: Int32, _ options: Options) {
        self.id = id
        leadsGroup = options.leadsGroup
    }

    private static func spawn(
        _ name: String, _ arguments: Vector, _ environment: Vector, _ options: Options
    ) -> Result<Int32, FileError> {
        let id = unsafe holdfast_spawn(arguments[0], arguments, environment, options.forC)
        return id > 0 ? .success(id) : .failure(FileError(path: name, number: errno))
    }

    /// - Returns: how it ended, as a shell says it: the code, or 128 and the signal's number. Nil while it runs.
    package func exitCodeIfEnded() -> Int32? {
        var status: Int32 = 0
        switch unsafe waitpid(id, &status, WNOHANG) {
        case 0: return nil
        // Somebody else has waited for it: how it ended nobody will know, and success is not assumed.
        case -1 where errno == ECHILD: return 1
        case -1: return nil
        default: break
        }
        return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    }

    /// To the whole group, where it leads one.
    package func send(_ signal: Int32) { kill(leadsGroup ? -id : id, signal) }
}

/// Programs that outlive this process.
package enum Detached {
    /// Starts a program, with this process's environment, that outlives whoever kills this process, too.
    /// - Parameter words: a file, begun anew, for what it says; nil: nobody hears it.
    package static func start(_ path: String, arguments: [String], words: String? = nil) -> Bool {
        unsafe CStrings.with([path] + arguments) { arguments in
            unsafe holdfast_detach(path, arguments, environ, words) == 0
        }
    }
}

/// C strings for `exec`, freed when the call is over.
package enum CStrings {
    /// Hands over a NULL-terminated array.
    package static func with<Answer>(
        _ strings: [String], _ work: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Answer
    ) -> Answer {
        var pointers: [UnsafeMutablePointer<CChar>?] = unsafe strings.map { unsafe strdup($0) } + [nil]
        defer { unsafe pointers.forEach { unsafe free($0) } }
        return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
            // Never empty: the terminator is in it.
            guard let base = buffer.baseAddress else { fatalError("an array with an element has an address") }
            return unsafe work(base)
        }
    }
}
