internal import CPlatform
internal import Glibc
internal import Platform
internal import Settings

/// Another program, run to its end with its output taken.
enum Program {
    struct Result {
        var exitCode: Int32
        var output: String
    }

    /// - Parameters:
    ///   - input: what it reads on stdin.
    ///   - patience: after which it is killed.
    /// - Returns: nil when it cannot be started.
    static func run(
        _ command: [String], environment: [String: String] = Settings.processEnvironment, input: String = "",
        patience: Duration = .seconds(60)
    ) -> Result? {
        // Files rather than pipes: no program can block on us, nor we on it.
        let streams = [holdfast_memory_file(), holdfast_memory_file()]
        defer { for stream in streams { close(stream) } }
        guard streams.allSatisfy({ $0 >= 0 }),
            (try? Files.write(Array(input.utf8)[...], to: streams[0], named: "stdin")) != nil
        else { return nil }
        lseek(streams[0], 0, SEEK_SET)
        let options = holdfast_spawn_options(
            standard_input: streams[0], standard_output: streams[1], standard_error: streams[1], kept_descriptor: -1,
            own_group: true, own_session: false, death_signal: SIGTERM)
        let pairs = environment.map { "\($0.key)=\($0.value)" }
        let child = unsafe CStrings.with(command) { arguments in
            unsafe CStrings.with(pairs) { environment in
                unsafe holdfast_spawn(command[0], arguments, environment, options)
            }
        }
        guard child > 0 else { return nil }
        let status = wait(for: child, patience)
        lseek(streams[1], 0, SEEK_SET)
        let output = (try? Files.read(streams[1], named: "stdout", limit: 1 << 20)) ?? []
        return Result(exitCode: status, output: String(decoding: output, as: UTF8.self))
    }

    private static func wait(for child: pid_t, _ patience: Duration) -> Int32 {
        let end = ContinuousClock().now + patience
        var status: Int32 = 0
        while unsafe waitpid(child, &status, WNOHANG) == 0 {
            if ContinuousClock().now > end { kill(-child, SIGKILL) }
            usleep(200)
        }
        return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    }
}
