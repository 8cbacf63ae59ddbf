internal import NIOCore
internal import Synchronization

/// The connections there are. When there are more than it holds, whoever has been idle for longest goes, so that
/// a thousand idle connections neither use up our descriptors nor keep anybody out. The listener accepts a few more
/// than it holds (`reserve`): a newcomer is served even when all others are busy.
final class ConnectionRoom: Sendable {
    private struct Guest {
        let channel: any Channel
        var idleSince: NIODeadline?
    }

    private struct State {
        var guests: [ObjectIdentifier: Guest] = [:]
        var isClosing = false
    }

    /// Places for newcomers while nobody can be sent away.
    static let reserve = 16

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int) { self.capacity = capacity }

    var count: Int { state.withLock { $0.guests.count } }

    func enter(_ channel: any Channel, at now: NIODeadline) {
        let leaving = state.withLock { state -> (any Channel)? in
            if state.isClosing { return channel }
            state.guests[ObjectIdentifier(channel)] = Guest(channel: channel, idleSince: now)
            return longestIdle(in: &state, but: channel)
        }
        leaving?.close(promise: nil)
    }

    func busy(_ channel: any Channel) {
        state.withLock { $0.guests[ObjectIdentifier(channel)]?.idleSince = nil }
    }

    func idle(_ channel: any Channel, since now: NIODeadline) {
        let leaving = state.withLock { state in
            state.guests[ObjectIdentifier(channel)]?.idleSince = now
            return longestIdle(in: &state, but: nil)
        }
        leaving?.close(promise: nil)
    }

    func leave(_ channel: any Channel) {
        state.withLock { _ = $0.guests.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    /// Closes whoever is still there after a while; lets nobody in.
    func close(after farewell: TimeAmount) {
        let channels = state.withLock { state in
            state.isClosing = true
            return state.guests.values.map(\.channel)
        }
        for channel in channels {
            channel.eventLoop.scheduleTask(in: farewell) { channel.close(promise: nil) }
        }
    }

    /// Taken out at once: closing takes a moment, and the same one must not be chosen twice.
    private func longestIdle(in state: inout State, but newcomer: (any Channel)?) -> (any Channel)? {
        guard state.guests.count > capacity else { return nil }
        let idle = state.guests.filter { $0.value.idleSince != nil && $0.value.channel !== newcomer }
        guard let oldest = idle.min(by: { ($0.value.idleSince ?? .now()) < ($1.value.idleSince ?? .now()) }) else {
            return nil
        }
        return state.guests.removeValue(forKey: oldest.key)?.channel
    }
}
