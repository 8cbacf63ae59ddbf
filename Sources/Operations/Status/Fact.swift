/// One line of what the page lists of a section: a term, and the figures behind it.
package struct Fact: Sendable {
    package let term: String
    package let parts: [Part]
    /// Not known while Redis is away.
    package private(set) var needsRedis = false
    /// Not there at all while its figure is none.
    package private(set) var isHiddenWithoutValue = false
    /// The kind of thing that a drawing shows in this colour; nil where nothing is drawn.
    package private(set) var legend: String?

    package enum Part: Sendable, ExpressibleByStringLiteral {
        case figure(Figure)
        case words(String)

        package init(stringLiteral words: String) { self = .words(words) }
    }

    package init(_ term: String, _ parts: Part...) {
        self.term = term
        self.parts = parts
    }

    package func inRedis() -> Fact {
        var fact = self
        fact.needsRedis = true
        return fact
    }

    package func hiddenWithoutValue() -> Fact {
        var fact = self
        fact.isHiddenWithoutValue = true
        return fact
    }

    package func legend(of kind: String) -> Fact {
        var fact = self
        fact.legend = kind
        return fact
    }

    package var figures: [Figure] { parts.compactMap { if case .figure(let figure) = $0 { figure } else { nil } } }

    /// Whether all of it may be read by everybody on this machine.
    package var isPublic: Bool { figures.allSatisfy(\.isPublic) }
}

/// A figure as a page shows it: what it is, and where the page's scripts find it again.
package struct Figure: Sendable {
    package enum Value: Sendable {
        case count(Int64)
        case bytes(Int64)
        case seconds(Double?)
        case time(Timestamp?)
        case dollars(Double)
        /// So many of so many; a limit of 0 is none. Nil where it is not known.
        case share(Share?)
        /// Words that we or a server chose.
        case words(String?)
        /// What a session, a user or a provider said or named.
        case quoted(String?)
    }

    package struct Share: Sendable {
        package enum Unit: Sendable { case pieces, bytes }

        package let used: Int64
        package let limit: Int64
        package let unit: Unit

        package init(_ used: Int64, of limit: Int64, _ unit: Unit = .pieces) {
            self.used = used
            self.limit = limit
            self.unit = unit
        }
    }

    package enum Place: Sendable {
        /// The path of the member of the status, `capture.notes`.
        case member(String)
        /// The element of that id: a text that the scripts put together.
        case element(String)
    }

    package let place: Place
    package let value: Value
    /// What stands there for none.
    package let empty: String?

    var isPublic: Bool {
        switch value {
        case .count, .bytes, .seconds, .time, .dollars, .share: true
        case .words, .quoted: false
        }
    }
}

extension Fact.Part {
    static func count(_ path: String, _ number: some BinaryInteger) -> Fact.Part {
        member(path, .count(Int64(number)))
    }

    static func bytes(_ path: String, _ number: Int64) -> Fact.Part { member(path, .bytes(number)) }

    static func seconds(_ path: String, _ seconds: Double?, empty: String) -> Fact.Part {
        member(path, .seconds(seconds), empty)
    }

    static func time(_ path: String, _ time: Timestamp?, empty: String? = nil) -> Fact.Part {
        member(path, .time(time), empty)
    }

    static func dollars(_ path: String, _ dollars: Double) -> Fact.Part { member(path, .dollars(dollars)) }

    static func words(_ path: String, _ words: String?, empty: String? = nil) -> Fact.Part {
        member(path, .words(words), empty)
    }

    static func quoted(_ path: String, _ words: String?, empty: String? = nil) -> Fact.Part {
        member(path, .quoted(words), empty)
    }

    static func share(id: String, _ share: Figure.Share?, empty: String? = nil) -> Fact.Part {
        .figure(Figure(place: .element(id), value: .share(share), empty: empty))
    }

    private static func member(_ path: String, _ value: Figure.Value, _ empty: String? = nil) -> Fact.Part {
        .figure(Figure(place: .member(path), value: value, empty: empty))
    }
}
