/// When something happened, told twice: by the wall clock, which people set and which jumps, and by the time since
/// boot, which only runs forward but means nothing after a restart.
package struct Moment: Sendable, Equatable, Codable {
    package var wallMilliseconds: Int64
    package var bootID: String
    package var bootMilliseconds: Int64

    enum CodingKeys: String, CodingKey {
        case wallMilliseconds = "wall_ms"
        case bootID = "boot_id"
        case bootMilliseconds = "boot_ms"
    }

    package init(wallMilliseconds: Int64, bootID: String, bootMilliseconds: Int64) {
        self.wallMilliseconds = wallMilliseconds
        self.bootID = bootID
        self.bootMilliseconds = bootMilliseconds
    }

    /// How long ago this was. Within one boot the wall clock has no say; across boots it must be believed, but a
    /// moment is never in the future.
    package func ageMilliseconds(at now: Moment) -> Int64 {
        let age =
            bootID == now.bootID ? now.bootMilliseconds - bootMilliseconds : now.wallMilliseconds - wallMilliseconds
        return max(0, age)
    }
}

/// A process that cannot be mistaken for a later one with the same number.
package struct ClientProcess: Hashable, Sendable, Codable {
    package var pid: Int32
    /// Clock ticks between boot and its start, field 22 of `/proc/<pid>/stat` (proc(5)).
    package var startTicks: UInt64

    enum CodingKeys: String, CodingKey {
        case pid
        case startTicks = "start_ticks"
    }

    package init(pid: Int32, startTicks: UInt64) {
        self.pid = pid
        self.startTicks = startTicks
    }
}
