internal import Domain

/// The address of a request, taken apart once: everything after this sees decoded text.
struct RequestTarget: Equatable {
    /// Decoded; a `/` that came encoded is part of its segment.
    let segments: [String]
    let terms: Terms

    init(_ target: String) throws(Refusal) {
        guard target.hasPrefix("/"), !target.contains("#") else { throw Self.unreadable }
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        terms = try Terms(halves.count > 1 ? halves[1] : "")
        guard halves[0] != "/" else {
            segments = []
            return
        }
        var segments: [String] = []
        for raw in halves[0].dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            // An empty one is "//" or a "/" at the end: one thing has one address.
            guard !raw.isEmpty else { throw .notFound }
            guard let segment = PercentCoding.decode(raw) else { throw Self.unreadable }
            guard segment != ".", segment != ".." else { throw .notFound }
            let hasControl = segment.unicodeScalars.contains { $0.properties.generalCategory == .control }
            guard !hasControl else { throw Self.unreadable }
            segments.append(segment)
        }
        self.segments = segments
    }

    private static var unreadable: Refusal {
        .invalid("the address cannot be read", remedy: "percent-encode it as UTF-8, without control characters")
    }
}
