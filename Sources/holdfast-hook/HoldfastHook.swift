internal import Capture
internal import Domain
internal import Glibc
internal import Hooks
internal import Platform
internal import Settings
internal import Storage

/// The executable Claude Code starts at each event, and, with `capture NOTE`, the detached capturer it starts itself.
/// Always exits 0. Prints nothing but the one line of a `UserNotice`, what a fresh session carries over and what a model is to
/// know of tools that fail: troubles go to the hook log.
@main
struct HoldfastHook {
    static func main() {
        let watch = Stopwatch()
        StandardStreams.prepare()
        let now = HostClock.now()
        let (settings, isComplete) = loadSettings(now)
        if let fault = settings.state.fault { return refuse(fault) }
        let arguments = CommandLine.arguments
        if arguments.count == 3, arguments[1] == "capture" {
            CaptureRun(settings: settings, mayRead: isComplete).run(note: arguments[2])
            return
        }
        let context = HookContext(settings: settings, now: now)
        let outcome = HookRun(context: context).run(readInput()) { note in
            guard let own = Files.realPath("/proc/self/exe") else { return false }
            return Detached.start(own, arguments: ["capture", note])
        }
        guard let outcome else { return }
        let event = outcome.event
        say(
            HookOutput(
                event: event.rawValue,
                systemMessage: event == .sessionStart ? notice(settings, isComplete: isComplete, now) : nil,
                additionalContext: outcome.additionalContext, refusal: outcome.refusal))
        Latencies(settings.state, of: .hooks).add(watch.elapsed, to: event.latencies)
    }

    /// A state folder that another user can write to is not used, not even to say so in its log.
    private static func refuse(_ fault: OwnershipFault) {
        guard CommandLine.arguments.count == 1, let input = try? HookInput(readInput()), input.event == .sessionStart
        else { return }
        say(
            HookOutput(
                event: input.event.rawValue, systemMessage: VisibleText.line("holdfast: nothing is recorded: \(fault)"))
        )
    }

    /// One line for the user, only where something is wrong that a person can mend
    /// (<https://code.claude.com/docs/en/hooks>: `systemMessage` reaches the user and never the model).
    private static func notice(_ settings: Settings, isComplete: Bool, _ now: Moment) -> String? {
        let broken = "holdfast: its configuration cannot be read and is not used; to do: holdfast config check"
        guard isComplete else { return broken }
        return UserNotice(settings.state).current(now: now.wallMilliseconds)
            ?? SetUpOffer(settings.state).take(of: Files.realPath("/proc/self/exe"))
    }

    private static func say(_ what: HookOutput) {
        guard let json = what.json else { return }
        let output = json + "\n"
        // A client that does not read it loses nothing but what is said.
        try? Files.write(Array(output.utf8)[...], to: STDOUT_FILENO, named: "stdout")
    }

    /// What the client wrote, up to the limit. It ends the stream at once; should it not, what came within a second counts:
    /// a hook at the end of a session has 1.5 s.
    private static func readInput() -> [UInt8] {
        let watch = Stopwatch(limit: .seconds(1))
        var input: [UInt8] = []
        // Mostly a few hundred bytes: room that is cleared and not used costs a page fault for each 4 KB.
        var chunk = [UInt8](repeating: 0, count: 4096)
        while input.count < HookInput.sizeLimit, Readiness.wait(of: STDIN_FILENO, before: watch) {
            let count = unsafe read(STDIN_FILENO, &chunk, chunk.count)
            guard count > 0 else { break }
            input += chunk[..<count]
            if count == chunk.count, count < 1 << 16 { chunk = [UInt8](repeating: 0, count: 1 << 16) }
        }
        return input
    }

    /// A configuration with a fault must not cost the session its record, nor record what another line of it switches off:
    /// what is understood goes on, defaults for the rest.
    private static func loadSettings(_ now: Moment) -> (Settings, isComplete: Bool) {
        let environment = Settings.ownEnvironment
        var settings = Settings(environment: environment), fault: ConfigurationError?
        do throws(ConfigurationError) {
            (settings, fault) = try Settings.understandable(environment: environment)
        } catch {
            fault = error
        }
        guard let fault else { return (settings, true) }
        HookLog(state: settings.state).write("configuration not used as a whole: \(fault)", at: now)
        return (settings, false)
    }
}
