/// Whether the spool may grow.
package enum SpoolPressure: String, Sendable, Codable, Equatable {
    case ample
    /// It warns long before it refuses: at half the bytes, or at four times the free space.
    case low
    /// No further note is written. The transcripts are still there, and found by the companion's own look.
    case full

    /// - Parameters: all in bytes.
    package static func judge(bytes: Int64, free: Int64, maximum: Int64, minimumFree: Int64) -> SpoolPressure {
        if bytes >= maximum || free < minimumFree { return .full }
        return bytes >= maximum / 2 || free < minimumFree * 4 ? .low : .ample
    }
}
