internal import Operations
internal import Platform
internal import Settings

/// Whether Claude Code tells us anything.
extension Checkup {
    func hooks() -> Check {
        do {
            guard try Plugin.isInstalled() else {
                return Check(
                    outcome: .warn, name: "hooks", finding: "the plugin is not installed in Claude Code",
                    remedy: "holdfast hooks install")
            }
            return Check(outcome: .ok, name: "hooks", finding: "installed")
        } catch {
            return Check(
                outcome: .warn, name: "hooks", finding: "not known: \(Failure(of: error).message)",
                remedy: "holdfast hooks status")
        }
    }

    func firing() -> Check {
        guard let last = status.capture.last_hook else {
            return Check(
                outcome: .warn, name: "hooks fire", finding: "none was heard of yet",
                remedy: "start claude once, or holdfast doctor --self-test")
        }
        let long = status.observed_at.milliseconds - last.milliseconds > 7 * 86_400_000
        return Check(
            outcome: long ? .warn : .ok, name: "hooks fire", finding: "last \(last.ago(status.observed_at))",
            remedy: long ? "holdfast doctor --self-test" : "")
    }

    func client() -> Check {
        guard let result = Program.run(["claude", "--version"], environment: Settings.processEnvironment),
            result.exitCode == 0
        else {
            return Check(
                outcome: .warn, name: "claude", finding: "not on PATH",
                remedy: "npm install -g @anthropic-ai/claude-code, or put claude on PATH")
        }
        return Check(outcome: .ok, name: "claude", finding: String(result.output.prefix { !$0.isNewline }))
    }
}
