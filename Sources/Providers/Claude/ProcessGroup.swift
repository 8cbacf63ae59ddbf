internal import Glibc
internal import Synchronization

/// The processes a child started, as far as they stayed in its group.
final class ProcessGroup: Sendable {
    private let leader = Mutex<pid_t?>(nil)

    func isLed(by pid: pid_t) { leader.withLock { $0 = pid } }

    /// Kills whoever is left. The number of a group is not given to another process while the group has members; where
    /// it has none, this does nothing.
    func killAll() {
        guard let pid = leader.withLock({ $0 }), pid > 1 else { return }
        kill(-pid, SIGKILL)
    }
}
