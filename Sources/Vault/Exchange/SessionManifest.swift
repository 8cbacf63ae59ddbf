package import Domain
internal import Transcripts

/// What stands first in an exported session: its files in their order, and of which stretches each consists.
struct SessionManifest: Codable {
    static let name = "holdfast-vault.json"
    static let format = 1

    var format = SessionManifest.format
    var session: String
    var files: [File]

    struct File: Codable {
        var name: String
        var path: String
        var configDirectory: String
        var cwd: String
        var branch: String
        var commit: String
        var host: String
        var segments: [Segment]

        enum CodingKeys: String, CodingKey {
            case name, path, cwd, branch, commit, host, segments
            case configDirectory = "config_dir"
        }
    }

    struct Segment: Codable {
        var from: Int64
        var to: Int64
        var kept: Int
        var sha256: String
        var tail: String
        var cuts: [KeptBytes.Cut]
    }

    init(_ session: KeptSession) {
        self.session = session.id.rawValue
        files = session.files.map { file in
            let place = file.generation
            return File(
                name: file.name, path: place.path, configDirectory: place.configDirectory, cwd: place.cwd,
                branch: place.branch, commit: place.commit, host: place.host,
                segments: file.segments.map {
                    Segment(
                        from: $0.range.lowerBound, to: $0.range.upperBound, kept: $0.kept, sha256: $0.sha256,
                        tail: $0.tail, cuts: $0.cuts)
                })
        }
    }
}

/// What came of an import.
package struct ImportedSession: Sendable, Equatable {
    package var session: SessionID
    package var files = 0
    /// Bytes that the vault had not.
    package var bytes: Int64 = 0
    /// Files that were not taken in, and why.
    package var left: [String: String] = [:]
}
