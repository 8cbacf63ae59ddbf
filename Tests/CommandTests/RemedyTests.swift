import Domain
import Platform
import Settings
import Storage
import TestSupport
import Testing

/// What a trouble, or the doctor, says to do is done as it is printed, by the real programs in the house that is staged.
@Suite struct RemedyTests {
    private struct Spoken: Decodable {
        struct Trouble: Decodable {
            var kind: String
            var remedy: String
        }

        var troubles: [Trouble]
    }

    private struct Check: Decodable {
        var outcome: String
        var remedy: String
    }

    /// Those after whose commands alone nothing of it is left.
    private static let mended: Set<String> = [
        "companion_gone", "stopped_by_hand", "provider_auth", "provider_quota", "circuit_forced", "provider_waits",
        "restart_needed", "notes_corrupt", "archive_shrunk",
        "vault_damaged",
    ]
    /// They look, and their exit code says what they saw.
    private static let lookers = [
        "holdfast doctor", "holdfast verify", "holdfast config check", "holdfast circuit show",
        "holdfast episodes list", "holdfast reliability",
        "holdfast vault", "holdfast status", "holdfast hooks status", "holdfast sync",
    ]
    /// Other people's programs that change the machine.
    private static let foreign = ["npm ", "timedatectl ", "du "]

    /// What stands between single quotes, and what is left of the text without that.
    private static func parts(of remedy: String) -> (commands: [String], prose: String) {
        var commands: [String] = [], prose = "", isCommand = false, word = ""
        for sign in remedy {
            // An apostrophe follows a letter.
            if sign == "'", isCommand || prose.last.map({ " (".contains($0) }) ?? true {
                if isCommand { commands.append(word) }
                (word, isCommand) = ("", !isCommand)
            } else if isCommand {
                word.append(sign)
            } else {
                prose.append(sign)
            }
        }
        return (commands, prose)
    }

    private static func troubles(_ stage: TroubleMatrixTests.Stage) async throws -> [Spoken.Trouble] {
        let status = try await Built.run("holdfast", ["status", "--json"], environment: stage.settings.environment)
        return try JSONValue(parsing: status.output).decode(Spoken.self).troubles
    }

    private static func remedies(_ stage: TroubleMatrixTests.Stage) async throws -> [String] {
        let doctor = try await Built.run("holdfast", ["doctor", "--json"], environment: stage.settings.environment)
        let checks = (try? JSONValue(parsing: doctor.output).decode([Check].self)) ?? []
        return try await troubles(stage).map(\.remedy) + checks.map(\.remedy)
    }

    @Test(arguments: TroubleMatrixTests.cases)
    func eachCommandWorksAsPrinted(row: TroubleMatrixTests.Case) async throws {
        try await TroubleMatrixTests.withStage(row) { stage in
            let environment = stage.settings.environment
            var commands: [String] = []
            for remedy in try await Self.remedies(stage) {
                let parts = Self.parts(of: remedy)
                for name in ["holdfast ", "redis-cli", "chmod ", "rm -"] {
                    #expect(!parts.prose.contains(name), "a command without quotes: \(remedy)")
                }
                commands += parts.commands.filter { !commands.contains($0) }
            }
            // The pretence cannot be stopped; a real one can.
            if commands.contains(where: { $0.contains("holdfast down") }), row.report != nil {
                stage.pretence.end()
                _ = try await Built.run("holdfast", ["up"], environment: environment)
            }
            for command in commands where !Self.foreign.contains(where: command.hasPrefix) {
                let done = try await Built.run("/bin/sh", ["-c", command], environment: environment)
                let hasLooked =
                    Self.lookers.contains(where: command.hasPrefix) && [1, 69, 78].contains(done.code)
                    && !(done.output + done.error).isEmpty
                // Without a client, or of a build that is not installed, there are no hooks to install, which it says.
                let saysWhy = done.error.contains("claude") || done.error.contains("install Holdfast anew")
                #expect(done.code == 0 || hasLooked || saysWhy, "'\(command)': \(done)")
                #expect(done.code != 64 && done.code != 127, "'\(command)' is none: \(done)")
            }
            if Self.mended.contains(row.kind) {
                let left = try await Self.troubles(stage).map(\.kind)
                #expect(!left.contains(row.kind), "after \(commands)")
            }
            stage.pretence.end()
            _ = try await Built.run("holdfast", ["down"], environment: environment)
        }
    }
}
