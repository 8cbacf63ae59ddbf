package import Domain
internal import Platform

/// How the client names the folder of a project's transcripts after the project's path: what is no letter and no digit of
/// ASCII becomes a dash, and of a long name the first 200 characters and a hash of the path are left. It goes by UTF-16.
extension ClaudeCode {
    private static let slugLimit = 200

    /// - Parameter folder: a real path: the client resolves links before it asks for its folder.
    static func slug(of folder: String) -> String {
        let dashed = dashed(folder)
        return dashed.utf8.count <= slugLimit ? dashed : "\(dashed.prefix(slugLimit))-\(hash(of: folder))"
    }

    private static func dashed(_ folder: String) -> String {
        String(
            decoding: folder.utf16.map { unit in
                switch UInt8(exactly: unit) {
                case .some(let byte) where byte < 128 && Character(UnicodeScalar(byte)).isLetter: byte
                case .some(let byte) where UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte: byte
                default: UInt8(ascii: "-")
                }
            }, as: UTF8.self)
    }

    /// As Java hashes a string, to the base of 36. Seen of 2.1.139 to 2.1.332; 2.1.81 has another, of 64 bits.
    private static func hash(of folder: String) -> String {
        let hash = folder.utf16.reduce(Int32(0)) { ($0 << 5) &- $0 &+ Int32($1) }
        return String(hash.magnitude, radix: 36)
    }

    package func place(of session: SessionID, for folder: String, in configDirectory: String) -> String? {
        let real = Files.realPath(folder) ?? folder
        return path(of: session, slug: slug(for: real, in: configDirectory), in: configDirectory)
    }

    /// Of a long path the folder may be there under a hash that an older client took.
    private func slug(for folder: String, in configDirectory: String) -> String {
        let slug = Self.slug(of: folder), storage = storage(in: configDirectory)
        guard slug.utf8.count > Self.slugLimit, !Files.exists("\(storage)/\(slug)") else { return slug }
        let begun = slug.prefix(Self.slugLimit) + "-"
        let others = ((try? Files.names(in: storage)) ?? []).filter { $0.hasPrefix(begun) }.sorted()
        return others.first { holds(transcriptsOf: folder, "\(storage)/\($0)") } ?? slug
    }

    /// Two long paths may begin alike: what lies there says of which it is.
    private func holds(transcriptsOf folder: String, _ kept: String) -> Bool {
        let names = ((try? Files.names(in: kept)) ?? []).filter(isTranscript).sorted()
        return names.prefix(8).contains { head(of: "\(kept)/\($0)").cwd == folder }
    }

    package func isKept(_ transcript: String, for folder: String) -> Bool {
        let parts = transcript.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
        guard parts.count >= 2 else { return false }
        let kept = parts[parts.count - 2], dashed = Self.dashed(folder)
        return dashed.utf8.count <= Self.slugLimit
            ? kept == dashed : kept.hasPrefix(dashed.prefix(Self.slugLimit) + "-")
    }
}
