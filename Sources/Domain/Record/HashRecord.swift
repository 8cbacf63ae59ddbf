/// What a Redis hash holds, with its fields spelled once.
package protocol HashRecord: Sendable, Equatable {
    init(fields: [String: String])
    var fields: [String: String] { get }
}

extension SessionRecord: HashRecord {}
extension BindingRecord: HashRecord {}
extension EpisodeRecord: HashRecord {}
extension HeartbeatRecord: HashRecord {}
extension CircuitRecord: HashRecord {}
extension CursorRecord: HashRecord {}
extension ArchiveEpochRecord: HashRecord {}
