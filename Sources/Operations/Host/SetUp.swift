internal import Domain
internal import Platform
internal import Settings
internal import Storage

/// What 'holdfast up' did beside starting the companion.
package struct SetUpStep: Encodable, Sendable {
    package enum Name: String, Encodable, Sendable { case configuration, plugin, self_test }
    package enum Outcome: String, Encodable, Sendable {
        case done
        /// It was there.
        case kept
        case failed
        /// It could not be tried: something was stopped or away in that moment.
        case skipped
    }

    package let step: Name
    package let outcome: Outcome
    /// One line for people.
    package let words: String
}

extension Workplace {
    /// Writes the annotated configuration where there is none, before anything is started. A folder that takes no file keeps
    /// nothing from being started: the defaults hold there.
    /// - Parameter isTracking: whether anything is to be recorded.
    /// - Throws: `Failure` where nothing is to be recorded, and the configuration says otherwise.
    package static func beginConfiguration(isTracking: Bool) throws -> SetUpStep {
        let folder = Settings(environment: Settings.processEnvironment).configFolder
        var written: [String] = [], fault: FileError?
        do throws(FileError) {
            written = try Setting.begin(in: folder, isTracking: isTracking).filter(\.isNew).map(\.path)
        } catch {
            fault = error
        }
        if !isTracking, try Settings.load().configuration.isTracking {
            if let fault { throw fault }
            throw Failure(
                .configuration, "\(folder)/holdfast.json is there already",
                remedy: "set tracking.enabled to false in it, then run 'holdfast up'")
        }
        if let fault { return SetUpStep(step: .configuration, outcome: .skipped, words: "\(fault)") }
        guard !written.isEmpty else { return SetUpStep(step: .configuration, outcome: .kept, words: folder) }
        return SetUpStep(step: .configuration, outcome: .done, words: "written: \(written.joined(separator: ", "))")
    }

    /// Registers the plugin and tests the whole; once for each version and each place of the plugin.
    /// - Parameter notice: told of what the test could not clear away.
    /// - Returns: nothing where that was done before.
    package func setUp(notice: (String) -> Void) -> [SetUpStep] {
        let mark = "\(Holdfast.version) \(Plugin.folder ?? "")\n"
        guard (try? Files.read(settings.state.setUp)) != mark else { return [] }
        let steps = [registerPlugin(), test(notice)]
        let isComplete = steps.allSatisfy { $0.outcome == .done || $0.outcome == .kept }
        // What is not noted is done once more by the next call.
        if isComplete { try? Files.write(mark, to: settings.state.setUp) }
        return steps
    }

    private func registerPlugin() -> SetUpStep {
        do {
            let (folder, wasThere) = try Plugin.install(guarding: settings.configuration.toolGuard == .deny)
            let words = "\(Plugin.name) of \(folder); undo with 'holdfast uninstall'"
            return SetUpStep(step: .plugin, outcome: wasThere ? .kept : .done, words: words)
        } catch {
            return SetUpStep(step: .plugin, outcome: .failed, words: Failure(of: error).message)
        }
    }

    /// A hook waits 20 ms for Redis and leaves a note then: on a busy machine once or twice in a row that says nothing.
    private static let mostTests = 3

    private func test(_ notice: (String) -> Void) -> SetUpStep {
        var failed: Check?
        for _ in 0..<Self.mostTests {
            let checks: [Check]
            do {
                checks = try testItself(notice: notice)
            } catch {
                return SetUpStep(step: .self_test, outcome: .skipped, words: Failure(of: error).message)
            }
            // Somebody stopped it meanwhile: that says nothing of what was tested.
            guard CompanionStarter(settings: settings).isCompanionRunning else {
                return SetUpStep(step: .self_test, outcome: .skipped, words: "the companion was stopped meanwhile")
            }
            failed = checks.first { $0.outcome == .fail }
            if failed == nil {
                return SetUpStep(step: .self_test, outcome: .done, words: "\(checks.count) of \(checks.count) ok")
            }
        }
        let words = failed.map { "\($0.name): \($0.finding)" } ?? ""
        return SetUpStep(step: .self_test, outcome: .failed, words: words)
    }

    /// What is recorded, where, and how to stop it: three lines for who starts it first.
    package var introduction: [String] {
        let configuration = settings.configuration
        guard configuration.isTracking else {
            return [
                "Nothing is recorded: tracking.enabled is false in \(settings.configFolder)/holdfast.json.",
                "Where it would be: \(settings.state.path).",
                "To begin: set it to true; 'holdfast uninstall' takes all of this away again.",
            ]
        }
        let vault = configuration.vault.isOn ? "; transcripts as the client wrote them, for you alone" : ""
        let model =
            configuration.provider.kind == .none ? "no model is asked" : "a model makes memories of it"
        return [
            "Recorded: session IDs with their last use, what is said without its secrets (\(model))\(vault).",
            "Where: \(settings.state.path); settings in \(settings.configFolder).",
            "To stop it: 'holdfast tracking stop' here, tracking.enabled everywhere, 'holdfast uninstall' for good.",
        ]
    }
}
