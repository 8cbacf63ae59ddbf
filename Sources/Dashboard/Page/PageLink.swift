internal import Domain

/// Addresses on the page.
enum PageLink {
    /// - Parameter terms: in their order; empty ones are left out.
    static func to(_ fragment: String, _ terms: [(name: String, value: String)]) -> String {
        let written = terms.filter { !$0.value.isEmpty }.map {
            "\($0.name)=\(PercentCoding.encode($0.value, spaceIsPlus: true))"
        }
        return "/" + (written.isEmpty ? "" : "?" + written.joined(separator: "&")) + "#" + fragment
    }

    /// Percent-encoded whole, slashes too: one part of a path.
    static func part(_ text: String) -> String { PercentCoding.encode(text) }
}
