internal import Glibc
internal import Platform
internal import Settings
internal import Subprocess
internal import SystemPackage

/// The executables of this build, run as users run them.
package enum Built {
    package struct Outcome: Sendable, Equatable {
        package var code: Int32
        package var output: String
        package var error: String

        package init(code: Int32, output: String, error: String) {
            self.code = code
            self.output = output
            self.error = error
        }
    }

    /// The folder of the debug build: that of the test runner itself, or `.build/debug`.
    package static let folder: String = {
        let runner = Files.realPath("/proc/self/exe") ?? ""
        let beside = runner.lastIndex(of: "/").map { String(runner[..<$0]) } ?? ""
        if Files.isExecutable(beside + "/holdfast-hook") { return beside }
        return root + "/.build/debug"
    }()

    /// The checkout.
    package static let root: String = {
        let file = #filePath
        return file.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
    }()

    /// - Parameter environment: all there is, apart from PATH and HOME.
    package static func run(
        _ name: String, _ arguments: [String] = [], environment: [String: String] = [:], input: [UInt8] = [],
        in cwd: String? = nil
    ) async throws -> Outcome {
        var variables: [Environment.Key: String] = [
            "PATH": folder + ":" + (Settings.processEnvironment["PATH"] ?? "/usr/bin:/bin")
        ]
        for (name, value) in environment { variables[Environment.Key(stringLiteral: name)] = value }
        let executable: Executable = name.contains("/") ? .path(.init(name)) : .name(name)
        // A file, not a pipe: a program that does not read its input to the end is no error of the test.
        let scratch = try Scratch()
        let file = try scratch.write("", to: "stdin")
        let stdin = try FileDescriptor.open(FilePath(file), .readWrite, options: [.closeOnExec])
        try stdin.writeAll(input)
        try stdin.seek(offset: 0, from: .start)
        let result = try await Subprocess.run(
            executable, arguments: Arguments(arguments), environment: .custom(variables),
            workingDirectory: cwd.map { .init($0) }, input: .fileDescriptor(stdin, closeAfterSpawningProcess: true),
            output: .string(limit: 8 << 20), error: .string(limit: 8 << 20))
        let code: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        return Outcome(code: code, output: result.standardOutput, error: result.standardError)
    }
}
