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
