/// A repository on GitHub, or on a server of the same kind.
package struct GitHubRepository: Sendable, Equatable {
    package let owner: String
    package let name: String

    /// - Parameters:
    ///   - url: `https://HOST/owner/name.git`, `ssh://git@HOST/owner/name`, `git@HOST:owner/name.git`.
    ///   - host: whose addresses are meant.
    /// - Returns: nil for an address of another host, or of no repository.
    package init?(at url: String, host: String = "github.com") {
        guard let path = Self.path(url, host.lowercased()) else { return nil }
        var parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.last == "" { parts.removeLast() }
        guard parts.count == 2 else { return nil }
        if parts[1].hasSuffix(".git") { parts[1].removeLast(4) }
        guard parts.allSatisfy(Self.isName) else { return nil }
        (owner, name) = (parts[0], parts[1])
    }

    /// What stands behind the host.
    private static func path(_ url: String, _ host: String) -> Substring? {
        var rest = url[...], isShort = true
        for scheme in ["https://", "ssh://"] where url.hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
            isShort = false
        }
        let end = rest.firstIndex { $0 == (isShort ? ":" : "/") } ?? rest.endIndex
        guard end < rest.endIndex else { return nil }
        var authority = rest[..<end].split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        if !isShort, let colon = authority.lastIndex(of: ":") { authority = authority[..<colon] }
        return authority.lowercased() == host ? rest[rest.index(after: end)...] : nil
    }

    /// GitHub's names have letters, digits, dashes, points and underscores; what has others would be another address.
    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".."
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
