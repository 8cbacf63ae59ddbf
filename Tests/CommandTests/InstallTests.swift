import Platform
import Settings
import TestSupport
import Testing

/// What `make install` does with what is staged.
@Suite struct InstallTests {
    /// - Parameter looked: the folders in which a zsh looks, below the prefix.
    private func install(_ looked: String, zshrc: String = "") async throws -> (Scratch, Built.Outcome) {
        let scratch = try Scratch()
        try scratch.write("#compdef holdfast\n", to: "stage/share/zsh/site-functions/_holdfast")
        try scratch.writeExecutable("#!/bin/sh\necho 0.1.0\n", to: "stage/bin/holdfast")
        try scratch.write(zshrc.isEmpty ? "" : "fpath+=(\(scratch.path)/\(zshrc))\n", to: ".zshrc")
        try scratch.writeExecutable("#!/bin/sh\necho \(scratch.path)/prefix/share/zsh/\(looked)\n", to: "path/zsh")
        let path = "\(scratch.path)/path:\(Settings.processEnvironment["PATH"] ?? "")"
        let outcome = try await Built.run(
            "\(Built.root)/hooks/install", ["--prefix", "\(scratch.path)/prefix", "\(scratch.path)/stage"],
            environment: ["PATH": path, "HOME": scratch.path])
        #expect(outcome.code == 0, "\(outcome)")
        return (scratch, outcome)
    }

    @Test func saysHowZshFindsTheCompletionsWhereItDoesNot() async throws {
        let (scratch, outcome) = try await install("elsewhere")
        #expect(outcome.output.contains("fpath+=(\"\(scratch.path)/prefix/share/zsh/site-functions\")"), "\(outcome)")
        #expect(Files.exists(scratch.path + "/prefix/share/zsh/site-functions/_holdfast"))
    }

    @Test func saysNothingWhereZshLooksThere() async throws {
        #expect(!(try await install("site-functions").1.output.contains("fpath")))
        #expect(!(try await install("elsewhere", zshrc: "prefix/share/zsh/site-functions").1.output.contains("fpath")))
    }
}
