internal import Domain

/// What the address of the page asks for. A value that cannot be is not asked for: a page is better than a refusal.
package struct PageQuery: Equatable, Sendable {
    /// A dispatch key, the beginning of one, or a session ID.
    package private(set) var search = ""
    package private(set) var offset = 0
    /// A class of failures.
    package private(set) var failureClass = ""
    /// A dispatch key whose failures are wanted.
    package private(set) var key = ""
    package private(set) var since = PageQuery.usualSpan
    package private(set) var cursor = ""
    /// Words to search the memory for.
    package private(set) var words = ""
    package private(set) var memoryKey = ""
    package private(set) var episode = ""
    /// Whose page is wanted, by its ID; empty for the page of all.
    package private(set) var session = ""
    /// Whether the page of all hosts is wanted.
    package private(set) var isOfFleet = false

    static let usualSpan = "24h"
    static let spans = [
        ("1h", "the last hour"), ("24h", "the last day"), ("7d", "the last week"), ("30d", "the last month"),
    ]
    /// Of failures, and of a worker that died.
    static let classes = FailureCategory.allCases.map(\.rawValue) + ["crash"]
    private static let longestKey = 512
    private static let longestWords = 800

    /// - Parameter terms: of the address, decoded.
    package init(_ terms: [String: String] = [:]) {
        for (name, value) in terms where !value.isEmpty && !value.unicodeScalars.contains("\0") {
            take(name, value)
        }
    }

    private mutating func take(_ name: String, _ value: String) {
        let length = value.unicodeScalars.count
        switch name {
        case "search" where length <= Self.longestKey: search = value
        case "key" where length <= Self.longestKey: key = value
        case "memory_key" where length <= Self.longestKey: memoryKey = value
        case "q" where length <= Self.longestWords: words = value
        case "offset" where length <= 9 && value.utf8.allSatisfy(Self.isDigit):
            if let number = Int(value), number <= 100_000_000 { offset = number }
        case "class" where Self.classes.contains(value): failureClass = value
        case "since" where Self.spans.contains { $0.0 == value }: since = value
        case "cursor" where length <= 64 && value.utf8.allSatisfy(Self.isOfCursor): cursor = value
        case "session" where length <= 64 && value.utf8.allSatisfy(Self.isOfCursor): session = value
        case "view" where value == "fleet": isOfFleet = true
        case "episode" where length == 32 && value.utf8.allSatisfy(Self.isHexadecimal): episode = value
        default: break
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    private static func isOfCursor(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "-")
    }
}

/// Addresses on the page.
enum PageLink {
    /// - Parameter terms: in their order; empty ones are left out.
    static func to(_ fragment: String, _ terms: [(name: String, value: String)]) -> String {
        let written = Self.terms(terms)
        return "/" + (written.isEmpty ? "" : "?" + written) + "#" + fragment
    }

    /// - Parameter terms: in their order; empty ones are left out.
    static func terms(_ terms: [(name: String, value: String)]) -> String {
        terms.filter { !$0.value.isEmpty }.map {
            "\($0.name)=\(PercentCoding.encode($0.value, spaceIsPlus: true))"
        }.joined(separator: "&")
    }

    /// Percent-encoded whole, slashes too: one part of a path.
    static func part(_ text: String) -> String { PercentCoding.encode(text) }
}
