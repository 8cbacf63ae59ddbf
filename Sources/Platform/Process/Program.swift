internal import CPlatform
internal import Glibc

/// Another program, run to its end with its output taken.
package enum Program {
    package struct Result: Sendable {
        package var exitCode: Int32
        /// Of both streams, the first megabyte.
        package var output: String

        package init(exitCode: Int32, output: String) {
            self.exitCode = exitCode
            self.output = output
        }
    }

    /// - Parameters:
    ///   - input: what it reads on stdin.
    ///   - patience: after which it is killed.
    /// - Returns: nil when it cannot be started.
    package static func run(
        _ command: [String], environment: [String: String], input: String = "", patience: Duration = .seconds(60)
    ) -> Result? {
        // Files rather than pipes: no program can block on us, nor we on it.
        guard let said = try? MemoryFile.make(holding: Array(input.utf8)[...]) else { return nil }
        defer { close(said) }
        guard let answer = try? MemoryFile.make() else { return nil }
        defer { close(answer) }
        var options = SpawnedProcess.Options()
        options.standardInput = said
        options.standardOutput = answer
        options.standardError = answer
        options.leadsGroup = true
        options.deathSignal = SIGTERM
        guard let child = try? SpawnedProcess(command, environment: environment, options) else { return nil }
        let code = wait(for: child, patience)
        let output = (try? MemoryFile.contents(of: answer, limit: 1 << 20)) ?? []
        return Result(exitCode: code, output: String(decoding: output, as: UTF8.self))
    }

    private static func wait(for child: SpawnedProcess, _ patience: Duration) -> Int32 {
        let watch = Stopwatch(limit: patience)
        while true {
            if let code = child.exitCodeIfEnded() { return code }
            if watch.isOver { child.send(SIGKILL) }
            usleep(200)
        }
    }
}

/// A nameless file in memory, for what a child reads or writes: with a pipe, one would wait for the other.
package enum MemoryFile {
    /// - Returns: a descriptor that no child inherits unless told to.
    /// - Throws: `FileError`.
    package static func make(holding bytes: ArraySlice<UInt8> = []) throws(FileError) -> Int32 {
        let descriptor = holdfast_memory_file()
        guard descriptor >= 0 else { throw FileError(path: "memory", number: errno) }
        do throws(FileError) {
            try Files.write(bytes, to: descriptor, named: "memory")
        } catch {
            close(descriptor)
            throw error
        }
        lseek(descriptor, 0, SEEK_SET)
        return descriptor
    }

    /// What a child has written, to its end.
    /// - Throws: `FileError`.
    package static func contents(of descriptor: Int32, limit: Int) throws(FileError) -> [UInt8] {
        lseek(descriptor, 0, SEEK_SET)
        return try Files.read(descriptor, named: "memory", limit: limit)
    }
}
