internal import Domain
internal import Glibc
internal import Platform
internal import Synchronization

/// What a process that runs for long goes by: one truth for all its parts, which ask it each time they need a value and
/// keep none. What a person writes into a file counts within a second or two.
package final class LiveSettings: Sendable {
    /// As they were when the process started.
    package let atStart: Settings

    private struct State {
        /// As the files say, or as they last could be understood.
        var settings: Settings
        var trouble: ConfigurationError?
        /// Paths of what has changed and counts from the next start on.
        var waiting: [String] = []
        var looks: [Look?] = []
        var lastLook: Stopwatch?
        var listeners: [@Sendable () -> Void] = []
    }

    private let state: Mutex<State>

    package init(_ settings: Settings) {
        atStart = settings
        state = Mutex(State(settings: settings))
    }

    /// The settings that count: while a file cannot be understood, those that last could; and what needs a restart as it
    /// was at the start.
    package var current: Settings {
        look()
        return state.withLock { $0.settings }
    }

    /// The same, for who must not go by what a person has changed meanwhile: one that records what a new pattern was to
    /// keep out would do harm.
    /// - Throws: while a file cannot be understood.
    package func understood() throws(ConfigurationError) -> Settings {
        look()
        let (settings, trouble) = state.withLock { ($0.settings, $0.trouble) }
        if let trouble { throw trouble }
        return settings
    }

    /// Why the files are not gone by, while they cannot be understood.
    package var trouble: ConfigurationError? { state.withLock { $0.trouble } }

    /// Why `tools.json` is not used, and the built-in policies hold; nil where it is.
    package var toolsTrouble: ConfigurationError? {
        do throws(ConfigurationError) {
            _ = try current.toolPolicies()
            return nil
        } catch {
            return error
        }
    }

    /// Settings that were changed and count from the next start on, by path.
    package var waitingForRestart: [String] { state.withLock { $0.waiting } }

    /// Tells of each change, of whatever setting, and of trouble that comes or goes.
    package func onChange(_ listener: @escaping @Sendable () -> Void) {
        state.withLock { $0.listeners.append(listener) }
    }

    /// Looks at the files, at most once a second, and reads them where they may say something else.
    package func look() {
        let listeners = state.withLock { state in
            if let last = state.lastLook, !last.isOver { return [] as [@Sendable () -> Void] }
            state.lastLook = Stopwatch(limit: .seconds(1))
            let looks = atStart.configurationFiles.map { Look($0) }
            // A file that was just written may have been written again within the grain of its times.
            if looks == state.looks, !looks.contains(where: { $0?.isYoung ?? false }) { return [] }
            state.looks = looks
            return read(&state) ? state.listeners : []
        }
        for listener in listeners { listener() }
    }

    /// - Returns: whether anything is different.
    private func read(_ state: inout State) -> Bool {
        let before = (state.settings.configuration, state.trouble, state.waiting)
        do throws(ConfigurationError) {
            var settings = try Settings.load(environment: atStart.environment)
            state.waiting = Setting.all.filter { setting in
                setting.needsRestart
                    && setting.value(in: settings.configuration) != setting.value(in: atStart.configuration)
            }.map(\.path)
            for setting in Setting.all where setting.needsRestart {
                setting.copy(from: atStart.configuration, to: &settings.configuration)
            }
            state.settings = settings
            state.trouble = nil
        } catch {
            state.trouble = error
        }
        return before != (state.settings.configuration, state.trouble, state.waiting)
    }

    /// How a file looked.
    private struct Look: Equatable {
        private let device: UInt
        private let inode: UInt
        private let size: Int
        /// Of its content and of the whole of it, in ns since 1970.
        private let modified: Int64
        private let changed: Int64

        /// nil where there is none.
        init?(_ path: String) {
            guard let status = try? Files.status(path) else { return nil }
            func nanoseconds(_ time: timespec) -> Int64 { Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec) }
            device = status.st_dev
            inode = status.st_ino
            size = status.st_size
            modified = nanoseconds(status.st_mtim)
            changed = nanoseconds(status.st_ctim)
        }

        var isYoung: Bool { abs(HostClock.wallMilliseconds - changed / 1_000_000) < 2000 }
    }
}
